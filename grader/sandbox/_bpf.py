"""A filter on system calls as classic BPF: a test of the number, then tests of its arguments, then an answer.

https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

import struct
from collections.abc import Iterable

__all__ = [
    "ALLOW",
    "KILL",
    "allow",
    "answer",
    "forbid",
    "forbid_all_bits",
    "forbid_any_bit",
    "head",
    "on_call",
    "on_range",
    "require",
    "require_any_bit",
    "require_masked",
    "require_null",
]

ALLOW, KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _AND, _JUMP, _EQUAL, _SET, _AT_LEAST, _RETURN = 0x20, 0x54, 0x05, 0x15, 0x45, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_X32_BIT = 0x40000000


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _length(program: bytes) -> int:
    return len(program) // 8


def answer(errno: int) -> bytes:
    """The call is not made and fails with this number."""
    return _step(_RETURN, _ERRNO | errno)


def head(architecture: int) -> bytes:
    """Kill what calls by another instruction set's numbers, which mean other calls; then load the number."""
    return b"".join(
        (
            _step(_LOAD, _ARCHITECTURE),
            _step(_EQUAL, architecture, 1, 0),
            _step(_RETURN, KILL),
            _step(_LOAD, _NUMBER),
            _step(_AT_LEAST, _X32_BIT, 0, 1),
            _step(_RETURN, KILL),
        )
    )


def allow() -> bytes:
    """The call is made."""
    return _step(_RETURN, ALLOW)


def on_call(number: int, *tests: bytes, otherwise: bytes = _step(_RETURN, ALLOW)) -> bytes:
    """What happens to one call: each test refuses or passes on, then comes ``otherwise``."""
    body = b"".join((*tests, otherwise))
    return _step(_EQUAL, number, 0, _length(body)) + body


def on_range(first: int, last: int, then: bytes) -> bytes:
    """What happens to all calls of these numbers; the number stays loaded for the others."""
    below = _step(_AT_LEAST, first, 0, 1 + _length(then))
    return below + _step(_AT_LEAST, last + 1, _length(then), 0) + then


# ------------------------------------------------------------- tests: go on when passed, else the answer


def require(argument: int, values: Iterable[int], refusal: bytes) -> bytes:
    """The argument (32 bits) must be one of the values."""
    values = list(values)
    tests = [_step(_EQUAL, value, len(values) - i, 0) for i, value in enumerate(values)]
    return b"".join((_low(argument), *tests, refusal))


def forbid(argument: int, values: Iterable[int], refusal: bytes) -> bytes:
    """The argument (32 bits) must be none of the values."""
    values = list(values)
    tests = [_step(_EQUAL, value, len(values) - i, 0) for i, value in enumerate(values)]
    return b"".join((_low(argument), *tests, _step(_JUMP, 1), refusal))


def require_null(argument: int, refusal: bytes) -> bytes:
    """The argument, a pointer, must be null."""
    high = _step(_LOAD, _ARGUMENTS + 8 * argument + 4)
    return b"".join((_low(argument), _step(_EQUAL, 0, 0, 2), high, _step(_EQUAL, 0, 1, 0), refusal))


def require_any_bit(argument: int, mask: int, refusal: bytes) -> bytes:
    """At least one bit of the mask must be set."""
    return b"".join((_low(argument), _step(_SET, mask, 1, 0), refusal))


def forbid_any_bit(argument: int, mask: int, refusal: bytes) -> bytes:
    """No bit of the mask may be set."""
    return b"".join((_low(argument), _step(_SET, mask, 0, 1), refusal))


def forbid_all_bits(argument: int, mask: int, refusal: bytes) -> bytes:
    """The bits of the mask may not all be set."""
    tests = _step(_AND, mask), _step(_EQUAL, mask, 0, 1)
    return b"".join((_low(argument), *tests, refusal))


def require_masked(argument: int, mask: int, value: int, refusal: bytes) -> bytes:
    """The bits of the mask must spell the value."""
    tests = _step(_AND, mask), _step(_EQUAL, value, 1, 0)
    return b"".join((_low(argument), *tests, refusal))


def _low(argument: int) -> bytes:
    return _step(_LOAD, _ARGUMENTS + 8 * argument)
