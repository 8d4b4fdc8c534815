"""Whose a folder or a group is, and that only what a dead grader left is swept."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from grader.sandbox import _folders, _owner
from grader.sandbox.levels import IsolationUnavailable, choose
from grader.session import Session

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
LEAVE = """
import sys, time
from grader.sandbox import levels
from grader.session import Session
from grader.session._time import QuestionTime, RunTime
level = int(sys.argv[1])
session = Session({"a.py": b"x = 1"}, levels.choose(level)[1], preload=["numpy"])
session.load("a", "a.py", QuestionTime(60.0, RunTime(1800.0, 600.0)))
print(session.folder, session._process.popen.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """A folder for temporary files that is the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def marked(mark: str, name: str = "abc") -> str:
    return f"grader-{mark}-{name}"


def ended() -> str:
    """The mark of a process that is no more."""
    namespace, _, start = _owner.mark().split("-")
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return f"{namespace}-{process.pid}-{start}"


def test_this_process_is_not_gone():
    assert not _owner.is_gone(_owner.mark())


@needs_proc
def test_a_process_that_ended_is_gone_also_before_its_parent_has_looked():
    assert _owner.is_gone(ended())
    with subprocess.Popen(
        [sys.executable, "-c", "from grader.sandbox import _owner; print(_owner.mark())"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        mark = process.stdout.read().strip()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert _owner.is_gone(mark)


@needs_proc
def test_a_number_that_another_process_has_by_now_is_gone():
    namespace, process, start = _owner.mark().split("-")
    assert _owner.is_gone(f"{namespace}-{process}-{int(start) - 1}")


@pytest.mark.parametrize("mark", ["", "x", "1-2", "1-2-3-4", "../..", "4026531836-x-1"])
def test_what_is_no_mark_is_nobodys(mark):
    assert not _owner.is_gone(mark)


def test_a_process_of_another_container_is_left_alone():
    namespace, process, start = ended().split("-")
    assert not _owner.is_gone(f"{int(namespace) + 1}-{process}-{start}")


@needs_proc
def test_only_what_dead_graders_left_is_swept(place):
    gone, here = ended(), _owner.mark()
    (place / marked(gone) / "scratch0").mkdir(parents=True)
    kept = [place / marked(here), place / "grader-abc", place / f"other-{gone}-abc"]
    for folder in kept:
        folder.mkdir()
    (place / marked(gone, "file")).touch()
    (place / marked(gone, "link")).symlink_to(place / "grader-abc")
    _folders.sweep()
    left = {path.name for path in place.iterdir()}
    assert left == {*(f.name for f in kept), marked(gone, "file"), marked(gone, "link")}


@needs_proc
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs to be root")
def test_what_belongs_to_another_user_is_not_swept(place):
    folder = place / marked(ended())
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    _folders.sweep()
    assert folder.exists()


def below(process: int) -> list[int]:
    """A process and all its descendants."""
    found = [process]
    for one in found:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if int(stat.read_text().rpartition(")")[2].split()[1]) == one:
                    found.append(int(stat.parent.name))
    return found


def soon(condition) -> bool:
    return any(condition() or time.sleep(0.05) for _ in range(600))


def runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@needs_proc
@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_what_a_killed_grader_leaves_goes_when_the_next_one_starts(place, level):
    try:
        choose(level)
    except IsolationUnavailable as missing:
        pytest.skip(str(missing))
    process = subprocess.Popen(
        [sys.executable, "-c", LEAVE, str(level)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(place)},
    )
    with process:
        assert process.stdout is not None
        name, number = process.stdout.readline().rsplit(maxsplit=1)
        folder, worker = Path(name), below(int(number))
        assert folder.is_dir()
        assert runs(worker[-1])
        process.send_signal(signal.SIGKILL)
    assert folder.is_dir()
    assert soon(lambda: not any(map(runs, worker))), "it takes its worker with it"
    _folders.sweep_once.cache_clear()
    choose(0)
    assert not folder.exists()


def test_a_session_that_is_closed_leaves_nothing(place):
    session = Session({"a.py": b""}, choose(0)[1])
    assert session.folder.parent == place
    session.close()
    assert not list(place.iterdir())
