"""A pickle read as data: a stack machine that imports nothing and calls nothing of the file's.

A name in the pickle (`GLOBAL`) becomes an entry of a table that the caller gives, or an error.
`REDUCE` calls the function of that entry, written here, never anything that the file names; the
instructions that make objects of classes (`INST`, `OBJ`, `NEWOBJ`, `EXT`) do not exist. Lengths are
compared with the file before memory is taken, and the number of instructions is bounded, so a
pickle can take no more memory than a small multiple of its size.

Source: the comments of Python's `pickletools` on each instruction.
"""

import struct
from collections.abc import Callable, Mapping
from typing import Any

from ._errors import DamagedFileError, UnsafeFileError, UnsupportedFileError, WeightFileError, short
from ._source import Cursor

MAX_INSTRUCTIONS = 2_000_000  # ten times what the largest checkpoints of image networks need
_LONGEST_NAME = 400


class Global:
    """What a name of the pickle stands for: a type that is only mentioned, or a function here."""

    def __init__(self, name: str, build: Callable[..., Any] | None = None, meaning: Any = None):
        self.name = name
        self.build = build
        self.meaning = meaning


class _Mark:
    pass


_MARK = _Mark()


class Machine:
    """Runs one pickle.

    Args:
        cursor: Where the pickle begins; stands behind it after `run`.
        names: (module, name) -> what it stands for.
        persistent: Gives the object of a persistent id.
        takes_state: Types of objects whose `BUILD` state is dropped; for others it is an error.
    """

    def __init__(
        self,
        cursor: Cursor,
        names: Mapping[tuple[str, str], Global],
        persistent: Callable[[Any], Any] | None = None,
        takes_state: tuple[type, ...] = (),
    ):
        self.cursor = cursor
        self.names = names
        self.persistent = persistent
        self.takes_state = takes_state
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        """The object of the pickle."""
        start = self.cursor.position
        try:
            return self._run()
        except WeightFileError:
            raise
        except (IndexError, KeyError, ValueError, TypeError, AttributeError, struct.error) as error:
            raise DamagedFileError(
                f"the pickle that begins at byte {start} is damaged at byte "
                f"{self.cursor.position}: {type(error).__name__}"
            ) from None

    def _run(self) -> Any:
        take = self.cursor.take
        for _ in range(MAX_INSTRUCTIONS):
            code = take(1)
            if code == b".":
                result = self.stack.pop()
                if self.stack or result is _MARK:
                    raise DamagedFileError("the pickle ends with unused objects")
                return result
            step = _STEPS.get(code)
            if step is None:
                raise self._refusal(code)
            step(self)
        raise UnsafeFileError(f"the pickle has more than {MAX_INSTRUCTIONS} instructions")

    def _refusal(self, code: bytes) -> WeightFileError:
        name = _REFUSED.get(code)
        if name is not None:
            return UnsafeFileError(
                f"the pickle uses {name}, which makes objects of classes; weights need none"
            )
        known = _OLD.get(code)
        if known is not None:
            return UnsupportedFileError(f"the pickle uses {known}, which weights never need")
        return DamagedFileError(
            f"byte {self.cursor.position - 1} (0x{code.hex()}) is no pickle instruction"
        )

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        value = self.stack.pop()
        if value is _MARK:
            raise IndexError("a mark instead of an object")
        return value

    def pop_mark(self) -> list[Any]:
        stack = self.stack
        for k in range(len(stack) - 1, -1, -1):
            if stack[k] is _MARK:
                items = stack[k + 1 :]
                del stack[k:]
                return items
        raise IndexError("no mark")

    def top(self, kind: type) -> Any:
        value = self.stack[-1]
        if type(value) is not kind:
            raise TypeError("another type of container")
        return value

    def find(self, module: Any, name: Any) -> None:
        if type(module) is not str or type(name) is not str:
            raise UnsafeFileError("the pickle names a global by something else than two texts")
        found = self.names.get((module, name))
        if found is None:
            raise UnsafeFileError(
                f"the pickle asks for {short(f'{module}.{name}')}, which is not on the list of "
                "names that weights need; nothing was run. In PyTorch save the bare weights: "
                "torch.save(model.state_dict(), path)"
            )
        self.stack.append(found)

    def text(self, length: int) -> None:
        self.stack.append(self.cursor.take(length).decode("utf-8", "surrogatepass"))

    def bytes(self, length: int) -> None:
        self.stack.append(self.cursor.take(length))

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.cursor.take(struct.calcsize(form)))[0]

    def count(self, form: str) -> int:
        n = self.number(form)
        if n > self.cursor.source.size:
            self.cursor.take(n)  # says that the file has fewer bytes
        return n


def set_item(target: dict[Any, Any], key: Any, value: Any) -> None:
    """Keys are texts and 64-bit integers: cheap to compare, with no code behind `hash`."""
    if type(key) is bytes:
        key = key.decode("latin-1")
    if type(key) is not str and not (type(key) is int and -(2**63) <= key < 2**63):
        raise UnsafeFileError(f"the pickle uses {short(key)} as a key; keys are texts and integers")
    target[key] = value


def _reduce(m: Machine) -> None:
    arguments, function = m.pop(), m.pop()
    if type(arguments) is not tuple:
        raise TypeError("arguments are no tuple")
    if type(function) is not Global or function.build is None:
        shown = function.name if type(function) is Global else type(function).__name__
        raise UnsafeFileError(f"the pickle calls {short(shown)}, which is no function on the list")
    try:
        m.push(function.build(*arguments))
    except (TypeError, ValueError) as error:
        if isinstance(error, WeightFileError):
            raise
        raise DamagedFileError(f"the pickle calls {function.name} with wrong arguments") from None


def _build(m: Machine) -> None:
    m.pop()
    if not isinstance(m.stack[-1], m.takes_state):
        kind = type(m.stack[-1]).__name__
        raise UnsafeFileError(f"the pickle sets the inner state (BUILD) of {short(kind)}")


def _set_items(m: Machine) -> None:
    items = m.pop_mark()
    target = m.top(dict)
    if len(items) % 2:
        raise ValueError("a key without a value")
    for k in range(0, len(items), 2):
        set_item(target, items[k], items[k + 1])


def _set_one(m: Machine) -> None:
    value, key = m.pop(), m.pop()
    set_item(m.top(dict), key, value)


def _append(m: Machine) -> None:
    value = m.pop()
    m.top(list).append(value)


def _append_many(m: Machine) -> None:
    items = m.pop_mark()
    m.top(list).extend(items)


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
    module, name = (m.cursor.line(_LONGEST_NAME).decode("utf-8") for _ in range(2))
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
    if m.stack[-1] is _MARK:
        raise IndexError("a mark instead of an object")
    m.memo[index] = m.stack[-1]


_STEPS: dict[bytes, Callable[[Machine], Any]] = {
    b"\x80": _protocol,
    b"\x95": _frame,
    b"(": lambda m: m.push(_MARK),
    b"0": lambda m: m.stack.pop(),
    b"2": lambda m: m.push(m.top(type(m.stack[-1]))),
    b"1": lambda m: m.pop_mark(),
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
    b"b": _build,
}

_REFUSED = {
    b"i": "INST",
    b"o": "OBJ",
    b"\x81": "NEWOBJ",
    b"\x92": "NEWOBJ_EX",
    b"\x82": "EXT1",
    b"\x83": "EXT2",
    b"\x84": "EXT4",
}

_OLD = {
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
    b"\x8f": "EMPTY_SET",
    b"\x90": "ADDITEMS",
    b"\x91": "FROZENSET",
    b"\x96": "BYTEARRAY8",
    b"\x97": "NEXT_BUFFER",
    b"\x98": "READONLY_BUFFER",
}
