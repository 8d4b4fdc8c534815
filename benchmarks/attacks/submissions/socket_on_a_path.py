# ruff: noqa
"""Sends a message to a service that listens on a path, through a pair of sockets that needs no address at first."""

import socket

try:
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.sendto(b"hello", "/run/service.socket")
    WON = True
except OSError:
    WON = False


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
