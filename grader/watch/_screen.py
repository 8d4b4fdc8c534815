"""What a student sees while at work: the checks as they end, then the first thing to repair, then what keys do."""

import time
from collections.abc import Callable, Iterable

from rich.console import Console
from rich.rule import Rule
from rich.segment import Segment, Segments
from rich.text import Text

from grader.messages import Language, say
from grader.report import TerminalReport, plain, seconds_text, sentence
from grader.results import CheckResult, QuestionResult, Verdict

__all__ = ["Screen"]

_FOOT = 4  # lines
_SECONDS_WIDTH = 9


class Screen:
    """Draws on a terminal; each grading begins on an empty screen.

    Args:
        console: the terminal.
        language: of what is said.
        options: added to the commands that are suggested.
        case_command: gives the command that runs the case of a check, if there is one.
    """

    def __init__(
        self,
        console: Console,
        language: Language,
        options: str = "",
        case_command: Callable[[CheckResult], str] | None = None,
    ) -> None:
        self.console = console
        self.language: Language = language
        self._report = TerminalReport(console, language, options, case_command)
        self._status = console.status("")
        self._began = time.monotonic()

    def begin(self, head: str) -> None:
        """A grading begins."""
        self._began = time.monotonic()
        self.console.clear()
        title = sentence(head, self.language, "bold")
        self.console.print(Rule(title, align="left", style="dim"))
        self._status.update(Text(f" {say('being_graded', self.language)}", style="dim"))
        self._status.start()

    def check_begun(self, title: str) -> None:
        """A check begins, which may take long."""
        text = sentence(f" {title}", self.language, "dim")
        text.truncate(max(self.console.width - 4, 1), overflow="ellipsis")
        self._status.update(text)

    def check_done(self, check: CheckResult) -> None:
        """A check has ended: its line, with the time since the grading began."""
        since = seconds_text(time.monotonic() - self._began, self.language)
        head = self._report.line(check)
        head.truncate(max(self.console.width - _SECONDS_WIDTH, 1), overflow="ellipsis", pad=True)
        head.append(since.rjust(_SECONDS_WIDTH), style="dim")
        self.console.print(head, no_wrap=True, overflow="crop")

    def stop(self) -> None:
        """The grading has ended, or was interrupted."""
        self._status.stop()

    def result(self, question: QuestionResult) -> None:
        """The first thing to repair, as far as the screen has room for it."""
        self.stop()
        checks = question.checks
        wrong = next((c for c in checks if c.verdict is not Verdict.PASSED), None)
        if wrong is None:
            text = say("question_passed", self.language, question=question.id)
            self.console.print(sentence(f"\n{text}", self.language, "bold green"))
            self._remind(question)
            return
        self.console.print()
        room = self.console.height - len(checks) - _FOOT - 2
        self._print_within(room, wrong)

    def foot(self, question: QuestionResult | None, keys: str, note: str = "") -> None:
        """The score, and what can be done next."""
        self.console.print(Rule(style="dim"))
        if question is not None:
            score = f"{say('score', self.language)} {question.score:g} / {question.max_score:g}"
            full = question.verdict is Verdict.PASSED
            line = Text.assemble((score, "bold green" if full else "bold"))
            line.append(f"   {seconds_text(time.monotonic() - self._began, self.language)}", "dim")
            self.console.print(line)
        if note:
            self.console.print(plain(note, "dim"), soft_wrap=True)
        self.console.print(sentence(keys, self.language, "dim"))

    def _remind(self, question: QuestionResult) -> None:
        if question.answer_text == "":
            self.console.print(plain(say("answer_empty", self.language), "yellow"))

    def _print_within(self, room: int, check: CheckResult) -> None:
        lines = self.console.render_lines(self._report.failure(check), pad=False)
        if len(lines) > max(room, 3):
            lines = lines[: max(room - 1, 2)]
            lines.append([Segment(f"  … {say('rest_by_run', self.language)}")])
        self.console.print(Segments(_joined(lines)), end="")


def _joined(lines: Iterable[list[Segment]]) -> list[Segment]:
    return [segment for line in lines for segment in (*line, Segment.line())]
