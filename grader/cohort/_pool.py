"""Where submissions are graded: what the engine needs of it, and the processes of this machine."""

import queue
import threading
from typing import Protocol, Self

from grader.cohort._model import Answer, Job
from grader.cohort._place import Place
from grader.results import Isolation
from grader.sandbox.levels import IsolationUnavailable, choose

__all__ = ["LocalPool", "Pool", "granted_here"]


class Pool(Protocol):
    """So many submissions at a time, on this machine or on others; for one run of the engine."""

    @property
    def size(self) -> int:
        """How many at a time, as far as is known now."""
        ...

    @property
    def busy(self) -> int:
        """How many are being graded."""
        ...

    @property
    def has_room(self) -> bool:
        """Whether one more can be."""
        ...

    def granted(self, isolation: int | str) -> Isolation:
        """What confines submissions wherever this pool grades them.

        Raises:
            IsolationUnavailable: for a level that cannot be given everywhere.
        """
        ...

    def submit(self, job: Job) -> None:
        """Have a job done; its answer comes out of :meth:`next`."""
        ...

    def next(self, seconds: float) -> Answer | None:
        """An answer, whose room is free again; None where none came in that time.

        Raises:
            CohortError: when none will ever come.
        """
        ...

    def stop(self) -> None:
        """End all that grades, workers included; may be called again."""
        ...


class LocalPool:
    """Processes of this machine, started when they are first needed; one that dies is replaced."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._idle = [Place() for _ in range(size)]
        self._busy: dict[int, Place] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def busy(self) -> int:
        return len(self._busy)

    @property
    def has_room(self) -> bool:
        return bool(self._idle)

    def granted(self, isolation: int | str) -> Isolation:
        return granted_here(isolation)

    def submit(self, job: Job) -> None:
        place = self._idle.pop()
        self._busy[job.submission] = place
        threading.Thread(target=self._run, args=(place, job), daemon=True).start()

    def next(self, seconds: float) -> Answer | None:
        try:
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            return None
        self._idle.append(self._busy.pop(answer.submission))
        return answer

    def stop(self) -> None:
        places = [*self._idle, *self._busy.values()]
        for place in places:
            place.ask_to_end()
        for place in places:
            place.end()

    def _run(self, place: Place, job: Job) -> None:
        self._answers.put(place.answer(job))


def granted_here(isolation: int | str) -> Isolation:
    """What confines submissions on this machine, which is shared out among them where it can be.

    Args:
        isolation: "auto" for the strongest level, control groups included, or the level that must be given.

    Raises:
        IsolationUnavailable: for a level that this machine cannot give.
    """
    if isolation == "auto":
        try:
            granted, launcher = choose(3)
        except IsolationUnavailable:
            granted, launcher = choose("auto")
    else:
        granted, launcher = choose(isolation)
    launcher.close()
    return granted
