"""Checks of question 1: counting, the convolution with loops, the convolution in JAX."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall, vectorised
from jaxcnn.testing import integer_arrays


@check(points=1, fr="Taille de sortie", en="Output size", reveal=True)
@forall(
    examples=30,
    size=st.integers(5, 32),
    kernel=st.integers(1, 5),
    padding=st.integers(0, 2),
    stride=st.integers(1, 4),
)
def test_output_size(student, reference, size, kernel, padding, stride):
    agree(student.output_size, reference.output_size, size, kernel, padding, stride)


@check(points=1, fr="Paramètres de la convolution", en="Parameters of the convolution")
@forall(kernel=st.integers(1, 7), in_channels=st.integers(1, 64), filters=st.integers(1, 64))
def test_conv_parameters(student, reference, kernel, in_channels, filters):
    agree(student.conv_parameters, reference.conv_parameters, kernel, in_channels, filters)


@check(points=1, fr="Paramètres de la couche dense", en="Parameters of the dense layer")
@forall(
    height=st.integers(5, 32),
    width=st.integers(5, 32),
    in_channels=st.integers(1, 4),
    kernel=st.integers(1, 5),
    filters=st.integers(1, 12),
    padding=st.integers(0, 2),
    stride=st.integers(1, 3),
)
def test_dense_parameters(
    student, reference, height, width, in_channels, kernel, filters, padding, stride
):
    agree(
        student.dense_parameters,
        reference.dense_parameters,
        height,
        width,
        in_channels,
        kernel,
        filters,
        padding=padding,
        stride=stride,
    )


@check(points=1, fr="Boucles : un canal, un filtre", en="Loops: one channel, one filter")
@forall(
    examples=8,
    x=integer_arrays((4, 5, 1)),
    kernel=integer_arrays((3, 3, 1, 1)),
    bias=integer_arrays((1,)),
)
def test_loops_plain(student, reference, x, kernel, bias):
    agree(student.conv2d_loops, reference.conv2d_loops, x, kernel, bias)


@check(points=1, fr="Boucles : canaux et filtres", en="Loops: channels and filters")
@forall(
    examples=8,
    x=integer_arrays((4, 5, 3)),
    kernel=integer_arrays((2, 3, 3, 2)),
    bias=integer_arrays((2,)),
)
def test_loops_channels(student, reference, x, kernel, bias):
    agree(student.conv2d_loops, reference.conv2d_loops, x, kernel, bias)


@check(points=1, fr="Boucles : bords et pas", en="Loops: borders and stride")
@forall(
    examples=8,
    x=integer_arrays((7, 6, 2)),
    kernel=integer_arrays((3, 2, 2, 2)),
    bias=integer_arrays((2,)),
    stride=st.integers(2, 3),
    padding=st.integers(1, 2),
)
def test_loops_border(student, reference, x, kernel, bias, stride, padding):
    agree(
        student.conv2d_loops,
        reference.conv2d_loops,
        x,
        kernel,
        bias,
        stride=stride,
        padding=padding,
    )


# What stands for a whole convolution in a compiled program.
_READY_MADE = ("convolution", "fft")


def _arguments(rng, height, width, channels, kernel, filters):
    """An image, filters and biases of small whole numbers."""
    shapes = (height, width, channels), (*kernel, channels, filters), (filters,)
    return [rng.integers(-3, 4, shape).astype(np.float32) for shape in shapes]


@check(points=2, fr="Vectorisée : les valeurs, compilée", en="Vectorised: the values, compiled")
@forall(
    examples=6,
    x=integer_arrays((6, 5, 2)),
    kernel=integer_arrays((3, 2, 2, 3)),
    bias=integer_arrays((3,)),
)
def test_conv2d(student, reference, x, kernel, bias):
    program = student.conv2d.program(x, kernel, bias, stride=2, padding=1)
    program.without(*_READY_MADE)
    agree(program, reference.conv2d_loops, x, kernel, bias, stride=2, padding=1)


@check(
    points=1,
    fr="Vectorisée : une grande image, sans boucle sur les pixels",
    en="Vectorised: a large image, no loop over the pixels",
    needs=("conv2d",),
)
def test_large_image(student, reference, rng):
    def program(height, width):
        call = _arguments(rng, height, width, 3, (5, 5), 2)
        return student.conv2d.program(*call, stride=1, padding=2).without(*_READY_MADE)

    largest = vectorised(program, rows=(6, 32), columns=(5, 24))
    call = _arguments(rng, 32, 24, 3, (5, 5), 2)
    agree(largest, reference.conv2d_loops, *call, stride=1, padding=2)


@check(
    points=1,
    fr="Vectorisée : un lot par vmap",
    en="Vectorised: a batch through vmap",
    needs=("conv2d",),
)
def test_vmap(student, reference, rng):
    x = rng.integers(-3, 4, (4, 6, 5, 2)).astype(np.float32)
    _, kernel, bias = _arguments(rng, 6, 5, 2, (3, 3), 2)
    batch = student.conv2d.vmap(in_axes=(0, None, None))
    program = batch.program(x, kernel, bias).without(*_READY_MADE)
    agree(program, reference.conv2d, x, kernel, bias)


@check(points=1, fr="Vectorisée : dérivable", en="Vectorised: differentiable", needs=("conv2d",))
def test_gradient(student, reference, rng):
    x, kernel, bias = _arguments(rng, 5, 4, 2, (3, 3), 1)
    target = rng.integers(-2, 3, (5, 4, 1)).astype(np.float32)
    program = student.loss.grad().program(kernel, x, bias, target).without(*_READY_MADE)
    agree(program, reference.loss, kernel, x, bias, target)
