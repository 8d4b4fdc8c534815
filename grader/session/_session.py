"""The worker of one submission, replaced when it dies."""

import itertools
import math
import os
import queue
import signal
from collections.abc import Callable, Sequence
from typing import Any, Literal, NoReturn

from grader import wire
from grader.results import Verdict
from grader.sandbox import _folders
from grader.sandbox.levels import Launch, Surroundings
from grader.session._faults import Fault
from grader.session._process import REPLY_LIMITS, Process
from grader.session._reply import Value, Wanted, opened, wanted_by
from grader.session._stopwatch import Stopwatch
from grader.session._time import Allowance, QuestionTime

__all__ = ["Session", "WorkerNotStarted"]

_REQUEST_LIMITS = wire.Limits(items=10**7, bytes=2**40)


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
        warm: Literal["", "functions", "programs"] = "",
    ) -> None:
        """Prepare, without starting anything.

        Args:
            files: file name -> content, all that the worker gets of the submission.
            launch: from :func:`grader.sandbox.levels.choose`.
            hidden: paths that the worker must not be able to read.
            withheld: modules and name patterns out of the submission's reach.
            preload: modules that the worker imports before it is ready.
            memory_bytes: bound on the worker's private memory.
            warm: what the worker also does once before it is ready, as JAX puts off much until its first use: call
                and compile functions, or read and evaluate programs.
        """
        self.memory_bytes = memory_bytes
        self.folder = _folders.make()
        self.life = 0
        self._launch, self._hidden = launch, tuple(hidden)
        self._answer: Callable[[Wanted], dict[str, Any]] | None = None
        self._withheld, self._preload, self._warm = list(withheld), list(preload), warm
        self._numbers = itertools.count(1)
        self._process: Process | None = None
        self._ready = False
        self._charged = 0.0  # own time of this life that has been charged to somebody
        self._killer: QuestionTime | None = None  # who ended the last life pays for the next start
        self._submission = self._last_words = ""
        self._loaded: set[str] = set()
        self._unloadable: dict[str, Fault] = {}
        (self.folder / "submission").mkdir()
        self.add(files)

    def add(
        self,
        files: dict[str, bytes],
        answer: Callable[[Wanted], dict[str, Any]] | None = None,
    ) -> None:
        """Put more files where the worker finds them, which may have started already.

        Args:
            files: file name -> content.
            answer: gives what stand-ins in the worker ask for from now on; without it there are none, and who asks
                breaks the protocol.
        """
        self._answer = answer
        source = self.folder / "submission"
        folder = source.stat()
        for name, content in files.items():
            (source / name).write_bytes(content)
            if hasattr(
                os, "chown"
            ):  # a user of its own must be able to read it, as it can read the folder
                os.chown(source / name, -1, folder.st_gid)
                (source / name).chmod(folder.st_mode & 0o666)

    # ------------------------------------------------------------------------------------ life cycle

    def start(self) -> None:
        """Start the worker without waiting for it; call from a thread that outlives the worker.

        Raises:
            WorkerNotStarted: when the machine makes no process.
        """
        if self._process is not None:
            return
        scratch = self.folder / f"scratch{self.life}"
        scratch.mkdir(exist_ok=True)
        around = Surroundings(
            self.folder / "submission", scratch, self._hidden, memory_bytes=self.memory_bytes
        )
        try:
            launch = self._launch(around)
            self._process = Process(launch)
        except OSError as error:
            raise WorkerNotStarted(f"the worker did not start: {error}") from error
        self._submission = launch.submission
        self._ready, self._loaded, self._charged = False, set(), 0.0
        # The time of the first call starts when this has been answered.
        self._start_number, self._start_watch = self._send(
            "start",
            {
                "preload": self._preload,
                "withheld": self._withheld,
                "limits": list(REPLY_LIMITS),
                "warm": self._warm,
            },
        )

    @property
    def runs(self) -> bool:
        """Whether it has a worker, and that has not ended."""
        return self._process is not None and self._process.popen.poll() is None

    def rest(self) -> None:
        """End the worker, so that others have the machine; the next request starts a new one."""
        self._end()

    def close(self) -> None:
        """End the worker and remove its files."""
        self._end()
        _folders.remove(self.folder)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            self.life += 1
            process.kill()

    # ------------------------------------------------------------------------------------- requests

    def inspect(
        self, file: str, stub: str, withheld: Sequence[str], time: QuestionTime
    ) -> dict[str, Any]:
        """Facts about the source of one file, from a worker in which no student code has run."""
        allowance = time.for_inspection(file)
        if self._loaded:
            self._end()
        arguments = {"file": self._path(file), "stub": stub, "withheld": list(withheld)}
        facts = self._ask("inspect", allowance, file, arguments)()
        if not isinstance(facts, dict):
            raise Fault(Verdict.BAD_OUTPUT, key="protocol", call=file)
        return facts

    def load(self, module: str, file: str, time: QuestionTime) -> None:
        """Import one file; a second call repeats the first one's outcome.

        Raises:
            Fault: with what the import ended in.
        """
        # No life of this session is made to fall over the same stone again.
        if fault := self._unloadable.get(module):
            raise fault.with_traceback(None)  # which would grow, and hold what each check held
        if module in self._loaded and self._process is not None:
            return
        allowance = time.for_load(file)
        arguments = {"module": module, "file": self._path(file)}
        try:
            self._ask("load", allowance, file, arguments)()
        except Fault as fault:
            # Unless the worker died of it while another file's code was there too: that one may be to blame;
            # or the machine is.
            alone = self._process is not None or not self._loaded
            if alone and fault.verdict is not Verdict.NOT_GRADED:
                self._unloadable[module] = fault
            raise
        self._loaded.add(module)

    def ask(
        self,
        operation: str,
        time: QuestionTime,
        call: object,
        /,
        instead: tuple[str, Sequence[str]] | None = None,
        **arguments: Any,
    ) -> Callable[[], Any]:
        """Put a question to the worker and return at once.

        ``call`` is how messages name what was asked; ``instead`` names a module, and its functions that stand-ins
        replace while the worker is at it.  The result, to be called exactly once, waits for the
        answer and raises :class:`Fault` for everything but a well-formed answer in time; ``time`` is charged.
        """
        return self._ask(operation, time.for_call(call), call, arguments, instead)

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

    def _ask(
        self,
        operation: str,
        allowance: Allowance,
        call: object,
        arguments: dict[str, Any],
        instead: tuple[str, Sequence[str]] | None = None,
    ) -> Callable[[], Any]:
        self._become_ready(allowance, call)
        number, watch = self._send(operation, arguments, instead)
        return lambda: self._receive(number, watch, allowance, call)

    def _send(
        self,
        operation: str,
        arguments: dict[str, Any],
        instead: tuple[str, Sequence[str]] | None = None,
    ) -> tuple[int, Stopwatch]:
        """Have a request written; its number, and a watch that runs from now on."""
        assert self._process is not None
        number = next(self._numbers)
        request: dict[str, Any] = {"id": number, "op": operation, "arguments": arguments}
        if instead:
            request["instead"] = [instead[0], list(instead[1])]
        payload = wire.encode(request, _REQUEST_LIMITS, wire.foreign_array)
        watch = Stopwatch(self._process.meter, self._process.waits_for_us)
        self._process.send(payload)
        return number, watch

    def _become_ready(self, allowance: Allowance, call: object) -> None:
        """Wait until the worker has started, or say why it cannot be asked anything."""
        if self._process is None:
            self.start()
        assert self._process is not None
        if not self._ready:
            watch = self._start_watch
            try:
                self._receive(self._start_number, watch, allowance.run.for_start(), "start")
            except Fault as fault:
                if fault.verdict is Verdict.NOT_GRADED:
                    raise
                # Nothing of the submission has run yet.
                printed = self.output()[-1000:]
                self._end()
                raise WorkerNotStarted(f"the worker did not start: {fault}\n{printed}") from fault
            self._ready = True
            self._process.meter.search()
            self._charged = self._process.meter.cpu()
            if self._killer:
                self._killer.charge(self._charged + watch.spent.idle)
            self._killer = None
        if self._process.replies.qsize():
            # A frame before the question: the student's code writes into the wire.
            self._lose(Fault(Verdict.BAD_OUTPUT, key="protocol", call=call), allowance)

    def _receive(self, number: int, watch: Stopwatch, allowance: Allowance, call: object) -> Any:
        frame = self._wait(number, watch, allowance, call)
        if frame is None:
            self._lose(self._death(call), allowance)
        reply = None if isinstance(frame, Exception) else opened(frame, number, call)
        del frame  # a fault keeps what lies here alive, for as long as it is remembered
        if isinstance(reply, Value):
            return reply.value
        if isinstance(reply, Fault):
            raise reply
        return self._lose(Fault(Verdict.BAD_OUTPUT, key="protocol", call=call), allowance)

    def _wait(
        self, number: int, watch: Stopwatch, allowance: Allowance, call: object
    ) -> bytes | Exception | None:
        """The next thing that comes over the wire, if it comes in time; the time is charged."""
        assert self._process is not None
        fault: Fault | None = None
        watch.resume()
        while True:
            try:
                frame = self._process.replies.get(timeout=watch.pause)
            except queue.Empty:
                watch.look()
                fault = allowance.fault(watch.spent, call) or allowance.starved(watch.spent, call)
                if fault is None:
                    continue
                frame = None
            else:
                fault = allowance.fault(watch.stop(), call)
                try:
                    if fault is None and self._answered(frame, number):
                        watch.resume()  # what the answer took is not the worker's
                        continue
                except Fault as asked_too_much:
                    fault = asked_too_much
            break
        used = self._process.meter.cpu(at_most_old=math.inf)
        allowance.settle(watch, used - self._charged + watch.spent.idle)
        self._charged = used
        if fault:
            self._lose(fault, allowance)
        return frame

    def _answered(self, frame: bytes | Exception | None, number: int) -> bool:
        """Whether a frame only asked for what a stand-in wants, which it has been sent now."""
        if self._answer is None or not isinstance(frame, bytes):
            return False
        wanted = wanted_by(frame, number)
        if wanted is None:
            return False
        assert self._process is not None
        self._process.send(wire.encode(self._answer(wanted), _REQUEST_LIMITS, wire.foreign_array))
        return True

    def _lose(self, fault: Fault, allowance: Allowance) -> NoReturn:
        """End the worker, keep what it printed, and raise."""
        process = self._process
        self._end()
        if process is not None:
            self._last_words = process.printed()
        if fault.verdict is not Verdict.NOT_GRADED and allowance.question:
            allowance.question.deaths += 1
            self._killer = allowance.question
        raise fault

    def _death(self, call: object) -> Fault:
        """The verdict on a worker that closed its end without being asked to."""
        process = self._process
        assert process is not None
        code = process.ended()
        if code is None:
            return Fault(Verdict.CRASHED, key="crashed_silent", call=call)
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
