"""One worker's life: start, calls with a deadline, death and replacement, verdicts.

The worker is never believed: a reply must be a well-formed frame carrying the number of the request, and
deadlines are held here.  Reading and writing happen in threads of their own, so nothing that the worker does
with its ends of the pipes can block the grading process.
"""

import contextlib
import itertools
import os
import queue
import select
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

from grader import wire
from grader.results import Verdict
from grader.sandbox import bubblewrap
from grader.sandbox._folders import remove
from grader.sandbox.levels import Launch, Surroundings

__all__ = ["Fault", "Session", "WorkerNotStarted", "fault_from", "printable"]

START_SECONDS = 120.0
# Smaller than the codec allows: several replies are kept while a failing case is made smaller.
_REPLY_LIMITS = wire.Limits(bytes=64 * 2**20)
_OUTPUT_BYTES = 2**14
_KILL_SECONDS = 5.0
_FAULT_LINES, _FAULT_NAMES = 20, 200


class Fault(Exception):
    """What the worker's side did instead of answering: a verdict and the facts for the message."""

    def __init__(self, verdict: Verdict, **facts: Any) -> None:
        super().__init__(f"{verdict.value}: {facts}")
        self.verdict, self.facts = verdict, facts

    @property
    def final(self) -> bool:
        """Whether trying other inputs is pointless: nothing can run, or each try would cost a worker."""
        return (
            self.verdict
            in {
                Verdict.NOT_ATTEMPTED,
                Verdict.IMPORT_ERROR,
                Verdict.TIMEOUT,
                Verdict.MEMORY,
                Verdict.CRASHED,
                Verdict.FORBIDDEN,
            }
            or "names" in self.facts
            or self.facts.get("key") == "protocol"
        )


class WorkerNotStarted(RuntimeError):
    """The sandbox or the interpreter in it failed before any submitted code ran; never the student's fault."""


class _Process:
    """One worker process and the threads that talk to it."""

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
            while (frame := wire.read_frame(stream, _REPLY_LIMITS.bytes + 2**16)) is not None:  # type: ignore[arg-type]
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
            return

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


class Session:
    """The worker of one submission (for one set of withheld modules), replaced when it dies."""

    def __init__(
        self,
        files: dict[str, bytes],
        launch: Callable[[Surroundings], Launch],
        *,
        hidden: Sequence[str] = (),
        withheld: Sequence[str] = (),
        preload: Sequence[str] = (),
        memory_bytes: int = 4 * 2**30,
    ) -> None:
        """Prepare, without starting anything.

        Args:
            files: file name -> content, all that the worker gets of the submission.
            launch: from :func:`grader.sandbox.levels.choose`.
            hidden: paths that the worker must not be able to read.
            withheld: modules and name patterns out of the submission's reach.
            preload: modules that the worker imports before it is ready.
            memory_bytes: bound on the worker's private memory.
        """
        self.memory_bytes = memory_bytes
        self.folder = Path(tempfile.mkdtemp(prefix="grader-"))
        self.life = 0
        self._launch, self._hidden = launch, tuple(hidden)
        self._withheld, self._preload = list(withheld), list(preload)
        self._numbers = itertools.count(1)
        self._process: _Process | None = None
        self._ready = False
        self._submission = ""
        self._started_at = 0.0
        self._loaded: set[str] = set()
        self._unloadable: dict[str, Fault] = {}
        source = self.folder / "submission"
        source.mkdir()
        for name, content in files.items():
            (source / name).write_bytes(content)
        self.start_seconds = 0.0

    # ------------------------------------------------------------------------------------ life cycle

    def start(self) -> None:
        """Start the worker without waiting for it; call from a thread that outlives the worker."""
        if self._process is not None:
            return
        scratch = self.folder / f"scratch{self.life}"
        scratch.mkdir(exist_ok=True)
        around = Surroundings(
            self.folder / "submission", scratch, self._hidden, memory_bytes=self.memory_bytes
        )
        launch = self._launch(around)
        self._submission = launch.submission
        self._process = _Process(launch)
        self._ready, self._loaded = False, set()
        self._started_at = time.monotonic()
        # The deadline of the first call starts when this has been answered.
        self._start_number = self._send(
            "start",
            {"preload": self._preload, "withheld": self._withheld, "limits": list(_REPLY_LIMITS)},
        )

    def close(self) -> None:
        """End the worker and remove its files."""
        self._end()
        remove(self.folder)

    def _end(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        self.life += 1
        return process.kill()

    # ------------------------------------------------------------------------------------- requests

    def inspect(
        self, file: str, stub: str, withheld: Sequence[str], seconds: float
    ) -> dict[str, Any]:
        """Facts about the source of one file; trustworthy only before any :meth:`load` in this life."""
        path = self._path(file)
        facts = self._request(
            "inspect", seconds, "inspect", file=path, stub=stub, withheld=list(withheld)
        )
        if not isinstance(facts, dict):
            raise Fault(Verdict.BAD_OUTPUT, key="protocol", call=file)
        return facts

    def load(self, module: str, file: str, seconds: float) -> None:
        """Import one file; a second call repeats the first one's outcome.

        Raises:
            Fault: with what the import ended in.
        """
        # No life of this session is made to fall over the same stone again.
        if fault := self._unloadable.get(module):
            raise fault
        if self._process is None:
            self.start()
        if module in self._loaded:
            return
        try:
            self._request("load", seconds, file, module=module, file=self._path(file))
        except Fault as fault:
            # Unless the worker died of it while another file's code was there too: that one may be to blame.
            if self._process is not None or not self._loaded:
                self._unloadable[module] = fault
            raise
        self._loaded.add(module)

    def ask(
        self, operation: str, seconds: float, call: str, /, **arguments: Any
    ) -> Callable[[], Any]:
        """Put a question to the worker and return at once.

        ``call`` is how messages name what was asked.  The result, to be called exactly once, waits for the
        answer and raises :class:`Fault` for everything but a well-formed answer in time.
        """
        self._become_ready(call)
        number = self._send(operation, arguments)
        return lambda: self._receive(number, seconds, call)

    def output(self) -> str:
        """What the student's code printed since the last call of this method (bounded)."""
        process = self._process
        if process is None:
            return self._last_output()
        process.catch_up()
        text, size = bytes(process.output), process.output_size
        process.output.clear()
        process.output_size = 0
        return _printable(text, size)

    _remains: tuple[bytes, int] = (b"", 0)

    def _last_output(self) -> str:
        text, size = self._remains
        self._remains = (b"", 0)
        return _printable(text, size)

    # -------------------------------------------------------------------------------------- details

    def _path(self, file: str) -> str:
        if self._process is None:
            self.start()
        return f"{self._submission}/{file}"

    def _send(self, operation: str, arguments: dict[str, Any]) -> int:
        assert self._process is not None
        number = next(self._numbers)
        request = {"id": number, "op": operation, "arguments": arguments}
        limits = wire.Limits(items=10**7, bytes=2**40)
        self._process.requests.put(wire.encode(request, limits, _as_array))
        return number

    def _request(self, operation: str, seconds: float, call: str, /, **arguments: Any) -> Any:
        return self.ask(operation, seconds, call, **arguments)()

    def _become_ready(self, call: str) -> None:
        if self._process is None:
            self.start()
        if not self._ready:
            try:
                self._receive(self._start_number, START_SECONDS, "start")
            except Fault as fault:
                # Nothing of the submission has run yet.
                printed = self.output()[-1000:]
                self._end()
                raise WorkerNotStarted(f"the worker did not start: {fault}\n{printed}") from fault
            self._ready = True
            self.start_seconds = time.monotonic() - self._started_at
        assert self._process is not None
        if self._process.replies.qsize():
            # A frame before the question: the student's code writes into the wire.
            self._lose(Fault(Verdict.BAD_OUTPUT, key="protocol", call=call))

    def _receive(self, number: int, seconds: float, call: str) -> Any:
        assert self._process is not None
        try:
            frame = self._process.replies.get(timeout=seconds)
        except queue.Empty:
            self._lose(Fault(Verdict.TIMEOUT, call=call, seconds=seconds))
        if frame is None:
            self._lose(self._death(call))
        protocol = Fault(Verdict.BAD_OUTPUT, key="protocol", call=call)
        if isinstance(frame, Exception):
            self._lose(protocol)
        try:
            reply = wire.decode(frame, _REPLY_LIMITS._replace(depth=40, items=2 * 10**5))  # type: ignore[arg-type]
        except wire.WireError:
            self._lose(protocol)
        match reply:
            case {"id": int(answered), "value": value} if answered == number and len(reply) == 2:
                return value
            case {"id": int(answered), "fault": dict(facts)} if answered == number:
                raise fault_from(facts, call)
        return self._lose(protocol)

    def _lose(self, fault: Fault) -> NoReturn:
        """End the worker, keep what it printed, and raise."""
        process = self._process
        self._end()
        if process is not None:
            self._remains = (bytes(process.output), process.output_size)
        raise fault

    def _death(self, call: str) -> Fault:
        """The verdict on a worker that closed its end without being asked to."""
        process = self._process
        assert process is not None
        try:
            process.popen.wait(0.5)
        except subprocess.TimeoutExpired:
            return Fault(Verdict.CRASHED, key="crashed_silent", call=call)
        code = process.popen.returncode
        code = 128 - code if code < 0 else code  # bubblewrap reports a signal as 128 + number
        text = bytes(process.output)
        if code == 128 + 9 or (
            code == 128 + 6 and (b"bad_alloc" in text or b"Out of memory" in text)
        ):
            return Fault(Verdict.MEMORY, call=call)
        if code > 128:
            names = {s.value: s.name for s in signal.Signals}
            name = names.get(code - 128, str(code - 128))
            return Fault(Verdict.CRASHED, key="crashed_signal", call=call, name=name)
        return Fault(Verdict.CRASHED, key="crashed_exit", call=call, code=code)


_VERDICTS = {
    "exception": Verdict.EXCEPTION,
    "import_error": Verdict.IMPORT_ERROR,
    "not_attempted": Verdict.NOT_ATTEMPTED,
    "missing": Verdict.FAILED,
    "bad_output": Verdict.BAD_OUTPUT,
    "forbidden": Verdict.FORBIDDEN,
    "memory": Verdict.MEMORY,
}


def fault_from(facts: dict[str, Any], call: str) -> Fault:
    """A worker's claim about an exception; every field is checked for its type, texts are made printable."""
    clean: dict[str, Any] = {"call": call}
    for field in ("type", "reason", "detail", "path", "name"):
        clean[field] = _one_line(facts.get(field))
    text = facts.get("text")
    lines = printable(text).splitlines() if isinstance(text, str) else []
    # Indented, so that no line of the student's can pass for one of the report's.
    clean["text"] = "\n    ".join(lines[:_FAULT_LINES])
    frames, names = facts.get("frames"), facts.get("names")
    clean["frames"] = [
        (frame[1], _one_line(frame[2]))
        for frame in (frames if isinstance(frames, list) else [])[:_FAULT_LINES]
        if isinstance(frame, list) and [type(part) for part in frame] == [str, int, str]
    ]
    if isinstance(names, list):
        clean["names"] = [_one_line(name) for name in names[:_FAULT_NAMES]]
    kind = facts.get("kind")
    return Fault(_VERDICTS.get(kind if isinstance(kind, str) else "", Verdict.EXCEPTION), **clean)


def _one_line(text: Any) -> str:
    return " ".join(printable(text, 200).split()) if isinstance(text, str) else ""


def printable(text: str, limit: int = 2_000) -> str:
    """Text from a worker without control characters, which could forge what a terminal shows."""
    kept = (c if c in "\n\t" or c.isprintable() else "�" for c in text[:limit])
    return "".join(kept)


def _printable(output: bytes, size: int) -> str:
    text = printable(output.decode("utf-8", "replace"), _OUTPUT_BYTES).strip("\n")
    return text + (f"\n[… {size - len(output)}]" if size > len(output) else "")


def _as_array(value: Any) -> Any:
    """References pass their own arrays on: a ``jax.Array`` travels as one."""
    import numpy as np

    return np.asarray(value) if hasattr(value, "__array__") else None
