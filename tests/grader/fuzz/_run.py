"""Run the checks of a question again and again, each time with junk in place of one answer, and look at the grader."""

import functools
import hashlib
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pytest
from flax import nnx

from grader import wire
from grader.checks import Streams
from grader.checks._isolation import Dependence
from grader.checks._plugin import GradedQuestion, GradingPlugin, run_checks
from grader.course import Course, SubmittedFile
from grader.grading._files import Options, _prepare
from grader.results import CheckResult, Isolation, QuestionResult, Result, Verdict
from grader.session import QuestionTime, RunTime, WorkerNotStarted

from ._plans import Plan
from ._report import Report
from ._standin import StandIn, Truth, prepare

__all__ = ["Question"]

SEED = 20_260_101
_OPTIONS = Options(
    seed=SEED,
    secret=False,
    language="fr",
    isolation=0,
    timeout=None,
    total=None,
    data=None,
    only=None,
)


class _Workers:
    """As much of the workers of a submission as grading uses."""

    def __init__(self, course: Course, truth: Truth, seconds: float) -> None:
        self.course, self._truth, self._seconds = course, truth, seconds
        self.standin = StandIn(truth, Plan())

    def begin(self, plan: Plan) -> None:
        """A worker for the next check."""
        self.standin = StandIn(self._truth, plan, self._seconds)

    def obstacle(self, file: SubmittedFile) -> None:
        """Nothing settles the question beforehand."""

    def inspect(self, file: SubmittedFile) -> dict[str, Any]:
        """An innocent source."""
        return {}

    def time_of(self, question: Any) -> QuestionTime:
        """Enough."""
        return QuestionTime(1e6, RunTime(1e9, 1e9))

    def session(self, question: Any) -> StandIn:
        """The stand-in for the check that runs."""
        return self.standin

    def isolated(self, question: Any) -> None:
        """There is no worker whose answers do not count."""
        raise WorkerNotStarted("none here")

    def reader(self) -> StandIn:
        """The same for the worker that reads programs: it, too, may say anything."""
        return self.standin


def _remembering(function: Callable[..., Any]) -> Callable[..., Any]:
    """A trusted function whose values come from memory: references and mistakes cost more than all the rest."""
    known: dict[bytes, Any] = {}

    @functools.wraps(function)
    def remembered(*args: Any, **kwargs: Any) -> Any:
        try:
            key = wire.encode([list(args), kwargs], as_array=_as_array)
        except (wire.Refused, TypeError):  # what jax traces, for one
            return function(*args, **kwargs)
        if key not in known:
            try:
                known[key] = function(*args, **kwargs), None
            except Exception as error:
                known[key] = None, error
        value, error = known[key]
        if error is not None:
            raise error.with_traceback(None)
        return value

    return remembered


class _Memory:
    """A module whose functions remember."""

    def __init__(self, module: Any) -> None:
        self._module, self._functions = module, {}

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        if not callable(value) or isinstance(value, type):
            return value
        return self._functions.setdefault(name, _remembering(value))


def _as_array(value: Any) -> np.ndarray | None:
    """What stands for an argument that does not cross the wire: for a network, a digest of its weights."""
    if isinstance(value, nnx.Module):
        arrays = [
            f"{k} {v.dtype} {v.shape}".encode() + v.tobytes()
            for k, v in wire.weights_of(value).items()
        ]
        return np.frombuffer(
            hashlib.sha256(b"".join([repr(type(value)).encode(), *arrays])).digest(), np.uint8
        )
    return np.asarray(value) if hasattr(value, "__array__") else None


class _Fuzz(GradingPlugin):
    """The plugin that grades, with every check as often as there are plans for it."""

    def __init__(
        self,
        graded: GradedQuestion,
        data: str | None,
        workers: _Workers,
        plans: dict[str, list[Plan]],
        done: Callable[[Plan, CheckResult, int], None],
    ) -> None:
        super().__init__([graded], SEED, "fr", self._check_done, data)
        self._workers, self._plans, self._done = workers, plans, done
        self._plan = Plan()
        self.written = 0

    @pytest.fixture
    def plan(self, request: pytest.FixtureRequest) -> Plan:
        return request.param

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        metafunc.fixturenames.append("plan")
        plans = self._plans.get(metafunc.definition.originalname, [Plan()])
        metafunc.parametrize("plan", plans, indirect=True, ids=map(str, plans))

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self._plans:
            items[:] = [item for item in items if item.originalname in self._plans]  # type: ignore[attr-defined]
        super().pytest_collection_modifyitems(items)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if hasattr(item, "callspec"):
            self._plan = item.callspec.params["plan"]
            self._workers.begin(self._plan)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.written += report.longrepr is not None

    def _streams(self, item: pytest.Item) -> Streams:
        return Streams(SEED, f"{self._question(item).result.id}.{item.originalname}")  # type: ignore[attr-defined]

    def _check_done(self, question: QuestionResult, check: CheckResult) -> None:
        self._done(self._plan, check, self._workers.standin.calls)


class Question:
    """The checks of one question, to be run as often as wanted; what is right is computed once."""

    def __init__(self, course: Course, name: str, seconds: float = 0.05) -> None:
        """Load it.

        Args:
            course: the course.
            name: the question's id.
            seconds: own time that an answer is said to take: of slow functions, a failed check asks for few more
                answers, of quick ones for many.
        """
        question = course.question(name)
        path = course.path / question.folder / "solution.py"
        self._course, self._file = course, SubmittedFile(question, path, path.read_bytes())
        self._workers = _Workers(course, Truth(question, str(path)), seconds)
        self._memory: Any = None
        self._mistakes: list[Any] = []

    def calls(self, tests: Collection[str] = ()) -> dict[str, int]:
        """How often checks call the student's code when all answers are right.

        Args:
            tests: names of test functions; all by default.
        """
        calls: dict[str, int] = {}

        def done(plan: Plan, check: CheckResult, count: int) -> None:
            assert check.verdict is Verdict.PASSED, (check.id, check.message, check.log)
            calls["test_" + check.id.partition(".")[2].partition("[")[0]] = count

        self._run({test: [Plan()] for test in tests}, done)
        return calls

    def fuzz(self, plans: dict[str, list[Plan]]) -> Report:
        """Run checks with junk.

        Args:
            plans: name of a test function -> how to run it.
        """
        prepare()
        report = Report()
        report.begin()

        def done(plan: Plan, check: CheckResult, count: int) -> None:
            report.add(plan, check, count)
            check.message, check.counterexample, check.log = "", None, ""  # results are not kept

        self._run(plans, done)
        report.end()
        return report

    def _run(self, plans: dict[str, list[Plan]], done: Callable[..., None]) -> None:
        result = Result(
            course="fuzz",
            version="",
            seed=SEED,
            seed_id="",
            started="",
            isolation=Isolation(0, "", ()),
        )
        graded = _prepare(self._workers, self._file, _OPTIONS, result)  # type: ignore[arg-type]
        graded.dependence = Dependence()  # what others are built on answers as it does here
        self._memory = self._memory or _Memory(graded.reference())
        self._mistakes = self._mistakes or [_remembering(m) for m in graded.explainer.mistakes()]
        graded.reference = lambda: self._memory
        graded.explainer.mistakes = lambda: self._mistakes
        plugin = _Fuzz(graded, self._course.data_name(None), self._workers, plans, done)
        run_checks(plugin, self._course.path)
        assert not plugin.errors, plugin.errors
        assert not plugin.written, "pytest wrote a failure out, with all that functions were given"
