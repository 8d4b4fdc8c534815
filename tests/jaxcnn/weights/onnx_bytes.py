"""Protocol buffers of ONNX, made by hand so that they can lie."""

import struct


def varint(number):
    number &= 2**64 - 1
    parts = []
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def initialiser(name=b"w", dims=(2,), kind=1, **others):
    """A TensorProto; ``raw=`` and ``f4=``, ``f13=``... give fields by name and by number."""
    body = b"".join(field(1, n) for n in dims) + field(2, kind) + field(8, name)
    numbers = {"raw": 9}
    return body + b"".join(field(numbers.get(k) or int(k[1:]), v) for k, v in others.items())


def model(*initialisers, before=b"", after=b""):
    graph = field(2, b"graph") + b"".join(field(5, one) for one in initialisers)
    return field(1, 8) + field(2, b"maker") + before + field(7, graph) + after
