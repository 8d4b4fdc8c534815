"""A course whose checks need no JAX: workers start without it, and whoever imports it has it."""

import pytest

import grader
from grader.course import find_course
from grader.results import Verdict
from grader.session import Session


@pytest.fixture
def started(monkeypatch):
    """What each worker was started with: the names withheld from it."""
    withheld = []
    init = Session.__init__

    def noted(self, files, launch, **options):
        withheld.append(options["withheld"])
        init(self, files, launch, **options)

    monkeypatch.setattr(Session, "__init__", noted)
    return withheld


def _graded(tmp_path, text):
    course = find_course("foundations")
    (tmp_path / course.question("q01").file).write_text(text, "utf-8")
    return grader.grade(course, tmp_path, questions=["q01"], seed=3).questions[0]


def _solution():
    course = find_course("foundations")
    return (course.path / course.question("q01").folder / "solution.py").read_text("utf-8")


def test_numpy_alone_has_a_worker_without_jax(tmp_path, started):
    question = _graded(tmp_path, _solution())
    assert question.verdict is Verdict.PASSED
    assert "jax" in started[0]


def test_who_imports_jax_has_it(tmp_path, started):
    text = _solution() + "\n\nimport jax.numpy as jnp\n_array = jnp.asarray\n"
    question = _graded(tmp_path, text)
    assert question.verdict is Verdict.PASSED
    assert "jax" not in started[0]


def test_jax_cannot_be_had_by_a_name_that_is_not_written_out(tmp_path):
    text = _solution() + "\n\n_lax = __import__('j' + 'ax').lax\n"
    assert _graded(tmp_path, text).verdict is not Verdict.PASSED


@pytest.mark.parametrize(("questions", "without"), [(["q02"], True), (["q02", "q08"], False)])
def test_who_shares_a_worker_with_a_question_that_needs_jax_has_it(
    tmp_path, started, questions, without
):
    course = find_course("tp2")
    for name in questions:
        folder = course.question(name).folder
        text = (course.path / folder / "solution.py").read_bytes()
        (tmp_path / f"{folder}.py").write_bytes(text)
    result = grader.grade(course, tmp_path, questions=questions, seed=3)
    assert result.questions[0].verdict is Verdict.PASSED
    assert all("jax" in names for names in started) is without
