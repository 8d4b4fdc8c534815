"""Known mistakes as submissions: the solution with functions replaced, several at once if they differ."""

import pytest

from grader.authoring import variant_source
from grader.authoring._families import family_findings
from grader.authoring._variants import VariantError
from grader.checks._attempts import Attempt
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


_FAMILY = """
from grader.checks import deviation, family


@family(
    of="square",
    deviations=[
        deviation("one_more", more=1, fr="Un de trop.", en="One too many."),
        deviation("cubed", power=3, fr="C'est le cube.", en="That is the cube."),
    ],
)
def power(x, *, power=2, more=0):
    return x**power + more
"""


def _with_family(square: LoadedQuestion, text: str = _FAMILY) -> LoadedQuestion:
    path = square.folder / "mistakes.py"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return square


def test_a_member_of_a_family_is_a_submission_too(square):
    *_, more, cubed = _with_family(square).mistakes
    assert _run(variant_source(square, more))["square"](5) == 26
    source = variant_source(square, cubed)
    assert _run(source)["square"](5) == 125
    assert "One too many" not in source
    (both,) = square.doubles
    assert _run(variant_source(square, both))["square"](5) == 126


def test_families_may_share_deviations(square):
    shared = _FAMILY.replace("\n@family(", """
_MORE = [deviation("ten_more", more=10, fr="Dix de trop.", en="Ten too many.")]


@family(""").replace("    deviations=[\n", "    deviations=[\n        *_MORE,\n")  # fmt: skip
    *_, ten, _, _ = _with_family(square, shared).mistakes
    source = variant_source(square, ten)
    assert _run(source)["square"](5) == 35
    assert "Ten too many" not in source


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (_FAMILY, ""),
        (_FAMILY.replace("more=0):", "more=2):"), "square: scalar {"),
        (_FAMILY.replace("x**power", "x[power]"), "square: TypeError: 'int' object is not subscriptable"),
    ],
)  # fmt: skip
def test_a_family_must_be_right_where_nothing_deviates(square, text, problem):
    _with_family(square, text)
    tried = [
        Attempt("square", [], (3,), {}, 9, (None, None), got=9),
        Attempt("cubes", [], ([3],), {}, [27], (None, None), got=[27]),
    ]
    (finding,) = family_findings(square.course, square.question, tried)
    assert finding.problem.startswith(problem)
    assert bool(finding.problem) == bool(problem)
