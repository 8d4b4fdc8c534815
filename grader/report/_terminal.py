"""The report a student reads: a line for each question, under it what failed and how to go on."""

from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader.messages import Language, say
from grader.results import CheckResult, Counterexample, QuestionResult, Result, Verdict

__all__ = ["TerminalReport"]

_LOOKS = {
    Verdict.PASSED: ("✓", "green"),
    Verdict.NOT_ATTEMPTED: ("○", "dim"),
    Verdict.SKIPPED: ("–", "dim"),
    Verdict.GRADER_ERROR: ("‼", "bold magenta"),
}
_COLUMNS: tuple[tuple[int | None, JustifyMethod], ...] = (
    (2, "left"),
    (4, "left"),
    (None, "left"),
    (9, "right"),
    (16, "left"),
    (7, "right"),
)
_WRONG = ("✗", "red")
_WIDTH = 96  # numbers stay near their titles on wide terminals


class TerminalReport:
    """Prints each question as soon as its checks are done.

    Everything that may come from a submission is printed as plain text, never as markup.
    """

    def __init__(self, console: Console, language: Language) -> None:
        self.console = console
        self.language: Language = language
        self._status = console.status("") if console.is_terminal else None

    def say(self, key: str, **facts: object) -> str:
        return say(key, self.language, **facts)

    def start(self, title: str) -> None:
        """The head of the report."""
        self.console.print(Rule(Text(title, style="bold"), align="left", style="dim"))
        if self._status:
            self._status.start()

    def stop(self) -> None:
        """Restore the terminal; also after an interruption."""
        if self._status:
            self._status.stop()

    def check_done(self, question: QuestionResult, check: CheckResult) -> None:
        """Progress: the question is printed after its last check."""
        if self._status:
            self._status.update(Text(f" {question.id} · {check.title}", style="dim"))
        if check is question.checks[-1]:
            question.settle()
            self.question(question)

    def question(self, question: QuestionResult) -> None:
        """One question: its line, and what is not right yet."""
        sign, style = _LOOKS.get(question.verdict, _WRONG)
        line = Table.grid(padding=(0, 1), expand=True)
        for width, justify in _COLUMNS:
            line.add_column(width=width, justify=justify, ratio=None if width else 1)
        line.add_row(
            Text(sign, style=style),
            Text(question.id, style="bold"),
            Text(question.title),
            Text(f"{question.score:g} / {question.max_score:g}", style=style),
            Text(self.say(f"verdict_{question.verdict.value}"), style=style),
            Text(f"{question.seconds:.1f} s", style="dim"),
        )
        self.console.print(line, width=min(self.console.width, _WIDTH))
        untouched = question.verdict is Verdict.NOT_ATTEMPTED and len(_messages(question)) == 1
        if question.verdict is Verdict.PASSED or untouched:
            for check in question.checks:
                if check.message and not untouched:
                    self.console.print(Padding(Text(check.message, style="yellow"), (0, 0, 0, 7)))
            return
        shown = ""
        for check in question.checks:
            self.console.print(
                Padding(self._check(check, repeat=check.message == shown), (0, 0, 0, 7))
            )
            shown = check.message
        if question.verdict is not Verdict.GRADER_ERROR:
            hint = self.say("next_hint", question=question.id)
            text = Text.assemble((self.say("how_to_go_on"), "dim"), (hint, "cyan"))
            self.console.print(Padding(text, (0, 0, 1, 7)))

    def _check(self, check: CheckResult, repeat: bool) -> RenderableType:
        sign, style = _LOOKS.get(check.verdict, _WRONG)
        points = f"{check.points:g}/{check.max_points:g}"
        head = Text.assemble((f"{sign} ", style), check.title, (f"  {points}", "dim"))
        if check.verdict is Verdict.PASSED or repeat:
            return head
        if check.verdict in (Verdict.SKIPPED, Verdict.NOT_ATTEMPTED):
            return Text.assemble(head, (f"  {check.message.partition(chr(10))[0]}", "dim"))
        first, _, rest = check.message.partition("\n")
        parts: list[RenderableType] = [head, Padding(Text(first), (0, 0, 0, 2))]
        if rest:
            hint = "cyan" if check.mistake else ""
            parts.append(Padding(Text(rest, style=hint), (0, 0, 0, 2)))
        if check.counterexample is not None:
            parts.append(Padding(self._example(check.counterexample, check.message), (0, 0, 0, 2)))
        return Group(*parts)

    def _example(self, example: Counterexample, message: str) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim", no_wrap=True)
        table.add_column()
        rows = (
            ("smallest_case", example.call if example.call not in message else None),
            ("you_gave", example.got),
            ("expected", example.expected),
            ("difference", example.difference),
        )
        for key, text in rows:
            if text:
                table.add_row(Text(self.say(key)), Text(text))
        return table

    def finish(self, result: Result) -> None:
        """The foot: the score, and under which conditions it was found."""
        self.stop()
        full = result.score == result.max_score
        score = f"{self.say('score')} {result.score:g} / {result.max_score:g}"
        line = Text.assemble(
            (score, "bold green" if full else "bold"), f"   {result.seconds:.1f} s"
        )
        if full and result.max_score:
            line.append(f"   {self.say('all_passed')}", style="green")
        self.console.print(Rule(style="dim"))
        self.console.print(line)
        level = result.isolation
        summary = self.say(
            "summary",
            course=result.course,
            seed=result.seed,
            level=level.level,
            name=level.name,
            promise=self.say(f"promise_{level.level}"),
        )
        self.console.print(Text(summary, style="dim"))


def _messages(question: QuestionResult) -> set[str]:
    return {check.message for check in question.checks}
