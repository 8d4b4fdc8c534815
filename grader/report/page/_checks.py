"""Checks as the page shows them: which is open, what is said of each, and the case on which it fails."""

import dataclasses
import re
from collections.abc import Callable, Sequence

from grader.messages import Language, say, typeset
from grader.report._told import sign_of, with_repeats
from grader.report.page._case import Figure, figures_of
from grader.results import CaseValue, CheckResult, Verdict

__all__ = ["Badge", "Block", "Case", "Check", "badge_of", "blocks_of", "checks_of"]

_LOOKS = {
    Verdict.PASSED: "right",
    Verdict.NOT_ATTEMPTED: "open",
    Verdict.SKIPPED: "open",
    Verdict.NOT_GRADED: "ours",
    Verdict.GRADER_ERROR: "ours",
}
_PRINTED = "  | "  # before each line that the student's code has printed
_OBSERVED = re.compile(r"\w+ = ")  # how what a check shows begins; a call has a parenthesis there
_SHORT_CALL = 88  # characters


@dataclasses.dataclass(frozen=True)
class Badge:
    """A verdict: a sign, a word and a class; no reader depends on colour."""

    sign: str
    word: str
    look: str


@dataclasses.dataclass(frozen=True)
class Block:
    """A part of a message: a paragraph, or lines that the student's code printed."""

    text: str
    printed: bool = False


@dataclasses.dataclass(frozen=True)
class Case:
    """The smallest failing case."""

    label: str
    call: str  # where it fits a line
    whole: str  # the call with all its values as text, where it does not
    arguments: Sequence[tuple[str, str]]
    texts: Sequence[tuple[str, str]]
    note: str  # of figures: where the first difference lies
    groups: Sequence[Sequence[Figure]]


@dataclasses.dataclass(frozen=True)
class Check:
    """One check."""

    title: str
    points: str
    badge: Badge
    blocks: Sequence[Block] = ()
    why: str = ""  # it was not tried
    advice: Sequence[Block] = ()  # what the mistake is, and how to go on
    case: Case | None = None
    run: str = ""  # the command that runs the case
    open: bool = False

    @property
    def foldable(self) -> bool:
        return bool(self.blocks or self.case or self.advice or self.run)


def badge_of(verdict: Verdict, language: Language) -> Badge:
    """How a verdict is shown."""
    word = say(f"verdict_{verdict.value}", language)
    return Badge(sign_of(verdict), word, _LOOKS.get(verdict, "wrong"))


def checks_of(
    checks: Sequence[CheckResult], language: Language, case_command: Callable[[CheckResult], str]
) -> list[Check]:
    """The checks of a question, all of them folded; ``case_command`` gives what runs the case of one."""
    return [_check(*told, language, case_command) for told in with_repeats(checks)]


def _check(
    check: CheckResult,
    same: str,
    explained: bool,
    language: Language,
    case_command: Callable[[CheckResult], str],
) -> Check:
    """One check; ``same`` and ``explained`` as :func:`with_repeats` gives them."""
    title = typeset(check.title, language)
    points, badge = f"{check.points:g} / {check.max_points:g}", badge_of(check.verdict, language)
    if check.verdict in (Verdict.SKIPPED, Verdict.NOT_ATTEMPTED):
        return Check(title, points, badge, why=check.message)
    if same and check.verdict is not Verdict.PASSED:
        return Check(title, points, badge, blocks_of(say("page_same", language)))
    message, advice = check.message, ""
    if explained or check.mistake:
        message, _, advice = check.message.partition("\n")
    if explained:
        advice = say("same_mistake", language)
    case = _case(check, language) if check.counterexample is not None and not explained else None
    return Check(
        title,
        points,
        badge,
        blocks_of(message),
        advice=blocks_of(advice),
        case=case,
        run="" if explained else case_command(check),
    )


def _case(check: CheckResult, language: Language) -> Case:
    example = check.counterexample
    assert example is not None
    values: Sequence[CaseValue] = check.values if isinstance(check.values, tuple) else ()
    observed = (
        any(value.role == "observed" for value in values)
        or _OBSERVED.match(example.call) is not None
    )
    groups = figures_of(values, language)
    drawn = {(value.role, value.name) for value in values if isinstance(value.dtype, str)}
    compared = any(role == "expected" for role, _ in drawn)
    call = example.call
    short = "\n" not in call and len(call) <= _SHORT_CALL
    texts = []
    if ("answer", "") not in drawn and example.got:
        texts.append((say("you_gave", language), example.got))
    if ("expected", "") not in drawn and example.expected:
        texts.append((say("expected", language), example.expected))
    difference = example.difference or ""
    if difference and not compared:
        texts.append((say("difference", language), difference))
    arguments = [(v.name, v.text) for v in values if isinstance(v.text, str)]
    return Case(
        label=say("observed" if observed else "smallest_case", language),
        call=("" if observed and values else call) if short else _head(call),
        whole="" if short or (observed and values) else call,
        arguments=[] if short and not observed else arguments,
        texts=texts,
        note=difference if compared else "",
        groups=groups,
    )


def _head(call: str) -> str:
    """``jit(conv2d)(…)``, where the arguments stand on the lines below."""
    first = call.partition("\n")[0]
    return first + "…)" if first.endswith("(") and len(first) <= _SHORT_CALL else ""


def blocks_of(message: str) -> list[Block]:
    """The paragraphs of a message, and what was printed between them."""
    blocks: list[Block] = []
    for line in message.split("\n"):
        printed = line.startswith(_PRINTED)
        text = line.removeprefix(_PRINTED) if printed else line
        if printed and blocks and blocks[-1].printed:
            blocks[-1] = Block(f"{blocks[-1].text}\n{text}", True)
        elif text.strip() or printed:
            blocks.append(Block(text, printed))
    return blocks
