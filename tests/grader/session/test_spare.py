"""Workers that were started ahead of a run: the same results, and nothing of them is left."""

import contextlib
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


@pytest.fixture
def ahead():
    """Starts workers, and ends those that no run has taken."""
    with contextlib.ExitStack() as stack:

        def start(*arguments) -> SpareWorkers:
            spare = SpareWorkers(*arguments)
            stack.callback(spare.close)
            return spare

        yield start


@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_run_with_spare_workers_gives_the_same_result(submission, ahead, level):
    course = read_course(MATHS)
    spare = ahead(course, course.questions, level)
    alone = grading.grade(course, submission, seed=3, language="en", isolation=level)
    for _ in range(2):
        result = grading.grade(course, submission, seed=3, language="en", spare=spare)
        assert told(result) == told(alone)
        assert result.isolation == alone.isolation
        assert result.score == 1
        spare.fill()


def test_what_no_run_has_taken_stays_for_the_next_one(submission, ahead):
    course = read_course(MATHS)
    spare = ahead(course, course.questions[1:], 0)
    started = set(psutil.Process().children())
    grading.grade(course, submission, questions=["q02"], spare=spare)
    left = {process for process in started if process.is_running()}
    assert left
    assert left < started
    spare.fill()
    filled = set(psutil.Process().children())
    assert left < filled
    assert len(filled) == len(started)
    spare.close()
    assert not set(psutil.Process().children())


def test_a_worker_that_is_ahead_is_used_and_ends_with_the_run(submission, ahead, monkeypatch):
    monkeypatch.setattr(_workers, "PRELOAD", ("numpy",))
    course = read_course(MATHS)
    before = set(psutil.Process().children(recursive=True))
    spare = ahead(course, course.questions[1:], 0)
    started = set(psutil.Process().children(recursive=True)) - before
    assert started
    during = set()

    def on_check(question, check):
        during.update(psutil.Process().children(recursive=True))

    grading.grade(course, submission, questions=["q02"], spare=spare, on_check=on_check)
    assert started & during
    spare.close()
    assert not [process for process in started | during - before if process.is_running()]


def test_a_worker_that_died_before_there_was_anything_to_do_is_replaced(submission, ahead):
    course = read_course(MATHS)
    spare = ahead(course, course.questions, 0)
    for process in psutil.Process().children():
        process.kill()
        process.wait(10)
    result = grading.grade(course, submission, language="en", spare=spare)
    assert result.score == 1
    assert all(check.verdict.graded for question in result.questions for check in question.checks)
