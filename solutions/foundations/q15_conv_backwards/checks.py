"""Checks of question 15: the gradients of a convolution, and the measurement that confirms them."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall, untouched

from ..distinct import distinct

# (output rows, output columns, filter height, filter width, channels, filters): nothing is square.
_SINGLE = [(3, 4, 2, 3, 1, 1), (2, 5, 3, 2, 1, 1), (4, 3, 3, 1, 1, 1)]
_SEVERAL = [(3, 4, 2, 3, 2, 3), (4, 2, 3, 2, 3, 2), (2, 3, 1, 2, 2, 4)]


def _arrays(rng, case):
    """Image, filters, biases and the gradient that comes in, for one case."""
    rows, columns, high, wide, channels, filters = case
    x = distinct(rng, (rows + high - 1, columns + wide - 1, channels))
    kernel = distinct(rng, (high, wide, channels, filters))
    bias, upstream = distinct(rng, (filters,)), distinct(rng, (rows, columns, filters)) + 1
    return x, kernel, bias, upstream


@check(points=1, fr="Biais", en="Biases")
@forall(examples=4, case=st.sampled_from([*_SINGLE, *_SEVERAL]))
def test_bias(student, reference, rng, case):
    for one in [*_SINGLE[:1], *_SEVERAL, case]:
        upstream = _arrays(rng, one)[3]
        agree(student.bias_gradient, reference.bias_gradient, upstream)


@check(points=1, fr="Filtre, un canal", en="Filter, one channel")
@forall(examples=4, case=st.sampled_from(_SINGLE))
def test_kernel(student, reference, rng, case):
    for one in [*_SINGLE, case]:
        x, _, _, upstream = _arrays(rng, one)
        agree(student.kernel_gradient, reference.kernel_gradient, x, upstream)


@check(points=2, fr="Filtres, plusieurs canaux", en="Filters, several channels")
@forall(examples=4, case=st.sampled_from(_SEVERAL))
def test_kernel_channels(student, reference, rng, case):
    for one in [*_SEVERAL, case]:
        x, _, _, upstream = _arrays(rng, one)
        agree(student.kernel_gradient, reference.kernel_gradient, x, upstream)


@check(points=1, fr="Image, un canal", en="Image, one channel")
@forall(examples=4, case=st.sampled_from(_SINGLE))
def test_input(student, reference, rng, case):
    for one in [*_SINGLE, case]:
        _, kernel, _, upstream = _arrays(rng, one)
        agree(student.input_gradient, reference.input_gradient, kernel, upstream)


@check(points=2, fr="Image, plusieurs canaux", en="Image, several channels")
@forall(examples=4, case=st.sampled_from(_SEVERAL))
def test_input_channels(student, reference, rng, case):
    for one in [*_SEVERAL, case]:
        _, kernel, _, upstream = _arrays(rng, one)
        agree(student.input_gradient, reference.input_gradient, kernel, upstream)


@check(points=1, fr="Vérifier en essayant", en="Checking by trying")
@forall(examples=4, case=st.sampled_from(_SEVERAL), step=st.sampled_from([0.25, 0.5, 2.0]))
def test_difference(student, reference, rng, case, step):
    for one, size in [(_SINGLE[0], 0.5), (_SEVERAL[0], 0.25), (_SEVERAL[1], 2.0), (case, step)]:
        arrays = _arrays(rng, one)
        place = tuple(int(rng.integers(n)) for n in arrays[1].shape)
        answers = student.finite_difference, reference.finite_difference
        agree(*answers, *arrays, place, size, rtol=1e-3, atol=1e-2)
        agree(*answers, *(np.abs(array) + 1 for array in arrays), place, size, rtol=1e-3, atol=1e-2)
    untouched(student.finite_difference, *arrays, place, size)
