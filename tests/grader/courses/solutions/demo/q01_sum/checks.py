"""Checks of the first demonstration question."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall


@check(points=1, fr="Compter", en="Counting", reveal=True)
@forall(size=st.integers(1, 30), step=st.integers(1, 5))
def test_count(student, reference, size, step):
    agree(student.count, reference.count, size, step)


@check(points=2, fr="Sommes des lignes", en="Row sums")
@forall(rows=st.integers(1, 3), columns=st.integers(1, 4), draw=st.integers(0, 1000))
def test_row_sums(student, reference, rows, columns, draw):
    x = np.random.default_rng(draw).integers(-3, 4, (rows, columns)).astype(np.float32)
    agree(student.row_sums, reference.row_sums, x)


@check(points=1, fr="Moyenne", en="Mean", needs=("row_sums",))
def test_secret(student, reference, rng):
    agree(student.secret, reference.secret, rng.normal(size=(3, 4)).astype(np.float32))
