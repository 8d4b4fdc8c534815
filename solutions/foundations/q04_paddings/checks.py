"""Checks of question 4: how many zeros, how many outputs, then the padded correlations.

Every name of a padding is asked for in every case: none is left to the draw.
"""

from hypothesis import strategies as st

from grader.checks import agree, check, forall
from jaxcnn.testing import integer_arrays

_NAMES = ("valid", "same", "full", "causal")


@check(points=1, fr="Zéros, noyaux impairs", en="Zeros, odd kernels", reveal=True)
@forall(half=st.integers(1, 5))
def test_zeros_around(student, reference, half):
    for name in _NAMES:
        agree(student.zeros_around, reference.zeros_around, 2 * half + 1, name)


@check(points=1, fr="Zéros, noyaux pairs", en="Zeros, even kernels", reveal=True)
@forall(half=st.integers(1, 5))
def test_zeros_around_even(student, reference, half):
    for name in _NAMES:
        agree(student.zeros_around, reference.zeros_around, 2 * half, name)
    agree(student.zeros_around, reference.zeros_around, 1, "same")


@check(points=1, fr="Nombre de sorties", en="Number of outputs", reveal=True)
@forall(taps=st.integers(2, 7), more=st.integers(0, 20))
def test_output_length(student, reference, taps, more):
    for name in _NAMES:
        agree(student.output_length, reference.output_length, taps + more, taps, name)
        agree(student.output_length, reference.output_length, taps + more + 1, taps + 1, name)


@check(points=1, fr="Ajouter les zéros", en="Adding the zeros")
@forall(signal=integer_arrays((5,)), few=st.integers(0, 2), more=st.integers(1, 3))
def test_pad(student, reference, signal, few, more):
    agree(student.pad, reference.pad, signal + 4, few, few + more)
    agree(student.pad, reference.pad, signal[:4], few + more, few)


@check(points=1, fr="Signaux, noyaux impairs", en="Signals, odd kernels")
@forall(signal=integer_arrays((6,)), kernel=integer_arrays((3,)), long=integer_arrays((5,)))
def test_correlate(student, reference, signal, kernel, long):
    for name in _NAMES:
        agree(student.correlate, reference.correlate, signal, kernel, name)
        agree(student.correlate, reference.correlate, signal, long, name)


@check(points=1, fr="Signaux, noyaux pairs", en="Signals, even kernels")
@forall(signal=integer_arrays((7,)), kernel=integer_arrays((4,)), short=integer_arrays((2,)))
def test_correlate_even(student, reference, signal, kernel, short):
    for name in _NAMES:
        agree(student.correlate, reference.correlate, signal, kernel, name)
        agree(student.correlate, reference.correlate, signal, short, name)


@check(points=1, fr="Images, noyau carré", en="Images, square kernel")
@forall(image=integer_arrays((5, 6)), kernel=integer_arrays((3, 3)))
def test_correlate2d(student, reference, image, kernel):
    for name in ("valid", "same", "full"):
        agree(student.correlate2d, reference.correlate2d, image, kernel, name)


@check(points=1, fr="Images, noyaux rectangulaires", en="Images, oblong kernels")
@forall(image=integer_arrays((6, 5)), flat=integer_arrays((2, 5)), tall=integer_arrays((4, 2)))
def test_correlate2d_oblong(student, reference, image, flat, tall):
    for name in ("valid", "same", "full"):
        agree(student.correlate2d, reference.correlate2d, image, flat, name)
        agree(student.correlate2d, reference.correlate2d, image, tall, name)
