"""Folders and files may be called anything: no command prints a name that steers the terminal."""

import json
import shutil
import unicodedata
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace

import pytest

HOSTILE = "x\x1b]0;pwn\x07[red]\u202e\nScore 5 \udcff"
FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def assert_harmless(*texts: str) -> None:
    for text in texts:
        found = {ascii(c) for c in text if c != "\n" and unicodedata.category(c) in FORBIDDEN}
        assert not found, ascii(text)
        assert not [line for line in text.splitlines() if line.startswith("Score 5 ")], "forged"


@pytest.fixture
def hostile(tmp_path, desk) -> Path:
    """A folder with such a name that holds the working folder's exercises."""
    folder = tmp_path / "work" / HOSTILE
    shutil.copytree("exercises", folder)
    return folder


def assert_clean(ran, status: int) -> None:
    assert ran.status == status, (ran.out, ran.err)
    assert_harmless(ran.out, ran.err)


@pytest.mark.parametrize("command", ["run", "watch"])
@pytest.mark.parametrize("kind", ["missing", "empty", "file"])
def test_a_folder_that_cannot_be_graded_is_named_harmlessly(desk, command, kind):
    folder = Path(HOSTILE)
    if kind == "empty":
        folder.mkdir()
    elif kind == "file":
        folder.touch()
    ran = desk(command, "--submission", folder)
    assert_clean(ran, 2)
    assert "[red]" in ran.err, "markup is shown, not obeyed"


def test_a_submission_in_such_a_folder_is_graded(desk, hostile):
    ran = desk("run", "q01", "--submission", hostile, "--json", "r.json", "--junit", "r.xml")
    assert_clean(ran, 1)
    assert_harmless(Path("r.json").read_text(), Path("r.xml").read_text())
    assert json.loads(Path("r.json").read_text())["questions"]
    ET.parse("r.xml")


@pytest.mark.parametrize("option", ["--json", "--junit"])
def test_a_file_that_cannot_be_written_is_named_harmlessly(desk, option):
    assert_clean(desk("run", "q01", option, Path(HOSTILE) / "none" / "r"), 2)


def test_reset_and_init_name_what_they_write_harmlessly(desk, hostile):
    assert_clean(desk("reset", "q01", "--submission", hostile), 0)
    assert_clean(desk("init", hostile), 0)
    assert_clean(desk("init", hostile), 0)


def test_watch_names_the_file_that_it_waits_for_harmlessly(desk, hostile, monkeypatch):
    def leave(seconds):
        raise KeyboardInterrupt

    # The loop's own pause: whoever ends workers sleeps too, and would leave them behind.
    monkeypatch.setattr("grader.watch._loop.time", SimpleNamespace(sleep=leave))
    ran = desk("watch", "q01", "--submission", hostile)
    assert_clean(ran, 130)
    assert "Waiting for" in ran.out


@pytest.mark.parametrize("command", ["list", "show", "hint", "solution", "run", "watch", "reset"])
def test_arguments_are_quoted_harmlessly(cli, command):
    ran = cli(command, *([HOSTILE] * (command != "list")), "--course", f"./{HOSTILE}")
    assert_clean(ran, 2)
    if command != "list":
        assert_clean(cli(command, HOSTILE), 2)


@pytest.fixture
def course_there(tmp_path, maths) -> Path:
    """The small course, in a folder with such a name."""
    shutil.copytree(maths.parents[1], tmp_path / HOSTILE)
    return tmp_path / HOSTILE / maths.relative_to(maths.parents[1])


@pytest.mark.parametrize("command", ["list", "show q01", "hint q01", "init here"])
def test_a_course_in_such_a_folder_is_named_harmlessly(cli, course_there, command):
    cli("init", ".", "--course", course_there)
    assert_clean(cli(*command.split(), "--course", course_there), 0)


def test_the_authors_commands_name_such_a_course_harmlessly(cli, course_there):
    (stub, *_) = (course_there.parents[1] / "exercises").rglob("*.py")
    stub.write_text("")
    ran = cli("course", "stubs", course_there)
    assert_clean(ran, 0)
    assert "[red]" in ran.out
    (solution, *_) = course_there.rglob("solution.py")
    solution.write_text("# BEGIN")
    assert_clean(cli("course", "stubs", course_there), 1)
    (course_there / "course.toml").write_text("id = 3")
    assert_clean(cli("course", "check", course_there), 1)
    (course_there / "course.toml").unlink()
    assert_clean(cli("course", "check", course_there), 2)


def test_a_failure_of_the_grader_prints_no_name_raw(cli, monkeypatch):
    def broken(*arguments):
        raise RuntimeError(HOSTILE)

    monkeypatch.setattr("grader.cli._student_commands.list_questions", broken)
    ran = cli("list")
    assert ran.status == 3
    assert "\x1b" not in ran.err
    assert "\u202e" not in ran.err
