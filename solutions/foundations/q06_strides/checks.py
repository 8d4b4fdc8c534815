"""Checks of question 6: sizes forwards and backwards, the strided correlation, an image made smaller."""

from hypothesis import strategies as st

from grader.checks import agree, check, forall
from jaxcnn.testing import integer_arrays

from ..draws import pictures

_SIZES = {
    "size": st.integers(9, 40),
    "kernel": st.integers(2, 7),
    "padding": st.integers(1, 3),
    "stride": st.integers(3, 5),
}


@check(points=1, fr="Taille de sortie", en="Output size", reveal=True)
@forall(**_SIZES)
def test_output_size(student, reference, size, kernel, padding, stride):
    """Sizes that follow on each other, so that each remainder comes; with and without zeros and stride."""
    for more in range(3):
        agree(student.output_size, reference.output_size, size + more, kernel, padding, stride)
    agree(student.output_size, reference.output_size, size, kernel, 0, 2)
    agree(student.output_size, reference.output_size, size, kernel, padding, 1)


@check(points=1, fr="Ce qui reste au bout", en="What is left at the end", reveal=True)
@forall(**_SIZES)
def test_left_over(student, reference, size, kernel, padding, stride):
    for more in range(3):
        agree(student.left_over, reference.left_over, size + more, kernel, padding, stride)
    agree(student.left_over, reference.left_over, size, kernel, 0, stride)


@check(points=2, fr="Tailles d'entrée possibles", en="Possible input sizes")
@forall(
    output=st.integers(2, 12),
    kernel=st.integers(3, 7),
    padding=st.integers(0, 1),
    stride=st.integers(2, 5),
)
def test_input_sizes(student, reference, output, kernel, padding, stride):
    agree(student.input_sizes, reference.input_sizes, output, kernel, padding, stride)
    agree(student.input_sizes, reference.input_sizes, output, kernel, 1, stride)
    agree(student.input_sizes, reference.input_sizes, output, kernel, 0, 1)
    agree(student.input_sizes, reference.input_sizes, 1, kernel, 1, stride)


@check(points=1, fr="Avec un pas, sans zéros", en="With a stride, without zeros")
@forall(
    examples=15,
    image=integer_arrays((7, 8)),
    kernel=integer_arrays((3, 3)),
    oblong=integer_arrays((2, 3)),
)
def test_correlate2d(student, reference, image, kernel, oblong):
    for stride in (1, 2, 3):
        agree(student.correlate2d, reference.correlate2d, image, kernel, stride)
    agree(student.correlate2d, reference.correlate2d, image, oblong, 2)


@check(points=1, fr="Avec un pas et des zéros", en="With a stride and zeros")
@forall(
    examples=15,
    image=integer_arrays((6, 7)),
    kernel=integer_arrays((3, 2)),
    square=integer_arrays((3, 3)),
)
def test_correlate2d_zeros(student, reference, image, kernel, square):
    for stride, padding in ((1, 2), (2, 1), (3, 2)):
        agree(student.correlate2d, reference.correlate2d, image, kernel, stride, padding)
        agree(student.correlate2d, reference.correlate2d, image, square, stride, padding=padding)


@check(points=1, fr="Une image réduite", en="An image made smaller")
@forall(examples=4, image=pictures(19, 22, 1))
def test_shrink(student, reference, image):
    for factor in (2, 3):
        agree(student.shrink, reference.shrink, image[..., 0], factor)
