"""Measures one request: what the worker used, how long it did nothing, how long it was kept from working."""

import time
from collections.abc import Callable
from typing import NamedTuple

from grader.session._meter import Meter

__all__ = ["Spent", "Stopwatch"]

_FIRST_PAUSE, _LAST_PAUSE = 0.02, 0.1  # between two looks; most answers are there before the first
_SHORT = 0.05  # how old a reading may be for a call that is over before the first look
_LOOKING_SHARE = 50  # a look that took long is not repeated before fifty times as long
_LONGEST_INTERVAL = 10.0  # beyond that this process itself slept, with its machine


class Spent(NamedTuple):
    """Seconds.

    Attributes:
        cpu: of computation, on all CPUs together.
        idle: in which it could have run and did nothing: it slept, or waited.
        starved: in which the machine or this process kept it waiting.
    """

    cpu: float = 0.0
    idle: float = 0.0
    starved: float = 0.0

    @property
    def own(self) -> float:
        """What is charged: the code's own doing."""
        return self.cpu + self.idle


class Stopwatch:
    """Runs from a request to its answer.

    Between two looks the time is split: what the worker used is computation; of the rest nothing can be said but from
    the moment of the look, when either some thread wants a CPU (the machine gives too little), or the worker waits for
    this process (which is late), or all of it waits for something of its own: then it is idle.
    """

    def __init__(
        self,
        meter: Meter,
        waits_for_us: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin.

        Args:
            meter: of the worker's processes.
            waits_for_us: whether the worker may be waiting for this process to write or to read.
            clock: seconds on the wall.
        """
        self._meter, self._waits_for_us, self._clock = meter, waits_for_us, clock
        # Most calls are over at once, and read no clock of their own.
        self._began_with = self._used = meter.cpu(at_most_old=_SHORT)
        self._looked = clock()
        self._idle = self._starved = 0.0
        self.pause, self._looks = _FIRST_PAUSE, 0
        self.received = self.wanted = 0.0

    @property
    def spent(self) -> Spent:
        return Spent(self._used - self._began_with, self._idle, self._starved)

    def resume(self) -> None:
        """Nobody looked until now: the time that passed is nobody's, but for what was computed."""
        self._used = self._meter.cpu(at_most_old=_SHORT)
        self._looked = self._clock()

    def look(self) -> None:
        """Account for the time since the last look; to be called after each ``pause`` without an answer."""
        now, self._looks = self._clock(), self._looks + 1
        passed = min(now - self._looked, _LONGEST_INTERVAL)
        used = self._meter.cpu()
        computed, self._used, self._looked = used - self._used, used, now
        wanted = self._meter.wanted()
        rest = max(passed - computed, 0.0)
        idle = 0.0
        if not wanted and not self._waits_for_us():
            # When this process comes late, what happened meanwhile is not known.
            idle = max(min(rest, 2 * self.pause - computed), 0.0)
        self._idle += idle
        self._starved += rest - idle
        self.received += computed
        self.wanted += wanted * passed
        cost = self._clock() - now
        self.pause = max(min(1.2 * self.pause, _LAST_PAUSE), _LOOKING_SHARE * cost)

    def stop(self) -> Spent:
        """The answer is there."""
        self._used = self._meter.cpu(at_most_old=0.0 if self._looks else _SHORT)
        return self.spent
