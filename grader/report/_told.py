"""What every report tells in the same words: what repeats itself, and under which conditions a score was found."""

from collections.abc import Iterator, Sequence

import msgspec

from grader.messages import Language, say
from grader.report._typeset import decimal
from grader.results import CheckResult, OwnTime, QuestionResult, Result, Verdict

__all__ = [
    "conditions",
    "of_the_whole_file",
    "part_of_a_question",
    "seconds_text",
    "sign_of",
    "with_repeats",
]

_PLENTY = 0.8  # a share of the machine from which on it is not worth telling
_OF_A_FILE = (Verdict.IMPORT_ERROR, Verdict.NOT_ATTEMPTED, Verdict.NOT_GRADED, Verdict.GRADER_ERROR)


_SIGNS = {
    Verdict.PASSED: "✓",
    Verdict.NOT_ATTEMPTED: "○",
    Verdict.SKIPPED: "–",
    Verdict.NOT_GRADED: "?",
    Verdict.GRADER_ERROR: "‼",
}


def sign_of(verdict: Verdict) -> str:
    """The sign that stands before a verdict."""
    return _SIGNS.get(verdict, "✗")


def of_the_whole_file(question: QuestionResult) -> str:
    """What all checks of a question say, where that is about the file and not about each of them; else ""."""
    said = {(check.verdict, check.message) for check in question.checks}
    verdict, message = said.pop() if len(said) == 1 else (Verdict.FAILED, "")
    return message if verdict in _OF_A_FILE else ""


def with_repeats(checks: Sequence[CheckResult]) -> Iterator[tuple[CheckResult, str, bool]]:
    """Each check, the title of an earlier one that failed in the same words, and whether its mistake was explained."""
    said: dict[
        tuple[str, str], str
    ] = {}  # message of a check that failed, and what was called -> its title
    explained: set[str] = set()
    for check in checks:
        failed = check.verdict is not Verdict.PASSED
        words = check.message, _called(check)
        yield check, said.get(words, "") if failed else "", check.mistake in explained
        if failed and check.message:
            said.setdefault(words, check.title)
        if check.mistake:
            explained.add(check.mistake)


def _called(check: CheckResult) -> str:
    """The function of a failing case, as the call begins: the same words about another one are news."""
    return check.counterexample.call.partition("(")[0] if check.counterexample else ""


def conditions(result: Result, language: Language) -> list[str]:
    """The foot of a report: the code's own time, how to draw the same cases again, what confined the code."""
    level = result.isolation
    promise = say(f"promise_{level.level}", language)
    name = say(f"level_{level.level}", language)
    isolation = say("isolation", language, level=level.level, name=name, promise=promise)
    own = (
        [_own_time(result.own_time, language)]
        if result.own_time and result.own_time.seconds
        else []
    )
    part = [say("partial", language)] if result.partial else []
    again = [] if result.public else [_again(result, language)]  # nothing is drawn then
    return [*part, *own, *again, isolation]


def part_of_a_question(question: QuestionResult, language: Language) -> str:
    """That only some of its checks were run, or could be, where that is so; else ""."""
    part, elsewhere = question.part_of, question.elsewhere
    texts = []
    if part is not msgspec.UNSET:
        texts.append(say("part_of", language, count=part, points=f"{part:g}"))
    if elsewhere is not msgspec.UNSET:
        texts.append(say("elsewhere", language, count=elsewhere, points=f"{elsewhere:g}"))
    return " ".join(texts)


def seconds_text(seconds: float, language: Language) -> str:
    """Seconds with one decimal."""
    return f"{decimal(seconds, 1, language)} s"


def _own_time(time: OwnTime, language: Language) -> str:
    own, total = seconds_text(time.seconds, language), f"{time.total:g} s"
    text = say("own_time", language, own=own, total=total)
    if time.share is not None and time.share < _PLENTY:
        text += " · " + say("share", language, percent=f"{100 * time.share:.0f}")
    return text


def _again(result: Result, language: Language) -> str:
    """How a further run draws the same cases."""
    data = "" if result.data is msgspec.UNSET else f" --data {result.data}"
    if result.seed is None:
        return say("again_secret", language, seed_id=result.seed_id, data=data)
    return say("again", language, seed=f"{result.seed}{data}")
