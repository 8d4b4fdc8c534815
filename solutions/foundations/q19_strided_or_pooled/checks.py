"""Checks of question 19: costs of both ways, the strided map, and what it misses."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall

from ..distinct import distinct

# (height, width, channels, filters, kernel, stride): even and odd sizes, which the stride divides or not.
_LAYERS = [(8, 6, 2, 3, 3, 2), (7, 9, 3, 2, 5, 2), (11, 8, 1, 4, 3, 3), (5, 10, 2, 5, 1, 4)]
_layers = st.tuples(
    st.integers(5, 40),
    st.integers(5, 40),
    st.integers(1, 8),
    st.integers(1, 16),
    st.sampled_from([1, 3, 5]),
    st.integers(1, 4),
)
# (image, kernel, stride): the stride is smaller, equal and larger than the kernel.
_MAPS = [((7, 8), (3, 2), 2), ((9, 7), (2, 3), 3), ((6, 9), (1, 2), 3), ((5, 6), (2, 2), 1)]
# (size, kernel, stride): gaps between positions, a rest at the end, both, neither.
_AXES = [
    (11, 2, 3),
    (12, 2, 4),
    (10, 3, 3),
    (10, 3, 4),
    (9, 3, 2),
    (10, 4, 4),
    (7, 1, 2),
    (6, 6, 2),
]


@check(points=1, fr="Multiplications", en="Multiplications", reveal=True)
@forall(examples=8, layer=_layers)
def test_cost(student, reference, layer):
    for one in [*_LAYERS, layer]:
        agree(student.multiplications, reference.multiplications, *one)


@check(points=1, fr="Le gain du pas", en="What the stride saves", reveal=True)
@forall(examples=8, layer=_layers)
def test_saving(student, reference, layer):
    for one in [*_LAYERS, layer]:
        agree(student.saving, reference.saving, *one)


@check(points=1, fr="La carte à pas", en="The strided map")
@forall(examples=4, case=st.sampled_from(_MAPS))
def test_map(student, reference, rng, case):
    for image, kernel, stride in [*_MAPS, case]:
        x, weights = distinct(rng, image), distinct(rng, kernel) + 2
        agree(student.strided_map, reference.strided_map, x, weights, stride)


@check(points=2, fr="Les pics manqués", en="The peaks that are missed")
@forall(examples=4, shape=st.sampled_from([(9, 8), (6, 11)]), stride=st.integers(1, 3))
def test_peaks(student, reference, rng, shape, stride):
    for size, step in [((7, 9), 2), ((10, 8), 3), ((5, 7), 1), (shape, stride)]:
        agree(student.peaks_lost, reference.peaks_lost, distinct(rng, size), step)
        # With few values many windows have several maxima, of which the first may be one.
        for high in (0, 1, 2):
            y = rng.integers(-1, high + 1, size).astype(np.float32)
            agree(student.peaks_lost, reference.peaks_lost, y, step)


@check(points=2, fr="Les pixels jamais lus", en="The pixels that are never read", reveal=True)
@forall(examples=8, size=st.integers(6, 30), kernel=st.integers(1, 5), stride=st.integers(1, 6))
def test_unread(student, reference, size, kernel, stride):
    for one in [*_AXES, (size, kernel, stride)]:
        agree(student.unread_pixels, reference.unread_pixels, *one)
