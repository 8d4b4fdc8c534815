"""The instructions of a pickle, each as a step of the stack machine of `_pickle_machine`.

Source: the comments of Python's `pickletools` on each instruction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._errors import DamagedFileError, UnsafeFileError, UnsupportedFileError, WeightFileError, short
from ._inert import Inert, OddKey, first_inert
from ._pickle_machine import MARK, Global, Machine

LONGEST_NAME = 400


def set_item(target: dict[Any, Any], key: Any, value: Any) -> None:
    """Keys are texts and 64-bit integers: cheap to compare, with no code behind `hash`."""
    if type(key) is bytes:
        key = key.decode("latin-1")
    if type(key) is not str and not (type(key) is int and -(2**63) <= key < 2**63):
        key = OddKey(short(key))
    target[key] = value


def _reduce(m: Machine) -> None:
    arguments, function = m.pop(), m.pop()
    if type(arguments) is not tuple:
        raise TypeError("arguments are no tuple")
    unknown = function if isinstance(function, Inert) else first_inert(arguments)
    if unknown is not None:
        m.push(Inert(unknown.name))
        return
    if type(function) is not Global or function.build is None:
        shown = function.name if type(function) is Global else type(function).__name__
        raise UnsafeFileError(f"the pickle calls {short(shown)}, which is no function on the list")
    try:
        m.push(function.build(*arguments))
    except (TypeError, ValueError) as error:
        if isinstance(error, WeightFileError):
            raise
        raise DamagedFileError(f"the pickle calls {function.name} with wrong arguments") from None


def _new(arguments: int) -> Callable[[Machine], None]:
    """`NEWOBJ`, and with keywords `NEWOBJ_EX`: an object of a class, of which only a name stays."""

    def step(m: Machine) -> None:
        for _ in range(arguments):
            m.pop()
        m.push(_made_of(m.pop(), "NEWOBJ" if arguments == 1 else "NEWOBJ_EX"))

    return step


def _inst(m: Machine) -> None:
    _global(m)
    kind = m.pop()
    m.pop_mark()
    m.push(_made_of(kind, "INST"))


def _obj(m: Machine) -> None:
    m.push(_made_of(m.pop_mark()[0], "OBJ"))


def _made_of(kind: Any, instruction: str) -> Inert:
    if not isinstance(kind, Inert):
        raise UnsafeFileError(
            f"the pickle uses {instruction}, which makes objects of classes; weights need none"
        )
    return Inert(kind.name)


def _build(m: Machine) -> None:
    m.pop()
    if not isinstance(m.stack[-1], (*m.takes_state, Inert)):
        kind = type(m.stack[-1]).__name__
        raise UnsafeFileError(f"the pickle sets the inner state (BUILD) of {short(kind)}")


def _set_items(m: Machine) -> None:
    items = m.pop_mark()
    if len(items) % 2:
        raise ValueError("a key without a value")
    if not isinstance(m.stack[-1], Inert):
        target = m.top(dict)
        for k in range(0, len(items), 2):
            set_item(target, items[k], items[k + 1])


def _set_one(m: Machine) -> None:
    value, key = m.pop(), m.pop()
    if not isinstance(m.stack[-1], Inert):
        set_item(m.top(dict), key, value)


def _append(m: Machine) -> None:
    value = m.pop()
    if not isinstance(m.stack[-1], Inert):
        m.top(list).append(value)


def _append_many(m: Machine) -> None:
    items = m.pop_mark()
    if not isinstance(m.stack[-1], Inert):
        m.top(list).extend(items)


def _frozen(m: Machine) -> None:
    m.pop_mark()
    m.push(Inert("builtins.frozenset"))


def _tuple(count: int) -> Callable[[Machine], None]:
    def step(m: Machine) -> None:
        items = [m.pop() for _ in range(count)]
        m.push(tuple(reversed(items)))

    return step


def _persistent(m: Machine) -> None:
    if m.persistent is None:
        raise UnsafeFileError("the pickle asks for an object outside itself")
    m.push(m.persistent(m.pop()))


def _global(m: Machine) -> None:
    module, name = (m.cursor.line(LONGEST_NAME).decode("utf-8") for _ in range(2))
    m.find(module, name)


def _stack_global(m: Machine) -> None:
    name, module = m.pop(), m.pop()
    m.find(module, name)


def _protocol(m: Machine) -> None:
    version = m.number("<B")
    if not 2 <= version <= 5:
        raise UnsupportedFileError(f"the pickle has protocol {version}; 2 to 5 are read")


def _frame(m: Machine) -> None:
    length = m.count("<Q")
    m.cursor.source.check(m.cursor.position, length)


def _long(m: Machine) -> None:
    m.push(int.from_bytes(m.cursor.take(m.number("<B")), "little", signed=True))


def _get(form: str) -> Callable[[Machine], None]:
    return lambda m: m.push(m.memo[m.number(form)])


def _put(form: str) -> Callable[[Machine], None]:
    return lambda m: _remember(m, m.number(form))


def _remember(m: Machine, index: int) -> None:
    if m.stack[-1] is MARK:
        raise IndexError("a mark instead of an object")
    m.memo[index] = m.stack[-1]


STEPS: dict[bytes, Callable[[Machine], Any]] = {
    b"\x80": _protocol,
    b"\x95": _frame,
    b"(": lambda m: m.push(MARK),
    b"0": lambda m: m.drop([m.stack.pop()]),
    b"2": lambda m: m.push(m.top(type(m.stack[-1]))),
    b"1": lambda m: m.drop(m.pop_mark()),
    b"N": lambda m: m.push(None),
    b"\x88": lambda m: m.push(True),
    b"\x89": lambda m: m.push(False),
    b"J": lambda m: m.push(m.number("<i")),
    b"K": lambda m: m.push(m.number("<B")),
    b"M": lambda m: m.push(m.number("<H")),
    b"G": lambda m: m.push(m.number(">d")),
    b"\x8a": _long,
    b"X": lambda m: m.text(m.count("<I")),
    b"\x8c": lambda m: m.text(m.count("<B")),
    b"\x8d": lambda m: m.text(m.count("<Q")),
    b"U": lambda m: m.bytes(m.count("<B")),
    b"T": lambda m: m.bytes(m.count("<I")),
    b"C": lambda m: m.bytes(m.count("<B")),
    b"B": lambda m: m.bytes(m.count("<I")),
    b"\x8e": lambda m: m.bytes(m.count("<Q")),
    b")": lambda m: m.push(()),
    b"t": lambda m: m.push(tuple(m.pop_mark())),
    b"\x85": _tuple(1),
    b"\x86": _tuple(2),
    b"\x87": _tuple(3),
    b"]": lambda m: m.push([]),
    b"a": _append,
    b"e": _append_many,
    b"}": lambda m: m.push({}),
    b"s": _set_one,
    b"u": _set_items,
    b"h": _get("<B"),
    b"j": _get("<I"),
    b"q": _put("<B"),
    b"r": _put("<I"),
    b"\x94": lambda m: _remember(m, len(m.memo)),
    b"c": _global,
    b"\x93": _stack_global,
    b"Q": _persistent,
    b"R": _reduce,
    b"i": _inst,
    b"o": _obj,
    b"\x81": _new(1),
    b"\x92": _new(2),
    b"\x8f": lambda m: m.push(Inert("builtins.set")),
    b"\x90": _append_many,
    b"\x91": _frozen,
    b"b": _build,
}

REFUSED = {
    b"\x82": "EXT1",
    b"\x83": "EXT2",
    b"\x84": "EXT4",
}

OLD = {
    b"P": "PERSID",
    b"I": "INT",
    b"L": "LONG",
    b"\x8b": "LONG4",
    b"F": "FLOAT",
    b"S": "STRING",
    b"V": "UNICODE",
    b"g": "GET",
    b"p": "PUT",
    b"d": "DICT",
    b"l": "LIST",
    b"\x96": "BYTEARRAY8",
    b"\x97": "NEXT_BUFFER",
    b"\x98": "READONLY_BUFFER",
}
