"""A class is graded onto a disk that becomes full: what is said, what is left, and how it goes on."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy")

from grader.cli._seed import kept_seed
from grader.cli._usage import UsageError
from grader.cohort import _place

SQUARE = "def square(x):\n    return {}\n\n\ndef cubes(n):\n    return [i**3 for i in n]\n"
PAGE = 4096


@pytest.fixture(autouse=True)
def plain_python(monkeypatch):
    code = "from grader.session import _workers; _workers.PRELOAD = ()\n"
    code += "from grader.cohort._process import main; main()"
    monkeypatch.setattr(_place, "COMMAND", (sys.executable, "-c", code))


class Disk:
    """A file system of its own at a folder, as large as it is told to be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._mount("size=1m")

    def resize(self, pages: int) -> None:
        self._mount(f"remount,size={pages * PAGE}")

    def end(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    def _mount(self, options: str) -> None:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.folder)]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("no file system can be mounted here")


@pytest.fixture
def disk(desk):
    made = Disk(Path("out"))
    yield made
    made.end()


@pytest.fixture
def a_class(desk):
    for name, answer in {"ada": "x * x", "bob": "x + x"}.items():
        folder = Path("class", name)
        folder.mkdir(parents=True)
        (folder / "q01_square.py").write_text(SQUARE.format(answer))


def _grade(desk, *more):
    return desk("cohort", "class", "-o", "out", "--isolation", 2, "--jobs", 1, *more)


def test_no_half_of_a_seed_is_left(disk):
    disk.resize(1)
    Path("out/filler").write_bytes(bytes(PAGE))
    with pytest.raises(UsageError, match="seed"):
        kept_seed(Path("out/seed"), "en")
    assert [path.name for path in Path("out").iterdir()] == ["filler"]
    Path("out/filler").unlink()
    assert kept_seed(Path("out/seed"), "en") == kept_seed(Path("out/seed"), "en")
    assert Path("out/seed").stat().st_mode & 0o077 == 0


# While the store is made, received into, when a result is kept, when results.json is written.
@pytest.mark.usefixtures("a_class")
@pytest.mark.parametrize("pages", [4, 16, 28, 34, 36])
def test_it_is_told_in_a_line_and_resume_completes(desk, disk, pages):
    disk.resize(pages)
    ran = _grade(desk)
    assert ran.status == 2
    assert ran.err.startswith("grader: ")
    assert ran.err.count("\n") == 1, "no traceback"
    assert any(words in ran.err for words in ("--resume", "disk is full"))
    for written in Path("out").glob("*"):
        if written.name in ("seed", "results.json"):
            assert json.loads(written.read_text())
    assert not list(Path("out").glob(".*-*")), "what was half written is gone"
    disk.resize(1000)
    ran = _grade(desk, "--resume")
    assert (ran.status, ran.err) == (0, "")
    told = json.loads(Path("out/results.json").read_text())
    assert [(s["id"], s["score"]) for s in told["submissions"]] == [("ada", 3.0), ("bob", 1.0)]
