"""The loop of a student at work, on a terminal: what is drawn, what keys do, what a save in between does."""

import io
import re
import threading
import time
from pathlib import Path

import pytest
from rich.console import Console

from grader.course import read_course
from grader.results import Result
from grader.watch import _loop, watch
from grader.watch._file import EditedFile

WRONG = "def square(x):\n    return x * abs(x)\ndef cubes(numbers):\n    return [n**3 for n in numbers]\n"
RIGHT = WRONG.replace("x * abs(x)", "x * x")
DOUBLE = "def double(x):\n    return 2 * x\n"


_SPINNER = tuple("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")


class Kept:
    """What is known of questions."""

    def __init__(self) -> None:
        self.scores: dict[str, float] = {}

    def passed(self, course, question):
        return self.scores.get(question.id) == question.points

    def save_result(self, course, result: Result) -> None:
        self.scores |= {question.id: question.score for question in result.questions}


class Pressed:
    """Keys that are pressed one after the other, each when the one before has done its work."""

    def __init__(self, *keys) -> None:
        self._keys, self.available = list(keys), True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def pressed(self) -> str:
        key = self._keys.pop(0) if self._keys else "q"
        return key() or "" if callable(key) else key


@pytest.fixture
def at_work(maths, tmp_path, monkeypatch):
    """Runs the loop on a terminal of 80 columns and 24 lines; gives what was written, and what is known afterwards."""
    place = tmp_path / "place"
    place.mkdir()

    def save(name: str, text: str) -> None:
        (place / name).write_text(text)

    def run(*keys, **options):
        monkeypatch.setattr(_loop, "Keys", lambda: Pressed(*keys))
        console = Console(
            file=io.StringIO(), force_terminal=True, width=80, height=24, color_system=None
        )
        memory = Kept()
        watch(
            read_course(maths), place, console, language="en", memory=memory, isolation=0, **options
        )
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", console.file.getvalue())
        kept = (s for s in re.split(r"[\r\n]+", text) if s and s[0] not in _SPINNER)
        return list(kept), memory

    run.save = save
    save("q01_square.py", WRONG)
    save("q02_double.py", DOUBLE.replace("2", "3"))
    return run


def test_checks_stand_in_lines_and_the_first_failure_in_full(at_work):
    lines, memory = at_work("q")
    assert any(re.fullmatch(r"✗ The square  0/1 +\d+\.\d s", line) for line in lines)
    assert any(re.fullmatch(r"✓ The cubes  1/1 +\d+\.\d s", line) for line in lines)
    assert lines.count("✗ The square  0/1") == 1
    assert any("Smallest case" in line for line in lines)
    assert any(line.startswith("Score 1 / 3") for line in lines)
    assert lines[-1].endswith("q quit")
    assert memory.scores == {"q01": 1}


def test_a_right_file_leads_to_the_next_one_and_the_end_is_told(at_work):
    lines, memory = at_work(
        lambda: at_work.save("q01_square.py", RIGHT),
        lambda: at_work.save("q02_double.py", DOUBLE),
    )
    at = lines.index("q01 is right, well done!")
    assert lines[at + 1].startswith("Next q02: save ")
    assert lines[-1] == "Everything is right, well done!"
    assert memory.scores == {"q01": 3, "q02": 1}


def test_keys_go_to_other_questions_and_show_what_belongs_to_them(at_work):
    shown: list[str] = []
    lines, _ = at_work("n", "h", "p", "r", commands={"h": lambda q: shown.append(q.id)})
    assert shown == ["q02"]
    heads = [line[:3] for line in lines if line.startswith("q0") and "───" in line]
    assert heads == ["q01", "q02", "q01", "q01"]


def test_a_save_while_it_is_graded_starts_anew(at_work):
    """What was graded is no longer what the student has."""
    at_work.save("q01_square.py", "import time\ntime.sleep(60)\n" + WRONG)
    threading.Timer(1.5, at_work.save, ["q01_square.py", RIGHT]).start()
    _, memory = at_work("q")
    assert memory.scores["q01"] == 3


def test_a_long_failure_is_cut_to_the_screen(at_work):
    at_work.save(
        "q01_square.py", "def square(x):\n    raise ValueError(chr(10).join(['line'] * 60))\n"
    )
    lines, _ = at_work("q")
    assert "  … the rest with grader run" in lines
    assert len(lines) <= 24


class TestEditedFile:
    def test_saved_replaced_and_deleted_are_changes(self, tmp_path):
        path = tmp_path / "a.py"
        path.write_text("a")
        file = EditedFile(path)
        assert not file.changed
        path.write_text("ab")
        assert file.changed
        file.note()
        (tmp_path / "b").write_text("ab")
        (tmp_path / "b").replace(path)
        assert file.changed
        file.note()
        path.unlink()
        assert file.changed

    def test_a_file_is_whole_when_nobody_writes_to_it(self, tmp_path):
        path = tmp_path / "a.py"
        path.write_text("")

        def write() -> None:
            with open(path, "a") as stream:
                for _ in range(20):
                    stream.write("x")
                    stream.flush()
                    time.sleep(0.01)

        writer = threading.Thread(target=write)
        writer.start()
        EditedFile(path).wait_until_whole()
        writer.join()
        assert path.read_text() == "x" * 20

    def test_one_that_is_taken_away_for_a_moment_is_waited_for(self, tmp_path):
        path = Path(tmp_path / "a.py")
        threading.Timer(0.3, path.write_text, ["new"]).start()
        EditedFile(path).wait_until_whole()
        assert path.read_text() == "new"
