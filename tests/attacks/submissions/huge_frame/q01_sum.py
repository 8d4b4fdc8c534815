# ruff: noqa
"""Announces frames of 2**63 bytes, arrays of 2**60 entries, and texts that never come.

Sizes are checked before memory is taken, and a deadline is held outside.
"""

import os
import struct

HEADERS = (
    b"JG" + struct.pack("<Q", 2**63),
    b"JG"
    + struct.pack("<Q", 40)
    + b"a"
    + struct.pack("<I", 7)
    + b"float64"
    + struct.pack("<IQ", 1, 2**60),
    b"JG" + struct.pack("<Q", 2**27) + b"x",
)


def write(header):
    for number in range(3, 32):
        try:
            os.write(number, header)
        except OSError:
            continue


def count(size, step):
    write(HEADERS[0])


def row_sums(x):
    write(HEADERS[1])


def secret(x):
    write(HEADERS[2])
