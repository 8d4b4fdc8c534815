# ruff: noqa
"""Reaches a service of the host through a pair of sockets, which needs no address to be made.

Pairs of datagrams can be sent elsewhere afterwards, to any path. Only pairs of streams are given, and no call that
names an address.
"""

import ctypes
import socket

LIBC = ctypes.CDLL(None, use_errno=True)
SERVICES = ("/run/systemd/journal/dev-log", "/tmp/nobody", "\0nobody")
WON = False


def datagrams():
    socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)


def packets():
    socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def name():
    socket.socketpair()[0].bind("\0grader-attack")


def listen():
    one = socket.socketpair()[0]
    one.listen()


def send_with_name():
    socket.socketpair()[0].sendmsg([b"x"])


def internet():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


for way in (datagrams, packets, name, listen, send_with_name, internet):
    try:
        way()
        WON = True
    except OSError:
        continue
for service in SERVICES:
    one, other = socket.socketpair()
    for way in (one.connect, lambda address: other.sendto(b"x", address)):
        try:
            way(service)
            WON = True
        except PermissionError:
            continue
        except OSError:  # nobody there: but the call was made
            WON = True


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
