"""A class that was written with its truth: what is read of it is what is known of it."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from grader.course import find_course
from grader.handins import read_handins

PACKAGE = Path(__file__).parents[2] / "benchmarks/classroom/__init__.py"


@pytest.fixture(scope="module")
def classroom():
    spec = importlib.util.spec_from_file_location("classroom", PACKAGE)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    for name in [name for name in sys.modules if name.partition(".")[0] == spec.name]:
        del sys.modules[name]


def test_each_file_of_each_student_is_told_as_it_should_be(classroom, tmp_path):
    """In the layouts of all platforms, each way of sending and each trouble at least once."""
    course = find_course("tp2")
    questions = course.questions[:2]
    kinds = ("right", "unfinished", "broken", "attack", "troubled")  # mistakes would import JAX
    path = classroom.write_class(
        tmp_path / "class", course, questions, seed=3, count=160, kinds=kinds
    )
    truth = json.loads(path.read_text(encoding="utf-8"))
    ways = set()
    for delivery in truth["deliveries"]:
        roster = delivery["roster"] and path.parent / delivery["roster"]
        read = read_handins(course, path.parent / delivery["path"], roster)
        found = {one.student.id: one for one in read.handins}
        for student in delivery["students"]:
            ways.add(student["way"])
            if student["state"] == "missing" and not roster:
                assert student["id"] not in found
                continue
            handin = found.pop(student["id"])
            who = (delivery["platform"], student["id"], student["way"])
            assert (who, handin.state.value) == (who, student["state"])
            told = {account.path: account.fate.value for account in handin.accounts}
            assert (who, told) == (who, student["files"])
            undecided = {one.question.id for one in handin.undecided}
            assert undecided.intersection(truth["questions"]) == set(student["open"])
        assert not found
        strays = {account.path: account.fate.value for account in read.strays}
        assert strays == delivery["strays"]
    assert len(ways) == 55, "35 without harm, 20 with trouble"
