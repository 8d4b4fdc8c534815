"""How a course declares checks and known mistakes."""

import dataclasses
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from grader.messages import Text, say, spoken, text_of, told

__all__ = [
    "CheckInfo",
    "Deviation",
    "MistakeInfo",
    "check",
    "deviation",
    "family",
    "mistake",
    "mistake_info",
]

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
    """What is said of a wrong variant.

    Attributes:
        id: its name; of a member of a family, the function's that it stands for and its deviations'.
        of: the functions that it stands for.
        text: what is wrong and how to go on, in each language.
        made_by: the function of mistakes.py that answers so.
        settings: keyword arguments that it gets for that.
        deviations: how many there are at once.
    """

    id: str
    of: tuple[str, ...]
    text: Text
    made_by: str
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    deviations: int = 1


@dataclasses.dataclass(frozen=True)
class Deviation:
    """One way in which a family may be wrong: its name, the keyword that makes it so, and its text."""

    name: str
    keyword: str
    value: Any
    text: Text


def check(
    *,
    points: float,
    fr: str = "",
    en: str = "",
    needs: tuple[str, ...] = (),
    reveal: bool = False,
    **others: str,
) -> Callable[[F], F]:
    """Make a test function a check.

    Args:
        points: what it is worth; all or nothing.
        fr: title in French; left out in a course without it.
        en: title in English; likewise.
        needs: names of checks of the same file (without ``test_``) that must have passed.
        reveal: whether messages may show an expected scalar.
        others: title in a language that the course has a table of messages for: ``de="..."``.

    Raises:
        ValueError: for negative points.
        TypeError: for a keyword that is no such language.
    """
    if points < 0:
        raise ValueError(f"points (={points!r}) must not be negative")
    title = _text_of("check", fr, en, others)

    def decorate(test: F) -> F:
        if not any(title.values()):
            raise ValueError(f"the check {test.__name__} has no title: fr= and en= are both empty")
        test.__check__ = CheckInfo(points, title, tuple(needs), reveal)  # type: ignore[attr-defined]
        return test

    return decorate


def mistake(
    *, of: str | tuple[str, ...], fr: str = "", en: str = "", **others: str
) -> Callable[[F], F]:
    """Name a wrong variant of a function, with the hint for whoever makes that mistake.

    Args:
        of: the function (or functions) of the solution that the variant stands for.
        fr: what is wrong and how to go on, in French; left out in a course without it.
        en: the same in English; likewise.
        others: the same in a language that the course has a table of messages for: ``de="..."``.

    Raises:
        TypeError: for a keyword that is no such language.
    """
    functions = (of,) if isinstance(of, str) else tuple(of)
    text = _text_of("mistake", fr, en, others)

    def decorate(variant: F) -> F:
        info = MistakeInfo(variant.__name__, functions, text, variant.__name__)
        variant.__mistake__ = info  # type: ignore[attr-defined]
        return variant

    return decorate


def deviation(name: str, *, fr: str = "", en: str = "", **setting: Any) -> Deviation:
    """One mistake that a family can make.

    Args:
        name: of the mistake.
        fr: what is wrong and how to go on, in French.
        en: the same in English.
        setting: the one keyword argument that makes the family's function answer so; its value is a plain constant.
            A language that the course has a table of messages for is a text, as ``fr`` is.

    Raises:
        ValueError: for no such argument, or several.
    """
    text = text_of(fr, en, setting)
    if len(setting) != 1:
        raise ValueError(f"deviation {name!r} (={setting}) must set one keyword argument")
    ((keyword, value),) = setting.items()
    return Deviation(name, keyword, value, text)


def family(*, of: str | tuple[str, ...], deviations: Sequence[Deviation]) -> Callable[[F], F]:
    """Declare a function that answers rightly, or wrongly in many ways, two at a time included.

    Each deviation is a known mistake of each function, and so is each pair of them that sets different keywords; for
    pairs nothing has to be written.

    Args:
        of: the function, or the functions, of the solution that it stands for, each for itself.
        deviations: what can be wrong; without any the function answers as the solution does.

    Raises:
        ValueError: for two of one name.
    """
    names = [one.name for one in deviations]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two deviations have the name {twice!r}: names must be unique")
    functions = (of,) if isinstance(of, str) else tuple(of)

    def decorate(function: F) -> F:
        function.__singles__ = [  # type: ignore[attr-defined]
            _member(function, name, [one]) for name in functions for one in deviations
        ]
        function.__doubles__ = [  # type: ignore[attr-defined]
            _member(function, name, [one, other])
            for name in functions
            for one, other in itertools.combinations(deviations, 2)
            if one.keyword != other.keyword
        ]
        return function

    return decorate


def _member(
    function: Callable[..., Any], of: str, wrong: Sequence[Deviation]
) -> Callable[..., Any]:
    """The family's function with these deviations, as a variant of one function."""
    settings = {one.keyword: one.value for one in wrong}

    def variant(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs, **settings)

    variant.__name__ = f"{of}.{'+'.join(one.name for one in wrong)}"
    text = dict(wrong[0].text) if len(wrong) == 1 else {}
    for language in () if text else spoken():
        parts = [told(one.text, language) for one in wrong]
        text[language] = "\n".join([say("two_mistakes", language), *parts])
    variant.__mistake__ = MistakeInfo(  # type: ignore[attr-defined]
        variant.__name__, (of,), text, function.__name__, settings, len(wrong)
    )
    return variant


def _text_of(what: str, fr: str, en: str, others: dict[str, str]) -> Text:
    text = text_of(fr, en, others)
    if strange := next(iter(others), None):
        known = ", ".join(f"{one}=" for one in spoken())
        raise TypeError(f"{what}() got {strange}=, which is no argument; texts are in {known}")
    return text


def mistake_info(variant: Callable[..., Any]) -> MistakeInfo:
    """What was said of a variant."""
    return variant.__mistake__  # type: ignore[attr-defined]
