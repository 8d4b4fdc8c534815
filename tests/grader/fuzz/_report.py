"""What is looked at after each run of a check that was answered junk, and what all of them together took."""

import dataclasses
import io
import resource
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable

import msgspec
from rich.console import Console

from grader.messages import say
from grader.report import TerminalReport, to_junit
from grader.results import CheckResult, Isolation, QuestionResult, Result, Verdict

from ._junk import FAULTS, GROSS
from ._plans import Plan

__all__ = ["Finding", "Report"]

_TEXTS = 25_000  # characters of all texts of a result
_ARRAYS = (
    64 * 2**10 + 256 * 2**10 * 4 // 3
)  # of the values that are drawn and of the case to run, in base64
_UNWORDED = say("unworded", "fr", error="").partition("(")[0]


@dataclasses.dataclass
class Finding:
    """One run of a check that must not end so."""

    check: str
    plan: Plan
    what: str

    def __str__(self) -> str:
        return f"{self.check}: {self.what}"


@dataclasses.dataclass
class Report:
    """What was tried, and what it cost this process.

    Attributes:
        runs: checks that were run with junk.
        replies: pieces of junk that were answered.
        verdicts: how often each.
        findings: what must not be.
        memory: bytes by which this process was larger at most than before the first run.
        kept: bytes by which it is larger after the last.
        seconds: CPU seconds of all runs.
        slowest: the longest of them, and which.
        odd: exceptions of checks after an answer: forms that a check has not asked for.
    """

    runs: int = 0
    replies: int = 0
    verdicts: dict[Verdict, int] = dataclasses.field(default_factory=dict)
    findings: list[Finding] = dataclasses.field(default_factory=list)
    memory: int = 0
    kept: int = 0
    seconds: float = 0.0
    slowest: tuple[float, str] = (0.0, "")
    odd: dict[str, int] = dataclasses.field(default_factory=dict)
    _before: int = 0
    _last: float = 0.0

    def begin(self) -> None:
        """Measure from now on."""
        self._before, self._last = _resident(), time.process_time()
        _forget_peak()

    def end(self) -> None:
        """Measure what is left."""
        self.kept = _resident() - self._before

    def add(self, plan: Plan, check: CheckResult, count: int) -> None:
        """One more run."""
        used = time.process_time() - self._last
        self.runs += 1
        self.replies += max(0, count - plan.call + 1) if plan.on else count >= plan.call
        self.seconds += used
        self.slowest = max(self.slowest, (used, check.id))
        self.memory = max(self.memory, _peak() - self._before)
        self.verdicts[check.verdict] = self.verdicts.get(check.verdict, 0) + 1
        if check.verdict is Verdict.BAD_OUTPUT and check.log:
            name = f"{check.id.partition('[')[0]}: {check.log.strip().splitlines()[-1]}"[:200]
            self.odd[name] = self.odd.get(name, 0) + 1
        for what in _wrong_with(plan, check, count):
            self.findings.append(Finding(check.id, plan, what))
        _forget_peak()
        self._last = time.process_time()

    def __str__(self) -> str:
        verdicts = ", ".join(f"{name.value} {n}" for name, n in sorted(self.verdicts.items()))
        seconds, which = self.slowest
        return (
            f"{self.runs} runs, {self.replies} pieces of junk: {verdicts}; {len(self.findings)} findings; memory at "
            f"most +{self.memory / 2**20:.0f} MiB, +{self.kept / 2**20:.0f} MiB afterwards; {self.seconds:.1f} CPU s, "
            f"{seconds:.2f} for the slowest ({which})"
        )


def _wrong_with(plan: Plan, check: CheckResult, count: int) -> Iterable[str]:
    """What must not be, of one result."""
    if check.verdict is Verdict.GRADER_ERROR:
        yield f"grader error: {check.message}"
    if count < plan.call:
        yield f"only {count} calls"
    gross = plan.kind in GROSS or plan.kind in FAULTS
    if gross and check.verdict is Verdict.PASSED:
        yield "passed"
    if gross and check.mistake:
        yield f"named as {check.mistake}"
    if check.message.startswith(_UNWORDED):
        yield f"without words: {check.log}"
    example = check.counterexample
    texts = [check.message, check.log or "", *(msgspec.structs.astuple(example) if example else ())]
    if sum(len(text or "") for text in texts) > _TEXTS:
        yield f"texts of {[len(text or '') for text in texts]} characters"
    try:
        _rendered(check)
    except Exception as error:
        yield f"cannot be rendered: {type(error).__name__}: {error}"


def _rendered(check: CheckResult) -> None:
    """The result in every form that the grader writes."""
    question = QuestionResult(id="q", title="q", max_score=1, checks=[check])
    result = Result(
        course="c",
        version="",
        seed=1,
        seed_id="",
        started="",
        isolation=Isolation(0, "", ()),
        questions=[question],
    )
    size = len(result.to_json())
    assert size < 4 * _TEXTS + _ARRAYS, f"{size} bytes of JSON"
    ElementTree.fromstring(to_junit(result))
    console = Console(file=io.StringIO(), width=80)
    TerminalReport(console, "fr").question(question)


def _resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def _peak() -> int:
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))


def _forget_peak() -> None:
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
