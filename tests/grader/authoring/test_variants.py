"""Known mistakes as submissions: the solution with functions replaced, several at once if they differ."""

import pytest

from grader.authoring import variant_source
from grader.authoring._variants import VariantError
from grader.course import LoadedQuestion, load_question, read_course


@pytest.fixture
def square(maths) -> LoadedQuestion:
    course = read_course(maths)
    return load_question(course, course.questions[0])


def _run(source: str) -> dict:
    names: dict = {"__name__": "submission"}
    exec(compile(source, "submission", "exec"), names)
    return names


def test_a_variant_replaces_its_function_alone(square):
    doubled, _ = square.mistakes
    names = _run(variant_source(square, doubled))
    assert names["square"](5) == 10
    assert names["cubes"]([2, 3]) == [8, 27]


def test_variants_of_different_functions_compose(square):
    names = _run(variant_source(square, *square.mistakes))
    assert names["square"](5) == 10
    # It is made with the solution's square, not with the one that replaces it.
    assert names["cubes"]([2, 3]) == [4, 9]


def test_a_variant_is_a_file_that_a_student_could_have_handed_in(square):
    source = variant_source(square, *square.mistakes)
    assert "grader" not in source
    assert "@mistake" not in source
    assert "You double" not in source


@pytest.mark.parametrize(
    "line", ["from . import checks", "from .solution import square", "from .. import x"]
)
def test_a_variant_may_use_nothing_else_of_the_course(square, line):
    mistakes = square.mistakes
    path = square.folder / "mistakes.py"
    path.write_text(path.read_text(encoding="utf-8") + f"\n\n{line}\n", encoding="utf-8")
    with pytest.raises(VariantError, match=r"mistakes\.py, line \d+: import only"):
        variant_source(square, *mistakes)
