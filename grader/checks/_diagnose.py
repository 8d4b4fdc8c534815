"""Known mistakes: a variant that answers as the student did on every case tried, in all checks of the question."""

import dataclasses
import logging
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from grader.checks._agree import run_here
from grader.checks._attempts import Attempt
from grader.checks._cases import case_size
from grader.checks._compare import compare
from grader.checks._declare import mistake_info
from grader.results import Verdict

__all__ = [
    "Evidence",
    "diagnose",
    "explains",
    "explains_all",
    "explanations",
    "surest",
    "tell_apart",
]

_LOGGER = logging.getLogger("grader")
_OF_A_CHECK = 100  # cases that are kept for the checks that follow, wrong answers first
_LARGEST = 2**16  # bytes of an answer that is kept for them
_WRONG_FOR_TWO = 6  # answers, before two mistakes at once are named
_Variant = Callable[..., Any]
_Rename = Callable[[_Variant | None], None]


@dataclasses.dataclass
class Evidence:
    """The cases of all checks of a question, as far as they are kept: one check may refute what another suggests.

    Attributes:
        attempts: of the checks so far.
        named: for each name that was given, the explanations of which it is the surest, and whoever is to be told
            which one is when later checks speak against it.
        searched: functions, with the helpers that were replaced, of which the line at fault was looked for.
    """

    attempts: list[Attempt] = dataclasses.field(default_factory=list)
    named: list[tuple[list[_Variant], _Rename]] = dataclasses.field(default_factory=list)
    searched: set[tuple[str, tuple[str, ...]]] = dataclasses.field(default_factory=set)

    def add(self, attempts: Iterable[Attempt]) -> None:
        """Keep cases of one more check."""
        fit = [a for a in attempts if _tells(a) and not a.dropped and a.size <= _LARGEST]
        # The first alone would be a few examples, where each is many calls.
        if len(fit) > _OF_A_CHECK:
            wrong = [a for a in fit if a.wrong][:_OF_A_CHECK]
            right = [a for a in fit if not a.wrong]
            room = min(len(right), _OF_A_CHECK - len(wrong))
            fit = wrong + random.Random(len(fit)).sample(right, room)
        self.attempts += fit

    def refute(self) -> None:
        """Take back what later checks speak against; another explanation of the same answers may be left."""
        kept = []
        for found, rename in self.named:
            # Answers too large to be kept say nothing either way: what is not there refutes nothing.
            left = [v for v in found if explains_all(v, self.attempts)]
            if surest(left) is not surest(found):
                rename(surest(left))
            if surest(left) is not None:
                kept.append((left, rename))
        self.named[:] = kept


def diagnose(
    variants: Sequence[_Variant], attempts: Iterable[Attempt], earlier: Iterable[Attempt] = ()
) -> _Variant | None:
    """The surest of the ``explanations``."""
    return surest(explanations(variants, attempts, earlier))


def surest(found: Sequence[_Variant]) -> _Variant | None:
    """The first of these explanations; None where there is none, or several of two mistakes at once."""
    if not found or (len(found) > 1 and mistake_info(found[0]).deviations > 1):
        return None
    return found[0]


def explanations(
    variants: Sequence[_Variant], attempts: Iterable[Attempt], earlier: Iterable[Attempt] = ()
) -> list[_Variant]:
    """The known mistakes whose answers equal the student's, in their order; of two at once where no single one does.

    Args:
        variants: the known mistakes of the question, trusted functions.
        attempts: all cases that the check has tried.
        earlier: cases of checks before it; those of a function that was called with other helpers say nothing.
    """
    # The small cases first: they are cheap, and tell most variants apart.
    attempts = sorted(attempts, key=lambda a: case_size([a.args, a.kwargs]))
    attempts.sort(key=lambda a: not a.wrong)
    helpers = {attempt.function: attempt.helpers for attempt in attempts}
    earlier = [a for a in earlier if helpers.get(a.function, a.helpers) == a.helpers]
    explain: list[_Variant] = []
    known: dict[tuple[str, ...], tuple[list[Attempt], int]] = {}
    for variant in sorted(variants, key=lambda v: mistake_info(v).deviations):
        info = mistake_info(variant)
        if explain and info.deviations > mistake_info(explain[0]).deviations:
            break
        if info.of not in known:
            mine = [attempt for attempt in attempts if attempt.function in info.of]
            others = [attempt for attempt in earlier if attempt.function in info.of]
            # That both raise an exception of one type is no evidence by itself: there must be an answer, wrong alike.
            most = _most_at_once(mine, others)
            known[info.of] = [*mine, *others], most
        cases, most = known[info.of]
        if info.deviations <= most and explains_all(variant, cases):
            explain.append(variant)
    return explain


def tell_apart(
    variants: Sequence[_Variant],
) -> Callable[[str, list[list[Any]], tuple, dict[str, Any]], bool]:
    """Whether the answer to a call would speak for some of these mistakes and against others."""

    def tells(function: str, steps: list[list[Any]], args: tuple, kwargs: dict[str, Any]) -> bool:
        told = [v for v in variants if function in mistake_info(v).of]
        if not told:
            return False
        first, *others = (_outcome(v, steps, args, kwargs) for v in told)
        return any(_differ(first, other) for other in others)

    return tells


def _outcome(
    variant: _Variant, steps: list[list[Any]], args: tuple, kwargs: dict[str, Any]
) -> tuple[str, Any]:
    """What a mistake answers, or the type of what it raises."""
    try:
        return "answer", run_here(variant, steps, args, kwargs)
    except Exception as error:
        return "raised", type(error).__name__


def _differ(one: tuple[str, Any], other: tuple[str, Any]) -> bool:
    if one[0] != other[0]:
        return True
    try:
        return compare(one[1], other[1]) is not None
    except Exception:
        return True


def _most_at_once(mine: Sequence[Attempt], others: Sequence[Attempt]) -> int:
    """How many mistakes at once these cases can tell from others; hundreds of pairs take cases that are quick."""
    wrong = [a for a in mine if a.wrong and a.fault is None]
    if not wrong:
        return 0
    all_wrong = [*wrong, *(a for a in others if a.wrong and a.fault is None)]
    plain = all(name == "jit" for name, _ in wrong[0].steps)
    return 2 if plain and len({repr(a.args) for a in all_wrong}) >= _WRONG_FOR_TWO else 1


def _tells(attempt: Attempt) -> bool:
    """Whether it says something of the function: a busy machine and a used-up budget do not."""
    return attempt.fault is None or attempt.fault.verdict is Verdict.EXCEPTION


def explains_all(variant: _Variant, attempts: Iterable[Attempt]) -> bool:
    """Whether a wrong variant answers as the student did in all cases of its function."""
    of = mistake_info(variant).of
    return all(explains(variant, attempt) for attempt in attempts if attempt.function in of)


def explains(variant: _Variant, attempt: Attempt) -> bool:
    """Whether a wrong variant answers as the student did; both raising the same counts as the same."""
    if attempt.dropped:
        return False  # nobody knows any more, and a false name is worse than none
    try:
        answer = run_here(variant, attempt.steps, attempt.args, attempt.kwargs)
    except Exception as error:
        fault = attempt.fault
        return fault is not None and fault.facts.get("type") == type(error).__name__
    if attempt.fault is not None:
        return False
    try:
        return compare(attempt.got, answer, *attempt.tolerances) is None
    except Exception:
        _LOGGER.warning("%s: its answer cannot be compared", variant.__name__, exc_info=True)
        return False
