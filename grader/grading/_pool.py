"""Grading processes beside this one: started, given work, replaced when they die, ended."""

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Self

import msgspec

from grader.grading._messages import Assignment, Ended, Stretch, Told, line, read

__all__ = ["Died", "Pool"]

_END_SECONDS = 20.0  # to end its workers and remove their folders, on a busy machine
_LOOK_SECONDS = 0.2
# The working folder, where a student may have a numpy.py, is not on the path unless it is on ours (-P).
# Ctrl-C is for the parent, which then ends these.
_BEGIN = """
import json, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.path[:] = json.loads(sys.argv[1])
from grader.grading._child import main
main()
"""


class Died(msgspec.Struct, frozen=True):
    """A process has ended before its stretch."""

    stretch: tuple[str, ...]


class Pool:
    """Up to so many processes; on leaving its block all have ended, with their workers."""

    def __init__(self, assignment: Assignment, jobs: int) -> None:
        """Prepare, without starting anything.

        Args:
            assignment: what each process has to know.
            jobs: how many there are at most.
        """
        self._assignment, self._jobs = line(assignment), jobs
        self._heard: queue.SimpleQueue[tuple[_Process, Told | None]] = queue.SimpleQueue()
        self._processes: list[_Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.dismiss()
        for process in self._processes:
            process.bury()

    def work(self, stretches: Sequence[tuple[str, ...]]) -> Iterator[Told | Died]:
        """What is told of the stretches, until each has ended or died."""
        waiting = list(stretches)
        for _ in range(min(self._jobs, len(waiting))):
            self._hire(waiting)
        while any(process.stretch for process in self._processes):
            try:
                process, told = self._heard.get(timeout=_LOOK_SECONDS)
            except queue.Empty:  # look up: not everywhere does an interruption end a wait
                continue
            stretch = process.stretch
            if told is None:
                process.stretch = ()
                if stretch:
                    yield Died(stretch)
                if waiting:
                    self._hire(waiting)
                continue
            if isinstance(told, Ended):
                if waiting:
                    process.give(waiting.pop(0))
                else:
                    process.dismiss()
            yield told

    def _hire(self, waiting: list[tuple[str, ...]]) -> None:
        process = _Process(self._heard)
        self._processes.append(process)
        process.send(self._assignment)
        process.give(waiting.pop(0))


class _Process:
    """One of them, and the thread that listens to it."""

    def __init__(self, heard: "queue.SimpleQueue[tuple[_Process, Told | None]]") -> None:
        self.stretch: tuple[str, ...] = ()
        self._popen = subprocess.Popen(
            [sys.executable, "-P", "-c", _BEGIN, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._listener = threading.Thread(target=self._listen, args=(heard,), daemon=True)
        self._listener.start()

    def give(self, stretch: tuple[str, ...]) -> None:
        """Work for it."""
        self.stretch = stretch
        self.send(line(Stretch(stretch)))

    def send(self, text: bytes) -> None:
        assert self._popen.stdin is not None
        with contextlib.suppress(OSError):  # it has died, which its listener tells
            self._popen.stdin.write(text)
            self._popen.stdin.flush()

    def dismiss(self) -> None:
        """Let it end, whatever it is at."""
        self.stretch = ()
        assert self._popen.stdin is not None
        with contextlib.suppress(OSError):
            self._popen.stdin.close()

    def bury(self) -> None:
        """Wait for its end, and bring it about where that takes too long."""
        try:
            self._popen.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self._popen.kill()
            self._popen.wait()
            self._listener.join()
            assert self._popen.stdout is not None
            self._popen.stdout.close()

    def _listen(self, heard: "queue.SimpleQueue[tuple[_Process, Told | None]]") -> None:
        assert self._popen.stdout is not None
        with contextlib.suppress(
            msgspec.DecodeError, OSError, ValueError
        ):  # half a line, at its death
            for text in self._popen.stdout:
                heard.put((self, read(text, Told)))
        heard.put((self, None))
