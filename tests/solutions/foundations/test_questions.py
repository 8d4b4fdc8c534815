"""The questions of the first course: full marks for right answers, none for stubs, a name for each known mistake.

Answers run in this process (`in_process`). ``wrong/`` holds what beginners write, one file for each way of going
wrong, written before the banks of mistakes; those called ``ok_`` are right in a style of their own.
"""

from pathlib import Path

import pytest

from grader.authoring._stubs import stub_of
from grader.course import find_course, load_question

from ..in_process import graded, mistakes_not_named

COURSE = find_course(str(Path(__file__).parents[3] / "solutions" / "foundations"))
QUESTIONS = [question.id for question in COURSE.questions]
ANSWERS = sorted(Path(__file__).parent.glob("wrong/*/*.py"))
RIGHT = [path for path in ANSWERS if path.name.startswith("ok_")]
WRONG = [path for path in ANSWERS if path not in RIGHT]


def _name(path):
    return f"{path.parent.name}-{path.stem}"


@pytest.fixture
def trusted():
    return lambda name: load_question(COURSE, COURSE.question(name))


@pytest.mark.parametrize("name", QUESTIONS)
def test_references_get_full_marks_and_stubs_nothing(trusted, compiled_student_of, name):
    question = trusted(name)
    source = (question.folder / "solution.py").read_text(encoding="utf-8")
    for seed in (1, 2, 3):
        found = graded(question, compiled_student_of, source, seed)
        assert not [check for check, outcome in found.items() if outcome.error], seed
    found = graded(question, compiled_student_of, stub_of(COURSE, question.question), 1)
    assert [check for check, outcome in found.items() if outcome.error is None] == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_known_mistake_is_named(trusted, compiled_student_of, name):
    assert mistakes_not_named(trusted(name), compiled_student_of, 31) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_known_mistake_is_named_on_another_seed(trusted, compiled_student_of, name):
    assert mistakes_not_named(trusted(name), compiled_student_of, 1) == []


@pytest.mark.parametrize("path", RIGHT, ids=_name)
def test_right_answers_in_other_styles_get_full_marks(trusted, compiled_student_of, path):
    question = trusted(path.parent.name)
    for seed in (1, 2):
        found = graded(question, compiled_student_of, path.read_text(encoding="utf-8"), seed)
        assert {check: outcome.error for check, outcome in found.items() if outcome.error} == {}


@pytest.mark.parametrize("path", WRONG, ids=_name)
def test_wrong_answers_are_caught_and_most_are_named(trusted, compiled_student_of, path):
    question = trusted(path.parent.name)
    found = graded(question, compiled_student_of, path.read_text(encoding="utf-8"), 1)
    caught = [outcome for outcome in found.values() if outcome.error]
    assert len(caught) > len(found) / 2
    assert any(outcome.mistake for outcome in caught)


_WRITTEN_IN_PLACE = {
    "q15-finite_difference": """
def finite_difference(x, kernel, bias, upstream, place, step):
    kernel[place] += step
    above = np.sum(upstream * conv2d(x, kernel, bias))
    kernel[place] -= 2 * step
    return float((above - np.sum(upstream * conv2d(x, kernel, bias))) / (2 * step))
""",
    "q17-momentum_step": """
def momentum_step(weights, velocity, gradient, rate, momentum):
    velocity *= momentum
    velocity += gradient
    weights -= rate * velocity
    return weights, velocity
""",
    "q20-flip": """
def flip(images, chosen):
    images[chosen] = images[chosen][:, :, ::-1]
    return images
""",
}


@pytest.mark.parametrize("which", _WRITTEN_IN_PLACE)
def test_what_statements_ask_to_leave_alone_is_looked_at(trusted, compiled_student_of, which):
    """The values are right: only what became of the arguments is not."""
    name, _, function = which.partition("-")
    question = trusted(name)
    source = (question.folder / "solution.py").read_text(encoding="utf-8")
    found = graded(question, compiled_student_of, source + _WRITTEN_IN_PLACE[which], 1, {function})
    (error,) = (outcome.error for outcome in found.values() if outcome.error)
    assert "must stay" in str(error)
    assert not any(outcome.mistake for outcome in found.values())


def test_every_question_has_wrong_answers_and_right_ones():
    for paths, least in ((WRONG, 3), (RIGHT, 1)):
        counts = [sum(path.parent.name == name for path in paths) for name in QUESTIONS]
        assert min(counts) >= least
