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
from grader.sandbox import bubblewrap
from grader.sandbox.levels import Launch
from grader.session._faults import printable

__all__ = ["REPLY_LIMITS", "Process"]

# Smaller than the codec allows: several replies are kept while a failing case is made smaller.
REPLY_LIMITS = wire.Limits(bytes=64 * 2**20)
_OUTPUT_BYTES = 2**14
_KILL_SECONDS = 5.0


class Process:
    """A started worker: queues of requests and replies, what it printed, its end."""

    def __init__(self, launch: Launch) -> None:
        self.popen = subprocess.Popen(
            launch.command,
            env=launch.environment,
            cwd=launch.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.replies: queue.SimpleQueue[bytes | Exception | None] = queue.SimpleQueue()
        self.requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.output, self.output_size = bytearray(), 0
        self.supervised = os.path.basename(launch.command[0]) != bubblewrap.PROGRAM
        pipes = (self.popen.stdin, self.popen.stdout, self.popen.stderr)
        works = (self._write, self._read, self._drain)
        self.threads = [
            threading.Thread(target=_use, args=(work, stream), daemon=True)
            for work, stream in zip(works, pipes, strict=True)
        ]
        for thread in self.threads:
            thread.start()

    def _write(self, stream: IO[bytes]) -> None:
        while (payload := self.requests.get()) is not None:
            wire.write_frame(stream, payload)  # type: ignore[arg-type]

    def _read(self, stream: IO[bytes]) -> None:
        try:
            while (frame := wire.read_frame(stream, REPLY_LIMITS.bytes + 2**16)) is not None:  # type: ignore[arg-type]
                self.replies.put(frame)
                # Frames that nobody asked for must not pile up: one waits, the rest stays in the pipe.
                while self.replies.qsize() > 1 and self.popen.poll() is None:
                    time.sleep(0.01)
            self.replies.put(None)
        except (wire.WireError, OSError, ValueError) as error:
            self.replies.put(error)

    def _drain(self, stream: IO[bytes]) -> None:
        while chunk := os.read(stream.fileno(), 2**16):
            self.output_size += len(chunk)
            room = _OUTPUT_BYTES - len(self.output)
            self.output += chunk[: max(room, 0)]

    def catch_up(self) -> None:
        """Let the draining thread take what lies in the pipe, within reason."""
        for _ in range(20):
            with contextlib.suppress(OSError, ValueError):
                if self.popen.stderr and select.select([self.popen.stderr], [], [], 0)[0]:
                    time.sleep(0.001)
                    continue
            break
        time.sleep(0.001)  # the thread may hold what it has just taken

    def forget(self) -> None:
        """Drop what was printed so far."""
        self.output.clear()
        self.output_size = 0

    def printed(self) -> str:
        """What was printed so far (bounded)."""
        text = printable(self.output.decode("utf-8", "replace"), _OUTPUT_BYTES).strip("\n")
        rest = self.output_size - len(self.output)
        return text + (f"\n[… {rest}]" if rest else "")

    def kill(self) -> int | None:
        """End the worker and everything it started; returns the exit status it ended with."""
        if self.popen.poll() is None:
            # A supervisor ends its descendants on SIGTERM; a namespace dies with bubblewrap.
            self.popen.send_signal(signal.SIGTERM if self.supervised else signal.SIGKILL)
            try:
                self.popen.wait(_KILL_SECONDS)
            except subprocess.TimeoutExpired:
                self._kill_group()
                self.popen.wait(_KILL_SECONDS)
        self.requests.put(None)
        for thread in self.threads:
            thread.join(_KILL_SECONDS)
        return self.popen.returncode

    def _kill_group(self) -> None:
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.kill()


def _use(work: Callable[[IO[bytes]], None], stream: IO[bytes]) -> None:
    """What a thread does with its end of a pipe, until either end is closed."""
    with contextlib.suppress(OSError, ValueError), stream:
        work(stream)
