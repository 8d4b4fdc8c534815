"""Checks of question 9: counts, grouped and depthwise convolutions, what a separable one saves."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall
from jaxcnn.testing import integer_arrays

from ..draws import pictures


@check(
    points=1, fr="Paramètres d'une convolution groupée", en="Parameters of a grouped convolution"
)
@forall(
    kernel=st.integers(2, 5),
    groups=st.integers(2, 4),
    depth=st.integers(2, 8),
    each=st.integers(2, 6),
)
def test_parameters(student, reference, kernel, groups, depth, each):
    layer = kernel, groups * depth, groups * each
    agree(student.parameters, reference.parameters, *layer, groups)
    agree(student.parameters, reference.parameters, *layer, 1)
    agree(student.parameters, reference.parameters, kernel, depth, depth * each, depth)


@check(points=2, fr="Groupes", en="Groups")
@forall(
    examples=12,
    image=integer_arrays((4, 4, 4)),
    kernel=integer_arrays((2, 3, 2, 4)),
    wide=integer_arrays((2, 2, 2, 6)),
)
def test_grouped(student, reference, image, kernel, wide):
    agree(student.grouped, reference.grouped, image, kernel, 2)
    agree(student.grouped, reference.grouped, image, wide, 2)


@check(points=1, fr="Un groupe, beaucoup de groupes", en="One group, many groups")
@forall(
    examples=12,
    image=integer_arrays((3, 5, 6)),
    whole=integer_arrays((2, 2, 6, 2)),
    thirds=integer_arrays((3, 2, 2, 3)),
    alone=integer_arrays((2, 2, 1, 12)),
)
def test_grouped_extremes(student, reference, image, whole, thirds, alone):
    agree(student.grouped, reference.grouped, image, whole, 1)
    agree(student.grouped, reference.grouped, image, thirds, 3)
    agree(student.grouped, reference.grouped, image, alone, 6)


@check(points=1, fr="Par canal", en="Depthwise")
@forall(
    examples=9,
    image=integer_arrays((4, 5, 3)),
    kernel=integer_arrays((3, 2, 3)),
    picture=pictures(9, 10, 3),
)
def test_depthwise(student, reference, image, kernel, picture):
    agree(student.depthwise, reference.depthwise, image, kernel)
    agree(student.depthwise, reference.depthwise, picture, kernel)


@check(points=1, fr="Séparable", en="Separable")
@forall(
    examples=12,
    image=integer_arrays((4, 5, 3)),
    kernel=integer_arrays((2, 3, 3)),
    weights=integer_arrays((3, 2)),
    square=integer_arrays((3, 3)),
)
def test_separable(student, reference, image, kernel, weights, square):
    agree(student.separable, reference.separable, image, kernel, weights)
    turned = np.swapaxes(image, 0, 1), np.swapaxes(kernel, 0, 1)
    agree(student.separable, reference.separable, *turned, square)
    agree(student.separable, reference.separable, image[..., :2], kernel[..., :2], weights[:2])


_LAYER = {
    "kernel": st.integers(3, 7),
    "in_channels": st.integers(2, 64),
    "filters": st.integers(2, 64),
}


@check(points=1, fr="Poids d'une séparable", en="Weights of a separable one", reveal=True)
@forall(**_LAYER)
def test_separable_weights(student, reference, kernel, in_channels, filters):
    agree(student.separable_weights, reference.separable_weights, kernel, in_channels, filters)
    agree(student.separable_weights, reference.separable_weights, 3, in_channels, in_channels + 7)


@check(points=1, fr="La part qui reste", en="The share that is left", reveal=True)
@forall(**_LAYER)
def test_share(student, reference, kernel, in_channels, filters):
    agree(student.share, reference.share, kernel, in_channels, filters, rtol=1e-6)
    agree(student.share, reference.share, 3, in_channels, in_channels + 7, rtol=1e-6)
