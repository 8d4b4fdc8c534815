"""Before a function is blamed: is it right where the functions that it is built on are right?

Where one of these has been found at fault, a function is called in a worker where the reference answers for all that
it is built on, as far as the solution's own calls say. What passes then is right given right helpers, and keeps its
points. What fails although no helper was found at fault is tried in the same way before its mistake is named.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Literal

from grader.results import Verdict
from grader.session import Fault, Isolated, QuestionTime, Session

__all__ = ["Dependence", "Isolation", "NothingProved", "RightHelpers"]

# When a function is called with right helpers: where some helper is at fault, always, or never.
RightHelpers = Literal["faulty", "always", "never"]


class NothingProved(Exception):
    """A stand-in could not be answered: what comes of such a run says nothing."""


class Isolation:
    """Which functions the reference answers for while one of the student's is called.

    Attributes:
        replaced: those that it has been put in the place of so far, as keys.
    """

    def __init__(
        self,
        helpers: Mapping[str, tuple[str, ...]],
        isolated: Callable[[], Isolated],
        because: Collection[str],
    ) -> None:
        """Begin.

        Args:
            helpers: function -> those that it is built on.
            isolated: gives the workers.
            because: what is built on one of these is called with right helpers, all of them.
        """
        self._helpers, self._isolated = helpers, isolated
        self._because = frozenset(because)
        self.replaced: dict[str, None] = {}
        self._spent_before = 0.0

    @property
    def seconds(self) -> float:
        """Own time that calls with right helpers have taken."""
        return self._isolated().time.spent - self._spent_before if self.replaced else 0.0

    def helpers_of(self, function: str) -> tuple[str, ...]:
        """Those to be replaced while this function is called; none where it runs with the student's own."""
        names = self._helpers.get(function, ())
        return names if self._because.intersection(names) else ()

    def workers(self, function: str, helpers: tuple[str, ...]) -> tuple[Session, QuestionTime]:
        """Where to call a function with these replaced, and what it may take."""
        isolated = self._isolated()
        if not self.replaced:
            isolated.references.unanswered = None
            self._spent_before = isolated.time.spent
        self.replaced |= dict.fromkeys(helpers)
        return isolated.for_call(function, helpers), isolated.time

    @contextlib.contextmanager
    def apart(self, module: str, file: str) -> Iterator[Callable[..., Any]]:
        """A worker for what does not count, and is not to be known where something does: what asks it, and waits.

        Args:
            module: the name under which it loads the file.
            file: the submission's.
        """
        with self._isolated().apart() as isolated:

            def ask(operation: str, function: str, helpers: tuple[str, ...], **given: Any) -> Any:
                session = isolated.for_call(function, helpers)
                session.load(module, file, isolated.time)
                target = [module, function]
                instead = (module, helpers) if helpers else None
                answer = session.ask(
                    operation, isolated.time, function, instead=instead, target=target, **given
                )()
                if isolated.references.unanswered is not None:
                    raise NothingProved
                return answer

            yield ask

    def checked(self, answer: Callable[[], Any]) -> Callable[[], Any]:
        """The same answer, if every stand-in got its own."""

        def wait() -> Any:
            try:
                return answer()
            finally:
                self._require_answers()

        return wait

    def _require_answers(self) -> None:
        why = self._isolated().references.unanswered
        if isinstance(why, Fault) and why.verdict is Verdict.NOT_GRADED:
            raise why
        if why is not None:
            raise NothingProved


@dataclasses.dataclass
class Dependence:
    """Which functions of a question are built on which, and which of them were found at fault.

    Attributes:
        helpers: function -> those that it is built on.
        faulty: functions that are at fault by themselves.
        unsettled: functions of which a check was not graded.
        untouched: functions that are still as the stub has them.
        barred: functions that use what the question forbids: nothing that is built on them keeps points for it.
    """

    helpers: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    faulty: set[str] = dataclasses.field(default_factory=set)
    unsettled: set[str] = dataclasses.field(default_factory=set)
    untouched: set[str] = dataclasses.field(default_factory=set)
    barred: set[str] = dataclasses.field(default_factory=set)

    def isolation(self, isolated: Callable[[], Isolated], when: RightHelpers) -> Isolation:
        """For a proxy: what the reference stands in for."""
        every = {name for names in self.helpers.values() for name in names}
        because = {"faulty": self.faulty, "always": every, "never": ()}[when]
        return Isolation(self.helpers, isolated, because)

    def matters(self, functions: Collection[str]) -> bool:
        """Whether any of these was written, and is built on others."""
        return any(self.helpers.get(name) for name in functions if name not in self.untouched)

    @property
    def at_fault(self) -> bool:
        """Whether something is at fault that a function that was written is built on."""
        return any(
            self.faulty.intersection(names)
            for function, names in self.helpers.items()
            if function not in self.untouched
        )
