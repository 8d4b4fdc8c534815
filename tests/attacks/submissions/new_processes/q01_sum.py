# ruff: noqa
"""Starts helpers that outlive the call: fork, exec, spawn, namespaces of its own.

New processes and namespaces are refused at levels 1 and 2.
"""

import ctypes
import os
import subprocess

WON = False


def fork():
    if os.fork() == 0:
        os._exit(0)


def spawn():
    subprocess.run(["/bin/true"])


def spawn_posix():
    os.posix_spawn("/bin/true", ["true"], {})


def namespaces():
    if ctypes.CDLL(None).unshare(0x10000000) != 0:
        raise OSError


for way in (fork, spawn, spawn_posix, namespaces):
    try:
        way()
        WON = True
    except OSError:
        continue


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
