"""Checks of question 1, in plain Python."""

from hypothesis import strategies as st

from grader.checks import agree, check, expect, forall


@check(points=1, fr="Le carré", en="The square")
@forall(x=st.integers(-50, 50))
def test_square(student, reference, x):
    agree(student.square, reference.square, x)


@check(points=1, fr="Jamais négatif", en="Never negative", needs=("square",))
@forall(x=st.integers(-50, 50))
def test_sign(student, reference, x):
    y = student.square(x).integer()
    expect(y >= 0, fr="Un carré n'est jamais négatif", en="A square is never negative", x=x, y=y)


@check(points=1, fr="Les cubes", en="The cubes")
@forall(numbers=st.lists(st.integers(-5, 5), max_size=4))
def test_cubes(student, reference, numbers):
    agree(student.cubes, reference.cubes, numbers)
