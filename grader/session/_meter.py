"""What a worker's processes use of the machine, and whether they want more; read from outside."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from typing import Protocol

import psutil

__all__ = ["Guess", "Meter", "ProcessTree"]

_SEARCH_SECONDS = 0.5  # how often new processes are looked for
_LOOKING_SHARE = 50  # a search that took long is not repeated before fifty times as long
_GUESS_SECONDS = 0.3  # the shortest time of which CPU seconds, counted in hundredths, tell anything
# It runs or could; it waits for the disk, or was stopped from outside: the machine's doing, not its own.
_WANTING = frozenset((b"R", b"D", b"T", b"t"))


class Meter(Protocol):
    """What a stopwatch reads."""

    def cpu(self, at_most_old: float = 0.0) -> float:
        """CPU seconds used so far; a reading that is ``at_most_old`` seconds old may do. Never falls."""
        ...

    def wanted(self) -> float:
        """How many CPUs it would use now if it were given them; 0 when all of it waits for something."""
        ...

    def search(self) -> None:
        """Look now which processes there are."""
        ...


class ProcessTree:
    """The process that was started and all below it.

    CPU seconds of processes that have ended are those of the parents that waited for them (where the system keeps them:
    not on macOS and Windows). Where it shows the states of threads (Linux), a thread that may run, or is kept from it,
    wants a CPU; elsewhere it is guessed.
    """

    def __init__(
        self,
        pid: int,
        *,
        ours: bool = False,
        counted: Callable[[], float | None] = lambda: None,
    ) -> None:
        """Begin to look.

        Args:
            pid: of the process that was started.
            ours: whether that one only watches over the others, so that what it does itself is not the worker's.
            counted: CPU seconds as the system counts them for all these processes together (a control group).
        """
        self._ours, self._counted = ours, counted
        self._processes = [psutil.Process(pid)]
        self._cpu, self._read_at = 0.0, float("-inf")
        self._search_at = 0.0
        self._guess = Guess(_idle_cpu_seconds)
        self.search()

    def cpu(self, at_most_old: float = 0.0) -> float:
        now = time.monotonic()
        if now - self._read_at > at_most_old:
            if now >= self._search_at:
                self.search()
            if (used := self._counted()) is None:
                root, *others = self._processes
                used = _cpu_seconds(root, itself=not self._ours) + sum(map(_cpu_seconds, others))
            # A process that has just ended is, for a moment, in nobody's account.
            self._cpu = max(self._cpu, used)
            self._read_at = now
        return self._cpu

    def wanted(self) -> float:
        states = self._states()
        if _WANTING.isdisjoint(states):  # a process that has begun meanwhile may
            self.search()
            states = self._states()
        if not states:
            return self._guess.wanted(self.cpu())
        if running := states.count(b"R"):
            return min(running, _cpus())
        return 0.0 if _WANTING.isdisjoint(states) else 1.0

    def _states(self) -> list[bytes]:
        root, *others = ([*_thread_states(process.pid)] for process in self._processes)
        states = [state for of_one in others for state in of_one]
        if self._ours and states:
            # One that watches is not the worker, but who stops it keeps the worker from going on.
            return states + [state for state in root if state != b"R"]
        return root + states

    def search(self) -> None:
        began = time.monotonic()
        root = self._processes[0]
        with contextlib.suppress(psutil.Error):
            self._processes = [root, *root.children(recursive=True)]
        now = time.monotonic()
        self._search_at = now + max(_SEARCH_SECONDS, _LOOKING_SHARE * (now - began))


class Guess:
    """Whether a process wants to run, where its threads cannot be looked at.

    One that hardly uses anything while CPUs of the machine are idle does not want more.
    """

    def __init__(
        self, idle_cpu_seconds: Callable[[], float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._idle, self._clock = idle_cpu_seconds, clock
        self._before = clock(), 0.0, idle_cpu_seconds()
        self._wanted = 1.0

    def wanted(self, cpu: float) -> float:
        """The answer for the time since this was last asked, given the CPU seconds used so far."""
        then, used, idle = self._before
        now = self._clock()
        if (passed := now - then) >= _GUESS_SECONDS:
            self._before = now, cpu, self._idle()
            room = self._before[2] - idle > passed / 2
            self._wanted = 0.0 if room and cpu - used < passed / 20 else 1.0
        return self._wanted


def _cpu_seconds(process: psutil.Process, itself: bool = True) -> float:
    """Of the process and of children that it has waited for; or of these alone."""
    try:
        times = process.cpu_times()
    except psutil.Error:  # it has ended: what it used is its parent's
        return 0.0
    own = times.user + times.system if itself else 0.0
    return own + times.children_user + times.children_system


def _thread_states(pid: int) -> Iterator[bytes]:
    """The letter of each thread's state; nothing where the system does not tell."""
    folder = f"/proc/{pid}/task"
    with contextlib.suppress(OSError):
        for thread in os.listdir(folder):
            with contextlib.suppress(OSError), open(f"{folder}/{thread}/stat", "rb") as stat:
                # After the thread's name, which it may choose: any bytes, parentheses too.
                yield stat.read().rpartition(b")")[2][1:2]


def _idle_cpu_seconds() -> float:
    times = psutil.cpu_times()
    return times.idle + getattr(times, "iowait", 0.0)


def _cpus() -> int:
    """How many CPUs this process, and so a worker, may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
