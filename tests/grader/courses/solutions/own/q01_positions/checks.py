"""Checks of question 1."""

from hypothesis import strategies as st

from grader.checks import agree, check, forall

from . import solution


@check(points=2, en="Positions")
@forall(size=st.integers(20, 60))
def test_positions(student, reference, size):
    agree(student.positions, reference.positions, size)


@check(points=1, en="Padded")
@forall(size=st.integers(1, 9).map(lambda n: n * solution.KERNEL))
def test_padded(student, reference, size):
    agree(student.padded, reference.padded, size)


@check(points=1, en="Outputs", needs=("positions",))
@forall(size=st.integers(20, 60))
def test_outputs(student, reference, size):
    agree(student.outputs, reference.outputs, size)
