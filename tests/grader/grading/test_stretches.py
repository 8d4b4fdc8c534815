"""How a run is cut for several processes."""

from typing import Any

import pytest

from grader import machine
from grader.course import Question, find_course
from grader.grading import _stretches
from grader.grading._stretches import most_jobs, stretches


def _question(number: int, seconds: float = 10, withhold: tuple[str, ...] = ()) -> Question:
    name = f"q{number:02}"
    title = {"fr": "F", "en": "E"}
    return Question(id=name, folder=name, title=title, points=1, seconds=seconds, withhold=withhold)


def test_questions_that_share_a_worker_stay_together_where_enough_is_left_to_share_out():
    questions = [_question(n, withhold=("a",) if n % 2 else ("b",)) for n in range(8)]
    assert stretches(questions, [], 2) == [
        ("q00", "q02"),
        ("q01", "q03"),
        ("q04", "q06"),
        ("q05", "q07"),
    ]


def test_a_long_question_stands_alone():
    questions = [_question(1, 100), _question(2, 1), _question(3, 1)]
    assert stretches(questions, [], 2) == [("q01",), ("q02", "q03")]


def test_what_needs_no_worker_goes_with_the_first():
    assert stretches([_question(1)], [_question(2), _question(3)], 2) == [("q01", "q02", "q03")]


@pytest.mark.parametrize("jobs", [2, 3, 16])
def test_each_question_of_the_practical_is_in_one_stretch(jobs):
    questions = find_course("tp2").questions
    cut = stretches(questions, [], jobs)
    assert sorted(name for stretch in cut for name in stretch) == [q.id for q in questions]
    seconds = {q.id: q.seconds for q in questions}
    most = max(max(seconds.values()), sum(seconds.values()) / (2 * jobs))
    assert all(sum(seconds[name] for name in stretch) <= most for stretch in cut)
    assert [stretch[0] for stretch in cut] == sorted(stretch[0] for stretch in cut)


@pytest.mark.parametrize(
    ("cores", "gigabytes", "questions", "jobs"),
    [(2, 64, 16, 2), (8, 5, 16, 2), (8, 1, 16, 1), (8, 64, 6, 3), (8, 64, 1, 1), (1, 64, 16, 1)],
)
def test_as_many_processes_as_cores_memory_and_questions_allow(
    monkeypatch, tmp_path, cores, gigabytes, questions, jobs
):
    class Memory:
        available = gigabytes * 2**30

    memory: Any = Memory
    monkeypatch.setattr(machine, "_GROUP", tmp_path)
    monkeypatch.setattr(_stretches, "usable_cores", lambda: cores)
    monkeypatch.setattr(machine.psutil, "virtual_memory", memory)
    assert most_jobs(questions) == jobs


@pytest.mark.parametrize(
    ("cpu", "memory", "jobs"),
    [
        ("max 100000", "max", 4),
        ("250000 100000", "max", 3),
        ("50000 100000", "max", 1),
        ("max 100000", str(5 * 2**30), 2),
        ("max 100000", "nonsense", 4),
    ],
)
def test_a_container_may_allow_less_than_the_machine_has(monkeypatch, tmp_path, cpu, memory, jobs):
    class Memory:
        available = 64 * 2**30

    memory_of_all: Any = Memory
    monkeypatch.setattr(machine.psutil, "virtual_memory", memory_of_all)
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda process: range(4), raising=False)
    monkeypatch.setattr(machine, "_GROUP", tmp_path)
    (tmp_path / "cpu.max").write_text(cpu)
    (tmp_path / "memory.max").write_text(memory)
    assert most_jobs(16) == jobs
