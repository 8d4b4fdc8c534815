"""Checks of question 10: counts along any axes, series with channels, a Gaussian, videos."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall
from jaxcnn.testing import integer_arrays

from ..draws import pictures


@check(points=1, fr="Paramètres selon les axes", en="Parameters along the axes", reveal=True)
@forall(
    size=st.integers(2, 6),
    more=st.integers(1, 3),
    in_channels=st.integers(2, 20),
    filters=st.integers(2, 20),
)
def test_parameters(student, reference, size, more, in_channels, filters):
    for sizes in ((size,), (size + more, size), (size, size + more, size + more + 1)):
        agree(student.parameters, reference.parameters, sizes, in_channels, filters)


@check(points=2, fr="Séries", en="Series")
@forall(
    examples=15,
    x=integer_arrays((6, 2)),
    kernel=integer_arrays((3, 2, 3)),
    square=integer_arrays((2, 2, 2)),
    bias=integer_arrays((3,)),
)
def test_conv1d(student, reference, x, kernel, square, bias):
    agree(student.conv1d, reference.conv1d, x, kernel, bias)
    agree(student.conv1d, reference.conv1d, x[:5], square, bias[:2])
    agree(student.conv1d, reference.conv1d, x[:, :1], kernel[:, :1], bias)


@check(points=1, fr="Gaussienne", en="Gaussian")
@forall(half=st.integers(1, 4), sigma=st.sampled_from([0.5, 0.8, 1.5, 2.5]))
def test_gaussian(student, reference, half, sigma):
    agree(student.gaussian, reference.gaussian, 2 * half + 1, sigma)
    agree(student.gaussian, reference.gaussian, 5, sigma)
    agree(student.gaussian, reference.gaussian, 5, 1.0)


@check(points=1, fr="Marche aléatoire lissée", en="A smoothed random walk")
@forall(
    examples=12,
    steps=integer_arrays((50,), -1, 1),
    taps=st.sampled_from([3, 5, 7]),
    sigma=st.sampled_from([0.8, 1.0, 2.0]),
)
def test_smooth(student, reference, steps, taps, sigma):
    """The walk always climbs, and starts far from zero, so that both borders show."""
    walk = np.cumsum(steps + 2).astype(np.float32) + 10
    agree(student.smooth, reference.smooth, walk, taps, sigma, rtol=1e-4)
    agree(student.smooth, reference.smooth, -walk[:9], 5, 1.0, rtol=1e-4)


@check(points=2, fr="Vidéos", en="Videos")
@forall(
    examples=9,
    video=integer_arrays((3, 4, 3, 2)),
    kernel=integer_arrays((2, 2, 3, 2, 2)),
    cube=integer_arrays((2, 2, 2, 2, 1)),
    bias=integer_arrays((2,), 1, 4),
)
def test_conv3d(student, reference, video, kernel, cube, bias):
    agree(student.conv3d, reference.conv3d, video, kernel, bias)
    agree(student.conv3d, reference.conv3d, video, cube, bias[:1])


@check(points=1, fr="Mouvement", en="Motion")
@forall(examples=6, video=integer_arrays((4, 2, 3), 0, 5), picture=pictures(8, 9, 3))
def test_motion(student, reference, video, picture):
    """Numbers, then a picture that brightens: its channels taken as frames."""
    agree(student.motion, reference.motion, video)
    agree(student.motion, reference.motion, np.moveaxis(picture, 2, 0) / 255)
