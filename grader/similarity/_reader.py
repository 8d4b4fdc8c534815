"""The process that parses: started when it is needed, and again when some code has ended it."""

import base64
import json
import subprocess
import sys
import threading
from pathlib import Path

__all__ = ["Reader"]

_PATIENCE = (
    600.0  # seconds for one file, on a machine that does much else; CPU seconds are bounded inside
)
_COMMAND = (sys.executable, "-I", str(Path(__file__).with_name("_fragments.py")))


class Reader:
    """Gives the fragments of code; to be closed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    def fragments(self, code: bytes) -> list[tuple[int, int]] | None:
        """Of each fragment a hash and its line; None for code that cannot be parsed."""
        process = self._process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        watch = threading.Timer(_PATIENCE, process.kill)
        watch.start()
        try:
            process.stdin.write(json.dumps(base64.b64encode(code).decode("ascii")) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            watch.cancel()
        if not line.endswith("\n"):  # it is gone
            self._end()
            return None
        told = json.loads(line)
        return None if told is None else [(digest, at) for digest, at in told]

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
