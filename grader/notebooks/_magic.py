"""``%grade q01``: the report under the cell.

The kernel holds the student's code, so nothing is graded in it: the command ``grader run`` is started beside it, and
what it says is shown.
"""

import html
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["register_magic"]

_COLUMNS = 100
_FRAME = "width: 100%; height: 36em; border: 1px solid #8888"


def register_magic(shell: Any) -> None:
    """Add ``%grade`` to a running IPython."""
    shell.register_magic_function(grade, "line", "grade")


def grade(line: str) -> None:
    """Grade a question: ``%grade q01``; the options are those of ``grader run``.

    What is graded is the notebook as it was saved; the report says when that was.
    """
    from IPython.display import HTML, display

    display(HTML(_report(shlex.split(line))))


def _report(arguments: list[str]) -> str:
    """What ``grader run`` says, as HTML: its page in a frame of its own, and its text where there is no page."""
    # The working folder is found from where the kernel stands, as it is from a terminal.
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        command = [sys.executable, "-m", "grader", "run", *arguments]
        if "--html" not in arguments:
            command += ["--html", str(page)]
        lines = [line for line in _said_by(command).split("\n") if str(page) not in line]
        shown = page.read_text(encoding="utf-8") if page.is_file() else ""
    text = html.escape("\n".join(lines).strip())
    said = f'<pre style="line-height: 1.2; white-space: pre">{text}</pre>'
    if not shown:
        return said
    frame = f'<iframe srcdoc="{html.escape(shown)}" style="{_FRAME}" title="grader"></iframe>'
    return f"{frame}<details><summary>grader run</summary>{said}</details>"


def _said_by(command: list[str]) -> str:
    environment = os.environ | {"COLUMNS": str(_COLUMNS), "PYTHONIOENCODING": "utf-8"}
    ran = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return ran.stdout.strip()
