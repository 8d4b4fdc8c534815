"""Checks of question 13: the shift, the parts to be compared, the error, and which shifts cause none."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall

from ..distinct import brightnesses, distinct

_SHAPES = [(5, 7), (6, 4)]
_SHIFTS = [(1, 2), (-2, 1), (2, -1), (-1, -2), (0, 1), (2, 0), (0, -2), (0, 0)]
_shifts = st.tuples(st.integers(-3, 3), st.integers(-3, 3))
# (stride, window) of a layer, and a shift of the image in units of stride x window, then one that is none.
_LAYERS = [(1, 1), (2, 1), (1, 2), (2, 2), (3, 1)]
_KERNELS = [(3, 2), (2, 3)]


def _kernel(rng, shape):
    """Weights of both signs, none of them 0."""
    return (distinct(rng, shape) + 0.5).astype(np.float32)


@check(points=1, fr="Décaler", en="Shifting")
@forall(examples=6, shape=st.sampled_from(_SHAPES), by=_shifts)
def test_shift(student, reference, rng, shape, by):
    picture = brightnesses(rng, (11, 14, 1))[..., 0]
    agree(student.shift, reference.shift, picture, 2, -3)
    for one in [*_SHIFTS, by]:
        agree(student.shift, reference.shift, distinct(rng, shape, lowest=-9), *one)


@check(points=1, fr="Ce qui se correspond", en="What corresponds")
@forall(examples=6, shape=st.sampled_from(_SHAPES), by=_shifts)
def test_overlap(student, reference, rng, shape, by):
    for one in [*_SHIFTS[:1], *_SHIFTS[4:6], _SHIFTS[-1], tuple(np.abs(by).tolist())]:
        maps = distinct(rng, (2, *shape))
        agree(student.overlap, reference.overlap, *maps, *one)


@check(points=1, fr="Ce qui se correspond, dans l'autre sens", en="What corresponds, the other way")
@forall(examples=6, shape=st.sampled_from(_SHAPES), by=_shifts)
def test_overlap_back(student, reference, rng, shape, by):
    for one in [*_SHIFTS[1:4], _SHIFTS[6], by]:
        maps = distinct(rng, (2, *shape))
        agree(student.overlap, reference.overlap, *maps, *one)


@check(points=2, fr="L'erreur d'équivariance", en="The equivariance error")
@forall(examples=4, layer=st.sampled_from(_LAYERS), by=_shifts)
def test_error(student, reference, rng, layer, by):
    for (stride, window), one in [
        ((1, 1), (1, 2)),
        ((2, 1), (1, 1)),
        ((1, 2), (2, 3)),
        ((2, 1), (2, -2)),
        ((2, 2), (4, 1)),
        ((3, 1), (-3, 2)),
        ((2, 1), (-1, 2)),
        (layer, by),
    ]:
        x, kernel = distinct(rng, (12, 13)), _kernel(rng, (3, 2))
        agree(
            student.equivariance_error,
            reference.equivariance_error,
            x,
            kernel,
            stride,
            window,
            *one,
        )


@check(points=1, fr="Les décalages sans dommage", en="The shifts that do no harm")
@forall(
    examples=4,
    layer=st.sampled_from(_LAYERS),
    most=st.integers(2, 5),
    shape=st.sampled_from(_KERNELS),
)
def test_harmless(student, reference, rng, layer, most, shape):
    for (stride, window), last in [
        ((2, 1), 4),
        ((1, 2), 5),
        ((1, 1), 3),
        ((2, 2), 4),
        (layer, most),
    ]:
        x, kernel = distinct(rng, (12, 13)), _kernel(rng, shape)
        agree(student.harmless_shifts, reference.harmless_shifts, x, kernel, stride, window, last)
    # No rule about the stride says what a measurement does: a blank picture follows every shift.
    agree(student.harmless_shifts, reference.harmless_shifts, 0 * x, kernel, 2, 1, 4)
