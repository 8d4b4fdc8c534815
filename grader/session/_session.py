"""The worker of one submission, replaced when it dies."""

import contextlib
import itertools
import queue
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from grader import wire
from grader.results import Verdict
from grader.sandbox._folders import remove
from grader.sandbox.levels import Launch, Surroundings
from grader.session._faults import Fault, fault_from
from grader.session._process import REPLY_LIMITS, Process

__all__ = ["START_SECONDS", "Session", "WorkerNotStarted"]

START_SECONDS = 120.0


class WorkerNotStarted(RuntimeError):
    """The sandbox or the interpreter in it failed before any submitted code ran; never the student's fault."""


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
        self._process: Process | None = None
        self._ready = False
        self._submission = self._last_words = ""
        self._loaded: set[str] = set()
        self._unloadable: dict[str, Fault] = {}
        source = self.folder / "submission"
        source.mkdir()
        for name, content in files.items():
            (source / name).write_bytes(content)

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
        self._process = Process(launch)
        self._ready, self._loaded = False, set()
        # The deadline of the first call starts when this has been answered.
        self._start_number = self._send(
            "start",
            {"preload": self._preload, "withheld": self._withheld, "limits": list(REPLY_LIMITS)},
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
        self, operation: str, seconds: float, call: object, /, **arguments: Any
    ) -> Callable[[], Any]:
        """Put a question to the worker and return at once.

        ``call`` is how messages name what was asked.  The result, to be called exactly once, waits for the
        answer and raises :class:`Fault` for everything but a well-formed answer in time.
        """
        self._become_ready(call)
        number = self._send(operation, arguments)
        return lambda: self._receive(number, seconds, call)

    def output(self) -> str:
        """What the student's code printed since the last :meth:`forget_output` (bounded)."""
        if self._process is None:
            return self._last_words
        self._process.catch_up()
        return self._process.printed()

    def forget_output(self) -> None:
        """What is printed from now on belongs to the next call."""
        self._last_words = ""
        if self._process is not None:
            self._process.forget()

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

    def _request(self, operation: str, seconds: float, call: object, /, **arguments: Any) -> Any:
        return self.ask(operation, seconds, call, **arguments)()

    def _become_ready(self, call: object) -> None:
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
        assert self._process is not None
        if self._process.replies.qsize():
            # A frame before the question: the student's code writes into the wire.
            self._lose(Fault(Verdict.BAD_OUTPUT, key="protocol", call=call))

    def _receive(self, number: int, seconds: float, call: object) -> Any:
        assert self._process is not None
        try:
            frame = self._process.replies.get(timeout=seconds)
        except queue.Empty:
            self._lose(Fault(Verdict.TIMEOUT, call=call, seconds=seconds))
        if frame is None:
            self._lose(self._death(call))
        if not isinstance(frame, Exception):
            with contextlib.suppress(wire.WireError):
                match wire.decode(frame, REPLY_LIMITS._replace(depth=40, items=2 * 10**5)):
                    case {"id": int(answered), "value": value, **rest} if answered == number:
                        if not rest:
                            return value
                    case {"id": int(answered), "fault": dict(facts)} if answered == number:
                        raise fault_from(facts, call)
        return self._lose(Fault(Verdict.BAD_OUTPUT, key="protocol", call=call))

    def _lose(self, fault: Fault) -> NoReturn:
        """End the worker, keep what it printed, and raise."""
        process = self._process
        self._end()
        if process is not None:
            self._last_words = process.printed()
        raise fault

    def _death(self, call: object) -> Fault:
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


def _as_array(value: Any) -> Any:
    """References pass their own arrays on: a ``jax.Array`` travels as one."""
    import numpy as np

    return np.asarray(value) if hasattr(value, "__array__") else None
