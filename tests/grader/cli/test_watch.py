"""``grader watch``: grades at every save, goes on when a question is right, ends cleanly."""

import shutil
import types
from collections.abc import Callable

import pytest


@pytest.fixture
def while_waiting(monkeypatch) -> Callable[[Callable[[], object]], None]:
    """Sets what happens each time the command looks whether the file was saved."""

    def does(action: Callable[[], object]) -> None:
        clock = types.SimpleNamespace(sleep=lambda seconds: action())
        monkeypatch.setattr("grader.watch._loop.time", clock)

    return does


@pytest.fixture
def saves(while_waiting, desk):
    """While the command waits, the student saves these texts one after the other."""
    waiting: list = []

    def save():
        if not waiting:
            raise KeyboardInterrupt  # the student has had enough
        desk.write(waiting.pop(0))

    while_waiting(save)
    return waiting


def test_it_grades_at_every_save_and_goes_on_to_the_next_question(desk, saves):
    saves += [
        {"square": desk.wrong["square"]},
        {"square": desk.right["square"]},
        {"double": desk.right["double"]},
    ]
    ran = desk("watch")
    assert ran.status == 0
    seen = [line for line in ran.lines if line[:1] in "○✗✓" and line]
    assert [" ".join(line.split()[:3]) for line in seen] == [
        "○ q01 The",
        "✗ q01 The",
        "✓ q01 The",
        "○ q02 The",
        "✓ q02 The",
    ]
    assert ran.lines[-1] == "Everything is right, well done!"
    assert "Waiting for exercises/maths/q01_square.py to be saved" in ran.out


def test_it_begins_where_it_is_told_and_goes_on_with_what_is_open(desk, saves):
    saves += [
        {"double": desk.wrong["double"]},
        {"double": desk.right["double"]},
        {"square": desk.right["square"]},
    ]
    ran = desk("watch", "2")
    assert ran.status == 0
    seen = [line.split()[:2] for line in ran.lines if line[:1] in "○✗✓" and line]
    verdicts = "○ q02, ✗ q02, ✓ q02, ○ q01, ✓ q01"
    assert ", ".join(map(" ".join, seen)) == verdicts


def test_a_file_that_is_deleted_and_comes_back_is_no_obstacle(desk, while_waiting):
    desk.write({"square": desk.right["square"]})
    desk("run", "q01")
    path = desk.file("double")
    actions = [path.unlink, lambda: path.write_text(desk.right["double"])]
    while_waiting(lambda: actions.pop(0)())
    ran = desk("watch", "2")
    assert ran.status == 0
    assert "The file q02_double.py is missing." in ran.out


def test_its_calls_have_a_timeout_too(desk, saves):
    saves += [{"double": "import time\n\ndef double(x):\n    time.sleep(9)\n"}]
    ran = desk("watch", "2", "--timeout", "x0.1")
    assert "does nothing: neither an answer" in ran.out
    assert desk("watch", "2", "--timeout", "soon").status == 2


def test_ctrl_c_ends_it(desk, saves):
    ran = desk("watch")
    assert ran.status == 130
    assert "Traceback" not in ran.err


def test_nothing_is_left_to_watch_when_all_is_right(desk, saves):
    desk.write(desk.right)
    desk("run")
    ran = desk("watch")
    assert ran.lines == ["Everything is right, well done!"]


def test_anothers_folder_is_watched_from_its_first_question_and_leaves_no_trace(
    desk, saves, tmp_path
):
    desk.write(desk.right)
    shutil.copytree("exercises", tmp_path / "other")
    before = desk.state
    ran = desk("watch", "--submission", tmp_path / "other")
    assert ran.status == 0
    assert desk.state == before
