"""One check for each function."""

import numpy as np

from grader.checks import agree, check


def one_more(function, rng):
    agree(function, lambda x: x + 1, rng.integers(-9, 9, 3).astype(np.float32))


@check(points=1, fr="Première", en="First")
def test_first(student, rng):
    one_more(student.first, rng)


@check(points=1, fr="Deuxième", en="Second")
def test_second(student, rng):
    one_more(student.second, rng)


@check(points=1, fr="Troisième", en="Third")
def test_third(student, rng):
    one_more(student.third, rng)
