# ruff: noqa
"""Answers with keys and texts of millions of characters, past the worker's own limits, for messages to choke on.

The texts of a reply are capped where it is read, and whatever is said of them is short.
"""

from grader import wire

put = wire._Encoder.put


def text(self, value, path):
    data = value.encode("utf-8", "surrogatepass")
    put(self, b"s", wire._COUNT.pack(len(data)), data)


def count(size, step):
    return {"A" * 3_000_000: 1.0, "\x1b[31m" * 100_000: {"B" * 100_000: None}}


def row_sums(x):
    wire._Encoder.text = text
    return {"A" * 30_000_000: 1.0}


def secret(x):
    return "\U0001f600" * 900_000
