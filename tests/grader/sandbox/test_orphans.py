"""Processes that a worker without walls leaves: told from this process's own, and ended."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox import _orphans
from grader.sandbox._orphans import Orphans, with_variable

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

# A marked process leaves a descendant: in a session of its own, its parent dead, no environment.
LEAVE = """
import os, sys, time
from grader.sandbox import _orphans
_orphans.wear(int(sys.argv[1]))
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    {more}
    print(os.getpid(), flush=True)
    os.close(1)
    os.close(2)
    time.sleep(60)
    os._exit(0)
os.wait()
"""
LOWER = "import resource; resource.setrlimit(10, (3, 3))"
RAISE = "\n    ".join(
    ["import resource", "try: resource.setrlimit(10, (-1, -1))", "except ValueError: pass"]
)
CHAIN = "\n    ".join(["for _ in range(200):", "    if os.fork(): os._exit(0)"])


def is_alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def leave(mark: int, more: str = "pass") -> int:
    command = [sys.executable, "-c", LEAVE.format(more=more), str(mark)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout)


@linux
@pytest.mark.parametrize("more", ["pass", LOWER, RAISE, CHAIN], ids=["", "lower", "raise", "chain"])
def test_what_is_left_is_ended_and_buried_whatever_it_does_to_its_mark(more):
    orphans = Orphans()
    left = leave(orphans.mark, more)
    assert is_alive(left)
    orphans.close()
    assert not is_alive(left)


@linux
def test_nothing_else_is_ended():
    orphans, others = Orphans(), Orphans()
    mine = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    dead = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
    os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
    left = leave(others.mark)
    orphans.close()
    assert is_alive(left), "it belongs to another worker"
    assert mine.poll() is None
    assert dead.wait() == 7, "its end is for who started it to see"
    others.close()
    assert not is_alive(left)
    mine.kill()
    mine.wait()


@linux
def test_orphans_are_adopted_only_as_long_as_there_are_such_workers():
    orphans = Orphans()
    orphans.close()
    orphans.close()
    process = leave(2**62)
    stat = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    assert int(stat[1]) != os.getpid()
    os.kill(process, signal.SIGKILL)


def test_where_there_is_no_such_limit_the_environment_tells():
    listing = (
        "  12 /usr/bin/python -c x HOME=/s GRADER_WORKER=77 LANG=C\n"
        "  13 /usr/bin/python GRADER_WORKER=778\n"
        "  14 /bin/zsh -l TERM=xterm\n"
        "PID COMMAND\n\n"
    )
    assert with_variable("GRADER_WORKER=77", lambda: listing) == [12]


def test_elsewhere_nothing_is_ended(monkeypatch):
    monkeypatch.setattr(_orphans.os.path, "isdir", lambda path: False)
    monkeypatch.setattr(_orphans.sys, "platform", "win32")
    Orphans().close()
