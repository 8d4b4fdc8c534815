"""Words in which the cells of docs/comparison.md are claimed, each with the check that proves it."""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple


class Cell(NamedTuple):
    """One cell of the table: what it says and a function that fails when this is not so."""

    mark: str
    prove: Callable[[], Any]


def yes(*checks: Callable[[], Any]) -> Cell:
    """Every check holds."""
    return Cell("yes", lambda: [_holds(check) for check in checks])


def part(*checks: Callable[[], Any]) -> Cell:
    """Some checks show what it does, others, with `refused` or `lacks`, what it does not."""
    return yes(*checks)._replace(mark="part")


def no(*checks: Callable[[], Any]) -> Cell:
    """The checks show that it does not, or that it does something else."""
    return yes(*checks)._replace(mark="no")


def refused(call: Callable[[], Any], *words: str) -> Callable[[], bool]:
    """The call raises, with the words in the error or its type's name."""

    def check() -> bool:
        try:
            result = call()
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            return all(word in text for word in words) or _fail(f"another error: {text}")
        return _fail(f"it works: {getattr(result, 'shape', result)}")

    return check


def takes(function: Any, *names: str) -> Callable[[], bool]:
    """A function or a class has these arguments."""
    return lambda: set(names) <= _arguments(function)


def lacks(function: Any, *names: str) -> Callable[[], bool]:
    """A function or a class has none of these arguments, not even among ``**kwargs``."""
    return lambda: not set(names) & _arguments(function)


def has_no_name(place: Any, *words: str) -> Callable[[], bool]:
    """No public name of a module contains one of the words."""

    def check() -> bool:
        names = [name.lower() for name in dir(place) if not name.startswith("_")]
        found = [name for name in names if any(word in name for word in words)]
        return not found or _fail(f"it has {found}")

    return check


def _arguments(function: Any) -> set[str]:
    target = function.__init__ if inspect.isclass(function) else function
    return set(inspect.signature(target).parameters)


def _holds(check: Callable[[], Any]) -> None:
    assert check(), "the claim does not hold"


def _fail(message: str) -> bool:
    raise AssertionError(message)
