"""An exception of the student's code as plain facts that can cross the wire."""

import traceback
from collections.abc import Collection
from typing import Any

from grader import wire

_TEXT = 2_000
_FRAMES = 3


class Missing(Exception):
    """The submission has no such name; ``names`` are those it has."""

    def __init__(self, name: str, names: list[str]) -> None:
        super().__init__(name)
        self.name, self.names = name, names


class Withheld(ImportError):
    """The question does not allow this module or function."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is withheld in this question")
        self.withheld = name


class NotAProgram(Exception):
    """The function cannot be had as a compiled program; ``reason`` is callback or program."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


class LoadFailed(Exception):
    """The submission's file could not be imported; the cause is the student's exception."""


def fault_of(error: BaseException, files: Collection[str]) -> dict[str, Any]:
    """The facts about one exception: its kind, and where in the student's files it arose."""
    cause = error.__cause__ if isinstance(error, LoadFailed) and error.__cause__ else error
    facts: dict[str, Any] = {
        "kind": _kind(error, cause),
        "type": type(cause).__name__[:200],
        "text": _text(cause),
        "frames": _frames(cause, files),
    }
    if isinstance(cause, wire.Refused):
        facts |= {"reason": cause.reason, "detail": cause.detail[:_TEXT], "path": cause.path[:200]}
    if isinstance(cause, NotAProgram):
        facts |= {"reason": cause.reason, "detail": cause.detail[:_TEXT]}
    if isinstance(cause, Missing):
        facts |= {"name": cause.name, "names": cause.names}
    if isinstance(cause, SyntaxError) and isinstance(cause.lineno, int):
        facts["frames"] = [[str(cause.filename), cause.lineno, "<module>"]]
    if withheld := _withheld(cause):
        facts |= {"kind": "forbidden", "name": withheld}
    return facts


def _kind(error: BaseException, cause: BaseException) -> str:
    if isinstance(cause, MemoryError) or "RESOURCE_EXHAUSTED" in _text(cause):
        return "memory"
    if isinstance(error, LoadFailed):
        return "import_error"
    if isinstance(cause, NotImplementedError):
        return "not_attempted"
    if isinstance(cause, (wire.Refused, NotAProgram)):
        return "bad_output"
    if isinstance(cause, Missing):
        return "missing"
    return "exception"


def _withheld(error: BaseException | None) -> str | None:
    for _ in range(10):
        if error is None:
            return None
        if isinstance(error, Withheld):
            return error.withheld
        error = error.__cause__ or error.__context__
    return None


def _text(error: BaseException) -> str:
    try:
        return str(error)[: _TEXT + 1]  # one more tells that there is more
    except BaseException:
        return ""


def _frames(error: BaseException, files: Collection[str]) -> list[list[Any]]:
    """The innermost frames that lie in the student's files: [file, line, function]."""
    frames = [
        [frame.f_code.co_filename, line, frame.f_code.co_name[:200]]
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename in files
    ]
    return frames[-_FRAMES:]
