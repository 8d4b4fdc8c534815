"""What is read of real processes from outside, and what is guessed where threads cannot be looked at."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from grader.session._meter import Guess, ProcessTree

linux = pytest.mark.skipif(sys.platform != "linux", reason="states of threads are Linux's")


@contextlib.contextmanager
def _running(code: str) -> Iterator[subprocess.Popen]:
    """A Python process that has printed a line."""
    command = [sys.executable, "-c", code]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    try:
        assert process.stdout
        assert process.stdout.readline()
        yield process
    finally:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
        with process:  # closes the pipes
            process.wait()


def _soon(condition: Callable[[], object]) -> bool:
    """Whether it becomes true, with patience for a busy machine."""
    return any(condition() or time.sleep(0.02) for _ in range(1500))


BURN = "import time\ndef burn(s):\n  while time.process_time() < s: pass\n"
CHILD = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN + 'burn(0.5)'!r}])\n"


def test_what_children_used_counts_while_they_live_and_after_they_ended():
    with _running(CHILD + "print('done', flush=True)\nsys.stdin.read()") as process:
        assert ProcessTree(process.pid).cpu() >= 0.45  # hundredths are cut off
    waiting = CHILD.replace("burn(0.5)", "burn(9e9)")
    with _running("print('began', flush=True)\n" + waiting) as process:
        tree = ProcessTree(process.pid)
        before = tree.cpu()
        assert _soon(lambda: tree.cpu() > before + 1.0)


def test_what_was_used_never_falls_also_when_the_process_is_gone():
    with _running(BURN + "burn(0.3)\nprint('done', flush=True)\ninput()") as process:
        tree = ProcessTree(process.pid)
        used = tree.cpu()
        assert used >= 0.25  # hundredths are cut off
    assert tree.cpu() >= used
    tree.search()
    assert tree.cpu() >= used


def test_what_a_process_of_ours_does_itself_is_not_the_workers():
    with _running(BURN + CHILD + "burn(0.9)\nprint('done', flush=True)\ninput()") as process:
        all_of_it, workers = ProcessTree(process.pid), ProcessTree(process.pid, ours=True)
        assert 0.45 <= workers.cpu() < all_of_it.cpu() - 0.4


@linux
def test_a_process_of_ours_that_has_started_nobody_yet_is_looked_at_itself():
    with _running("print('began', flush=True)\nwhile True: pass") as process:
        tree = ProcessTree(process.pid, ours=True)
        assert _soon(lambda: tree.wanted() == 1)
        psutil.Process(process.pid).suspend()
        assert _soon(lambda: set(tree._states()) == {b"T"})
        assert all(tree.wanted() == 1 for _ in range(20))


@linux
def test_beside_its_worker_a_process_of_ours_counts_only_while_it_is_kept_from_running():
    child = [sys.executable, "-c", "input()"]
    code = f"import subprocess; subprocess.Popen({child!r}, stdin=subprocess.PIPE)\n"
    with _running(code + "print('began', flush=True)\nwhile True: pass") as process:
        tree = ProcessTree(process.pid, ours=True)
        assert _soon(lambda: not tree.wanted())
        psutil.Process(process.pid).suspend()
        assert _soon(lambda: tree.wanted() == 1)


def test_a_control_groups_count_wins():
    with _running("print('began', flush=True)\ninput()") as process:
        counts = iter([2.0, 5.0])
        tree = ProcessTree(process.pid, counted=lambda: next(counts, 0.0))
        assert [tree.cpu(), tree.cpu(), tree.cpu()] == [2.0, 5.0, 5.0]


@linux
@pytest.mark.parametrize(
    ("code", "wants"),
    [
        ("while True: pass", True),
        ("input()", False),
        ("import time; time.sleep(1000)", False),
        ("import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()", False),
        ("import threading; threading.Thread(target=input).start()\nwhile True: pass", True),
    ],
)
def test_a_thread_that_may_run_wants_to(code, wants):
    with _running("print('began', flush=True)\n" + code) as process:
        tree = ProcessTree(process.pid)
        assert _soon(lambda: bool(tree.wanted()) == wants)


@linux
def test_so_does_one_of_a_process_that_has_just_begun():
    code = "print('began', flush=True)\ninput()\nimport subprocess, sys\n"
    code += "subprocess.run([sys.executable, '-c', 'while True: pass'])"
    with _running(code) as process:
        tree = ProcessTree(process.pid)
        assert _soon(lambda: not tree.wanted())
        assert process.stdin
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert _soon(lambda: psutil.Process(process.pid).children())
        assert all(tree.wanted() for _ in range(20))


@linux
def test_a_process_that_was_stopped_from_outside_wants_to_run():
    with _running("print('began', flush=True)\ninput()") as process:
        tree = ProcessTree(process.pid)
        assert _soon(lambda: not tree.wanted())
        psutil.Process(process.pid).suspend()
        assert _soon(lambda: tree.wanted() == 1)


@linux
def test_no_name_that_a_thread_gives_itself_hides_its_state():
    name = rb"\xff) S (\n"
    rename = f"import ctypes; ctypes.CDLL(None).prctl(15, b'{name.decode('latin-1')}')\n"
    with _running(rename + "print('began', flush=True)\nwhile True: pass") as process:
        tree = ProcessTree(process.pid)
        assert _soon(lambda: tree.wanted() == 1)


class TestAGuess:
    @pytest.mark.parametrize(
        ("used", "idle_cpus", "wants"),
        [
            (1.0, 1.0, True),  # it computes
            (0.01, 1.5, False),  # it hardly does, and could
            (0.01, 0.1, True),  # it hardly does, and there is no room
        ],
    )
    def test_who_uses_hardly_anything_beside_idle_cpus_does_not_want_more(
        self, used, idle_cpus, wants
    ):
        now = [0.0]
        guess = Guess(lambda: idle_cpus * now[0], lambda: now[0])
        for step in range(1, 11):
            now[0] = float(step)
            assert bool(guess.wanted(used * step)) == wants

    def test_it_is_not_made_of_less_time_than_can_be_measured(self):
        now = [0.0]
        guess = Guess(lambda: 2 * now[0], lambda: now[0])
        now[0] = 0.02
        assert guess.wanted(0.0)
        now[0] = 1.0
        assert not guess.wanted(0.0)
        now[0] = 1.02
        assert not guess.wanted(0.0)

    def test_it_tells_a_sleeper_from_a_burner_where_threads_cannot_be_looked_at(self, monkeypatch):
        monkeypatch.setattr("grader.session._meter._thread_states", lambda pid: iter(()))
        with _running(
            "print('began', flush=True)\nwhile True: pass",
        ) as burner:
            tree = ProcessTree(burner.pid)
            time.sleep(0.5)
            assert tree.wanted()
