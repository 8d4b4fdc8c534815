"""Grade at every save, show what comes of it, and go on when a question is right."""

import _thread
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console

from grader.cases import CaseFolder
from grader.course import Course, Question, student_file
from grader.grading import grade
from grader.messages import Language, say, told
from grader.report import TerminalReport, plain
from grader.results import CheckResult, QuestionResult, Result
from grader.session import SpareWorkers
from grader.watch._file import EditedFile
from grader.watch._keys import Keys
from grader.watch._screen import Screen

__all__ = ["Memory", "watch"]

_LOOK_SECONDS = 0.05
_AGAIN, _NEXT, _PREVIOUS, _QUIT = "r", "n", "p", "q"


class Memory(Protocol):
    """What is known of questions from before."""

    def passed(self, course: Course, question: Question) -> bool:
        """Whether a question was ever passed."""
        ...

    def save_result(self, course: Course, result: Result) -> None:
        """Keep a result."""
        ...


def watch(
    course: Course,
    place: Path,
    console: Console,
    *,
    language: Language,
    memory: Memory,
    question: Question | None = None,
    isolation: int | str = "auto",
    timeout: float | str | None = None,
    commands: Mapping[str, Callable[[Question], None]] = {},
    options: str = "",
    note: str = "",
    cases: CaseFolder | None = None,
    on_result: Callable[[Result], None] = lambda result: None,
) -> None:
    """Grade a question's file at every save, until all are right or the student quits.

    Args:
        course: the course.
        place: the folder with the files.
        console: where to show it. On a terminal, checks appear as they end and keys are read; elsewhere a report is
            printed for each save.
        language: of all texts.
        memory: knows which questions are open, and keeps results.
        question: to begin with; by default the first that was never passed.
        isolation: as in :func:`grader.grade`.
        timeout: as in :func:`grader.grade`.
        commands: key -> what it shows of the current question.
        options: added to the commands that are suggested.
        note: a line that stays at the foot of the screen.
        cases: keeps failing cases as files.
        on_result: called with each result.

    Raises:
        KeyboardInterrupt: when it is pressed.
        ValueError, IsolationUnavailable: as :func:`grader.grade`.
    """
    with Keys() as keys:
        desk = _Desk(course, place, console, language, isolation, timeout, options, note, cases)
        try:
            _work(desk, keys, memory, question, commands, on_result)
        finally:
            desk.close()


def _work(
    desk: "_Desk",
    keys: Keys,
    memory: Memory,
    question: Question | None,
    commands: Mapping[str, Callable[[Question], None]],
    on_result: Callable[[Result], None],
) -> None:
    current = question or _open_from(desk.course.questions[0], desk.course, memory)
    while current is not None:
        file = EditedFile(student_file(desk.place, current))
        result = desk.graded(current, file)
        if result is None:
            continue  # saved again meanwhile
        memory.save_result(desk.course, result)
        on_result(result)
        if passed := result.exit_status == 0:
            current = _open_from(current, desk.course, memory)
            if current is None:
                break
            file = EditedFile(student_file(desk.place, current))
        desk.wait_for(current, file, result, passed)
        if passed and not keys.available:
            continue  # the next one's report says how it stands
        current = _next(desk, keys, current, file, commands)
        if current is None:
            return
    desk.console.print(plain(say("all_passed", desk.language)))


def _open_from(question: Question, course: Course, memory: Memory) -> Question | None:
    """The first question from this one on that was never passed; after the last one comes the first."""
    at = course.questions.index(question)
    order = (*course.questions[at:], *course.questions[:at])
    return next((q for q in order if not memory.passed(course, q)), None)


def _next(
    desk: "_Desk",
    keys: Keys,
    current: Question,
    file: EditedFile,
    commands: Mapping[str, Callable[[Question], None]],
) -> Question | None:
    """Wait for a save or a key: the question to be graded next, None to end."""
    while not file.changed:
        questions = desk.course.questions
        place = questions.index(current)
        match keys.pressed():
            case key if key == _QUIT:
                return None
            case key if key == _AGAIN:
                return current
            case key if key in (_NEXT, _PREVIOUS):
                step = 1 if key == _NEXT else -1
                return questions[(place + step) % len(questions)]
            case key if key in commands:
                desk.console.clear()
                commands[key](current)
                desk.foot(None)
            case _:
                time.sleep(_LOOK_SECONDS)
    file.wait_until_whole()
    return current


class _Desk:
    """Grades with workers that were started ahead, and shows it."""

    def __init__(
        self,
        course: Course,
        place: Path,
        console: Console,
        language: Language,
        isolation: int | str,
        timeout: float | str | None,
        options: str,
        note: str,
        cases: CaseFolder | None,
    ) -> None:
        self.course, self.place, self.console = course, place, console
        self.language: Language = language
        self._isolation, self._timeout = isolation, timeout
        self._options, self._note, self._cases = options, note, cases
        shown = language, options, cases.command if cases else None
        self._screen = Screen(console, *shown) if console.is_terminal else None
        self._spare: SpareWorkers | None = None
        self._spare_of: Question | None = None

    def graded(self, question: Question, file: EditedFile) -> Result | None:
        """Grade a question; None where the file was saved again before that was done."""
        if self._spare_of != question:
            self.close()
        saved = threading.Event()
        try:
            with _InterruptedBy(file, saved):
                return self._grade(question, self._spare)
        except KeyboardInterrupt:
            if not saved.is_set():
                raise
            if self._spare:
                self._spare.fill()
            file.wait_until_whole()
            return None

    def wait_for(self, question: Question, file: EditedFile, result: Result, passed: bool) -> None:
        """Say what is waited for, and get workers ready for it."""
        if self._screen is None:
            self.console.print()
            if not passed:
                text = say("watching", self.language, file=file.path)
                self.console.print(plain(text), soft_wrap=True)
        else:
            self._screen.result(result.questions[0])
            if passed:
                text = say("next_file", self.language, question=question.id, file=file.path)
                self.console.print(plain(text), soft_wrap=True)
            self.foot(result.questions[0])
        if self._spare and self._spare_of == question:
            self._spare.fill()
            return
        self.close()
        self._spare_of = question
        self._spare = SpareWorkers(self.course, [question], self._isolation)

    def foot(self, question: QuestionResult | None) -> None:
        """What can be done next."""
        if self._screen:
            self._screen.foot(question, say("watch_keys", self.language), self._note)

    def close(self) -> None:
        """End the workers that wait."""
        spare, self._spare = self._spare, None
        if spare:
            spare.close()

    def _keep(self, question: QuestionResult, check: CheckResult) -> None:
        if self._cases:
            self._cases.keep(question, check)

    def _grade(self, question: Question, spare: SpareWorkers | None) -> Result:
        options: dict[str, Any] = {
            "questions": [question.id],
            "language": self.language,
            "isolation": self._isolation,
            "timeout": self._timeout,
            "spare": spare,
        }
        if (screen := self._screen) is None:
            command = self._cases.command if self._cases else None
            report = TerminalReport(self.console, self.language, self._options, command)

            def tell(question: QuestionResult, check: CheckResult) -> None:
                self._keep(question, check)
                report.check_done(question, check)

            report.start(told(self.course.title, self.language))
            try:
                result = grade(self.course, self.place, on_check=tell, **options)
            finally:
                report.stop()
            report.finish(result)
            return result

        def done(question: QuestionResult, check: CheckResult) -> None:
            self._keep(question, check)
            screen.check_done(check)

        screen.begin(f"{question.id} · {told(question.title, self.language)}")
        try:
            return grade(
                self.course, self.place, on_check=done, on_begin=screen.check_begun, **options
            )
        finally:
            screen.stop()


class _InterruptedBy:
    """Interrupts the main thread when a file is saved, and says so."""

    def __init__(self, file: EditedFile, saved: threading.Event) -> None:
        self._file, self._saved, self._over = file, saved, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            if self._file.changed:
                self._saved.set()
                _thread.interrupt_main()
                return
