"""Stubs: cut beside the solutions, in sync or written anew, the same program in every language."""

import ast

import pytest

from grader.authoring import write_stubs
from grader.course import (
    StubError,
    cut_stub,
    find_course,
    in_language,
    list_courses,
    packaged_exercises,
    read_course,
)
from grader.messages import LANGUAGES

_STUBS = [
    packaged_exercises(course) / question.file
    for course in map(find_course, list_courses())
    for question in course.questions
]


def _program(source: str) -> str:
    """What a file does: its syntax tree without docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(
            node
        ):
            del node.body[0]
    return ast.dump(tree)


def test_stubs_that_are_in_sync_are_left_alone(maths):
    course = read_course(maths)
    place = packaged_exercises(course)
    before = {path: path.stat().st_mtime_ns for path in place.iterdir()}
    assert write_stubs(course) == []
    assert {path: path.stat().st_mtime_ns for path in place.iterdir()} == before


def test_stubs_that_differ_or_are_missing_are_cut_anew(maths):
    course = read_course(maths)
    one, other = (packaged_exercises(course) / question.file for question in course.questions)
    one.write_text("x = 1\n")
    other.unlink()
    assert write_stubs(course) == [one, other]
    assert one.read_text(encoding="utf-8") == cut_stub(
        (maths / "q01_square/solution.py").read_text(encoding="utf-8")
    )
    assert write_stubs(course) == []


def test_a_solution_that_cannot_be_cut_is_named(maths):
    (maths / "q01_square/solution.py").write_text("x = 1\n")
    with pytest.raises(StubError, match=r"q01_square/solution\.py: there is no # BEGIN SOLUTION"):
        write_stubs(read_course(maths))


@pytest.mark.parametrize("path", _STUBS, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stub_in_one_language_is_the_same_program_without_the_other_language(path, language):
    stub = path.read_text(encoding="utf-8")
    one = in_language(stub, language)
    assert _program(one) == _program(stub)
    assert not [mark for mark in ("FR:", "EN:", "SOLUTION") if mark in one]
    assert in_language(one, language) == one


@pytest.mark.parametrize("path", _STUBS, ids=lambda path: path.stem)
def test_a_stub_asks_for_something_and_documents_it(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    asked = [f for f in functions if "raise NotImplementedError" in ast.unparse(f)]
    assert asked
    assert not [f.name for f in asked if not ast.get_docstring(f)]
