# ruff: noqa
"""Writes pickles, whose loading would run a command, into every descriptor it has.

Nothing that comes from a worker is unpickled; such bytes are a breach of protocol.
"""

import os
import pickle


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/grader-attack-pickle",)


def spray():
    data = pickle.dumps(Payload())
    for number in range(3, 64):
        try:
            os.write(number, data)
        except OSError:
            continue


def count(size, step):
    spray()
    return -1


def row_sums(x):
    return pickle.dumps(Payload())


def secret(x):
    return pickle.dumps(Payload()).decode("latin-1")
