"""One worker process and the threads that talk to it.

Reading and writing happen in threads of their own, so nothing that the worker does with its ends of the
pipes can block the grading process.
"""

import contextlib
import os
import queue
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from typing import IO

from grader import wire
from grader.sandbox.levels import Launch
from grader.session._meter import Meter, ProcessTree
from grader.session._stopwatch import Stopwatch
from grader.text import printable

__all__ = ["REPLY_LIMITS", "Process"]

# Smaller than the codec allows: several replies are kept while a failing case is made smaller.
REPLY_LIMITS = wire.Limits(bytes=64 * 2**20, text=4 * 2**20)
_OUTPUT_BYTES = 2**14
_CAN_WAIT = hasattr(select, "poll")  # for a pipe to have something
_END_SECONDS = 0.5
_JOIN_SECONDS = 5.0
_KILL_SECONDS = 20.0  # on the wall: what ends a worker must itself get its turn on a busy machine


class Process:
    """A started worker: queues of requests and replies, what it printed, its end."""

    def __init__(self, launch: Launch) -> None:
        try:
            self.popen = subprocess.Popen(
                launch.command,
                env=launch.environment,
                cwd=launch.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except BaseException:
            launch.containment.close()
            raise
        self.replies: queue.SimpleQueue[bytes | Exception | None] = queue.SimpleQueue()
        self.requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._written = threading.Event()
        # Bubblewrap or a supervisor; where processes cannot be forked, the worker itself.
        ours, counted = hasattr(os, "fork"), launch.containment.cpu_seconds
        self.meter: Meter = ProcessTree(self.popen.pid, ours=ours, counted=counted)
        self.output, self.output_size = bytearray(), 0
        self._taking = threading.Lock()  # held from when something is read until it is kept
        self.launch = launch
        pipes = (self.popen.stdin, self.popen.stdout, self.popen.stderr)
        works = (self._write, self._read, self._drain)
        self.threads = [
            threading.Thread(target=_use, args=(work, stream), daemon=True)
            for work, stream in zip(works, pipes, strict=True)
        ]
        for thread in self.threads:
            thread.start()

    def send(self, payload: bytes) -> None:
        """Have a request written."""
        self._written.clear()
        self.requests.put(payload)

    def waits_for_us(self) -> bool:
        """Whether the worker may be waiting for this process.

        Either something of the request is still to be written and there is room for it, or something that the worker
        wrote has not been read.
        """
        theirs = [stream for stream in (self.popen.stdout, self.popen.stderr) if stream]
        ours = [stream for stream in (self.popen.stdin,) if stream]
        with contextlib.suppress(OSError, ValueError):  # closed, or not to be asked (Windows)
            unread, room, _ = select.select(theirs, ours, [], 0)
            return bool(unread or self.replies.qsize() or (room and not self._written.is_set()))
        return False

    def _write(self, stream: IO[bytes]) -> None:
        while (payload := self.requests.get()) is not None:
            wire.write_frame(stream, payload)  # type: ignore[arg-type]
            self._written.set()

    def _read(self, stream: IO[bytes]) -> None:
        try:
            while (frame := wire.read_frame(stream, REPLY_LIMITS.bytes + 2**16)) is not None:  # type: ignore[arg-type]
                self.replies.put(frame)
                del frame  # this thread waits for the next one, perhaps for long
                # Frames that nobody asked for must not pile up: one waits, the rest stays in the pipe.
                while self.replies.qsize() > 1 and self.popen.poll() is None:
                    time.sleep(0.01)
            self.replies.put(None)
        except (wire.WireError, OSError, ValueError) as error:
            self.replies.put(error)

    def _drain(self, stream: IO[bytes]) -> None:
        something = select.poll() if _CAN_WAIT else None
        if something:
            something.register(stream, select.POLLIN)
        while True:
            if something:
                something.poll()  # outside of the lock, which others wait for
            with self._taking:
                chunk = os.read(stream.fileno(), 2**16)
                if not chunk:
                    return
                self.output_size += len(chunk)
                room = _OUTPUT_BYTES - len(self.output)
                self.output += chunk[: max(room, 0)]

    def catch_up(self) -> None:
        """Let the draining thread take what lies in the pipe, within reason."""
        for _ in range(200):
            if not self._has_unread():
                break
            time.sleep(0.001)
        if _CAN_WAIT:
            with self._taking:  # the thread may hold what it has just taken
                return
        time.sleep(0.001)

    def _has_unread(self) -> bool:
        with contextlib.suppress(OSError, ValueError):
            stream = self.popen.stderr
            return stream is not None and bool(select.select([stream], [], [], 0)[0])
        return False

    def forget(self) -> None:
        """Drop what was printed so far, also what a busy machine has left in the pipe."""
        if self._has_unread():
            self.catch_up()
        self.output.clear()
        self.output_size = 0

    def printed(self) -> str:
        """What was printed so far (bounded)."""
        text = printable(self.output.decode("utf-8", "replace"), _OUTPUT_BYTES).strip("\n")
        rest = self.output_size - len(self.output)
        return text + (f"\n[… {rest}]" if rest else "")

    def ended(self) -> int | None:
        """The exit status of a worker that has closed its end of the wire; None for one that goes on all the same."""
        watch = Stopwatch(self.meter, self.waits_for_us)
        while watch.spent.own < _END_SECONDS and watch.spent.starved < _KILL_SECONDS:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self.popen.wait(watch.pause)
            watch.look()
        return None

    def kill(self) -> None:
        """End the worker and everything it started."""
        if self.popen.poll() is None:
            # A supervisor ends its descendants on SIGTERM; a namespace dies with bubblewrap.
            self.popen.send_signal(signal.SIGTERM if self.launch.supervised else signal.SIGKILL)
            if hasattr(signal, "SIGCONT"):  # a supervisor that was stopped would not hear the first
                self.popen.send_signal(signal.SIGCONT)
            try:
                self.popen.wait(_KILL_SECONDS)
            except subprocess.TimeoutExpired:
                self._kill_group()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.popen.wait(_KILL_SECONDS)
        self.launch.containment.close()
        self.requests.put(None)
        for thread in self.threads:
            thread.join(_JOIN_SECONDS)

    def _kill_group(self) -> None:
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.kill()


def _use(work: Callable[[IO[bytes]], None], stream: IO[bytes]) -> None:
    """What a thread does with its end of a pipe, until either end is closed."""
    with contextlib.suppress(OSError, ValueError), stream:
        work(stream)
