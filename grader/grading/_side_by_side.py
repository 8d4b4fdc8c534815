"""Several processes grade the questions of a run at once, and the result is that of one after the other.

Draws follow from the seed and the check, budgets are in own time, and each process knows the whole run: its workers
are as large. What could differ is done again here, by this process alone, when the others have ended:

- questions of a process that died;
- questions from the one on with which the own time of all, in the course's order, is more than the run's total: one
  after the other, from what those before them have spent;
- questions that a busy machine left open, as the second round of a run does it, but from their beginning.
"""

import time
from collections.abc import Sequence
from typing import Literal

from grader.course import Course, SubmittedFile
from grader.grading._files import Callbacks, Options, grade_part, new_result, workers_for
from grader.grading._messages import Assignment, Begun, Checked, Ended, Told
from grader.grading._pool import Died, Pool
from grader.grading._stretches import most_jobs, stretches
from grader.results import CheckResult, QuestionResult, Result, Verdict
from grader.sandbox.levels import choose

__all__ = ["grade_side_by_side"]


def grade_side_by_side(
    course: Course,
    files: Sequence[SubmittedFile],
    options: Options,
    jobs: int | Literal["auto"],
    callbacks: Callbacks,
) -> Result:
    """Grade files that are already read in up to ``jobs`` processes, in this one where there is nothing to share out.

    ``on_check`` is called in the course's order, as in a run of one process: a question that is done waits for those
    before it. ``on_begin`` tells of any check that begins.
    """
    began = time.monotonic()
    granted, launch = choose(options.isolation)
    try:
        workers = workers_for(course, files, options, launch)
    finally:
        launch.close()
    result, run = new_result(course, options, granted), workers.time
    runnable = [file.question for file in workers.runnable]
    count = most_jobs(len(runnable)) if jobs == "auto" else min(jobs, len(runnable))
    if count > 1:
        board = _Board(course, files, options, run.total, callbacks)
        idle = [file.question for file in files if file.question not in runnable]
        with Pool(Assignment(course, list(files), options), count) as pool:
            for told in pool.work(stretches(runnable, idle, count)):
                board.note(told)
                if board.overspent is not None:
                    break
        board.complete()
        result.questions = [board.results[file.question.id] for file in files]
        run.spent = sum(board.spent.values())
        run.received, run.wanted = board.received, board.wanted
    else:
        part, run = grade_part(course, files, options, callbacks)
        result.questions = part.questions
    result.settle()
    result.own_time = run.report
    result.seconds = round(time.monotonic() - began, 3)
    return result


class _Board:
    """What is known of each question; reports it in the course's order, and sees to what is to be done again.

    Attributes:
        results: question -> what was last said of it.
        spent: question -> its own time.
        overspent: the place of the first question that goes beyond the run's total.
        received: CPU seconds that workers got while somebody looked.
        wanted: CPU seconds that they would have used on a free machine.
    """

    def __init__(
        self,
        course: Course,
        files: Sequence[SubmittedFile],
        options: Options,
        total: float,
        callbacks: Callbacks,
    ) -> None:
        self._course, self._files, self._options = course, files, options
        self._total, self._callbacks = total, callbacks
        self._order = [file.question.id for file in files]
        self.results: dict[str, QuestionResult] = {}
        self.spent: dict[str, float] = {}
        self.overspent: int | None = None
        self.received = self.wanted = 0.0
        self._ended: set[str] = set()
        self._judged: set[str] = set()  # here, by what the run had left
        self._waiting: dict[str, list[Checked]] = {name: [] for name in self._order}
        self._reported: dict[str, set[str]] = {name: set() for name in self._order}
        self._head = 0  # the place of the question that is being reported

    def note(self, told: Told | Died) -> None:
        """Take down what a process tells."""
        match told:
            case Begun(title):
                self._callbacks.on_begin(title)
            case Checked(question, _, spent):
                self.results[question.id], self.spent[question.id] = question, spent
                self._waiting[question.id].append(told)
            case Ended(questions, spent, received, wanted):
                self.results |= {question.id: question for question in questions}
                self.spent |= spent
                self._ended |= {question.id for question in questions}
                self.received += received
                self.wanted += wanted
            case Died():
                pass  # its questions have not ended, which `complete` sees
        self._report()

    def complete(self) -> None:
        """Grade here what the processes have left, one after the other."""
        for place, name in enumerate(self._order):
            if self.overspent is None and name not in self._ended:
                self.spent.pop(name, None)
                self._grade([name], self._before(place))
                self._report()
        if self.overspent is not None:
            rest = self._order[self.overspent :]
            for name in rest:
                self.spent.pop(name, None)
            self._grade(rest, self._before(self.overspent))
            self.overspent = None
        for name in self._order:
            if name not in self._judged and self._starved(name):
                self._grade([name], sum(self.spent.values()))

    def _before(self, place: int) -> float:
        """Own time of the questions before that one."""
        return sum(self.spent.get(name, 0.0) for name in self._order[:place])

    def _starved(self, name: str) -> bool:
        checks = self.results[name].checks
        return any(check.verdict is Verdict.NOT_GRADED for check in checks)

    def _report(self) -> None:
        """Tell of checks as far as the course's order allows, and nothing that would have to be taken back."""
        while self._head < len(self._order) and self.overspent is None:
            name = self._order[self._head]
            before = self._before(self._head)
            within = [c for c in self._waiting[name] if before + c.spent <= self._total]
            beyond = before + self.spent.get(name, 0.0) > self._total
            if beyond and name not in self._judged:
                self.overspent = self._head
            self._waiting[name] = self._waiting[name][len(within) :]
            self._tell(within)
            if name not in self._ended or self.overspent is not None:
                return
            self._head += 1

    def _tell(self, checked: Sequence[Checked]) -> None:
        for one in checked:
            check = one.question.checks[one.place]
            if check.id not in self._reported[one.question.id]:
                self._reported[one.question.id].add(check.id)
                self._callbacks.on_check(one.question, check)

    def _grade(self, names: Sequence[str], spent: float) -> None:
        """Grade questions from their beginning, alone, after so much own time of the run."""
        own: dict[str, float] = {}

        def checked(question: QuestionResult, check: CheckResult) -> None:
            if check.id not in self._reported[question.id]:
                self._reported[question.id].add(check.id)
                self._callbacks.on_check(question, check)

        part, run = grade_part(
            self._course,
            self._files,
            self._options,
            Callbacks(checked, self._callbacks.on_begin, on_spent=own.__setitem__),
            part=names,
            spent=spent,
        )
        for question in part.questions:
            self.results[question.id] = question
            self.spent[question.id] = self.spent.get(question.id, 0.0) + own[question.id]
            self._ended.add(question.id)
            self._judged.add(question.id)
            self._waiting[question.id].clear()
        self.received += run.received
        self.wanted += run.wanted
