"""Checks of question 2: counting places, the response at each, two uses of it."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall
from jaxcnn.testing import integer_arrays


@check(points=1, fr="Nombre d'endroits", en="Number of places", reveal=True)
@forall(taps=st.integers(1, 9), more=st.integers(0, 20))
def test_positions(student, reference, taps, more):
    agree(student.positions, reference.positions, taps + more, taps)
    agree(student.positions, reference.positions, 2 * taps + 3, taps)


@check(points=2, fr="Réponses, sans biais", en="Responses, without a bias")
@forall(
    signal=integer_arrays((7,)),
    kernel=integer_arrays((3,)),
    even=integer_arrays((4,)),
    long=integer_arrays((7,)),
)
def test_correlate(student, reference, signal, kernel, even, long):
    for taps in (kernel, even, long):
        agree(student.correlate, reference.correlate, signal, taps)


@check(points=1, fr="Réponses, avec biais", en="Responses, with a bias")
@forall(
    signal=integer_arrays((8,)),
    kernel=integer_arrays((3,)),
    bias=st.sampled_from([-3.0, -0.5, 1.5, 4.0]),
)
def test_correlate_bias(student, reference, signal, kernel, bias):
    agree(student.correlate, reference.correlate, signal, kernel, bias)


@check(points=1, fr="Moyenne mobile", en="Moving average")
@forall(signal=integer_arrays((9,), -9, 9), taps=st.integers(2, 5))
def test_moving_average(student, reference, signal, taps):
    agree(student.moving_average, reference.moving_average, signal, taps)
    agree(student.moving_average, reference.moving_average, signal[:6], 3)


@check(points=1, fr="Où est le motif", en="Where the pattern is")
@forall(
    noise=integer_arrays((14,)),
    pattern=integer_arrays((4,), 1, 3),
    place=st.integers(0, 6),
)
def test_find_pattern(student, reference, noise, pattern, place):
    agree(student.find_pattern, reference.find_pattern, noise, pattern)
    agree(student.find_pattern, reference.find_pattern, noise[:9], noise[9:12])
    # The same pattern twice, the two alike: the first counts. Then its opposite, louder still.
    twice = np.zeros(14, np.float32)
    twice[place : place + 4] = pattern
    twice[place + 4 : place + 8] = pattern
    agree(student.find_pattern, reference.find_pattern, twice, pattern)
    agree(student.find_pattern, reference.find_pattern, twice - 5 * (twice == 0), pattern)
