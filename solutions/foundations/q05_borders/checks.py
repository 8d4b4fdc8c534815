"""Checks of question 5: where a pixel beyond the border comes from, then signals and images continued so.

Every mode, and every position there is, is asked for in every case: none is left to the draw.
"""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall
from jaxcnn.testing import integer_arrays

from ..draws import pictures

_ALL = ("zeros", "reflect", "symmetric", "replicate", "circular")


def _every_position(student, reference, length, *modes):
    """Those next to the two edges first: what is wrong on one side is told from what is wrong on both."""
    outside = [place for more in range(length - 1) for place in (-1 - more, length + more)]
    for position in [*outside, *range(length)]:
        for mode in modes:
            agree(student.source_index, reference.source_index, position, length, mode)


@check(points=1, fr="Répéter, recommencer", en="Repeating, starting again", reveal=True)
@forall(examples=6, length=st.integers(3, 6))
def test_source_index(student, reference, length):
    _every_position(student, reference, length, "replicate", "circular")


@check(points=1, fr="Les deux miroirs", en="The two mirrors", reveal=True)
@forall(examples=6, length=st.integers(3, 6))
def test_source_index_mirrors(student, reference, length):
    _every_position(student, reference, length, "reflect", "symmetric")


@check(points=2, fr="Un signal prolongé", en="A signal continued")
@forall(
    examples=10,
    signal=integer_arrays((5,)),
    before=st.integers(1, 2),
    after=st.integers(0, 1),
)
def test_pad1d(student, reference, signal, before, after):
    """No sample is zero, and no two are equal; more in front than behind, and the other way round."""
    signal = signal + np.arange(10, 60, 10, dtype=np.float32)
    for mode in _ALL:
        agree(student.pad1d, reference.pad1d, signal, before + 1, after, mode)
        agree(student.pad1d, reference.pad1d, -signal[:4], after, before + 1, mode)


@check(points=1, fr="Une image prolongée", en="An image continued")
@forall(examples=10, image=integer_arrays((4, 4, 1)), width=st.integers(1, 3))
def test_pad2d(student, reference, image, width):
    image = image + np.arange(10, 170, 10, dtype=np.float32).reshape(4, 4, 1)
    for mode in _ALL:
        agree(student.pad2d, reference.pad2d, image, width, width, mode)


@check(points=1, fr="Lignes et colonnes en nombres différents", en="Unequal rows and columns")
@forall(examples=10, image=integer_arrays((3, 5, 2)), few=st.integers(0, 1))
def test_pad2d_oblong(student, reference, image, few):
    image = image - np.arange(10, 310, 10, dtype=np.float32).reshape(3, 5, 2)
    for mode in _ALL:
        agree(student.pad2d, reference.pad2d, image, few, 2 + few, mode)
        agree(student.pad2d, reference.pad2d, image, 2, 1, mode)


@check(points=1, fr="Un dessin prolongé", en="A picture continued")
@forall(examples=3, image=pictures(10, 12, 3))
def test_picture(student, reference, image):
    for mode in _ALL:
        agree(student.pad2d, reference.pad2d, image, 4, 5, mode)
