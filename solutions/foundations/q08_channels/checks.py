"""Checks of question 8: counting weights, one map, all maps, the mixture of channels."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall
from jaxcnn.testing import integer_arrays

from ..draws import pictures


@check(points=1, fr="Paramètres d'une couche", en="Parameters of a layer", reveal=True)
@forall(
    height=st.integers(2, 7),
    more=st.integers(1, 3),
    in_channels=st.integers(2, 64),
    filters=st.integers(2, 64),
)
def test_parameters(student, reference, height, more, in_channels, filters):
    agree(student.parameters, reference.parameters, height, height + more, in_channels, filters)
    agree(student.parameters, reference.parameters, height + more, height, filters, in_channels)


@check(points=1, fr="Paramètres d'un réseau", en="Parameters of a network", reveal=True)
@forall(
    in_channels=st.integers(1, 4),
    layers=st.lists(st.tuples(st.integers(1, 7), st.integers(1, 20)), min_size=2, max_size=4),
)
def test_network_parameters(student, reference, in_channels, layers):
    agree(student.network_parameters, reference.network_parameters, in_channels, layers)
    # The course's, whatever was drawn: 3 channels, six filters 5 x 5, ten 3 x 3; and a layer more.
    course = [(5, 6), (3, 10)]
    agree(student.network_parameters, reference.network_parameters, 3, course)
    agree(student.network_parameters, reference.network_parameters, 3, [*course, (2, 4)])


@check(points=1, fr="Une carte", en="One map")
@forall(
    image=integer_arrays((6, 5, 3)),
    kernel=integer_arrays((4, 2, 3)),
    bias=st.sampled_from([-2.0, 0.5, 3.0]),
)
def test_one_filter(student, reference, image, kernel, bias):
    agree(student.one_filter, reference.one_filter, image, kernel)
    agree(student.one_filter, reference.one_filter, image, kernel, bias)
    agree(student.one_filter, reference.one_filter, image[..., :1], kernel[..., :1], bias)


@check(points=1, fr="Une carte d'un dessin en couleurs", en="One map of a colour picture")
@forall(examples=6, image=pictures(9, 12, 3), kernel=integer_arrays((3, 3, 3)))
def test_picture(student, reference, image, kernel):
    agree(student.one_filter, reference.one_filter, image, kernel, 1.0)


@check(points=2, fr="Toutes les cartes", en="All maps")
@forall(
    examples=15,
    image=integer_arrays((5, 4, 2)),
    kernel=integer_arrays((3, 2, 2, 3)),
    square=integer_arrays((2, 2, 2, 2)),
    bias=integer_arrays((3,)),
)
def test_convolution(student, reference, image, kernel, square, bias):
    agree(student.convolution, reference.convolution, image, kernel, bias)
    agree(student.convolution, reference.convolution, image, square, bias[:2])
    agree(student.convolution, reference.convolution, image[..., :1], kernel[:, :, :1], bias)


@check(points=1, fr="Toutes les cartes, pas et zéros", en="All maps, stride and zeros")
@forall(
    examples=12,
    image=integer_arrays((6, 7, 2)),
    kernel=integer_arrays((2, 3, 2, 2)),
    bias=integer_arrays((2,), 1, 4),
)
def test_convolution_border(student, reference, image, kernel, bias):
    for stride, padding in ((2, 0), (1, 1), (3, 2), (2, 1)):
        agree(
            student.convolution,
            reference.convolution,
            image,
            kernel,
            bias,
            stride=stride,
            padding=padding,
        )


@check(points=1, fr="Convolution 1 × 1", en="1 × 1 convolution")
@forall(
    image=integer_arrays((3, 4, 3)),
    weights=integer_arrays((3, 2)),
    square=integer_arrays((3, 3)),
    bias=integer_arrays((3,)),
)
def test_pointwise(student, reference, image, weights, square, bias):
    agree(student.pointwise, reference.pointwise, image, weights, bias[:2])
    agree(student.pointwise, reference.pointwise, image, square, bias)
    narrow = np.swapaxes(image, 0, 1)[..., :2]
    agree(student.pointwise, reference.pointwise, narrow, weights[:2], bias[:2])
