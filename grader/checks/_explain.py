"""Failures in words: what went wrong, on which case, which known mistake it looks like."""

import difflib
import logging
import re
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
import numpy as np

from grader.checks._agree import Expectation, Mismatch
from grader.checks._always import always
from grader.checks._answer import BadForm, NotAskedFor
from grader.checks._attempts import Attempt, attempt_of
from grader.checks._case_to_run import CasesToRun
from grader.checks._case_values import HIDDEN, CaseValues
from grader.checks._declare import mistake_info
from grader.checks._diagnose import Evidence, explanations, surest, tell_apart
from grader.checks._part import wrong_part
from grader.checks._program import operation_name
from grader.checks._show import show
from grader.checks._student import RemoteCall
from grader.checks._survey import CALLS, MANY_CALLS
from grader.checks._trend import trend
from grader.checks._when import when_right, wrong_only
from grader.checks._where import cases_for_edits
from grader.messages import Language, say, told, typeset
from grader.results import Case, CheckResult, Counterexample, Verdict
from grader.session import Fault, WorkerNotStarted
from grader.text import printable

__all__ = ["Explainer"]

_LOGGER = logging.getLogger("grader")
_LOGGER.addHandler(logging.NullHandler())
_LOG = 4_000  # characters of a traceback, from its end
# Exceptions that never follow from an answer.
_OURS = (NotAskedFor, WorkerNotStarted, OSError, MemoryError)

# How Python says that a call does not fit a function's signature.
_ARITY = re.compile(
    r"takes .*positional argument|missing \d+ required|unexpected keyword argument|"
    r"got multiple values for|positional-only argument"
)
_TRANSFORMED = re.compile(r"(?:\w+\()+([\w.]+)\)+\(")
_PLACE = re.compile(r" \([\w.-]+, line \d+\)$")
_ABSENT = re.compile(r"^No module named '([^\W\d]\w*)")
# Verdicts that depend on the arguments, so that the call is worth showing.
_WITH_CALL = (
    Verdict.EXCEPTION,
    Verdict.TIMEOUT,
    Verdict.MEMORY,
    Verdict.CRASHED,
    Verdict.BAD_OUTPUT,
)
# Why a call was ended -> the sentence for a call, and for the import of a file.
_TIMEOUTS = {
    "computes": ("computes", "computes_load"),
    "idle": ("idle", "idle_load"),
    "question": ("timeout_question", "timeout_question"),
    "total": ("timeout_total", "timeout_total"),
}
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
        valueless: Callable[[str], bool] = lambda function: False,
        beside: Callable[[str], bool] = lambda module: False,
        where: Callable[[int], str] | None = None,
        parameters: Callable[[str], tuple[str, ...]] = lambda function: (),
    ) -> None:
        """Prepare, without looking at anything.

        ``valueless`` tells of a function of the submission whether it may end without returning a value, ``beside`` of
        a module whether its file lies beside the student's; ``where`` names a line as the student finds it;
        ``parameters`` tells how the statement calls the positional arguments of a function.
        """
        self.language: Language = language
        self.question, self.file, self.memory_mb = question, file, memory_mb
        # Lines as Python counts them: str.splitlines also ends them at form feeds and the like.
        self.lines = re.split(r"\r\n|\r|\n", source)
        self.mistakes, self.valueless, self.beside = mistakes, valueless, beside
        self.where = where or (lambda line: say("line", language, line=line))
        self._values, self._to_run = CaseValues(), CasesToRun(parameters)
        self.evidence = Evidence()

    def say(self, key: str, /, **facts: object) -> str:
        return say(key, self.language, **facts)

    def explain(
        self,
        error: BaseException,
        result: CheckResult,
        attempts: Iterable[Attempt],
        reveal: bool,
        opened: Sequence[object] = (),
        survey: Callable[..., None] = lambda calls, tells=None: None,
        find_line: Callable[[Sequence[Attempt]], int | None] = lambda cases: None,
        *,
        named: bool = True,
        asked: RemoteCall | None = None,
    ) -> None:
        """Fill in verdict, message, mistake and counterexample; whatever fails on the way, the verdict stands.

        ``opened`` holds the last call whose raw answer the check had used when the error arose, if any. ``survey`` adds
        so many answers to the attempts, of those calls alone that tell mistakes apart where it is given which; it is
        called before a mistake is named, and to see when a function is right.
        ``find_line`` says on which line of a function an edit makes all these cases right.
        ``named=False`` names no mistake: the fault may lie elsewhere. ``asked`` is the call that the check made last.
        """
        result.verdict, result.message = _verdict(error, opened), ""
        try:
            self._word(error, result, attempts, reveal, opened, asked)
            about = isinstance(error, (Fault, Mismatch, Expectation, BadForm))
            if named and about and result.verdict.graded:
                self._name_mistake(result, attempts, survey)
            raised = isinstance(error, Fault) and error.verdict is Verdict.EXCEPTION
            if named and result.mistake is None and (raised or isinstance(error, Mismatch)):
                self._say_when(error, result, attempts, survey, find_line)
        except Exception as problem:
            result.message = result.message or self.say("unworded", error=type(problem).__name__)
            result.log = _log(problem)
            _LOGGER.warning("%s: its failure cannot be put into words", result.id, exc_info=True)

    def _word(
        self,
        error: BaseException,
        result: CheckResult,
        attempts: Iterable[Attempt],
        reveal: bool,
        opened: Sequence[object],
        asked: RemoteCall | None,
    ) -> None:
        """Message and counterexample."""
        if isinstance(error, Fault):
            result.message = self.fault(error)
            call = str(error.facts.get("call", ""))
            loads = call.endswith(".py")  # the file is no case
            attempt = attempt_of(error, attempts)
            if attempt and error.verdict in _WITH_CALL and not loads:
                result.counterexample = Counterexample(call=call)
                result.values = self._values.arguments(attempt)
                result.case = self._case(attempt)
            elif error.verdict in _WITH_CALL and not loads:
                result.case = self._rerun(asked, call)
        elif isinstance(error, Mismatch):
            self._mismatch(error, result, reveal)
        elif isinstance(error, Expectation):
            result.message = told(error.text, self.language)
            result.case = self._rerun(asked)
            if error.shown:
                shown = "\n".join(f"{name} = {show(value)}" for name, value in error.shown.items())
                result.counterexample = Counterexample(call=shown)
                result.values = self._values.observed(error.shown)
        elif isinstance(error, BadForm):
            result.message = error.text(self.language, short_call(error.call))
            result.counterexample = Counterexample(call=error.call)
            result.case = self._rerun(asked, error.call)
        else:
            self._unforeseen(error, result, opened)

    def _name_mistake(
        self, result: CheckResult, attempts: Iterable[Attempt], survey: Callable[..., None]
    ) -> None:
        earlier = self.evidence.attempts
        found = explanations(self.mistakes(), attempts, earlier)
        if surest(found) is None:
            return
        survey(CALLS)
        found = explanations(self.mistakes(), attempts, earlier)
        if len(found) > 1:
            survey(CALLS, tell_apart(found))
            found = explanations(self.mistakes(), attempts, earlier)
        variant = surest(found)
        if variant is None:
            return
        text = self._text_of(variant)
        result.mistake, result.message = mistake_info(variant).id, result.message + text

        def rename(other: Callable[..., Any] | None) -> None:
            nonlocal text
            before, text = text, self._text_of(other) if other else ""
            result.message = result.message.replace(before, text, 1)
            result.mistake = mistake_info(other).id if other else None

        self.evidence.named.append((found, rename))

    def _text_of(self, variant: Callable[..., Any]) -> str:
        return "\n" + told(mistake_info(variant).text, self.language)

    def _say_when(
        self,
        error: BaseException,
        result: CheckResult,
        attempts: Iterable[Attempt],
        survey: Callable[..., None],
        find_line: Callable[[Sequence[Attempt]], int | None],
    ) -> None:
        """Where no mistake has a name: on which cases the answers are right, what is true of all, where to look."""
        survey(MANY_CALLS)
        if found := when_right(attempts):
            result.message += "\n" + self.say("when_right", **found._asdict())
            return
        if true := always(attempts) or wrong_part(attempts):
            result.message += "\n" + self.say(true[0], **true[1])
        elif only := wrong_only(attempts):
            key = "wrong_only_answer" if only.of_answer else "wrong_only"
            result.message += "\n" + self.say(key, **only._asdict())
        elif way := trend(attempts):
            result.message += "\n" + self.say(way.key, count=way.cases)
        self._say_where(error, result, attempts, find_line)

    def _say_where(
        self,
        error: BaseException,
        result: CheckResult,
        attempts: Iterable[Attempt],
        find_line: Callable[[Sequence[Attempt]], int | None],
    ) -> None:
        """On which line of a function to look, once for each."""
        about = attempt_of(error, attempts)
        if about is None:
            return
        whose = about.function, about.helpers
        every = [*attempts, *self.evidence.attempts]
        cases = cases_for_edits(a for a in every if (a.function, a.helpers) == whose)
        if not cases or whose in self.evidence.searched:
            return
        self.evidence.searched.add(whose)
        line = find_line(cases)
        if line is not None and 0 < line <= len(self.lines):
            code, where = (
                printable(self.lines[line - 1].strip(), 200),
                self.where(line).capitalize(),
            )
            result.message += "\n" + self.say("which_line", where=where, code=code)

    def _unforeseen(
        self, error: BaseException, result: CheckResult, opened: Sequence[object]
    ) -> None:
        """An exception of the check itself."""
        what = f"{type(error).__name__}: {error}"[:1000]
        if result.verdict is Verdict.GRADER_ERROR:
            result.message = self.say("grader_error", error=what)
            return
        call, kind = short_call(str(opened[-1])), type(error).__name__
        result.message = self.say("odd_answer", call=call, error=kind)
        result.log = _log(error)
        _LOGGER.warning("%s: after the answer of %s: %s", result.id, call, what)

    # ---------------------------------------------------------------------------------- mismatches

    def _mismatch(self, error: Mismatch, result: CheckResult, reveal: bool) -> None:
        difference = error.difference
        call = short_call(error.call)
        path = self.say("at_path", path=difference.path) if difference.path else ""
        facts = {**difference.facts, "path": path, "call": call}
        key = difference.key
        if key == "none" and (path or not self.valueless(error.attempt.function)):
            key = "none_value"  # no `return` is missing: None is what it returns
        expected = error.attempt.expected
        about_values = difference.key in ("values", "entries", "finite", "scalar")
        tellable = expected if reveal else _masked(expected)
        if not about_values or not _tells(tellable):
            tellable = HIDDEN
        if key == "scalar" and tellable is HIDDEN:
            key = "scalar_hidden"
        result.message = self.say(key, **facts)
        where = None
        if difference.where:
            where = self.say("first_difference", **difference.where) + path
        elif difference.scalar and reveal:
            where = self.say("instead_of", **difference.facts) + path
        if error.note and about_values:
            result.message = (
                f"{typeset(told(error.note, self.language), self.language)}\n{result.message}"
            )
        result.counterexample = Counterexample(
            call=error.call,
            got=error.attempt.show(),
            expected=None if tellable is HIDDEN else show(tellable),
            difference=where,
        )
        result.values = self._values.mismatch(error.attempt, tellable, difference.path)
        result.case = self._case(
            error.attempt, **({} if tellable is HIDDEN else {"expected": tellable})
        )

    def _case(self, attempt: Attempt, **expected: Any) -> Case | msgspec.UnsetType:
        """What runs an attempt again."""
        if attempt.kept:
            return msgspec.UNSET
        keep = self._to_run.keep
        return keep(attempt.function, attempt.steps, attempt.args, attempt.kwargs, **expected)

    def _rerun(self, asked: RemoteCall | None, call: str = "") -> Case | msgspec.UnsetType:
        """What makes the last call again, which was compared with no reference; if it is the one that is meant."""
        if asked is None or asked.kept or (call and str(asked) != call):
            return msgspec.UNSET
        return self._to_run.keep(asked.name, asked.steps, asked.args, asked.kwargs)

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
                    where = self.where(line)
                    text += "\n" + self.say("your_line", where=where.capitalize(), code=code)
        absent = facts.get("type") == "ModuleNotFoundError" and _ABSENT.search(
            str(facts.get("text"))
        )
        if absent and self.beside(absent[1]):
            text += "\n" + self.say("left_behind", file=self.file, module=absent[1])
        return text

    def _fault_sentence(self, fault: Fault, facts: dict[str, Any]) -> str:
        key = facts.get("key")
        match fault.verdict:
            case Verdict.NOT_ATTEMPTED:
                return self.say("not_attempted", name=_function(facts["call"]))
            case Verdict.IMPORT_ERROR:
                error = _error(facts)
                # Python's own name for the place; the line is told by us.
                error = _PLACE.sub("", error) if facts.get("frames") else error
                return self.say("import_error", error=error)
            case Verdict.EXCEPTION:
                text = str(facts.get("text"))
                if facts.get("type") == "TracerArrayConversionError":
                    return self.say("traced", call=facts["call"], error=facts["type"])
                outside = facts.get("type") == "TypeError" and not facts.get("frames")
                if outside and _ARITY.search(text):
                    call, question = facts["call"], self.question
                    return self.say("arity", call=call, error=text, question=question)
                return self.say("exception", call=facts["call"], error=_error(facts))
            case Verdict.TIMEOUT:
                in_call, in_file = _TIMEOUTS[key or "computes"]
                key = in_call if "(" in facts["call"] else in_file
                return self.say(key, call=facts["call"], seconds=facts["seconds"])
            case Verdict.NOT_GRADED if key == "impatient":
                return self.say("impatient")
            case Verdict.NOT_GRADED:
                return self.say("starved", cpu=f"{facts['cpu']:.0f}", seconds=facts["seconds"])
            case Verdict.MEMORY:
                return self.say("memory", call=facts["call"], limit=f"{self.memory_mb} MiB")
            case Verdict.CRASHED if key == "worker_lost":
                return self.say("worker_lost")
            case Verdict.CRASHED if key == "deaths":
                return self.say("deaths", call=facts["call"], count=facts["count"])
            case Verdict.CRASHED:
                how = self.say(key or "crashed_silent", **facts)
                return self.say("crashed", call=facts["call"], how=how)
            case Verdict.FORBIDDEN | Verdict.BAD_OUTPUT if key == "operation":
                what = operation_name(facts["operation"], self.language)
                return self.say("operation", call=facts["call"], what=what)
            case Verdict.FORBIDDEN:
                lines = [line for line, _ in facts.get("frames") or []]
                where = self.say("at_line", where=self.where(lines[-1])) if lines else ""
                sentence = "reserved" if key == "reserved" else "forbidden"
                return self.say(sentence, name=facts["name"], where=where)
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
        if reason == "program":
            return self.say("bad_program", call=facts["call"], detail=facts["detail"])
        if reason == "network":
            return self.say("bad_network", call=facts["call"], detail=facts["detail"])
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


def _verdict(error: BaseException, opened: Sequence[object]) -> Verdict:
    """What an exception of a check means: after a raw answer it follows from that, otherwise it is ours."""
    if isinstance(error, Fault):
        return error.verdict
    if isinstance(error, (Mismatch, Expectation)):
        return Verdict.FAILED
    if isinstance(error, BadForm) or (opened and not isinstance(error, _OURS)):
        return Verdict.BAD_OUTPUT
    return Verdict.GRADER_ERROR


def _log(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))[-_LOG:]


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


def _error(facts: dict[str, Any]) -> str:
    text = facts.get("text") or ""
    return f"{facts.get('type')}: {text}" if text else str(facts.get("type"))


def _function(call: str) -> str:
    """The function that a call is of: ``conv2d`` of ``jit(conv2d)(…)``."""
    transformed = _TRANSFORMED.match(call)
    return transformed[1] if transformed else call.partition("(")[0]


def short_call(call: str) -> str:
    """``jit(conv2d)(…)`` for sentences; the counterexample shows the whole call."""
    if len(call) <= 60 and "\n" not in call:
        return call
    heads = [match for head in _HEADS if (match := head.match(call))]
    return heads[0][0] + "…)" if heads else call[:60] + "…"
