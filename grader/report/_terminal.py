"""The report a student reads: a line for each question, under it what failed and how to go on."""

import re
import textwrap
from collections.abc import Callable

from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader.messages import Language, say
from grader.report._told import (
    conditions,
    of_the_whole_file,
    part_of_a_question,
    seconds_text,
    sign_of,
    with_repeats,
)
from grader.report._typeset import glued, plain, sentence
from grader.results import (
    CheckResult,
    Counterexample,
    QuestionResult,
    Result,
    Verdict,
)

__all__ = ["TerminalReport"]

_STYLES = {
    Verdict.PASSED: "green",
    Verdict.NOT_ATTEMPTED: "dim",
    Verdict.SKIPPED: "dim",
    Verdict.NOT_GRADED: "bold magenta",
    Verdict.GRADER_ERROR: "bold magenta",
}
_COLUMNS: tuple[tuple[int | None, JustifyMethod], ...] = (
    (1, "left"),
    (4, "left"),
    (None, "left"),
    (9, "right"),
    (18, "left"),
    (8, "right"),
)
_NARROW = 60  # columns below which verdict and time are left out
_INDENT = 7
_DRAWN = re.compile(
    r"[░▒▓█]|^[-+.≈\d ?einfa]*$|^ *\[[\d, ]*:[\d:, ]*\]"
)  # a line of a picture or of a plane of numbers
_VALUES = re.compile(r"\w+ = ")  # what `expect` shows; a call has a parenthesis there


class TerminalReport:
    """Prints each question as soon as its checks are done.

    Everything that may come from a submission is printed as plain text, never as markup.

    Args:
        console: where to print.
        language: of the report; the result's own texts are in the language it was made in.
        options: added to the commands that the report suggests, such as ``" --course other"``.
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
        self.options = options
        self._case_command = case_command
        self._status = console.status("") if console.is_terminal else None
        self._title = ""

    def say(self, key: str, **facts: object) -> str:
        return say(key, self.language, **facts)

    def start(self, title: str) -> None:
        """The head of the report; printed with the first question, as there may be none."""
        self._title = title
        if self._status:
            self._status.start()

    def stop(self) -> None:
        """Restore the terminal; also after an interruption."""
        if self._status:
            self._status.stop()

    def check_begun(self, title: str) -> None:
        """Progress: a check begins, which may take long."""
        if self._status:
            what = sentence(f" {title}", self.language, "dim")
            what.truncate(max(self.console.width - 4, 1), overflow="ellipsis")
            self._status.update(what)

    def check_done(self, question: QuestionResult, check: CheckResult) -> None:
        """Progress: the question is printed after its last check."""
        self.check_begun(f"{question.id} · {check.title}")
        if check is question.checks[-1]:
            question.settle()
            self.question(question)

    def question(self, question: QuestionResult) -> None:
        """One question: its line, and what is not right yet."""
        self._head()
        sign, style = sign_of(question.verdict), _STYLES.get(question.verdict, "red")
        cells = [
            Text(sign, style=style),
            plain(question.id, "bold"),
            sentence(question.title, self.language),
            Text(f"{question.score:g} / {question.max_score:g}", style=style),
            Text(f" {self.say(f'verdict_{question.verdict.value}')}", style=style),
            Text(self._seconds(question.seconds) if question.seconds >= 0.05 else "", style="dim"),
        ]
        line = Table.grid(padding=(0, 1), expand=True)
        columns = _COLUMNS if self.console.width >= _NARROW else _COLUMNS[:4]
        for width, justify in columns:
            line.add_column(width=width, justify=justify, ratio=None if width else 1)
        line.add_row(*cells[: len(columns)])
        self.console.print(line)
        if part := part_of_a_question(question, self.language):
            self._print(plain(part, "dim"))
        if question.verdict is Verdict.PASSED:
            for check in question.checks:
                if check.message:
                    self._print(plain(check.message, "yellow"))
            self._remind(question)
            return
        whole = of_the_whole_file(question)
        if whole == self.say("untouched"):
            return
        if whole:
            self._print(plain(whole))
        else:
            self._checks(question)
        self._remind(question)
        if question.verdict.graded:
            self.suggest("how_to_go_on", f"grader hint {question.id}", indent=_INDENT)
            self.console.print()

    def _remind(self, question: QuestionResult) -> None:
        """Of the answer in words, once something of the question is right; it is worth no points."""
        if question.answer_text == "" and question.score:
            self._print(plain(self.say("answer_empty"), "yellow"))

    def line(self, check: CheckResult) -> Text:
        """One check in one line: whether it passed, and what it is about."""
        sign, style = sign_of(check.verdict), _STYLES.get(check.verdict, "red")
        head = Text.assemble((f"{sign} ", style), sentence(check.title, self.language))
        return head.append(f"  {check.points:g}/{check.max_points:g}", style="dim")

    def failure(self, check: CheckResult) -> RenderableType:
        """One check with all that is said of it."""
        return self._check(check, same="", explained=False)

    def suggest(self, key: str, command: str, indent: int = 0) -> None:
        """A command that comes next, after the sentence that introduces it."""
        before = plain(" " * indent + self.say(key), "dim")
        text = Text.assemble(before, plain(command + self.options, "cyan"))
        self.console.print(text, soft_wrap=True)  # the command can be copied whole

    def finish(self, result: Result) -> None:
        """The foot: the score, and under which conditions it was found."""
        self.stop()
        self._head()
        full = result.score == result.max_score
        score = f"{self.say('score')} {result.score:g} / {result.max_score:g}"
        line = Text.assemble((score, "bold green" if full else "bold"))
        if result.ungraded:
            ungraded = self.say("ungraded", count=result.ungraded, points=f"{result.ungraded:g}")
            line.append(f"   {glued(ungraded)}", style="bold magenta")
        line.append(f"   {self._seconds(result.seconds)}", style="dim")
        if full and result.max_score and not result.partial:
            key = "public_passed" if result.public else "all_passed"
            line.append(f"   {glued(self.say(key))}", style="green")
        self.console.print(Rule(style="dim"))
        self.console.print(line)
        for condition in conditions(result, self.language):
            self.console.print(plain(condition, "dim"))

    # ---------------------------------------------------------------------------------------- parts

    def _head(self) -> None:
        if self._title:
            title = sentence(self._title, self.language, "bold")
            self.console.print(Rule(title, align="left", style="dim"))
        self._title = ""

    def _print(self, text: RenderableType) -> None:
        self.console.print(Padding(text, (0, 0, 0, _INDENT), expand=False))

    def _seconds(self, seconds: float) -> str:
        return seconds_text(seconds, self.language)

    def _checks(self, question: QuestionResult) -> None:
        for check, same, explained in with_repeats(question.checks):
            self._print(self._check(check, same, explained))

    def _check(self, check: CheckResult, same: str, explained: bool) -> RenderableType:
        """One check; of one that another explains, a line.

        Args:
            check: the check.
            same: title of an earlier check that said the same; "" where there is none.
            explained: whether its mistake was explained further up.
        """
        head = self.line(check)
        waits = check.verdict in (Verdict.SKIPPED, Verdict.NOT_ATTEMPTED)
        first, _, rest = check.message.partition("\n")
        if check.verdict is Verdict.PASSED and not check.given:
            return head
        # What waits says for what, though a line above may say the same.
        if waits or check.verdict is Verdict.PASSED:
            return self._with_reason(head, plain(first, "dim"))
        if same:
            return self._with_reason(head, plain(self.say("same_failure", title=same), "dim"))
        if explained:
            return self._with_reason(head, plain(self.say("same_mistake"), "cyan"))
        if not rest and check.counterexample is None and not self._command_of(check):
            return self._with_reason(head, plain(first))
        parts: list[RenderableType] = [head, plain(first)]
        if rest:
            parts.append(plain(rest, "cyan" if check.mistake else ""))
        if check.counterexample is not None:
            parts.append(self._example(check.counterexample, check.message))
        if command := self._command_of(check):
            parts.append(Text.assemble(plain(self.say("run_case"), "dim"), plain(command, "cyan")))
        return Group(parts[0], *(Padding(part, (0, 0, 0, 2), expand=False) for part in parts[1:]))

    def _command_of(self, check: CheckResult) -> str:
        """What runs the case of a check; "" where there is none."""
        return self._case_command(check) if self._case_command else ""

    def _with_reason(self, head: Text, why: Text) -> RenderableType:
        """A check and its one reason: on one line where there is room."""
        if head.cell_len + why.cell_len + 2 <= self.console.width - _INDENT:
            return Text.assemble(head, "  ", why)
        return Group(head, Padding(why, (0, 0, 0, 2), expand=False))

    def _example(self, example: Counterexample, message: str) -> RenderableType:
        """The smallest case and what was answered: values beside their labels, or below if they are long."""
        rows = [
            (self.say(key), text)
            for key, text in (
                (
                    "observed" if _VALUES.match(example.call) else "smallest_case",
                    example.call if example.call not in message else None,
                ),
                ("you_gave", example.got),
                ("expected", example.expected),
                ("difference", example.difference),
            )
            if text
        ]
        room = self.console.width - _INDENT - 2
        label = max((len(name) for name, _ in rows), default=0) + 2
        lines: list[Text] = []
        for name, text in rows:
            head = plain(name.ljust(label), "dim")
            if "\n" in text or label + len(text) > room:
                lines.append(head)
                lines += [plain(line) for line in _wrapped(text, room - 2)]
            else:
                lines.append(Text.assemble(head, plain(text)))
        for line in lines:
            line.no_wrap, line.overflow = True, "ellipsis"
        return Group(*lines)


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of code, continued deeper than they began; lines of pictures are never broken."""
    lines: list[str] = []
    for line in text.expandtabs().split("\n"):
        if len(line) <= width or _DRAWN.search(line):
            lines.append(line)
            continue
        indent = " " * (len(line) - len(line.lstrip()))
        lines += textwrap.wrap(
            line.strip(),
            max(width, len(indent) + 20),
            initial_indent=indent,
            subsequent_indent=indent + "    ",
            break_on_hyphens=False,
        )
    return [f"  {line}" for line in lines]
