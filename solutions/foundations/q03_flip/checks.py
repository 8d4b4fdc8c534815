"""Checks of question 3: the flip, two convolutions beside each other, what the flip is good for."""

import numpy as np

from grader.checks import agree, check, forall
from jaxcnn.testing import integer_arrays


@check(points=1, fr="Retourner", en="Flipping")
@forall(line=integer_arrays((5,)), square=integer_arrays((3, 3)), oblong=integer_arrays((2, 4)))
def test_flip(student, reference, line, square, oblong):
    for kernel in (line, square, oblong):
        agree(student.flip, reference.flip, kernel)


@check(points=1, fr="Corrélation croisée, noyau carré", en="Cross-correlation, square kernel")
@forall(image=integer_arrays((5, 5)), kernel=integer_arrays((3, 3)))
def test_correlate2d(student, reference, image, kernel):
    agree(student.correlate2d, reference.correlate2d, image, kernel)


@check(points=1, fr="Corrélation croisée, rectangles", en="Cross-correlation, rectangles")
@forall(
    wide=integer_arrays((4, 6)),
    tall=integer_arrays((6, 3)),
    flat=integer_arrays((2, 2)),
    thin=integer_arrays((3, 1)),
)
def test_correlate2d_oblong(student, reference, wide, tall, flat, thin):
    for image in (wide, tall):
        for kernel in (flat, thin):
            agree(student.correlate2d, reference.correlate2d, image, kernel)


@check(points=1, fr="Convolution d'une image", en="Convolution of an image")
@forall(image=integer_arrays((5, 6)), kernel=integer_arrays((3, 3)), oblong=integer_arrays((2, 3)))
def test_convolve2d(student, reference, image, kernel, oblong):
    agree(student.convolve2d, reference.convolve2d, image, kernel)
    agree(student.convolve2d, reference.convolve2d, image, oblong)
    agree(student.convolve2d, reference.convolve2d, image.T, oblong.T)


@check(points=1, fr="Convolution complète", en="Full convolution")
@forall(signal=integer_arrays((6,)), kernel=integer_arrays((3,)), even=integer_arrays((2,)))
def test_convolve_full(student, reference, signal, kernel, even):
    agree(student.convolve_full, reference.convolve_full, signal, kernel)
    agree(student.convolve_full, reference.convolve_full, signal, even)


@check(points=1, fr="Dans un ordre ou dans l'autre", en="In either order")
@forall(signal=integer_arrays((6,)), kernel=integer_arrays((3,)), alone=integer_arrays((1,)))
def test_convolve_full_orders(student, reference, signal, kernel, alone):
    agree(student.convolve_full, reference.convolve_full, kernel, signal)
    agree(student.convolve_full, reference.convolve_full, alone, kernel)


@check(points=1, fr="Quand le retournement ne change rien", en="When the flip changes nothing")
@forall(kernel=integer_arrays((3, 3)), oblong=integer_arrays((2, 3)))
def test_flip_changes_nothing(student, reference, kernel, oblong):
    """Each symmetry by itself, whatever was drawn: it is added to a kernel that has only that one."""
    only_rows = np.array([[0, 40, 60], [10, 20, 90], [0, 40, 60]], np.float32)
    only_columns = only_rows.T
    transposed = np.array([[0, 40, 60], [40, 20, 90], [60, 90, 10]], np.float32)
    point = np.array([[10, 40, 60], [0, 20, 0], [60, 40, 10]], np.float32)
    opposite = np.array([[10, 40, 60], [5, 0, -5], [-60, -40, -10]], np.float32)
    shown = [
        kernel + kernel[::-1] + only_rows,
        kernel + kernel[:, ::-1] + only_columns,
        kernel + kernel.T + transposed,
        kernel + kernel[::-1, ::-1] + point,
        kernel - kernel[::-1, ::-1] + opposite,
        oblong,
        oblong + oblong[::-1, ::-1],
        oblong.T,
    ]
    for found in shown:
        agree(student.flip_changes_nothing, reference.flip_changes_nothing, found)
