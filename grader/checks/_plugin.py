"""The pytest plugin: fixtures for checks, and one result for each check that pytest runs."""

import contextlib
import dataclasses
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grader.checks._cases import generator
from grader.checks._declare import CheckInfo
from grader.checks._explain import Explainer
from grader.checks._student import Student
from grader.messages import Language, say
from grader.results import CheckResult, QuestionResult, Verdict

__all__ = ["GradedQuestion", "GradingPlugin", "run_checks"]


@dataclasses.dataclass
class GradedQuestion:
    """What the plugin needs of one question.

    Attributes:
        checks: path of its checks.py.
        module: imports it.
        student: makes the proxy, starting a worker if need be.
        reference: loads the solution module.
        explainer: words failures.
        result: filled in by the plugin.
        printed: what the student's code printed since last asked.
        verdict: a verdict that holds for every check without running it, and its message.
        advice: said with the first check.
    """

    checks: Path
    module: Callable[[], ModuleType]
    student: Callable[[], Student]
    reference: Callable[[], ModuleType]
    explainer: Explainer
    result: QuestionResult
    printed: Callable[[], str]
    verdict: Verdict | None = None
    message: str = ""
    advice: str = ""


class _ChecksFile(pytest.Module):
    """A checks.py, imported by its course: pytest's own names for modules collide between courses."""

    load: Callable[[], ModuleType]

    def _getobj(self) -> ModuleType:
        return self.load()


class GradingPlugin:
    """Collects the checks of the given questions and records a result for each."""

    def __init__(
        self,
        questions: list[GradedQuestion],
        seed: int,
        language: Language,
        on_check: Callable[[QuestionResult, CheckResult], None] = lambda question, check: None,
        data: str | None = None,
    ) -> None:
        self.data = data
        self.questions = {question.checks.resolve(): question for question in questions}
        self.seed = seed
        self.language: Language = language
        self.on_check = on_check
        self.errors: dict[Path, str] = {}
        self.interrupted = False
        self._results: dict[str, CheckResult] = {}

    # ------------------------------------------------------------------------------------ fixtures

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Student:
        """The submission's file for this question."""
        return self._question(request.node).student()

    @pytest.fixture
    def reference(self, request: pytest.FixtureRequest) -> ModuleType:
        """The solution module."""
        return self._question(request.node).reference()

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """A random generator made from the run's seed and the check's name."""
        return generator(self.seed, request.node.name)

    @pytest.fixture(name="seed")
    def the_seed(self) -> int:
        """The run's seed."""
        return self.seed

    @pytest.fixture(name="data")
    def the_data(self) -> str | None:
        """The name of the data that the run is about, of those that the manifest declares."""
        return self.data

    # --------------------------------------------------------------------------------------- hooks

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
        for item in items:
            question = self._question(item)
            info = _info(item)
            name = _name(item)
            result = CheckResult(
                id=f"{question.result.id}.{name}",
                title=info.title[self.language] if info else name,
                verdict=Verdict.GRADER_ERROR,  # until something is known
                message=say("no_check", self.language),
                max_points=float(info.points) if info else 0.0,
            )
            question.result.checks.append(result)
            self._results[item.nodeid] = result

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        question, result = self._question(item), self._results[item.nodeid]
        if question.verdict is not None:
            result.verdict, result.message = question.verdict, question.message

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        question = self._question(item)
        if question.verdict is not None:
            pytest.skip("settled")
        info = _info(item)
        needed = [check for need in info.needs for check in self._named(item, need)] if info else []
        titles = [check.title for check in needed if check.verdict is not Verdict.PASSED]
        if titles:
            result = self._results[item.nodeid]
            result.verdict = Verdict.SKIPPED
            result.message = say("skipped", self.language, needs=", ".join(titles))
            pytest.skip("needs")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        report = yield
        result = self._results[item.nodeid]
        result.seconds += call.duration
        error = call.excinfo.value if call.excinfo else None
        if isinstance(error, pytest.skip.Exception):
            return report
        if error is not None:
            self._fail(item, error)
        elif call.when == "call":
            self._pass(item)
        return report

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        result = self._results[nodeid]
        question = next(q for q in self.questions.values() if result in q.result.checks)
        if question.advice and result is question.result.checks[0]:
            result.message = "\n".join(filter(None, [result.message, question.advice]))
        result.seconds = round(result.seconds, 4)
        self.on_check(question.result, result)

    # ------------------------------------------------------------------------------------- helpers

    def _pass(self, item: pytest.Item) -> None:
        result, info = self._results[item.nodeid], _info(item)
        if info is None:
            result.message = say("grader_error", self.language, error="a test without @check")
            return
        result.verdict, result.message, result.points = Verdict.PASSED, "", float(info.points)

    def _fail(self, item: pytest.Item, error: BaseException) -> None:
        question, result, info = self._question(item), self._results[item.nodeid], _info(item)
        result.points = 0.0
        proxy = getattr(item, "funcargs", {}).get("student")
        attempts = proxy._attempts if isinstance(proxy, Student) else []
        reveal = info.reveal if info else False
        try:
            question.explainer.explain(error, result, attempts, reveal)
        except Exception as problem:
            # A message that cannot be made must not lose the verdict.
            result.message += f" ({type(problem).__name__}: {problem})"
        reported = getattr(error, "attempt", None) or next(
            (attempt for attempt in attempts if attempt.fault is error), None
        )
        printed = reported.printed if reported else question.printed()
        if printed and result.verdict is not Verdict.NOT_ATTEMPTED:
            lines = printed.splitlines()[-10:]
            result.message += "\n" + say("your_output", self.language)
            result.message += "".join(f"\n  | {line[:160]}" for line in lines)

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


def _info(item: pytest.Item) -> CheckInfo | None:
    return getattr(getattr(item, "obj", None), "__check__", None)


def _name(item: pytest.Item) -> str:
    return item.name.removeprefix("test_")


def run_checks(plugin: GradingPlugin, folder: Path) -> None:
    """Run the checks in this process, deaf to every configuration and plugin but our own.

    Args:
        plugin: what to run, and where results go.
        folder: the course's.

    Raises:
        KeyboardInterrupt: when interrupted, which pytest alone would only note.
    """
    switched_off = ("cacheprovider", "terminal", "junitxml", "warnings", "doctest", "faulthandler")
    switched_off += ("stepwise", "pastebin", "nose", "logging", "recwarn", "threadexception")
    arguments = [str(path) for path in plugin.questions if path.is_file()]
    if not arguments:  # pytest would look for tests of its own
        return
    arguments += ["--continue-on-collection-errors"]
    arguments += [part for name in switched_off for part in ("-p", f"no:{name}")]
    arguments += ["--noconftest", "--capture=no", "--assert=plain", "-c", os.devnull]
    arguments += ["--rootdir", str(folder), "-o", "python_files=checks.py"]
    with _environment(
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
        PYTEST_ADDOPTS=None,
        PYTEST_PLUGINS=None,
        PYTEST_CURRENT_TEST=None,
    ):
        pytest.main(arguments, plugins=[plugin])
    if plugin.interrupted:
        raise KeyboardInterrupt


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
