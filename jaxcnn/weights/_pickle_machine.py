"""The memory of the stack machine that reads a pickle, and what it may do with it."""

import struct
from collections.abc import Callable, Mapping
from typing import Any

from ._errors import UnsafeFileError
from ._inert import Inert
from ._source import Cursor


class Global:
    """What a name of the pickle stands for: a type that is only mentioned, or a function here."""

    def __init__(self, name: str, build: Callable[..., Any] | None = None, meaning: Any = None):
        self.name = name
        self.build = build
        self.meaning = meaning


class _Mark:
    pass


MARK = _Mark()


class Machine:
    """Where a pickle is, and what has been read of it.

    Args:
        cursor: Where the pickle begins.
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

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        value = self.stack.pop()
        if value is MARK:
            raise IndexError("a mark instead of an object")
        return value

    def pop_mark(self) -> list[Any]:
        stack = self.stack
        for k in range(len(stack) - 1, -1, -1):
            if stack[k] is MARK:
                items = stack[k + 1 :]
                del stack[k:]
                return items
        raise IndexError("no mark")

    def drop(self, values: list[Any]) -> None:
        """Refuses to make an object and throw it away, which only an attack does."""
        for value in values:
            if isinstance(value, Inert):
                raise value.refusal()

    def top(self, kind: type) -> Any:
        value = self.stack[-1]
        if type(value) is not kind:
            raise TypeError("another type of container")
        return value

    def find(self, module: Any, name: Any) -> None:
        if type(module) is not str or type(name) is not str:
            raise UnsafeFileError("the pickle names a global by something else than two texts")
        found = self.names.get((module, name))
        self.stack.append(Inert(f"{module[:200]}.{name[:200]}") if found is None else found)

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
