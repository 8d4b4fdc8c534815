"""Processes that are killed at random moments: the coordinator, or one of its pool."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time

import psutil
import pytest

from grader.cohort import LocalPool, Store, _place, grade_cohort
from grader.cohort._engine import _MOST_TRIES

pytestmark = pytest.mark.slow

SEED = 2**100 + 7
_KILLS = 10  # 50 were tried by hand


def _run(a_class) -> subprocess.Popen[bytes]:
    """A coordinator on the class's store."""
    code = (
        "import pathlib\n"
        "from grader.cohort import LocalPool, Store, _place, grade_cohort\n"
        "from grader.course import read_course\n"
        f"_place.COMMAND = {_place.COMMAND!r}\n"
        f"store = Store.in_folder(pathlib.Path({str(a_class.out)!r}))\n"
        f"course = read_course(pathlib.Path({str(a_class.course.path)!r}))\n"
        f"grade_cohort(store, course, store.settings(), {SEED}, LocalPool(2))\n"
    )
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)


def _kill_one(coordinator: subprocess.Popen[bytes], draw: random.Random, pool: bool) -> bool:
    """Kill the coordinator, or a process of its pool; whether it was one of the pool."""
    with contextlib.suppress(psutil.Error, ProcessLookupError):
        children = psutil.Process(coordinator.pid).children() if pool else []
        killed = draw.choice([coordinator.pid, *(process.pid for process in children)])
        os.kill(killed, signal.SIGKILL)
        return killed != coordinator.pid
    return False


def test_after_random_kills_each_result_is_that_of_an_undisturbed_run(a_class, told, tmp_path):
    for number in range(12):
        a_class.write(
            f"s{number:02}", "q02_double.py", f"def double(x):\n    return x + {number}\n"
        )
    (tmp_path / "other").mkdir()
    store = Store.in_folder(tmp_path / "other")
    settings = a_class.begin(store)
    grade_cohort(store, a_class.course, settings, SEED, LocalPool(2))
    undisturbed = {graded.student: told(graded.result) for graded in store.graded()}
    store.close()

    draw, kills, rounds = random.Random(7), 0, 0
    while kills < _KILLS:
        store = a_class.store()
        a_class.begin(store)
        store.close()
        while True:
            of_pool = 0
            with _run(a_class) as coordinator:
                while coordinator.poll() is None:
                    time.sleep(draw.uniform(0.5, 4.0))
                    if coordinator.poll() is None and kills < _KILLS:
                        kills += 1
                        # A third time would be enough to give a submission up.
                        of_pool += _kill_one(coordinator, draw, pool=of_pool < _MOST_TRIES - 1)
                printed = coordinator.communicate()[1].decode()
            if coordinator.returncode == 0:
                break
            assert coordinator.returncode == -signal.SIGKILL, printed
        store = a_class.store()
        assert {graded.student: told(graded.result) for graded in store.graded()} == undisturbed
        store.close()
        rounds += 1
        a_class.out = tmp_path / f"round{rounds}"
        a_class.out.mkdir()
