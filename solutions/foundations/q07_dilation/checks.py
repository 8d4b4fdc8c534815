"""Checks of question 7: sizes of dilated kernels, dilated correlations, the gaps they leave.

Dilations of 1, 2 and 3 are asked for in every case: none is left to the draw.
"""

from hypothesis import strategies as st

from grader.checks import agree, check, forall
from jaxcnn.testing import integer_arrays

from ..draws import pictures


@check(points=1, fr="Taille effective", en="Effective size", reveal=True)
@forall(kernel=st.integers(2, 9), dilation=st.integers(2, 6))
def test_effective_size(student, reference, kernel, dilation):
    agree(student.effective_size, reference.effective_size, kernel, dilation)
    agree(student.effective_size, reference.effective_size, kernel + 1, 3)
    agree(student.effective_size, reference.effective_size, kernel, 1)


@check(points=1, fr="Taille de sortie", en="Output size", reveal=True)
@forall(
    size=st.integers(24, 40),
    kernel=st.integers(2, 5),
    padding=st.integers(1, 3),
    stride=st.integers(2, 3),
    dilation=st.integers(2, 4),
)
def test_output_size(student, reference, size, kernel, padding, stride, dilation):
    for more in range(3):
        layer = size + more, kernel, padding, stride
        agree(student.output_size, reference.output_size, *layer, dilation)
    agree(student.output_size, reference.output_size, size, kernel, 0, 1, dilation)
    agree(student.output_size, reference.output_size, size, kernel, padding, 1, 1)


@check(points=1, fr="Noyau écarté", en="Spread kernel")
@forall(kernel=integer_arrays((2, 4), 1, 4), square=integer_arrays((3, 3), -4, -1))
def test_dilate(student, reference, kernel, square):
    for dilation in (1, 2, 3):
        agree(student.dilate, reference.dilate, kernel, dilation)
        agree(student.dilate, reference.dilate, square, dilation)


@check(points=1, fr="Signal", en="Signal")
@forall(signal=integer_arrays((11,)), kernel=integer_arrays((3,)), even=integer_arrays((2,)))
def test_correlate(student, reference, signal, kernel, even):
    for dilation in (1, 2, 3):
        agree(student.correlate, reference.correlate, signal, kernel, dilation)
        agree(student.correlate, reference.correlate, signal[:10], even, dilation)


@check(points=1, fr="Image, noyau carré", en="Image, square kernel")
@forall(examples=12, image=integer_arrays((7, 9)), kernel=integer_arrays((3, 3)))
def test_correlate2d(student, reference, image, kernel):
    for dilation in (1, 2, 3):
        agree(student.correlate2d, reference.correlate2d, image, kernel, dilation)


@check(points=1, fr="Dessin, noyau rectangulaire", en="Picture, oblong kernel")
@forall(examples=8, image=pictures(10, 12, 1), kernel=integer_arrays((2, 4)))
def test_picture(student, reference, image, kernel):
    for dilation in (2, 3):
        agree(student.correlate2d, reference.correlate2d, image[..., 0], kernel, dilation)


@check(points=1, fr="Ce que voit une pile", en="What a stack sees")
@forall(
    examples=12,
    kernel=st.integers(2, 4),
    dilations=st.lists(st.integers(1, 5), min_size=1, max_size=3),
)
def test_samples_seen(student, reference, kernel, dilations):
    agree(student.samples_seen, reference.samples_seen, kernel, dilations)
    # Stacks with and without gaps, whatever was drawn.
    for stack in ([2, 2], [1, 2, 4], [3, 5], [4]):
        agree(student.samples_seen, reference.samples_seen, kernel, stack)
