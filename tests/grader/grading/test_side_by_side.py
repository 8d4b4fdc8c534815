"""Questions side by side: the result of one after the other, whatever happens to the processes."""

import io
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import psutil
import pytest

from grader import Result, grade
from grader.grading import _pool, _side_by_side
from grader.grading._child import Child
from grader.grading._messages import Assignment, Stretch, Told, line, read
from grader.grading._pool import Died
from grader.results import CheckResult, Verdict
from grader.session._faults import Fault
from grader.session._time import Allowance


class _Pool:
    """What the processes do, done in this one: in any order, and some die."""

    backwards = False
    dies = ""

    def __init__(self, assignment: Assignment, jobs: int) -> None:
        self.assignment: Assignment = read(line(assignment), Assignment)
        assert jobs == 2

    def __enter__(self) -> "_Pool":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def work(self, stretches: Sequence[tuple[str, ...]]) -> Iterator[Told | Died]:
        for stretch in reversed(stretches) if self.backwards else stretches:
            replies = io.BytesIO()
            child = Child(replies, io.BytesIO(), threading.Event())
            ended = child.grade(self.assignment, Stretch(stretch))
            yield from (read(text, Told) for text in replies.getvalue().splitlines())
            yield Died(stretch) if self.dies in stretch else read(line(ended), Told)


@pytest.fixture
def pool(monkeypatch) -> type[_Pool]:
    class Here(_Pool):
        pass

    monkeypatch.setattr(_side_by_side, "Pool", Here)
    return Here


@pytest.fixture
def starved(monkeypatch):
    """So often a call of ``square`` finds the machine busy."""
    left = [0]
    fault = Allowance.fault

    def busy(self: Allowance, spent: Any, call: object) -> Fault | None:
        if "square(" in str(call) and left[0] > 0:
            left[0] -= 1
            return Fault(Verdict.NOT_GRADED, key="starved", call=call, cpu=0.4, seconds=61)
        return fault(self, spent, call)

    monkeypatch.setattr(Allowance, "fault", busy)
    return left


@pytest.fixture
def wrong(maths, tmp_path):
    """A submission whose first question is half wrong, and whose second is right."""
    text = (maths / "q01_square/solution.py").read_text().replace("return x * x", "return x + x")
    (tmp_path / "q01_square.py").write_text(text)
    (tmp_path / "q02_double.py").write_text((maths / "q02_double/solution.py").read_text())
    return tmp_path


def _grade(maths: Any, submission: Any, jobs: int, **options: Any) -> Result:
    options = {"seed": 2**100 + 3, "language": "en", "isolation": 0, **options}
    return grade(str(maths), submission, jobs=jobs, **options)


def _lasting(result: Result) -> Result:
    """All but what a clock says."""
    result = Result.from_json(result.to_json())
    result.seconds, result.started, result.own_time = 0.0, "", None
    for question in result.questions:
        question.seconds = 0.0
        for check in question.checks:
            check.seconds = 0.0
    return result


def test_the_result_is_that_of_one_process(maths, wrong):
    serial, beside = _grade(maths, wrong, 1), _grade(maths, wrong, 2)
    assert _lasting(beside) == _lasting(serial)
    assert 0 < serial.score < serial.max_score
    assert beside.own_time is not None
    assert serial.own_time is not None
    assert beside.own_time.total == serial.own_time.total
    assert not psutil.Process().children(recursive=True)


def test_processes_that_die_cost_nothing(maths, wrong, monkeypatch):
    monkeypatch.setattr(_pool, "_BEGIN", "import sys; sys.stdin.readline(); sys.exit(1)")
    seen: list[str] = []
    beside = _grade(maths, wrong, 2, on_check=lambda _, check: seen.append(check.id))
    assert _lasting(beside) == _lasting(_grade(maths, wrong, 1))
    assert seen == ["q01.square", "q01.sign", "q01.cubes", "q02.double"]


def test_words_that_are_no_message_end_a_process(maths, wrong, monkeypatch):
    monkeypatch.setattr(_pool, "_BEGIN", "print('what?', flush=True); input(); input(); input()")
    assert _lasting(_grade(maths, wrong, 2)) == _lasting(_grade(maths, wrong, 1))
    assert not psutil.Process().children(recursive=True)


def test_an_interruption_ends_all_processes_and_their_workers(maths, wrong):
    def interrupt(title: str) -> None:
        raise KeyboardInterrupt

    (wrong / "q02_double.py").write_text("def double(x):\n    while True: pass\n")
    with pytest.raises(KeyboardInterrupt):
        _grade(maths, wrong, 2, on_begin=interrupt)
    assert not psutil.Process().children(recursive=True)


@pytest.mark.parametrize("backwards", [False, True])
def test_checks_are_reported_once_and_in_the_courses_order(maths, wrong, pool, backwards):
    pool.backwards = backwards
    seen: list[str] = []

    def note(question: Any, check: CheckResult) -> None:
        assert check in question.checks
        seen.append(check.id)

    _grade(maths, wrong, 2, on_check=note)
    assert seen == ["q01.square", "q01.sign", "q01.cubes", "q02.double"]


@pytest.mark.parametrize("dies", ["q01", "q02"])
def test_the_questions_of_a_process_that_died_are_graded_again(maths, wrong, pool, dies):
    pool.dies = dies
    seen: list[str] = []
    beside = _grade(maths, wrong, 2, on_check=lambda _, check: seen.append(check.id))
    assert _lasting(beside) == _lasting(_grade(maths, wrong, 1))
    assert seen == ["q01.square", "q01.sign", "q01.cubes", "q02.double"]


def test_the_total_of_the_run_is_all_questions_in_the_courses_order(maths, wrong, pool):
    pool.backwards = True
    text = (wrong / "q01_square.py").read_text()
    (wrong / "q01_square.py").write_text(text.replace("return x + x", "while True: pass"))
    seen: list[CheckResult] = []
    beside = _grade(maths, wrong, 2, total=1.0, on_check=lambda _, check: seen.append(check))
    assert _lasting(beside) == _lasting(_grade(maths, wrong, 1, total=1.0))
    assert beside.questions[1].checks[0].verdict is Verdict.TIMEOUT
    assert beside.own_time is not None
    assert beside.own_time.seconds >= 1
    assert [c.verdict for c in seen] == [c.verdict for q in beside.questions for c in q.checks]


def test_what_a_busy_machine_left_open_is_tried_again_alone(maths, pool, starved):
    starved[0] = 1
    seen: list[str] = []
    result = _grade(maths, maths.parent, 2, on_check=lambda _, check: seen.append(check.id))
    assert (result.score, result.ungraded) == (4, 0)
    assert seen == ["q02.double", "q01.square", "q01.sign", "q01.cubes"]


def test_what_stays_open_is_told(maths, pool, starved):
    starved[0] = 10**6
    result = _grade(maths, maths.parent, 2)
    assert (result.score, result.ungraded, result.exit_status) == (2, 2, 3)


def test_chosen_checks_alone(maths, wrong, pool):
    beside = _grade(maths, wrong, 2, only=["sign", "double"])
    assert _lasting(beside) == _lasting(_grade(maths, wrong, 1, only=["sign", "double"]))
    assert [len(question.checks) for question in beside.questions] == [2, 1]


@pytest.mark.parametrize("jobs", [0, -1, 1.5, True, "many"])
def test_a_number_of_jobs_that_makes_no_sense_is_refused(maths, jobs):
    with pytest.raises(ValueError, match=r"jobs \(=.*must be 'auto' or a whole number"):
        _grade(maths, maths.parent, jobs)
