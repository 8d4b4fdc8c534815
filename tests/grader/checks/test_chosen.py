"""Which checks a name means."""

import pytest

from grader.checks._chosen import UnknownCheck, choose_checks, functions_of_checks
from grader.course import find_course

_SOURCE = """
@check(points=1, fr="", en="")
@forall(x=st.integers())
def test_one(student, reference, x):
    agree(student.f, reference.g, x)

class TestMore:
    @check(points=1, fr="", en="", needs=("one",))
    def test_two(self, student):
        _measure(student)
        batch = student.h.vmap(in_axes=0)
        agree(lambda x: getattr(student, "k")(x), None, 1)

@check(points=1, fr="", en="")
def test_three(student):
    expect(student.f(1) == 1, fr="", en="")

def _measure(student):
    return _deeper(student)

def _deeper(student):
    return student.deep(_measure)

def helper_of_nobody(student):
    student.unused()
"""


def test_functions_are_found_behind_decorators_and_in_helpers():
    assert functions_of_checks(_SOURCE) == {
        "one": {"f"},
        "three": {"f"},
        "two": {"h", "k", "deep"},
    }


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["q01.square"], {"q01": {"square"}}),
        (["sign"], {"q01": {"sign"}}),
        (["square"], {"q01": {"square", "sign"}}),  # the check, and what calls the function
        (["double", "cubes"], {"q01": {"cubes"}, "q02": {"double"}}),
    ],
)
def test_ids_names_and_functions(maths, names, chosen):
    course = find_course(str(maths))
    assert choose_checks(course, course.questions, names) == chosen


@pytest.mark.parametrize("name", ["cube", "q02.square", "q03.double", "", "q01", "q01."])
def test_a_name_that_means_nothing_is_told_what_there_is(maths, name):
    course = find_course(str(maths))
    with pytest.raises(UnknownCheck) as error:
        choose_checks(course, course.questions, ["double", name])
    assert error.value.known == {"q01": ["square", "sign", "cubes"], "q02": ["double"]}
    assert repr(name) in str(error.value)


def test_every_check_of_the_practical_calls_some_function():
    course = find_course("tp2")
    for question in course.questions:
        source = (course.path / question.folder / "checks.py").read_text(encoding="utf-8")
        for check, functions in functions_of_checks(source).items():
            assert functions, f"{question.id}.{check}"
