"""What time is charged to whom.

A mark must not depend on what else a machine does, so budgets are in a submission's *own time*: the CPU seconds that
the worker's processes use, and the seconds in which they could have run and did nothing (they slept, or waited). Time
in which the machine, or the grading process, kept them waiting is nobody's; a worker that was kept waiting for too long
is ended all the same, and what was to be judged is not graded: no points lost, none earned.

| what a worker does      | own time that it may take  | charged to                   |
|-------------------------|----------------------------|------------------------------|
| start                   | ``START_SECONDS``          | nobody: it is our code       |
| start after a death     | ``START_SECONDS``          | the question that killed it  |
| have its source read    | ``INSPECT_SECONDS``        | the question                 |
| load a file             | a call's and 20 s          | the question                 |
| answer a call           | the manifest's ``seconds`` | the question                 |

A call that computes for more than its ``seconds`` computes too long; one that is idle for more than its ``seconds``
does nothing. All that a question does together comes out of one purse (:func:`question_seconds`), and all questions'
out of the run's (:func:`total_seconds`). A question that has killed three workers gets no fourth.
"""

import dataclasses
import math
from collections.abc import Callable, Sequence

from grader.results import OwnTime, Verdict
from grader.session._faults import Fault
from grader.session._stopwatch import Spent, Stopwatch

__all__ = [
    "Allowance",
    "QuestionTime",
    "RunTime",
    "call_seconds",
    "question_seconds",
    "run_time",
    "total_seconds",
]

START_SECONDS = 60.0
INSPECT_SECONDS = 30.0
_IMPORT_SECONDS = 20.0  # a first import may bring in packages that nothing else needed
_DEATHS = 3
_APART_SECONDS = 5.0
_TOLD = 1.0  # a share of the machine is told of when so many seconds were wanted


def call_seconds(timeout: float | str | None) -> Callable[[float], float]:
    """What a call may take, given what the course says: as much, so many seconds (30), or times a factor ("x3").

    Raises:
        ValueError: for anything else.
    """
    if timeout is None:
        return lambda seconds: seconds
    text = str(timeout).strip().lower()
    try:
        number = float(text.removeprefix("x"))
    except ValueError:
        number = math.nan
    # Beyond a day is no budget, and what is derived of it must stay a number that clocks can wait for.
    if not 0 < number <= 86_400:
        raise ValueError(
            f"timeout (={timeout!r}) must be a number of seconds from 0 to 86400, or x and a factor such as x3"
        )
    return (lambda seconds: number * seconds) if text.startswith("x") else (lambda seconds: number)


def question_seconds(call: float) -> float:
    """The purse of a question: twelve short calls in full, of long ones (trainings) fewer, and an import."""
    return min(12 * call, 90 + 3 * call) + _IMPORT_SECONDS


def total_seconds(questions: Sequence[float]) -> float:
    """The purse of a run: of long courses not all questions together, but half an hour or four of the longest."""
    return min(sum(questions), max(1800.0, 4 * max(questions, default=0.0)))


@dataclasses.dataclass
class RunTime:
    """One run's time.

    Attributes:
        total: own time that all questions may take together.
        patience: how long workers may be kept waiting in all; what comes after is not graded.
        spent: own time so far.
        starved: seconds of waiting so far.
        received: CPU seconds that workers got while somebody looked.
        wanted: CPU seconds that they would have used on a free machine.
    """

    total: float
    patience: float
    spent: float = 0.0
    starved: float = 0.0
    received: float = 0.0
    wanted: float = 0.0

    @property
    def report(self) -> OwnTime:
        """For the result."""
        share = None
        if self.wanted >= _TOLD:
            share = round(min(self.received / self.wanted, 1.0), 3)
        return OwnTime(round(self.spent, 3), round(self.total, 3), share)

    def for_start(self) -> "Allowance":
        """What a worker may take to become ready."""
        return self._allow(START_SECONDS, None, "")

    def _allow(self, seconds: float, question: "QuestionTime | None", call: object) -> "Allowance":
        if self.starved >= self.patience:
            raise Fault(Verdict.NOT_GRADED, key="impatient", call=call)
        if question and self.spent >= self.total:
            raise Fault(Verdict.TIMEOUT, key="total", call=call, seconds=self.total)
        return Allowance(seconds, self, question)


def run_time(questions: Sequence[float], total: float | None) -> RunTime:
    """The purse of a run, and its patience with a busy machine.

    Args:
        questions: the purses of its questions.
        total: what it may take, instead of what follows from these.

    Raises:
        ValueError: for a total that makes no sense.
    """
    if total is not None and not 0 < total <= 10 * 86_400:
        raise ValueError(f"total (={total!r}) must be a positive number of seconds")
    total = total_seconds(questions) if total is None else total
    return RunTime(total, patience=max(600.0, 2 * total))


@dataclasses.dataclass
class QuestionTime:
    """One question's time.

    Attributes:
        call: own time of one call.
        run: the run that it belongs to.
        spent: own time so far.
        deaths: how many workers it has ended.
        fullest: the largest part of its allowance that a request has taken, or that all have of the purse.
    """

    call: float
    run: RunTime
    spent: float = 0.0
    deaths: int = 0
    fullest: float = 0.0

    @property
    def total(self) -> float:
        """The purse."""
        return question_seconds(self.call)

    def for_call(self, call: object) -> "Allowance":
        """What the next call may take; this and the following raise :class:`Fault` when nothing is left."""
        return self._allow(self.call, call)

    def for_load(self, file: str) -> "Allowance":
        """What loading the file may take."""
        return self._allow(self.call + _IMPORT_SECONDS, file)

    def for_inspection(self, file: str) -> "Allowance":
        """What reading the file's source may take."""
        return self._allow(INSPECT_SECONDS, file)

    def _allow(self, seconds: float, call: object) -> "Allowance":
        if self.deaths >= _DEATHS:
            raise Fault(Verdict.CRASHED, key="deaths", call=call, count=_DEATHS)
        if self.spent >= self.total:
            raise Fault(Verdict.TIMEOUT, key="question", call=call, seconds=self.total)
        return self.run._allow(seconds, self, call)

    def apart(self, patience: float = _APART_SECONDS) -> "QuestionTime":
        """For calls that the grader makes for its own sake: a small purse, which neither question nor run pays for."""
        return QuestionTime(self.call, RunTime(_APART_SECONDS, patience))

    def afresh(self) -> "QuestionTime":
        """For a second look at the question: a purse as full as this one was, which nobody pays for."""
        return QuestionTime(self.call, run_time([self.total], None))

    def charge(self, seconds: float) -> None:
        """Own time of anything that was done for this question."""
        self.spent += seconds
        self.run.spent += seconds


@dataclasses.dataclass(frozen=True)
class Allowance:
    """What one request may take: ``seconds`` of computation, as many of idleness, within the purses it comes from."""

    seconds: float
    run: RunTime
    question: QuestionTime | None

    def fault(self, spent: Spent, call: object) -> Fault | None:
        """What to say of a request that has taken this much; None while it may go on.

        It holds for one that was answered too: a mark must not depend on who noticed first.
        """
        if spent.cpu > self.seconds:
            return Fault(Verdict.TIMEOUT, key="computes", call=call, seconds=self.seconds)
        if spent.idle > self.seconds:
            return Fault(Verdict.TIMEOUT, key="idle", call=call, seconds=self.seconds)
        if self.question:
            question, run = self.question, self.run
            if question.spent + spent.own > question.total:
                return Fault(Verdict.TIMEOUT, key="question", call=call, seconds=question.total)
            if run.spent + spent.own > run.total:
                return Fault(Verdict.TIMEOUT, key="total", call=call, seconds=run.total)
        return None

    def starved(self, spent: Spent, call: object) -> Fault | None:
        """What to say of a request that has been kept waiting for too long; None while it may go on waiting."""
        patience = max(60.0, 10 * self.seconds)
        if spent.starved <= min(patience, self.run.patience - self.run.starved):
            return None
        wall = round(sum(spent))
        return Fault(Verdict.NOT_GRADED, key="starved", call=call, cpu=spent.cpu, seconds=wall)

    def settle(self, watch: Stopwatch, charged: float) -> None:
        """Book a request that is over.

        Args:
            watch: that measured it.
            charged: own time that it is charged for: its own, and what the worker used since the last request.
        """
        spent = watch.spent
        self.run.starved += spent.starved
        self.run.received += watch.received
        self.run.wanted += watch.wanted
        if self.question:
            self.question.charge(charged)
            parts = spent.own / self.seconds, self.question.spent / self.question.total
            self.question.fullest = max(self.question.fullest, *parts)
