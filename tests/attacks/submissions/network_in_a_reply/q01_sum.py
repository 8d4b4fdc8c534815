# ruff: noqa
"""Replies with the description of a network, which the grading process would build by importing and calling.

Descriptions travel to the worker only; one in a reply is a breach of protocol.
"""

from grader import wire


def count(size, step):
    return wire.Network("os:mkdir", ("/tmp/grader-attack-network",))


def row_sums(x):
    return [wire.Network("os:system", ("touch /tmp/grader-attack-network",)), wire.Handle(0)]


def secret(x):
    original = wire.encode
    wire.encode = lambda value, *args: (
        b"d\2\0\0\0s\2\0\0\0id"
        + original(value["id"])
        + b"s\5\0\0\0value"
        + original(wire.Network("os:mkdir", ("/tmp/grader-attack-network",)))
    )
