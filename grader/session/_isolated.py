"""A worker of its own for one question's file, in which the reference answers for some of its functions.

The reference runs in another worker, confined like any, since it is given whatever the submission's code gives it. No
worker holds both, and what this one has learned never reaches the one whose answers count by themselves.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from grader import wire
from grader.results import Verdict
from grader.session._faults import Fault
from grader.session._reply import Wanted
from grader.session._session import Session
from grader.session._time import QuestionTime

__all__ = ["Isolated", "References"]

_CALLS = 20_000  # of all stand-ins, before they get no more answers
_ASKED_IN_VAIN = 100  # after so many more somebody asks for ever
_CALLS_APART = 4_000  # of those that ask for a message's sake alone
_PATIENCE_APART = 20.0  # seconds that somebody waits for one on a busy machine
_REMEMBERED = 4 * 2**20  # bytes of what was asked and answered


class References:
    """Answers what stand-ins ask.

    Attributes:
        unanswered: why something could not be answered since this was last None: what follows from it proves nothing.
    """

    def __init__(
        self, session: Session, module: str, file: str, time: QuestionTime, calls: int = _CALLS
    ) -> None:
        """Prepare, without starting anything.

        Args:
            session: holds the reference's file.
            module: the name under which it is loaded.
            file: its name.
            time: what the reference may take.
            calls: how many are answered.
        """
        self.session, self._module, self._file, self._time = session, module, file, time
        self.unanswered: Exception | None = None
        self._calls, self._most = 0, calls
        self._known: dict[bytes, dict[str, Any]] = {}
        self._size = 0

    def __call__(self, wanted: Wanted) -> dict[str, Any]:
        """What the worker is sent.

        Raises:
            Fault: for one that asks for ever; what it asked for has been left unanswered.
        """
        self._calls += 1
        if self._calls > self._most + _ASKED_IN_VAIN:
            raise Fault(Verdict.TIMEOUT, key="question", call=wanted.name, seconds=self._time.total)
        if wanted.given is None or self._calls > self._most:
            return self._unanswered(LookupError(wanted.name))
        args, kwargs = wanted.given
        key = wire.encode([wanted.name, args, kwargs], as_array=wire.foreign_array)
        if key not in self._known:
            answer = self._asked(wanted.name, args, kwargs)
            self._size += len(key) + len(wire.encode(answer, as_array=wire.foreign_array))
            if self._size > _REMEMBERED:
                return answer
            self._known[key] = answer
        return self._known[key]

    def apart(self) -> "References":
        """The same for what does not count, so that what does finds its calls and its time untouched."""
        time = self._time.apart(_PATIENCE_APART)
        return References(self.session, self._module, self._file, time, _CALLS_APART)

    def _asked(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        try:
            self.session.load(self._module, self._file, self._time)
            target = [self._module, name]
            answer = self.session.ask(
                "call", self._time, name, target=target, steps=[], args=args, kwargs=kwargs
            )
            return {"answer": answer()}
        except Fault as fault:
            if fault.verdict is not Verdict.EXCEPTION:
                return self._unanswered(fault.with_traceback(None))
            return {"raised": [str(fault.facts.get("type")), str(fault.facts.get("text"))]}

    def _unanswered(self, why: Exception) -> dict[str, Any]:
        self.unanswered = why
        return {"raised": ["RuntimeError", ""]}


class Isolated:
    """The two workers of one question, and what they may take."""

    def __init__(self, session: Session, references: References, time: QuestionTime) -> None:
        self.session, self.references, self.time = session, references, time
        self._answered_for: set[str] = set()  # in this life of the submission's worker
        self._life = session.life

    def for_call(self, function: str, helpers: Sequence[str]) -> Session:
        """The submission's worker, for a call of a function of which it has never been given an answer."""
        if self._life != self.session.life:
            self._answered_for.clear()
        if function in self._answered_for:
            self.session.rest()
            self._answered_for.clear()
        self._life = self.session.life
        self._answered_for.update(helpers)
        return self.session

    @contextlib.contextmanager
    def apart(self) -> Iterator["Isolated"]:
        """The same workers for what does not count; that of the submission is ended afterwards."""
        answers = self.references.apart()
        self.session.add({}, answers)
        try:
            yield Isolated(self.session, answers, self.time.apart(_PATIENCE_APART))
        finally:
            self.session.rest()
            self.session.add({}, self.references)

    def start(self) -> None:
        """Start both without waiting for them."""
        self.session.start()
        self.references.session.start()

    def rest(self) -> None:
        """End both; the next request starts new ones."""
        self.session.rest()
        self.references.session.rest()

    def close(self) -> None:
        """End both and remove their files."""
        self.session.close()
        self.references.session.close()
