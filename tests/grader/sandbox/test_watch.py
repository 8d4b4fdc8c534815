"""What a supervisor sees of the files and threads of a process that nothing else bounds."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox._folders import remove
from grader.sandbox._watch import Watch

pytestmark = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")

MIB = 2**20
BEGIN = "import mmap, os, sys, threading, time\nos.chdir(sys.argv[1])\n"
END = "\nprint('ready', flush=True)\ntime.sleep(60)"


@pytest.fixture
def seen(tmp_path):
    """What is said of a process that runs this code in a folder that may hold 4 MiB in 50 files, with 20 threads."""

    def see(code: str) -> tuple[str, int] | None:
        command = [sys.executable, "-c", BEGIN + code + END, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            found = Watch(str(tmp_path), 4 * MIB, 50, 20).exceeded(process.pid)
            process.kill()
        return found

    return see


@pytest.mark.parametrize(
    "code",
    [
        "",
        "open('a', 'wb').write(bytes(3 << 20))",
        "for i in range(40): open(f'{i}', 'w').close()",
        "for i in range(9):\n    open('a', 'wb').write(bytes(1 << 20))\n    os.unlink('a')",
        "open('a', 'wb').truncate(1 << 30)",
        "for i in range(9): os.link('a', f'{i}') if i else open('a', 'wb').write(bytes(1 << 20))",
        "for i in range(9): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
    ],
    ids=["nothing", "a file", "some files", "one after the other", "a hole", "links", "threads"],
)
def test_what_is_within_bounds_is_let_be(seen, code):
    assert seen(code) is None


@pytest.mark.parametrize(
    "code",
    [
        "for i in range(9): open(f'{i}', 'wb').write(bytes(1 << 20))",
        "for i in range(60): open(f'{i}', 'w').close()",
        "for i in range(60): os.symlink('x', f'{i}')",
        "os.makedirs('d/' * 60)",
        "kept = [open(f'{i}', 'wb') for i in range(9)]\n"
        "[(f.write(bytes(1 << 20)), f.flush(), os.unlink(f.name)) for f in kept]",
        "kept = []\nfor i in range(9):\n    with open(f'{i}', 'w+b') as f:\n        f.truncate(1 << 20)\n"
        "        kept.append(mmap.mmap(f.fileno(), 1 << 20))\n    os.unlink(f'{i}')",
    ],
    ids=["bytes", "files", "links", "folders", "removed and open", "removed and mapped"],
)
def test_what_takes_too_much_in_files_is_told(seen, code):
    found = seen(code)
    assert found is not None
    assert found[1] == signal.SIGXFSZ
    assert "4194304 bytes" in found[0]


def test_folders_too_deep_to_be_looked_into_are_told(tmp_path):
    (tmp_path / "top").mkdir()
    here = os.open(tmp_path / "top", os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=here)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    found = Watch(str(tmp_path), 2**40, 10**6, 1000).exceeded(os.getpid())
    remove(tmp_path / "top")
    assert found is not None


def test_too_many_threads_are_told(seen):
    found = seen(
        "for i in range(30): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    )
    assert found == ("more than 20 threads", signal.SIGSYS)


def test_a_process_that_is_gone_has_exceeded_nothing(tmp_path):
    assert Watch(str(tmp_path / "gone"), 1, 1, 1).exceeded(2**22 + 1) is None
