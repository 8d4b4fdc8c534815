"""Compiled programs from a student's worker to the worker that reads them, in real processes."""

import json
import textwrap

import pytest

from grader import Result, grade
from grader.results import Verdict
from grader.session import _workers

_CHECKS = """
import numpy as np
from grader.checks import agree, check

X = np.arange(6, dtype=np.float32)


@check(points=1, fr="F", en="E")
def test_endless(student, reference):
    agree(student.endless.program(X), reference.endless, X)


@check(points=1, fr="F", en="E")
def test_huge(student, reference):
    agree(student.huge.program(X), reference.huge, X)


@check(points=1, fr="F", en="E")
def test_sums(student, reference, rng):
    program = student.sums.program(X, 2).without("dot_general")
    for _ in range(3):
        agree(program, reference.sums, rng.normal(size=6).astype(np.float32), 2)


@check(points=1, fr="F", en="E")
def test_shown(student, reference):
    agree(student.shown.program(X), reference.shown, X)
"""
_SOLUTION = """
import jax
import jax.numpy as jnp

def endless(x):
    return x

def huge(x):
    return x

def sums(x, n):
    return jnp.stack([x[i : len(x) - n + i] for i in range(n)]).sum(axis=0)

def shown(x):
    return 2 * x
"""
_SUBMISSION = """
import jax
import jax.numpy as jnp

def endless(x):
    return jax.lax.while_loop(lambda y: y[0] > -1, lambda y: y * 0 + 1, x)

def huge(x):
    return jnp.broadcast_to(x[:1] + 1, (2**38,))

def sums(x, n):
    kernel = jnp.eye(len(x) - n, len(x)) + jnp.eye(len(x) - n, len(x), 1)
    return kernel @ x

def shown(x):
    jax.debug.print("x = {}", x)
    return 2 * x
"""


@pytest.fixture
def graded(tmp_path, monkeypatch):
    """Grades a submission against a course of one question."""
    monkeypatch.setattr(_workers, "PRELOAD", ("numpy", "jax.numpy"))
    place = tmp_path / "solutions" / "compiled"
    (place / "q01_sums").mkdir(parents=True)
    (place / "q01_sums" / "checks.py").write_text(_CHECKS)
    (place / "q01_sums" / "solution.py").write_text(_SOLUTION)

    def run(source: str, isolation: int | str = 0, **keys: object) -> Result:
        lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
        (place / "course.toml").write_text(
            'id = "compiled"\ntitle = {fr = "C", en = "C"}\n[[questions]]\nid = "q01"\n'
            f'folder = "q01_sums"\ntitle = {{fr = "C", en = "C"}}\npoints = 4\nseconds = 4\n{lines}'
        )
        folder = tmp_path / "submission"
        folder.mkdir(exist_ok=True)
        (folder / "q01_sums.py").write_text(textwrap.dedent(source))
        return grade(str(place), folder, seed=3, language="en", isolation=isolation)

    return run


@pytest.mark.parametrize("isolation", [0, "auto"])
def test_an_honest_program_is_worth_what_the_function_is(graded, isolation):
    result = graded(_SOLUTION, isolation)
    assert {c.id: (c.verdict.value, c.message) for c in result.questions[0].checks} == {
        f"q01.{name}": ("passed", "") for name in ("endless", "huge", "sums", "shown")
    }


def test_what_a_program_does_to_its_reader_costs_its_own_check_alone(graded):
    checks = {check.id: check for check in graded(_SUBMISSION).questions[0].checks}
    assert checks["q01.endless"].verdict is Verdict.TIMEOUT
    assert checks["q01.huge"].verdict is Verdict.MEMORY
    assert checks["q01.sums"].verdict is Verdict.FORBIDDEN
    assert (
        "contains the operation `dot_general`, which is not allowed" in checks["q01.sums"].message
    )
    assert checks["q01.shown"].verdict is Verdict.PASSED
    assert "x = " not in checks["q01.shown"].message


def test_where_the_question_advises_an_operation_costs_nothing_and_is_told(graded):
    result = graded(_SUBMISSION.replace("y[0] > -1", "y[0] > 1"), withhold_as="advice")
    (check,) = (check for check in result.questions[0].checks if check.id == "q01.sums")
    assert check.verdict is Verdict.PASSED
    assert check.message.startswith("Advice: the compiled program contains the operation `dot_gen")


def test_what_is_not_compilable_is_explained_by_the_students_own_line(graded):
    source = _SOLUTION.replace("return 2 * x", "return x if x.sum() > 0 else 2 * x")
    (check,) = (c for c in graded(source).questions[0].checks if c.id == "q01.shown")
    assert check.verdict is Verdict.EXCEPTION
    assert "TracerBoolConversionError" in check.message
    assert "return x if x.sum() > 0 else 2 * x" in check.message


def test_the_reader_is_given_no_code_of_the_submission_and_may_read_no_solution(
    graded, monkeypatch, tmp_path
):
    made = []

    class Recorded(_workers.Session):
        def __init__(self, files, launch, **options):
            self.given, self.options = dict(files), options
            made.append(self)
            super().__init__(files, launch, **options)

        def add(self, files, answer=None):
            self.given |= files
            super().add(files, answer)

    monkeypatch.setattr(_workers, "Session", Recorded)
    graded(_SOLUTION)
    students, readers = ([s for s in made if bool(s.given) is full] for full in (True, False))
    assert [list(session.given) for session in students] == [["q01_sums.py"]]
    (reader,) = readers
    options = reader.options
    assert str(tmp_path / "solutions" / "compiled") in options["hidden"]


@pytest.mark.parametrize(("programs", "readers"), [(True, 1), (False, 0)])
def test_the_reader_starts_at_once_only_where_the_manifest_asks_for_it(
    graded, monkeypatch, programs, readers
):
    started = []
    first = _workers.Workers.start_first

    def recorded(workers):
        first(workers)
        started.append(workers._reader)

    monkeypatch.setattr(_workers.Workers, "start_first", recorded)
    graded(_SOLUTION, programs=programs)
    assert len([reader for reader in started if reader]) == readers
