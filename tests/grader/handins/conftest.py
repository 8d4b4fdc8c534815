"""The small course, and hand-ins to it in every state."""

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course import Course, read_course
from grader.handins import Handin, Handins, read_handins

COURSES = Path(__file__).parents[1] / "courses"
STUBS = COURSES / "exercises/maths"
SQUARE = "def square(x):\n    return x * x\n\n\ndef cubes(n):\n    return [i**3 for i in n]\n"
DOUBLE = "def double(x):\n    return 2 * x\n"
STUB = (STUBS / "q01_square.py").read_text(encoding="utf-8")


@pytest.fixture
def course() -> Course:
    return read_course(COURSES / "solutions/maths")


class Delivery:
    """A folder that is filled by a dictionary from paths to contents, and read."""

    square, double, stub = SQUARE, DOUBLE, STUB

    def __init__(self, folder: Path, course: Course) -> None:
        self.folder, self.course = folder, course
        folder.mkdir()

    def put(self, files: dict[str, str | bytes]) -> "Delivery":
        for name, content in files.items():
            path = self.folder / name
            if name.endswith("/"):
                path.mkdir(parents=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def read(self, roster: str | None = None) -> Handins:
        path = None
        if roster is not None:
            path = self.folder.parent / "roster.csv"
            path.write_text(roster, encoding="utf-8")
        return read_handins(self.course, self.folder, path)

    def only(self) -> Handin:
        """The hand-in of the only student."""
        (handin,) = self.read().handins
        return handin

    def graded(self) -> dict[str, str]:
        """The code of the only student that would be graded, by question."""
        return {
            f.question.id: f.content.decode() for f in self.only().files if f.content is not None
        }

    def fates(self) -> dict[str, str]:
        """What becomes of each file of the only student."""
        return {account.path: account.fate.value for account in self.only().accounts}

    def undecided(self) -> list[str]:
        """The questions of the only student that wait for a decision."""
        return [one.question.id for one in self.only().undecided]


@pytest.fixture
def delivery(tmp_path, course) -> Delivery:
    return Delivery(tmp_path / "delivery", course)


def make_zip(files: dict[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def make_tar(files: dict[str, str | bytes], mode: str = "w:gz") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


@pytest.fixture
def zipped() -> Callable[..., bytes]:
    """Makes a zip of files."""
    return make_zip


@pytest.fixture
def tarred() -> Callable[..., bytes]:
    """Makes a tar of files."""
    return make_tar
