"""Cases: Hypothesis draws them from the run's seed and shrinks a failure to the smallest failing one."""

import contextlib
import functools
import inspect
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

from grader.checks._agree import Expectation, Mismatch
from grader.session import Fault

__all__ = ["case_size", "forall", "generator"]

_SHRINK_SECONDS = 5.0

F = TypeVar("F", bound=Callable[..., Any])
_LARGEST = 10**300  # magnitudes are compared as floats, integers know no bound


class _Enough(BaseException):
    """Ends the search at once; not an Exception, so Hypothesis lets it pass."""


def generator(seed: int, name: str) -> np.random.Generator:
    """The random generator of one check: the same for the same seed, different between checks."""
    return np.random.default_rng([seed & 0xFFFFFFFF, zlib.crc32(name.encode())])


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
        def run(seed: int, **fixtures: Any) -> None:
            given = {**fixtures, "seed": seed} if "seed" in parameters else fixtures
            _Search(test, given, strategies, seed, shrink_calls).run(examples)

        kept = [p for name, p in parameters.items() if name not in strategies and name != "seed"]
        seed = inspect.Parameter("seed", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        run.__signature__ = inspect.Signature([seed, *kept])  # type: ignore[attr-defined]
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
        seed: int,
        shrink_calls: int,
    ) -> None:
        self.test, self.fixtures, self.strategies = test, fixtures, strategies
        self.seed, self.shrink_calls = seed, shrink_calls
        self.failure: Exception | None = None
        self.size: tuple[float, ...] = ()
        self.broken: BaseException | None = None
        self.until = 0.0

    def run(self, examples: int) -> None:
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

        seed = self.seed ^ zlib.crc32(self.test.__qualname__.encode())
        search = hypothesis.seed(seed)(settings(hypothesis.given(**self.strategies)(case)))
        try:
            with _without_found_constants():
                search()
        except _Enough:
            pass
        except Exception:
            # Hypothesis raises the smallest failure, or complains that an answer changed between two
            # equal calls; either way what this search kept is what to report.
            if self.failure is None:
                raise
        if self.broken is not None:
            raise self.broken
        if self.failure is not None:
            raise self.failure

    def try_case(self, drawn: dict[str, Any]) -> None:
        if self.failure is not None:
            # Counted, so that the same seed ends at the same case; the clock is for slow functions only.
            self.shrink_calls -= 1
            if self.shrink_calls < 0 or time.monotonic() > self.until:
                raise _Enough
        if "rng" in self.fixtures:
            self.fixtures["rng"] = generator(self.seed, self.test.__qualname__)
        try:
            self.test(**self.fixtures, **drawn)
        except (Mismatch, Expectation, Fault) as failure:
            size = case_size(drawn)
            if self.failure is None:
                self.until = time.monotonic() + _SHRINK_SECONDS
            if self.failure is None or size <= self.size:
                self.failure, self.size = failure, size
            if isinstance(failure, Fault) and failure.final:
                raise _Enough from None
            raise
        except Exception as error:
            from hypothesis.errors import HypothesisException

            if isinstance(error, HypothesisException):
                raise  # assume(), rejected draws
            self.broken = error
            raise _Enough from None


@contextlib.contextmanager
def _without_found_constants() -> Iterator[None]:
    """Let the draws follow from the seed alone.

    Hypothesis mixes in constants of the modules that happen to be loaded, and keeps them in the working
    folder: a student's, where they would tell of the solution, and where others could be planted.
    """
    from hypothesis.internal.conjecture import providers

    name = "_get_local_constants"
    if not hasattr(providers, name):  # before Hypothesis 6.131
        yield
        return
    before = getattr(providers, name)
    setattr(providers, name, lambda: providers.Constants())  # type: ignore[attr-defined]
    try:
        yield
    finally:
        setattr(providers, name, before)


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
        return array.size, float(np.nansum(np.abs(array.astype(np.float64))))
    elif isinstance(value, (int, float)):
        return 1, float(min(abs(value), _LARGEST))
    else:
        return 1, 0.0
    return sum(n for n, _ in parts), sum(m for _, m in parts)
