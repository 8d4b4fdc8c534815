"""Failures in words: what went wrong, on which case, which known mistake it looks like."""

import difflib
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.checks._agree import Expectation, Mismatch, run_here
from grader.checks._cases import case_size
from grader.checks._compare import compare
from grader.checks._declare import MistakeInfo, mistake_info
from grader.checks._show import show
from grader.checks._student import Attempt
from grader.messages import Language, say
from grader.results import CheckResult, Counterexample, Verdict
from grader.session import Fault, printable

__all__ = ["Explainer"]

# How Python says that a call does not fit a function's signature.
_ARITY = re.compile(
    r"takes .*positional argument|missing \d+ required|unexpected keyword argument|"
    r"got multiple values for|positional-only argument"
)
# Verdicts that depend on the arguments, so that the call is worth showing.
_WITH_CALL = (
    Verdict.EXCEPTION,
    Verdict.TIMEOUT,
    Verdict.MEMORY,
    Verdict.CRASHED,
    Verdict.BAD_OUTPUT,
)
# jit(vmap(f))(…), jit(f)(…), f(…): as many opening as closing parentheses
_HEADS = [re.compile(rf"(?:\w+\(){{{n}}}[\w.]+\){{{n}}}\(") for n in range(5, -1, -1)]


class Explainer:
    """Turns what a check raised into the fields of its result."""

    def __init__(
        self,
        language: Language,
        *,
        question: str,
        file: str,
        source: str,
        mistakes: Callable[[], Sequence[Callable[..., Any]]],
        memory_mb: int,
    ) -> None:
        self.language: Language = language
        self.question, self.file, self.memory_mb = question, file, memory_mb
        # Lines as Python counts them: str.splitlines also ends them at form feeds and the like.
        self.lines = re.split(r"\r\n|\r|\n", source)
        self.mistakes = mistakes

    def say(self, key: str, /, **facts: object) -> str:
        return say(key, self.language, **facts)

    def explain(
        self, error: BaseException, result: CheckResult, attempts: list[Attempt], reveal: bool
    ) -> None:
        """Fill in verdict, message, mistake and counterexample."""
        if isinstance(error, Fault):
            result.verdict = error.verdict
            result.message = self.fault(error)
            call = str(error.facts.get("call", ""))
            if any(a.fault is error for a in attempts) and error.verdict in _WITH_CALL:
                result.counterexample = Counterexample(call=call)
        elif isinstance(error, Mismatch):
            result.verdict = Verdict.FAILED
            self._mismatch(error, result, reveal)
        elif isinstance(error, Expectation):
            result.verdict = Verdict.FAILED
            result.message = error.text[self.language]
            if error.shown:
                shown = "\n".join(f"{name} = {show(value)}" for name, value in error.shown.items())
                result.counterexample = Counterexample(call=shown)
        else:
            result.verdict = Verdict.GRADER_ERROR
            what = f"{type(error).__name__}: {error}"[:1000]
            result.message = self.say("grader_error", error=what)
            return
        if mistake := self._diagnose(attempts):
            result.mistake = mistake.id
            result.message += "\n" + mistake.text[self.language]

    # ---------------------------------------------------------------------------------- mismatches

    def _mismatch(self, error: Mismatch, result: CheckResult, reveal: bool) -> None:
        difference = error.difference
        call = short_call(error.call)
        path = self.say("at_path", path=difference.path) if difference.path else ""
        facts = {**difference.facts, "path": path, "call": call}
        result.message = self.say(difference.key, **facts)
        where = None
        if difference.where:
            where = self.say("first_difference", **difference.where) + path
        elif difference.scalar and reveal:
            where = self.say("instead_of", **difference.facts) + path
        expected = error.attempt.expected
        about_values = difference.key in ("values", "entries", "finite", "scalar")
        told = expected if reveal else _masked(expected)
        result.counterexample = Counterexample(
            call=error.call,
            got=show(error.attempt.got),
            expected=show(told) if about_values and _tells(told) else None,
            difference=where,
        )

    # -------------------------------------------------------------------------------------- faults

    def fault(self, fault: Fault) -> str:
        """One fault as a message, with the student's own line where an exception arose."""
        facts = dict(fault.facts)
        facts["call"] = short_call(str(facts.get("call", "")))
        text = self._fault_sentence(fault, facts)
        if fault.verdict in (Verdict.EXCEPTION, Verdict.IMPORT_ERROR, Verdict.MEMORY):
            for line, _ in (facts.get("frames") or [])[-1:]:
                if 0 < line <= len(self.lines):
                    code = printable(self.lines[line - 1].strip(), 200)
                    text += "\n" + self.say("your_line", line=line, code=code)
        return text

    def _fault_sentence(self, fault: Fault, facts: dict[str, Any]) -> str:
        key = facts.get("key")
        match fault.verdict:
            case Verdict.NOT_ATTEMPTED:
                return self.say("not_attempted", name=facts["call"].partition("(")[0])
            case Verdict.IMPORT_ERROR:
                return self.say("import_error", error=_error(facts))
            case Verdict.EXCEPTION:
                text = str(facts.get("text"))
                outside = facts.get("type") == "TypeError" and not facts.get("frames")
                if outside and _ARITY.search(text):
                    call, question = facts["call"], self.question
                    return self.say("arity", call=call, error=text, question=question)
                return self.say("exception", call=facts["call"], error=_error(facts))
            case Verdict.TIMEOUT if key == "budget":
                return self.say("budget", call=facts["call"])
            case Verdict.TIMEOUT:
                key = "timeout" if "(" in facts["call"] else "timeout_load"
                return self.say(key, call=facts["call"], seconds=facts["seconds"])
            case Verdict.MEMORY:
                return self.say("memory", call=facts["call"], limit=f"{self.memory_mb} MiB")
            case Verdict.CRASHED if key == "worker_lost":
                return self.say("worker_lost")
            case Verdict.CRASHED:
                how = self.say(key or "crashed_silent", **facts)
                return self.say("crashed", call=facts["call"], how=how)
            case Verdict.FORBIDDEN:
                lines = [line for line, _ in facts.get("frames") or []]
                where = self.say("at_line", line=lines[-1]) if lines else ""
                return self.say("forbidden", name=facts["name"], where=where)
            case Verdict.BAD_OUTPUT if key != "protocol":
                return self._bad_output(facts)
            case Verdict.BAD_OUTPUT:
                return self.say("protocol", call=facts["call"])
        name = facts.get("name") or facts["call"]
        text = self.say("missing", name=name, file=self.file)
        close = difflib.get_close_matches(name, facts.get("names", []), n=2, cutoff=0.5)
        return text + (self.say("did_you_mean", names=", ".join(close)) if close else "")

    def _bad_output(self, facts: dict[str, Any]) -> str:
        reason = facts.get("reason")
        if reason == "tracer":
            return self.say("bad_tracer", call=facts["call"])
        if reason in ("items", "bytes", "depth", "number"):
            return self.say("bad_size", call=facts["call"], detail=facts["detail"])
        place = str(facts.get("path", "")).removeprefix("['value']")
        path = self.say("at_path", path=place) if place else ""
        wanted = self.say("wanted_value")
        return self.say(
            "bad_type", call=facts["call"], detail=facts["detail"], path=path, wanted=wanted
        )

    # ------------------------------------------------------------------------------------ mistakes

    def _diagnose(self, attempts: list[Attempt]) -> MistakeInfo | None:
        """The first known mistake whose answers equal the student's on every case tried."""
        # The small cases first: they are cheap, and tell most variants apart.
        attempts = sorted(attempts, key=lambda a: case_size([a.args, a.kwargs]))
        attempts.sort(key=lambda a: not a.wrong)
        for variant in self.mistakes():
            info = mistake_info(variant)
            mine = [attempt for attempt in attempts if attempt.function in info.of]
            if any(a.wrong for a in mine) and all(_same(variant, attempt) for attempt in mine):
                return info
        return None


def _is_scalar(value: Any) -> bool:
    """Whether an expected value is one whose knowledge would answer the question."""
    if isinstance(value, (list, tuple, dict)) or value is None:
        return False
    return np.ndim(value) == 0


class _Hidden:
    def __repr__(self) -> str:
        return "…"


def _masked(value: Any) -> Any:
    """An expected value with the scalars inside hidden; entries of arrays are always shown."""
    if isinstance(value, (list, tuple)):
        items = [_masked(item) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    return _Hidden() if _is_scalar(value) else value


def _tells(masked: Any) -> bool:
    """Whether anything in it is not hidden."""
    if isinstance(masked, (list, tuple)):
        return any(map(_tells, masked))
    if isinstance(masked, dict):
        return any(map(_tells, masked.values()))
    return not isinstance(masked, _Hidden)


def _same(variant: Callable[..., Any], attempt: Attempt) -> bool:
    """Whether a wrong variant answers as the student did; both raising the same counts as the same."""
    try:
        answer = run_here(variant, attempt.steps, attempt.args, attempt.kwargs)
    except Exception as error:
        fault = attempt.fault
        return fault is not None and fault.facts.get("type") == type(error).__name__
    if attempt.fault is not None:
        return False
    return compare(attempt.got, answer, *attempt.tolerances) is None


def _error(facts: dict[str, Any]) -> str:
    text = facts.get("text") or ""
    return f"{facts.get('type')}: {text}" if text else str(facts.get("type"))


def short_call(call: str) -> str:
    """``jit(conv2d)(…)`` for sentences; the counterexample shows the whole call."""
    if len(call) <= 60 and "\n" not in call:
        return call
    heads = [match for head in _HEADS if (match := head.match(call))]
    return heads[0][0] + "…)" if heads else call[:60] + "…"
