"""When is it right?  The simplest fact about the arguments that tells a function's right answers from its wrong ones.

Where no known mistake explains a failure, this says where to look, without the answer: "right whenever padding == 0".
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from grader.checks._attempts import Attempt
from grader.checks._cases import case_size

__all__ = ["When", "WrongOnly", "always_true", "when_right", "wrong_only"]

_LEAST = 8  # cases on each side: fewer agree with some fact by chance
_NEARLY_ALL = (
    0.9  # share of the other cases that are wrong: an image of zeros may be right all the same
)
_MOST, _MANY = (
    0.6,
    16,
)  # or so many, as even kernels with an even dilation are, if there is more to go by
_CHANCE = 0.01  # that some fact holds of all wrong cases although it has nothing to do with them
_SHARE = 0.6  # of the cases, at most, for it to leave anything out
_NUMBERS = 6  # arguments that are compared with each other
_SIDES = 2  # axes of an array that are sizes of an image or a filter


class When(NamedTuple):
    """Right in all cases of which the fact holds, and wrong in (nearly) all others.

    Attributes:
        fact: about the arguments, as Python would say it.
        right: number of cases where it holds.
        wrong: number of wrong answers among the others.
        others: number of cases where it does not hold.
    """

    fact: str
    right: int
    wrong: int
    others: int

    @property
    def share(self) -> float:
        """Of wrong answers among the cases where the fact does not hold."""
        return self.wrong / self.others


def when_right(attempts: Iterable[Attempt]) -> When | None:
    """The simplest fact that separates right cases from wrong ones; None where none does, or too few were tried.

    Args:
        attempts: all cases of one check.
    """
    cases = _distinct(attempts)
    wrong = np.array([attempt.wrong for attempt in cases], bool)
    if min(wrong.sum(), (~wrong).sum()) < _LEAST or len({a.function for a in cases}) > 1:
        return None
    best: When | None = None
    facts = [dict(_facts_of(attempt)) for attempt in cases]
    for fact in dict.fromkeys(itertools.chain(*facts)):  # the simplest first
        # A word that an argument is not is False of it; of an empty list all that is said of each item is True.
        holds = np.array([known.get(fact, _unsaid(fact)) for known in facts])
        if min(holds.sum(), (~holds).sum()) < _LEAST or wrong[holds].any():
            continue
        found = When(fact, int(holds.sum()), int(wrong[~holds].sum()), int((~holds).sum()))
        if found.share >= _NEARLY_ALL:
            return found
        if found.right >= _MANY and found.share > (best.share if best else _MOST):
            best = found
    return best


class WrongOnly(NamedTuple):
    """Wrong only in cases of which the fact holds, though not in all of these.

    Attributes:
        fact: about the arguments, as Python would say it, or the answer that is right.
        of_answer: whether it is the latter.
        wrong: number of wrong answers.
        here: number of cases where it holds.
        others: number of cases where it does not, all right.
    """

    fact: str
    of_answer: bool
    wrong: int
    here: int
    others: int


def wrong_only(attempts: Iterable[Attempt]) -> WrongOnly | None:
    """The fact that holds of all wrong cases and of few others; None where there is none that is no accident.

    Args:
        attempts: all cases of one check.
    """
    cases = _distinct(attempts)
    wrong = np.array([attempt.wrong for attempt in cases], bool)
    if min(wrong.sum(), (~wrong).sum()) < _LEAST or len({a.function for a in cases}) > 1:
        return None
    known = [dict(_facts_of(attempt)) for attempt in cases]
    answers = [a.expected for a in cases]
    words = answers if all(v is None or isinstance(v, (str, bool)) for v in answers) else []
    found = [
        (fact, False, np.array([of.get(fact, _unsaid(fact)) for of in known]))
        for fact in dict.fromkeys(itertools.chain(*known))
    ]
    found += [
        (repr(word), True, np.array([answer == word for answer in answers]))
        for word in dict.fromkeys(words)
    ]
    fit = []
    for fact, of_answer, holds in found:
        here, others = int(holds.sum()), int((~holds).sum())
        chance = (here / len(cases)) ** int(wrong.sum()) * len(found)
        if (
            holds[wrong].all()
            and others >= _LEAST
            and here <= _SHARE * len(cases)
            and chance < _CHANCE
        ):
            fit.append(WrongOnly(fact, of_answer, int(wrong.sum()), here, others))
    return min(fit, key=lambda one: one.here, default=None)


def always_true(attempts: Iterable[Attempt], least: int) -> list[str]:
    """Restrictions that hold of every case of one function: what lies beyond them is never tried.

    Said are those that leave something out that a wrong answer could show in: a single channel, square images, even
    sizes, no negative values, one item. That a size is positive is none.

    Args:
        attempts: all cases of all checks.
        least: how many distinct cases there must be for it to say anything.
    """
    cases = _distinct(attempts)
    if len(cases) < least:
        return []
    facts = [dict(_facts_of(attempt)) for attempt in cases]
    found = dict.fromkeys(itertools.chain(*facts))
    always = [fact for fact in found if all(known.get(fact, False) for known in facts)]
    return [fact for fact in always if _restricts(fact)]


def _restricts(fact: str) -> bool:
    """Whether a fact is more than a precondition, such as that a stride is positive."""
    usual = fact.endswith((" != 0", " != 1", " >= 0")) and ".min()" not in fact
    return not usual and " <= " not in fact.replace("len(", "(") and not _is_order(fact)


def _is_order(fact: str) -> bool:
    _, sign, right = fact.partition(" >= ")
    return bool(sign) and right.isidentifier()


def _unsaid(fact: str) -> bool:
    """Of a case of which it is not said: True of each item of an empty list, False of another word, or of no array."""
    return fact.startswith("all(")


def _distinct(attempts: Iterable[Attempt]) -> list[Attempt]:
    """One attempt for each case; neighbours of the smallest failing case say little more than it does."""
    found: dict[str, Attempt] = {}
    for attempt in attempts:
        if all(name == "jit" for name, _ in attempt.steps):
            found.setdefault(repr((case_size(attempt.args), attempt.args, attempt.kwargs)), attempt)
    return list(found.values())


def _facts_of(attempt: Attempt) -> Iterator[tuple[str, bool]]:
    values = attempt.arguments()
    numbers = [name for name, value in values.items() if _is_int(value)][:_NUMBERS]
    for name, value in values.items():
        yield from _facts(name, value)
    for one, other in itertools.combinations(numbers, 2):
        yield f"{one} == {other}", values[one] == values[other]
        yield f"{one} <= {other}", values[one] <= values[other]
        yield f"{one} >= {other}", values[one] >= values[other]


def _facts(name: str, value: Any) -> Iterator[tuple[str, bool]]:
    """What may be said of one argument, the simplest first."""
    if isinstance(value, (bool, np.bool_)):
        yield name, bool(value)
        yield f"not {name}", not value
    elif _is_int(value) or isinstance(value, (float, np.floating)):
        yield from _of_number(name, value)
    elif isinstance(value, str):
        yield f"{name} == {value!r}", True
    elif isinstance(value, np.ndarray):
        yield from _of_array(name, value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _facts(f"{name}[{key!r}]", item)
    elif isinstance(value, (list, tuple)):
        yield from _of_list(name, value)


def _of_number(name: str, value: Any) -> Iterator[tuple[str, bool]]:
    yield f"{name} == 0", value == 0
    yield f"{name} == 1", value == 1
    if _is_int(value):
        yield f"{name} % 2 == 1", value % 2 == 1
        yield f"{name} % 2 == 0", value % 2 == 0
    yield f"{name} >= 0", value >= 0
    yield f"{name} != 0", value != 0
    yield f"{name} != 1", value != 1


def _of_array(name: str, value: np.ndarray) -> Iterator[tuple[str, bool]]:
    shape = value.shape
    if value.ndim >= 2:
        yield f"{name}.shape[0] == {name}.shape[1]", shape[0] == shape[1]
    if value.ndim:
        yield f"{name}.shape[-1] == 1", shape[-1] == 1
    for axis in range(min(value.ndim, _SIDES)):
        yield f"{name}.shape[{axis}] % 2 == 0", shape[axis] % 2 == 0
        yield f"{name}.shape[{axis}] % 2 == 1", shape[axis] % 2 == 1
    if value.size and value.dtype.kind in "iuf":
        if value.dtype.kind != "u":
            yield f"{name}.min() >= 0", bool(value.min() >= 0)
            yield f"{name}.max() <= 0", bool(value.max() <= 0)
        yield f"not {name}.any()", not value.any()


def _of_list(name: str, value: Sequence[Any]) -> Iterator[tuple[str, bool]]:
    yield f"len({name}) <= 1", len(value) <= 1
    if all(map(_is_int, value)):
        yield from _of_all(name, name, "n", list(value))
        if len(value) == 2:
            yield f"{name}[0] == {name}[1]", value[0] == value[1]
    elif all(isinstance(item, Mapping) for item in value):
        for key in dict.fromkeys(key for item in value for key in item):
            found = [item[key] for item in value if _is_int(item.get(key))]
            if len(found) == len(value):
                yield from _of_all(name, name, f"item[{key!r}]", found)
                yield from _of_all(name, f"{name}[1:]", f"item[{key!r}]", found[1:])
                yield from _of_all(name, f"{name}[:-1]", f"item[{key!r}]", found[:-1])


def _of_all(name: str, part: str, item: str, values: list[int]) -> Iterator[tuple[str, bool]]:
    each = "n" if item == "n" else "item"
    yield f"all({item} == 1 for {each} in {part})", all(n == 1 for n in values)
    yield f"all({item} == 0 for {each} in {part})", all(n == 0 for n in values)
    yield f"all({item} % 2 == 1 for {each} in {part})", all(n % 2 == 1 for n in values)


def _is_int(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.bool_))
