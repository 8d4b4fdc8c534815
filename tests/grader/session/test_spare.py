"""Workers that were started ahead of a run: the same results, and nothing of them is left."""

from pathlib import Path

import psutil
import pytest

from grader import grading
from grader.course import read_course
from grader.session import SpareWorkers, _workers

MATHS = Path(__file__).parents[1] / "courses/solutions/maths"
WRONG = "def square(x):\n    return x * abs(x)\ndef cubes(numbers):\n    return sorted(numbers)\n"


@pytest.fixture(autouse=True)
def _plain_python(monkeypatch):
    monkeypatch.setattr(_workers, "PRELOAD", ())


@pytest.fixture
def submission(tmp_path) -> Path:
    (tmp_path / "q01_square.py").write_text(WRONG)
    (tmp_path / "q02_double.py").write_text("def double(x):\n    return 2 * x\n")
    return tmp_path


def told(result) -> list[tuple]:
    checks = [check for question in result.questions for check in question.checks]
    return [(c.id, c.verdict, c.points, c.message, c.counterexample) for c in checks]


@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_run_with_spare_workers_gives_the_same_result(submission, level):
    course = read_course(MATHS)
    spare = SpareWorkers(course, course.questions, level)
    ahead = grading.grade(course, submission, seed=3, language="en", spare=spare)
    alone = grading.grade(course, submission, seed=3, language="en", isolation=level)
    assert told(ahead) == told(alone)
    assert ahead.isolation == alone.isolation
    assert ahead.score == 1


def test_a_worker_that_is_ahead_is_used_and_others_are_ended(submission, monkeypatch):
    monkeypatch.setattr(_workers, "PRELOAD", ("numpy",))
    course = read_course(MATHS)
    before = set(psutil.Process().children(recursive=True))
    spare = SpareWorkers(course, course.questions[1:], 0)
    started = set(psutil.Process().children(recursive=True)) - before
    assert started
    during = set()

    def on_check(question, check):
        during.update(psutil.Process().children(recursive=True))

    grading.grade(course, submission, questions=["q02"], spare=spare, on_check=on_check)
    assert started & during
    assert not [process for process in started | during - before if process.is_running()]


def test_a_worker_that_died_before_there_was_anything_to_do_is_replaced(submission):
    course = read_course(MATHS)
    spare = SpareWorkers(course, course.questions, 0)
    for process in psutil.Process().children():
        process.kill()
        process.wait(10)
    result = grading.grade(course, submission, language="en", spare=spare)
    assert result.score == 1
    assert all(check.verdict.graded for question in result.questions for check in question.checks)
