"""Checks of question 2."""

from hypothesis import strategies as st

from grader.checks import agree, check, forall


@check(points=1, fr="Le double", en="The double")
@forall(x=st.integers(-50, 50))
def test_double(student, reference, x):
    agree(student.double, reference.double, x)
