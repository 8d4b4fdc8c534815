"""The pytest plugin: fixtures for checks, and one result for each check that pytest runs."""

import contextlib
import dataclasses
import math
import os
import sys
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import numpy as np
import pytest

from grader.checks._agree import Expectation, Mismatch
from grader.checks._answer import BadForm
from grader.checks._attempts import Attempt, attempt_of
from grader.checks._bounded import bound_texts, last_lines
from grader.checks._cases import GENERATORS
from grader.checks._declare import CheckInfo
from grader.checks._explain import Explainer
from grader.checks._isolation import Dependence, NothingProved, RightHelpers
from grader.checks._program import operation_name
from grader.checks._release import release
from grader.checks._streams import Streams
from grader.checks._student import Student
from grader.checks._survey import Tells, survey
from grader.checks._where import line_at_fault
from grader.messages import Language, say, told
from grader.results import Case, CheckResult, QuestionResult, Verdict
from grader.session import Fault

__all__ = ["GradedQuestion", "GradingPlugin", "run_checks"]

_LONG = 3.0  # own seconds


@dataclasses.dataclass
class GradedQuestion:
    """What the plugin needs of one question.

    Attributes:
        checks: path of its checks.py.
        module: imports it.
        student: makes the proxy, starting a worker if need be; its functions have the reference's as helpers: "faulty"
            where some helper is at fault, "always", or "never".
        warm: starts the workers for right helpers ahead of time.
        dependence: which functions are built on which, and at fault.
        carry_errors: whether a function that is right given right helpers keeps its points.
        reference: loads the solution module.
        explainer: words failures.
        result: filled in by the plugin.
        printed: what the student's code printed since last asked.
        alone: lets no other worker than this question's have the machine.
        fullest: the largest part of its budget that a call has taken; None where it is not to be told.
        only: names of the checks that are to be run, with those that they need; None for all.
        worth: what all checks of the file are worth together; found by the plugin.
        verdict: a verdict that holds for every check without running it, and its message.
        advice: said with the first check.
    """

    checks: Path
    module: Callable[[], ModuleType]
    student: Callable[[RightHelpers], Student]
    warm: Callable[[], None]
    dependence: Dependence
    carry_errors: bool
    reference: Callable[[], ModuleType]
    explainer: Explainer
    result: QuestionResult
    printed: Callable[[], str]
    alone: Callable[[], None]
    fullest: Callable[[], float] | None = None
    only: frozenset[str] | None = None
    worth: float = 0.0
    verdict: Verdict | None = None
    message: str = ""
    advice: str = ""


class _ChecksFile(pytest.Module):
    """A checks.py, imported by its course: pytest's own names for modules collide between courses."""

    load: Callable[[], ModuleType]

    def _getobj(self) -> ModuleType:
        return self.load()


class GradingPlugin:
    """Collects the checks of the given questions and records a result for each.

    A check that a busy machine left open is tried once more, alone, after all others (:meth:`second_round`); the
    results of its question are held back until then.
    """

    def __init__(
        self,
        questions: list[GradedQuestion],
        seed: int,
        language: Language,
        on_check: Callable[[QuestionResult, CheckResult], None] = lambda question, check: None,
        data: str | None = None,
        on_begin: Callable[[str], None] = lambda title: None,
    ) -> None:
        self.data, self.on_begin = data, on_begin
        self.questions = {question.checks.resolve(): question for question in questions}
        self._seed = seed
        self.language: Language = language
        self.on_check = on_check
        self.errors: dict[Path, str] = {}
        self.interrupted = False
        self._results: dict[str, CheckResult] = {}
        self._again: set[str] | None = None  # ids of the checks that the second round is about
        self._starved = False
        self._held: list[tuple[QuestionResult, str]] = []
        self._put_off: dict[
            str, str
        ] = {}  # id of a check that is tried with right helpers -> why it would be skipped

    @property
    def starved(self) -> bool:
        """Whether the machine was too busy for some check of the first round."""
        return self._starved and self._again is None

    def second_round(self) -> None:
        """From now on run only what was not graded, each check alone."""
        checks = [c for question in self.questions.values() for c in question.result.checks]
        self._again = {check.id for check in checks if check.verdict is Verdict.NOT_GRADED}
        self.questions = {
            path: question
            for path, question in self.questions.items()
            if any(check.id in self._again for check in question.result.checks)
        }

    def release(self) -> None:
        """Report the results that were held back."""
        held, self._held = self._held, []
        for question, name in held:
            self.on_check(question, next(c for c in question.checks if c.id == name))

    # ------------------------------------------------------------------------------------ fixtures

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Student:
        """The submission's file for this question."""
        return self._question(request.node).student("faulty")

    @pytest.fixture
    def reference(self, request: pytest.FixtureRequest) -> ModuleType:
        """The solution module."""
        return self._question(request.node).reference()

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Draws what the student's code is sent: it must be taken for known to it."""
        return self._streams(request.node)(GENERATORS["rng"])

    @pytest.fixture
    def hidden(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Draws what the student's code must not know: answers, which of them are wrong, what is asked again."""
        return self._streams(request.node)(GENERATORS["hidden"])

    @pytest.fixture
    def streams(self, request: pytest.FixtureRequest) -> Streams:
        """A generator for each purpose: ``streams("directions")``; the seed itself is given to no check."""
        return self._streams(request.node)

    @pytest.fixture(name="data")
    def the_data(self) -> str | None:
        """The name of the data that the run is about, of those that the manifest declares."""
        return self.data

    # --------------------------------------------------------------------------------------- hooks

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Nothing of a folder is looked at but what was asked for."""
        asked = collection_path.is_dir() or collection_path.resolve() in self.questions
        return None if asked else True

    def pytest_pycollect_makemodule(
        self, module_path: Path, parent: pytest.Collector
    ) -> pytest.Module:
        module = _ChecksFile.from_parent(parent, path=module_path)
        module.load = self.questions[module_path.resolve()].module
        return module

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Any:
        report = yield
        if report.failed:
            self.errors[collector.path.resolve()] = str(report.longrepr)
        return report

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.interrupted = isinstance(excinfo.value, KeyboardInterrupt)

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.errors.update(dict.fromkeys(self.questions, excinfo.exconly()))

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        order = list(self.questions)
        items.sort(key=lambda item: order.index(item.path.resolve()))
        if self._again is not None:
            items[:] = [item for item in items if self._results[item.nodeid].id in self._again]
        else:
            self._keep_chosen(items)
        for item in items:
            question = self._question(item)
            result = self._unknown(question, item)
            before = self._results.get(item.nodeid)
            self._results[item.nodeid] = result
            checks = question.result.checks
            place = len(checks) if before is None else checks.index(before)
            checks[place : place + 1] = [result]

    def _keep_chosen(self, items: list[pytest.Item]) -> None:
        """Leave out what was not chosen, where checks were."""
        for question in self.questions.values():
            mine = [item for item in items if self._question(item) is question]
            question.worth = sum(float(info.points) for info in map(_info, mine) if info)
            if question.only is None:
                continue
            wanted = _with_needs(question.only, mine)
            kept = [item for item in mine if _base(item) in wanted]
            items[:] = [item for item in items if item not in mine or item in kept]
            record = question.result
            record.part_of = record.max_score
            if mine:
                record.max_score = math.fsum(float(i.points) for i in map(_info, kept) if i)

    def _unknown(self, question: GradedQuestion, item: pytest.Item) -> CheckResult:
        """The result of a check of which nothing is known yet."""
        info, name = _info(item), _name(item)
        return CheckResult(
            id=f"{question.result.id}.{name}",
            title=told(info.title, self.language) if info else name,
            verdict=Verdict.GRADER_ERROR,
            message=say("no_check", self.language),
            max_points=float(info.points) if info else 0.0,
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        question, result = self._question(item), self._results[item.nodeid]
        if question.verdict is not None:
            result.verdict, result.message = question.verdict, question.message
        self.on_begin(result.title)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        question = self._question(item)
        if question.verdict is not None:
            pytest.skip("settled")
        self._put_off.pop(item.nodeid, None)
        info = _info(item)
        needed = [check for need in info.needs for check in self._named(item, need)] if info else []
        missing = [check for check in needed if check.verdict is not Verdict.PASSED]
        failed = [check for check in missing if check.verdict.graded]
        if missing:
            result = self._results[item.nodeid]
            titles = ", ".join(check.title for check in failed or missing)
            key = "skipped" if failed else "not_graded_needs"
            why = say(key, self.language, needs=titles)
            if len(failed) < len(missing) or not question.dependence.at_fault:
                result.verdict = Verdict.SKIPPED if failed else Verdict.NOT_GRADED
                result.message = why
                pytest.skip("needs")
            self._put_off[item.nodeid] = why
        if self._again is not None:
            question.alone()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """The result; pytest's own report would write out what every function on the way was given: answers, too."""
        result = self._results[item.nodeid]
        result.seconds += call.duration
        error = call.excinfo.value if call.excinfo else None
        skipped = isinstance(error, pytest.skip.Exception)
        if error is not None and not skipped:
            self._fail(item, error)
            release(error)
        elif error is None and call.when == "call":
            self._pass(item)
        if call.when == "call" and (proxy := _proxy(item)):
            self._question(item).explainer.evidence.add(proxy._attempts)
        # Else it and the frames that it belongs to keep each other, and the answer, alive.
        call.excinfo = None
        for name in ("last_exc", "last_traceback", "last_type", "last_value"):
            if hasattr(sys, name):  # where pytest keeps the last failure for a debugger
                delattr(sys, name)
        outcome = "skipped" if skipped else "failed" if error is not None else "passed"
        assert call.when != "collect"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        result = self._results[nodeid]
        question = next(q for q in self.questions.values() if result in q.result.checks)
        if result is question.result.checks[-1]:
            question.explainer.evidence.refute()
        if question.advice and result is question.result.checks[0]:
            result.message = "\n".join(filter(None, [result.message, question.advice]))
        bound_texts(result, self.language)
        result.seconds = round(result.seconds, 4)
        if question.fullest:
            result.fullest = question.fullest()
        starved = any(c.verdict is Verdict.NOT_GRADED for c in question.result.checks)
        if self._again is None and starved:
            self._held.append((question.result, result.id))
        elif self._again is None:
            self.on_check(question.result, result)

    # ------------------------------------------------------------------------------------- helpers

    def _pass(self, item: pytest.Item) -> None:
        question, result, proxy = self._question(item), self._results[item.nodeid], _proxy(item)
        put_off = self._put_off.get(item.nodeid)
        if not (replaced := _replaced(proxy)):
            if put_off is None:
                self._passed(item, proxy)
            else:
                result.verdict, result.message = Verdict.SKIPPED, put_off
            return
        blamed = tuple(name for name in replaced if name in question.dependence.faulty)
        if question.carry_errors:
            self._passed(item, proxy)
            result.given = blamed
            self._add(item, "given", blamed)
        elif put_off is None:
            result.verdict, result.message = Verdict.FAILED, ""
            self._add(item, "follows_from", blamed)
        else:
            result.verdict, result.message = Verdict.SKIPPED, put_off

    def _passed(self, item: pytest.Item, proxy: Student | None) -> None:
        result, info = self._results[item.nodeid], _info(item)
        if info is None:
            result.message = say("grader_error", self.language, error="a test without @check")
            return
        result.verdict, result.message, result.points = Verdict.PASSED, "", float(info.points)
        for operation in dict.fromkeys(proxy._advice if proxy else ()):
            what = operation_name(operation, self.language)
            result.message += say("advice_operation", self.language, what=what)

    def _fail(self, item: pytest.Item, error: BaseException) -> None:
        proxy, dependence = _proxy(item), self._question(item).dependence
        functions = _about(error, proxy)
        if _replaced(proxy):
            self._fail_with_right_helpers(item, error, functions)
        elif item.nodeid in self._put_off:
            result = self._results[item.nodeid]
            result.verdict, result.message = Verdict.SKIPPED, self._put_off[item.nodeid]
        elif _tells(error) and dependence.matters(functions) and not _long(proxy):
            self._suspect_helpers(item, error, functions)
        else:
            self._explain(item, error, proxy)
            self._note(item, functions, error)

    def _fail_with_right_helpers(
        self, item: pytest.Item, error: BaseException, functions: tuple[str, ...]
    ) -> None:
        """A check has failed although the reference answered for what is at fault."""
        result, proxy = self._results[item.nodeid], _proxy(item)
        assert proxy is not None
        faulty = self._question(item).dependence.faulty
        blamed = [name for name in _replaced(proxy) if name in faulty]
        if isinstance(error, Fault) and not _tells(error):
            self._explain(item, error, proxy)  # not graded
            return
        proved = not isinstance(error, NothingProved) and not set(_replaced(proxy)).intersection(
            functions
        )
        put_off = self._put_off.get(item.nodeid)
        release(error)
        if put_off is None:
            alone, own = self._run_with(item, "never")
            if alone is None:
                # Given the student's helpers it is right: the faults make up for each other.
                self._passed(item, own)
                return
            if not proved:
                self._explain(item, alone, own, named=False)
                self._add(item, "first_helpers", blamed)
                return
        elif not proved:
            result.verdict, result.message = Verdict.SKIPPED, put_off
            return
        self._explain(item, error, proxy)
        self._add(item, "seen_with", blamed)
        self._note(item, functions)

    def _suspect_helpers(
        self, item: pytest.Item, error: BaseException, functions: tuple[str, ...]
    ) -> None:
        """A check has failed and no helper is known to be at fault: is it right given right ones?"""
        question, result = self._question(item), self._results[item.nodeid]
        release(error)
        failure, isolated = self._run_with(item, "always")
        replaced = _replaced(isolated)
        if failure is not None or not replaced:
            self._explain(item, error, _proxy(item))
            self._note(item, functions, error)
        elif unsettled := question.dependence.unsettled.intersection(replaced):
            needs = ", ".join(sorted(unsettled))
            result.verdict = Verdict.NOT_GRADED
            result.message = say("not_graded_needs", self.language, needs=needs)
            self._starved = True
        else:
            self._explain(item, error, _proxy(item), named=False)
            # What is forbidden is written in one place, of which the others know nothing.
            barred = question.dependence.barred.intersection(replaced)
            forbidden = result.verdict is Verdict.FORBIDDEN and barred
            blamed = tuple(n for n in replaced if n in barred) if forbidden else replaced
            self._add(item, "follows_from", blamed)
            self._note(item, blamed)

    def _explain(
        self, item: pytest.Item, error: BaseException, proxy: Student | None, named: bool = True
    ) -> None:
        """Put a failure into words."""
        question, result, info = self._question(item), self._results[item.nodeid], _info(item)
        result.points = 0.0
        self._starved |= isinstance(error, Fault) and error.verdict is Verdict.NOT_GRADED
        attempts = proxy._attempts if proxy else []
        reveal = info.reveal if info else False
        opened = proxy._opened if proxy else []
        reported = attempt_of(error, attempts)
        printed = reported.printed if reported else question.printed()
        if _replaced(proxy):
            printed = ""  # the reference's answers are not for printing

        def ask_on(calls: int, tells: Tells | None = None) -> None:
            if proxy is not None:
                again = partial(_run, item, student=proxy)
                survey(proxy, again, proxy._seconds(), calls, tells)

        def find_line(cases: Sequence[Attempt]) -> int | None:
            return line_at_fault(proxy, cases) if proxy else None

        asked = getattr(error, "asked", proxy._last if proxy else None)
        question.explainer.explain(
            error,
            result,
            attempts,
            reveal,
            opened,
            ask_on,
            find_line,
            named=named,
            asked=asked,
        )
        if isinstance(result.case, Case):
            given = tuple(n for n in _replaced(proxy) if n in question.dependence.faulty)
            result.case = msgspec.structs.replace(result.case, given=given)
        if printed and result.verdict not in (Verdict.NOT_ATTEMPTED, Verdict.NOT_GRADED):
            result.message += "\n" + last_lines(printed, self.language)

    def _add(self, item: pytest.Item, key: str, names: Collection[str]) -> None:
        """One more sentence, about some of the student's functions, if there are any."""
        if names:
            result = self._results[item.nodeid]
            text = say(key, self.language, names=", ".join(names), count=len(names))
            result.message = "\n".join(filter(None, [result.message, text]))

    def _note(
        self,
        item: pytest.Item,
        functions: Collection[str],
        error: BaseException | None = None,
    ) -> None:
        """Remember which functions a failed check is about: others may be built on them."""
        question, verdict = self._question(item), self._results[item.nodeid].verdict
        dependence = question.dependence
        if verdict is Verdict.NOT_GRADED:
            dependence.unsettled.update(functions)
        elif verdict is Verdict.FORBIDDEN or _wants_a_module(error):
            dependence.barred.update(functions)
        elif verdict.graded:
            dependence.faulty.update(set(functions) - dependence.barred)
            if dependence.at_fault:
                question.warm()

    def _run_with(
        self, item: pytest.Item, right_helpers: RightHelpers
    ) -> tuple[Exception | None, Student | None]:
        """Run a check again, on the same cases: how it failed, None where it passed, and the proxy that it used."""
        streams, proxy = self._streams(item), None
        try:
            proxy = self._question(item).student(right_helpers)
            made = {name: streams(purpose) for name, purpose in GENERATORS.items()}
            _run(item, student=proxy, streams=streams, **made)
        except Exception as error:
            release(error)
            return error, proxy
        return None, proxy

    def _streams(self, item: pytest.Item) -> Streams:
        return Streams(self._seed, self._results[item.nodeid].id)

    def _question(self, item: pytest.Item) -> GradedQuestion:
        return self.questions[item.path.resolve()]

    def _named(self, item: pytest.Item, name: str) -> list[CheckResult]:
        """The earlier checks of that name in the item's file; several where it is parametrized."""
        checks = self._question(item).result.checks
        earlier = checks[: checks.index(self._results[item.nodeid])]
        named = [c for c in earlier if c.id.partition(".")[2].partition("[")[0] == name]
        if not named:
            raise ValueError(f"{item.name} needs {name!r}, which is no earlier check of its file")
        return named


def _run(item: pytest.Item, **fixtures: Any) -> None:
    """Run a check again, as pytest did, but for these fixtures."""
    assert isinstance(item, pytest.Function)
    given = {**item.funcargs, **fixtures}
    item.obj(**{name: given[name] for name in item._fixtureinfo.argnames})


def _proxy(item: pytest.Item) -> Student | None:
    """The student proxy of a check, if it has asked for one."""
    proxy = getattr(item, "funcargs", {}).get("student")
    return proxy if isinstance(proxy, Student) else None


def _wants_a_module(error: BaseException | None) -> bool:
    """Whether a function reaches for what is not there: what is put away cannot be told from what never was."""
    reached = ("ImportError", "ModuleNotFoundError", "PermissionError")
    return isinstance(error, Fault) and error.facts.get("type") in reached


def _long(proxy: Student | None) -> bool:
    """Whether a check took too long to be run again for the sake of its message alone."""
    return proxy is not None and proxy._seconds() > _LONG


def _replaced(proxy: Student | None) -> tuple[str, ...]:
    """The functions that the reference answered for."""
    return tuple(proxy._isolation.replaced) if proxy and proxy._isolation else ()


def _about(error: BaseException, proxy: Student | None) -> tuple[str, ...]:
    """The student's functions that a failure is about: one where that is known, else all that were called."""
    attempt = attempt_of(error, proxy._attempts if proxy else ())
    if attempt is not None:
        return (attempt.function,)
    return tuple(proxy._called) if proxy else ()


def _tells(error: BaseException) -> bool:
    """Whether a failure says something of the student's work."""
    if isinstance(error, Fault):
        return error.verdict.graded
    return isinstance(error, (Mismatch, Expectation, BadForm))


def _info(item: pytest.Item) -> CheckInfo | None:
    return getattr(getattr(item, "obj", None), "__check__", None)


def _name(item: pytest.Item) -> str:
    return item.name.removeprefix("test_")


def _base(item: pytest.Item) -> str:
    """The name of a check without the case of a parametrized one."""
    return _name(item).partition("[")[0]


def _with_needs(names: Collection[str], items: list[pytest.Item]) -> set[str]:
    """The names, and those of the checks that these need, through others too."""
    needs = {_base(item): info.needs for item in items if (info := _info(item))}
    reached: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += needs.get(name, ())
    return reached


def run_checks(plugin: GradingPlugin, folder: Path, second_round: bool = True) -> None:
    """Run the checks in this process, deaf to every configuration and plugin but our own.

    Args:
        plugin: what to run, and where results go.
        folder: the course's.
        second_round: whether what a busy machine left open is tried once more; else its questions stay held back.

    Raises:
        KeyboardInterrupt: when interrupted, which pytest alone would only note.
    """
    switched_off = ("cacheprovider", "terminal", "junitxml", "warnings", "doctest", "faulthandler")
    switched_off += ("stepwise", "pastebin", "nose", "logging", "recwarn", "threadexception")
    # Which would collect garbage for some tenths of a second at the end, while a student waits.
    switched_off += ("unraisableexception",)
    arguments = [str(path) for path in plugin.questions if path.is_file()]
    if not arguments:  # pytest would look for tests of its own
        return
    arguments += ["--continue-on-collection-errors"]
    arguments += [part for name in switched_off for part in ("-p", f"no:{name}")]
    arguments += ["--noconftest", "--capture=no", "--assert=plain", "-c", os.devnull]
    arguments += ["--rootdir", str(folder), "-o", "python_files=checks.py"]
    with (
        warnings.catch_warnings(),
        _environment(
            PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
            PYTEST_ADDOPTS=None,
            PYTEST_PLUGINS=None,
            PYTEST_CURRENT_TEST=None,
        ),
    ):
        # What a check computes with a student's numbers may overflow: no news for whoever reads the terminal.
        warnings.simplefilter("ignore", RuntimeWarning)
        pytest.main(arguments, plugins=[plugin])
    if plugin.interrupted:
        raise KeyboardInterrupt
    if not second_round:
        return
    if plugin.starved:
        plugin.second_round()
        run_checks(plugin, folder)
    plugin.release()


@contextlib.contextmanager
def _environment(**values: str | None) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    _set(values)
    try:
        yield
    finally:
        _set(before)


def _set(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
