"""The command line, called in this process, in a working folder of its own."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from grader.cli import main

_SQUARE = "def square(x):\n    return x * x\n\n\ndef cubes(n):\n    return [i**3 for i in n]\n"
_DOUBLE = "def double(x):\n    return 2 * x\n"


@dataclasses.dataclass(frozen=True)
class Ran:
    """How a command ended; no-break spaces are shown as spaces."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.out.splitlines()]


class Desk(NamedTuple):
    """A student's working folder (the current one) on the small course."""

    course: Path
    run: Callable[..., Ran]
    right: dict[str, str]
    wrong: dict[str, str]

    def __call__(self, command: str, *arguments: object) -> Ran:
        """Run a command on the course."""
        return self.run(command, *arguments, "--course", self.course)

    def file(self, question: str) -> Path:
        (path,) = Path("exercises/maths").glob(f"*_{question}.py")
        return path

    def write(self, texts: dict[str, str]) -> None:
        """Save the student's files of these questions."""
        for question, text in texts.items():
            self.file(question).write_text(text, encoding="utf-8")

    @property
    def state(self) -> dict[str, Any]:
        """What the working folder remembers."""
        return json.loads(Path(".grader/state.json").read_text(encoding="utf-8"))


@pytest.fixture
def cli(tmp_path, monkeypatch, capsys) -> Callable[..., Ran]:
    """Runs ``grader ARGUMENTS`` in an empty folder, in English."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr("sys.argv", ["grader", *map(str, arguments)])
        capsys.readouterr()
        status: Any = 0
        try:
            main()
        except SystemExit as end:
            status = end.code or 0
        seen = capsys.readouterr()
        return Ran(status, seen.out.replace("\u00a0", " "), seen.err.replace("\u00a0", " "))

    return run


@pytest.fixture
def desk(cli, maths) -> Desk:
    """A working folder that ``grader init`` has just made."""
    assert cli("init", ".", "--course", maths, "--lang", "en").status == 0
    wrong = {
        "square": _SQUARE.replace("x * x", "2 * x"),
        "double": _DOUBLE.replace("2 * x", "1 / 0"),
    }
    return Desk(maths, cli, {"square": _SQUARE, "double": _DOUBLE}, wrong)
