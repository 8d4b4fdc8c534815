"""A place where one submission is graded at a time: a process of this machine, replaced when it dies."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import msgspec

from grader.cohort._frames import read_frame, write_frame
from grader.cohort._model import Answer, Died, Done, Failed, Job

__all__ = ["Place"]

# With -P nothing beside the hand-ins is imported by accident.
COMMAND = (sys.executable, "-P", "-m", "grader.cohort._process")
_JOBS_EACH = 50  # what JAX keeps of each submission is given back with the process
_PATIENCE = 10.0  # seconds for a process to end its workers
_TOLD = 2_000  # characters of what a process printed before it died


class Place:
    """The place, and the process that has it at the moment; it starts with the first job."""

    def __init__(self) -> None:
        self._popen: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._files = contextlib.ExitStack()
        self._jobs = 0

    def answer(self, job: Job) -> Answer:
        """Send a job and wait for what comes back."""
        if self._jobs >= _JOBS_EACH:
            self.ask_to_end()
            self.end()
        try:
            process = self._popen = self._popen or self._start()
            assert process.stdin is not None
            assert process.stdout is not None
            write_frame(process.stdin, msgspec.msgpack.encode(job))
            frame = read_frame(process.stdout)
        except OSError:
            frame = None
        if frame is None:
            return Died(submission=job.submission, how=self._last_words())
        self._jobs += 1
        return msgspec.msgpack.decode(frame, type=Done | Failed)

    def _start(self) -> subprocess.Popen[bytes]:
        self._jobs = 0
        log = tempfile.TemporaryFile()  # noqa: SIM115  (the process's life long)
        self._log = self._files.enter_context(log)
        return subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=_environment(os.environ),
            start_new_session=True,  # Ctrl-C is for who started the pool, which then ends it in order
        )

    def _last_words(self) -> str:
        process, log = self._popen, self._log
        if process is None or log is None:  # the pool was stopped
            return ""
        status = _wait(process)
        log.seek(max(0, log.seek(0, os.SEEK_END) - _TOLD))
        text = log.read().decode("utf-8", "replace")
        self.end()
        return f"exit status {status}\n{text}".strip()

    def ask_to_end(self) -> None:
        """The end of its input ends a process, after its workers."""
        if self._popen is not None and self._popen.stdin is not None:
            with contextlib.suppress(OSError):
                self._popen.stdin.close()

    def end(self) -> None:
        """Wait for its end, and force it after a while."""
        self.ask_to_end()
        process, self._popen = self._popen, None
        if process is not None:
            _wait(process)
            if process.stdout is not None:
                process.stdout.close()
            self._files.close()


def _wait(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Where this very package is found, whatever folder we stand in."""
    root = str(Path(__file__).resolve().parents[2])
    before = environment.get("PYTHONPATH", "")
    path = os.pathsep.join(filter(None, (root, before)))
    return {**environment, "PYTHONPATH": path}
