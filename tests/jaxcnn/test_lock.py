"""Locks between processes, with those of the kernel and on disks that have none."""

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from jaxcnn._lock import claim, locked

ROOT = Path(__file__).parents[2]

HOLDER = """
import errno, fcntl, os, pathlib, sys
from jaxcnn._lock import claim

if sys.argv[2] != "0":
    def flock(file, how):
        raise OSError(int(sys.argv[2]), os.strerror(int(sys.argv[2])))
    fcntl.flock = flock
held = claim(pathlib.Path(sys.argv[1]))
print(held is not None, flush=True)
sys.stdin.read()
"""

# Lustre without its option, FUSE and 9p, NFS without its daemon.
ABSENT = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)


@pytest.fixture(params=[0, *ABSENT], ids=["flock", *map(errno.errorcode.get, ABSENT)])
def error(request, monkeypatch):
    """What the disk says when it is asked for a lock; 0 where it gives one."""
    fcntl = pytest.importorskip("fcntl", reason="locks of POSIX")
    if request.param:

        def refuse(file, how):
            raise OSError(request.param, os.strerror(request.param))

        monkeypatch.setattr(fcntl, "flock", refuse)
    return request.param


@pytest.fixture
def holder(tmp_path, error):
    """Another process, which has the lock of a file called ``lock``."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "lock"), str(error)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout.readline() == b"True\n"
    yield process
    end(process)


def end(process):
    process.stdin.close()
    process.wait()
    process.stdout.close()


def test_a_lock_that_another_process_has_is_not_given(tmp_path, holder):
    assert claim(tmp_path / "lock") is None
    end(holder)
    assert claim(tmp_path / "lock") is not None


def test_a_killed_process_holds_no_lock(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert claim(tmp_path / "lock") is not None


def test_who_waits_says_so_once_and_is_let_in(tmp_path, holder):
    said = []

    def on_wait():
        said.append("waiting")
        threading.Timer(0.1, holder.stdin.close).start()

    with locked(tmp_path / "lock", on_wait):
        assert claim(tmp_path / "lock") is None
    assert said == ["waiting"]
    assert claim(tmp_path / "lock") is not None


def test_what_is_forgotten_is_released(tmp_path, error):
    held = claim(tmp_path / "lock")
    assert claim(tmp_path / "lock") is None
    del held
    assert claim(tmp_path / "lock") is not None


def test_what_is_released_elsewhere_than_it_was_taken_is_free(tmp_path, error):
    held = claim(tmp_path / "lock")
    thread = threading.Thread(target=held.release)
    thread.start()
    thread.join()
    assert claim(tmp_path / "lock") is not None


def test_an_error_that_is_no_missing_lock_is_raised(tmp_path):
    with pytest.raises(OSError, match=r"No such file|Not a directory|Is a directory"):
        claim(tmp_path)


def test_without_the_module_fcntl_a_file_stands_for_the_lock(tmp_path):
    code = (
        "import sys; sys.modules['fcntl'] = None\n"
        "import warnings; warnings.simplefilter('ignore')\n"
        "from pathlib import Path; from jaxcnn._lock import claim\n"
        "held = claim(Path(sys.argv[1])); print(held is not None, claim(Path(sys.argv[1])))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "lock")],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert run.stdout == "True None\n", run.stderr
