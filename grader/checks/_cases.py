"""Cases: Hypothesis draws them from the run's seed and shrinks a failure to the smallest failing one."""

import contextlib
import functools
import inspect
import re
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

from grader.checks._agree import Expectation, Mismatch
from grader.checks._answer import BadForm
from grader.checks._pieces import magnitude
from grader.checks._release import release
from grader.checks._smaller import smaller_cases
from grader.checks._streams import Streams
from grader.messages import told
from grader.session import Fault

__all__ = ["GENERATORS", "case_size", "forall"]

# Fixtures that are generators, and the purpose of each: what the student sees, and what the student never sees.
GENERATORS = {"rng": "arguments", "hidden": "answers"}

_SHRINK_SECONDS = 5.0
_SMALLER_CALLS = 80  # after Hypothesis has stopped

F = TypeVar("F", bound=Callable[..., Any])
_LARGEST = 10**300  # magnitudes are compared as floats, integers know no bound


class _Enough(BaseException):
    """Ends the search at once; not an Exception, so Hypothesis lets it pass."""


def forall(*, examples: int = 20, shrink_calls: int = 200, **strategies: Any) -> Callable[[F], F]:
    """Run a check on cases drawn by Hypothesis.

    Args:
        examples: how many cases.
        shrink_calls: how many cases to try in search of a smaller failing one, within five seconds.
        strategies: argument name -> Hypothesis strategy; the check's other arguments are fixtures.
    """

    def decorate(test: F) -> F:
        parameters = inspect.signature(test).parameters
        if unknown := set(strategies) - set(parameters):
            raise TypeError(f"{test.__name__} has no arguments {sorted(unknown)}")

        @functools.wraps(test)
        def run(streams: Streams, **fixtures: Any) -> None:
            given = {**fixtures, "streams": streams} if "streams" in parameters else fixtures
            asking_on = getattr(fixtures.get("student"), "_survey", None)
            number = examples if asking_on is None else max(examples, asking_on.cases)
            _Search(test, given, strategies, streams, shrink_calls).run(number, asking_on is None)

        kept = [p for name, p in parameters.items() if name not in {*strategies, "streams"}]
        streams = inspect.Parameter("streams", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        run.__signature__ = inspect.Signature([streams, *kept])  # type: ignore[attr-defined]
        del run.__wrapped__  # pytest would look through it for fixtures
        return run  # type: ignore[return-value]

    return decorate


class _Search:
    """One run over drawn cases; keeps the smallest failure."""

    def __init__(
        self,
        test: Callable[..., None],
        fixtures: dict[str, Any],
        strategies: Mapping[str, Any],
        streams: Streams,
        shrink_calls: int,
    ) -> None:
        self.test, self.fixtures, self.strategies = test, fixtures, strategies
        self.streams, self.shrink_calls = streams, shrink_calls
        self.failure: Exception | None = None
        self.size: tuple[float, ...] = ()
        self.smallest: dict[str, Any] = {}  # what was drawn of the failure
        self.broken: BaseException | None = None
        self.until = 0.0

    def run(self, examples: int, smallest: bool = True) -> None:
        import hypothesis
        from hypothesis import Phase, Verbosity

        settings = hypothesis.settings(
            max_examples=examples,
            database=None,
            deadline=None,
            verbosity=Verbosity.quiet,
            report_multiple_bugs=False,
            suppress_health_check=list(hypothesis.HealthCheck),  # type: ignore[arg-type]
            phases=(Phase.generate, Phase.shrink),
        )

        def case(**drawn: Any) -> None:
            self.try_case(drawn)

        start = self.streams.number("cases")
        search = hypothesis.seed(start)(settings(hypothesis.given(**self.strategies)(case)))
        try:
            with _independent_draws():
                search()
        except _Enough:
            pass
        except Exception:
            # Hypothesis raises the smallest failure, or complains that an answer changed between two
            # equal calls; either way what this search kept is what to report.
            if self.failure is None:
                raise
        if smallest:
            self.make_smaller()
        failure = self.broken or self.failure
        # What Hypothesis made refers to itself and to this; nothing of a submission's may wait for its end.
        self.failure = self.broken = None
        self.fixtures = {}
        if failure is not None:
            raise failure

    def try_case(self, drawn: dict[str, Any]) -> None:
        if self.failure is not None:
            # Counted, so that the same seed ends at the same case; the clock is for slow functions only.
            self.shrink_calls -= 1
            if self.shrink_calls < 0 or time.monotonic() > self.until:
                raise _Enough
        if ended := self._run_case(drawn):
            raise ended

    def make_smaller(self) -> None:
        """Leave out of the failing case what plays no part, as long as it fails in the same way."""
        if self.failure is None or self.broken or _is_final(self.failure):
            return
        student = self.fixtures.get("student")
        # What is asked for a message must not cost the checks that follow their time, or their worker.
        with student._apart() if student else contextlib.nullcontext():
            calls, found = _SMALLER_CALLS, True
            while found:
                found = False
                for drawn in smaller_cases(self.strategies, self.smallest):
                    calls -= 1
                    if calls < 0 or time.monotonic() > self.until:
                        return
                    failure = self._failure_of(drawn)
                    if failure is not None and _is_final(failure):
                        return  # each would cost a worker
                    if failure is not None and _kind(failure) == _kind(self.failure):
                        self.failure, self.smallest, found = failure, drawn, True
                        break

    def _failure_of(self, drawn: dict[str, Any]) -> Exception | None:
        """How a check fails on a case; None where it does not, or cannot say."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # assume() wants to be called by Hypothesis
                self._try(drawn)
        except (Mismatch, Expectation, BadForm, Fault) as failure:
            return failure
        except Exception as error:  # the case that was found stands, whatever comes of this one
            release(error)
        return None

    def _try(self, drawn: dict[str, Any]) -> None:
        for name in self.fixtures.keys() & GENERATORS.keys():
            self.fixtures[name] = self.streams(GENERATORS[name])
        try:
            self.test(**self.fixtures, **drawn)
        except (Mismatch, Expectation, BadForm, Fault) as failure:
            release(failure)
            failure.asked = getattr(self.fixtures.get("student"), "_last", None)  # type: ignore[union-attr]
            raise

    def _run_case(self, drawn: dict[str, Any]) -> BaseException | None:
        """Run one case and keep its failure; what Hypothesis is to see of it."""
        try:
            self._try(drawn)
        except (Mismatch, Expectation, BadForm, Fault) as failure:
            if self.failure is not None and _says_nothing(failure):
                return _Enough()  # what was found before stands
            size = case_size(drawn)
            if self.failure is None:
                self.until = time.monotonic() + _SHRINK_SECONDS
            if self.failure is None or size <= self.size:
                self.failure, self.size, self.smallest = failure, size, drawn
            return _Enough() if _is_final(failure) else _told(failure)
        except Exception as error:
            from hypothesis.errors import HypothesisException

            if isinstance(error, HypothesisException):
                raise  # assume(), rejected draws
            self.broken = error
            return _Enough()
        return None


def _told(failure: Exception) -> Exception:
    """The same failure without what it holds: Hypothesis keeps all of them, and an answer may be of any size."""
    told = BaseException.__new__(type(failure), *failure.args)
    return told.with_traceback(failure.__traceback__)  # where it arose tells failures apart


def _is_final(failure: Exception) -> bool:
    return isinstance(failure, Fault) and failure.final


_DIGITS = re.compile(r"\d+")


def _kind(failure: Exception) -> tuple[object, ...]:
    """What a failure is like: two of one kind are told in the same words, but for numbers."""
    if isinstance(failure, Mismatch):
        return "mismatch", failure.attempt.function, failure.difference.key
    if isinstance(failure, Fault):
        return "fault", failure.verdict, failure.facts.get("type"), failure.facts.get("key")
    text = told(failure.text, "en") if isinstance(failure, Expectation) else ""
    return type(failure).__name__, _DIGITS.sub("", text)


def _says_nothing(failure: Exception) -> bool:
    """Whether a case failed for want of time, and not by itself: the machine was too busy, the budget used up."""
    return isinstance(failure, Fault) and (
        not failure.verdict.graded or failure.facts.get("key") in ("question", "total", "deaths")
    )


@contextlib.contextmanager
def _independent_draws() -> Iterator[None]:
    """Let each case be drawn afresh, and all of them follow from the seed alone.

    Hypothesis varies each case it has drawn by copying one part of it over another, five times: of forty cases seven
    are independent then, and what shows on one case in ten is missed on a third of the seeds. It also mixes in
    constants of the modules that happen to be loaded, and keeps them in the working folder: a student's, where they
    would tell of the solution, and where others could be planted.
    """
    from hypothesis.internal.conjecture import engine, providers

    replaced = [
        (engine.ConjectureRunner, "generate_mutations_from", lambda self, data: None),
        (providers, "_get_local_constants", lambda: providers.Constants()),  # type: ignore[attr-defined]
    ]
    with contextlib.ExitStack() as stack:
        for owner, name, instead in replaced:
            if hasattr(owner, name):  # no constants before Hypothesis 6.131
                stack.callback(setattr, owner, name, getattr(owner, name))
                setattr(owner, name, instead)
        yield


def case_size(value: Any) -> tuple[float, ...]:
    """How large a case looks: number of entries, then their magnitude."""
    entries, magnitude = _measure(value)
    return float(entries), magnitude


def _measure(value: Any) -> tuple[int, float]:
    if isinstance(value, Mapping):
        parts = [_measure(item) for item in value.values()]
    elif isinstance(value, (list, tuple)):
        parts = [_measure(item) for item in value]
    elif hasattr(value, "__dataclass_fields__"):
        parts = [_measure(getattr(value, name)) for name in value.__dataclass_fields__]
    elif hasattr(value, "__array__"):
        array = np.asarray(value)
        if array.dtype.kind not in "iufb":
            return array.size, 0.0
        return array.size, magnitude(array)
    elif isinstance(value, (int, float)):
        return 1, float(min(abs(value), _LARGEST))
    else:
        return 1, 0.0
    return sum(n for n, _ in parts), sum(m for _, m in parts)
