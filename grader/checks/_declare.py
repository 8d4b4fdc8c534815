"""How a course declares checks and known mistakes."""

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

from grader.messages import Text, no_break

__all__ = ["CheckInfo", "MistakeInfo", "check", "mistake", "mistake_info"]

F = TypeVar("F", bound=Callable[..., Any])


@dataclasses.dataclass(frozen=True)
class CheckInfo:
    """What ``@check`` says of a test function."""

    points: float
    title: Text
    needs: tuple[str, ...] = ()
    reveal: bool = False


@dataclasses.dataclass(frozen=True)
class MistakeInfo:
    """What ``@mistake`` says of a wrong variant; ``id`` is the variant's own name."""

    id: str
    of: tuple[str, ...]
    text: Text


def check(
    *, points: float, fr: str, en: str, needs: tuple[str, ...] = (), reveal: bool = False
) -> Callable[[F], F]:
    """Make a test function a check.

    Args:
        points: what it is worth; all or nothing.
        fr: title in French.
        en: title in English.
        needs: names of checks of the same file (without ``test_``) that must have passed.
        reveal: whether messages may show an expected scalar.
    """
    if points < 0:
        raise ValueError(f"points (={points!r}) must not be negative")

    def decorate(test: F) -> F:
        title = {"fr": no_break(fr), "en": en}
        test.__check__ = CheckInfo(points, title, tuple(needs), reveal)  # type: ignore[attr-defined]
        return test

    return decorate


def mistake(*, of: str | tuple[str, ...], fr: str, en: str) -> Callable[[F], F]:
    """Name a wrong variant of a function, with the hint for whoever makes that mistake.

    Args:
        of: the function (or functions) of the solution that the variant stands for.
        fr: what is wrong and how to go on, in French.
        en: the same in English.
    """
    functions = (of,) if isinstance(of, str) else tuple(of)

    def decorate(variant: F) -> F:
        text = {"fr": no_break(fr), "en": en}
        info = MistakeInfo(variant.__name__, functions, text)
        variant.__mistake__ = info  # type: ignore[attr-defined]
        return variant

    return decorate


def mistake_info(variant: Callable[..., Any]) -> MistakeInfo:
    """What ``@mistake`` said of a variant."""
    return variant.__mistake__  # type: ignore[attr-defined]
