"""Which line?  The one on which a single edit makes a function right in all cases tried.

The versions run in a worker that is ended afterwards (:meth:`Isolation.apart`); what is right is compared here, and
never sent: the worker learns which edits are worth more cases, and nothing that it could use where answers count.
"""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from grader import wire
from grader.checks._attempts import Attempt
from grader.checks._cases import case_size
from grader.checks._compare import compare
from grader.checks._isolation import NothingProved
from grader.results import Verdict
from grader.session import Fault, WorkerNotStarted

if TYPE_CHECKING:
    from grader.checks._student import Student

__all__ = ["cases_for_edits", "common_line", "line_at_fault"]

# Cases, and the edits that are wanted (None: all) -> rows, as the worker says them.
_Ask = Callable[[Sequence[Attempt], Sequence[int] | None], Any]

_LEAST, _LEAST_WRONG = 8, 4  # cases: on fewer an edit may be right by chance
_OF_A_KIND = 24  # cases of which the answer was wrong, and as many right ones
_EARLY = 5  # cases that all but a few edits fail at
_LARGEST = 2**12  # bytes of a case, or of its answer
_ROWS = 3_000
_CALLS = 5_000  # in one request
_SECONDS = (
    0.003  # a function that takes longer for one call is not edited: there are hundreds of edits
)


def line_at_fault(student: "Student", cases: Sequence[Attempt]) -> int | None:
    """The line of a function on which a single edit makes it right; None where that is not known.

    Args:
        student: the proxy of the check that has failed.
        cases: of the function, from :func:`cases_for_edits`.
    """
    if student._seconds() / len(student._attempts) > _SECONDS:
        return None
    function, helpers = cases[0].function, cases[0].helpers
    with contextlib.suppress(Fault, NothingProved, WorkerNotStarted), student._uncounted() as ask:

        def put(part: Sequence[Attempt], chosen: Sequence[int] | None) -> Any:
            given = [[list(case.args), case.kwargs] for case in part]
            return ask("mend", function, helpers, cases=given, chosen=chosen)

        return common_line(cases, put)
    return None


def cases_for_edits(attempts: Iterable[Attempt]) -> list[Attempt]:
    """What versions of a function are tried on: smallest wrong case first; none where there are too few.

    Args:
        attempts: of one function.
    """
    fit = {repr((a.args, a.kwargs)): a for a in attempts if _fits(a)}
    cases = sorted(fit.values(), key=lambda a: case_size([a.args, a.kwargs]))
    wrong = [a for a in cases if a.wrong]
    if len(cases) < _LEAST or len(wrong) < _LEAST_WRONG:
        return []
    return _spread(wrong) + _spread([a for a in cases if not a.wrong])


def common_line(cases: Sequence[Attempt], ask: _Ask) -> int | None:
    """The line on which all single edits lie that make the function right in all cases; None where there is none.

    Where an edit that only makes up for something elsewhere (one more in the end, for a beginning that is one too
    small) is as good as one that does not, the latter counts.

    Args:
        cases: from :func:`cases_for_edits`.
        ask: puts versions of the function to them.
    """
    chosen: list[int] | None = None
    found: dict[int, tuple[int, bool]] = {}
    early = [cases[0], *cases[1 :: max(1, len(cases) // _EARLY)]]
    for part in ([cases[0]], early[1:], cases):
        if chosen is not None and len(chosen) * len(part) > _CALLS:
            return None
        found = dict(_repaired(ask(part, chosen), part))
        chosen = list(found)
        if not chosen:
            return None
    plain = {line for line, makes_up in found.values() if not makes_up}
    lines = plain or {line for line, _ in found.values()}
    return lines.pop() if len(lines) == 1 else None


def _repaired(rows: Any, cases: Sequence[Attempt]) -> Iterable[tuple[int, tuple[int, bool]]]:
    """Number, line and kind of the edits that are right in these cases."""
    if not isinstance(rows, list) or len(rows) > _ROWS:
        return
    for row in rows:
        match row:
            case [int(number), int(line), bool(makes_up), list(answers)]:
                if len(answers) == len(cases) and all(map(_right, answers, cases)):
                    yield number, (line, makes_up)


def _right(answer: Any, case: Attempt) -> bool:
    if not isinstance(answer, list) or len(answer) != 1:
        return False
    return compare(answer[0], case.expected, *case.tolerances) is None


def _fits(attempt: Attempt) -> bool:
    """Whether an edited function can be tried on this case: plain values, small enough."""
    fault = attempt.fault
    if attempt.steps or attempt.dropped or (fault and fault.verdict is not Verdict.EXCEPTION):
        return False
    limits = wire.Limits(items=_LARGEST, bytes=_LARGEST)
    try:
        for value in ([*attempt.args], attempt.kwargs, attempt.expected):
            wire.encode(value, limits, wire.foreign_array)
    except wire.Refused:
        return False
    return True


def _spread(cases: list[Attempt]) -> list[Attempt]:
    """So many of them, the first one included."""
    step = max(1, -(-len(cases) // _OF_A_KIND))
    return cases[::step]
