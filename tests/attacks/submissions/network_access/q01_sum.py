# ruff: noqa
"""Fetches the answers: internet, name lookup, local services through sockets in the file system.

At levels 1 and 2 no socket can be made.
"""

import socket

WON = False
for family, kind, address in (
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 22)),
    (socket.AF_INET6, socket.SOCK_DGRAM, ("::1", 53)),
    (socket.AF_UNIX, socket.SOCK_STREAM, "/run/dbus/system_bus_socket"),
):
    try:
        socket.socket(family, kind)
        WON = True
    except OSError:
        continue
try:
    socket.getaddrinfo("example.org", 80)
    WON = True
except OSError:
    pass


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
