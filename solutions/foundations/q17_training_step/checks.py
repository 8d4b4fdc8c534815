"""Checks of question 17: normalised inputs, the loss and its gradient, a step, and several of them."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall, untouched

from ..distinct import distinct

_IMAGES = [(3, 2, 4, 2), (2, 5, 3, 1), (4, 3, 2, 3)]
_SCORES = [(4, 3), (3, 5), (5, 2)]


def _labels(rng, number, classes):
    """The right classes: not all are the same, and the last class is one of them."""
    labels = rng.integers(0, classes, number)
    labels[:2] = classes - 1, 0
    return rng.permutation(labels).astype(np.int32)


@check(points=1, fr="Moyenne et écart type", en="Mean and standard deviation")
@forall(examples=4, shape=st.sampled_from(_IMAGES))
def test_statistics(student, reference, rng, shape):
    for one in [*_IMAGES, shape]:
        agree(student.statistics, reference.statistics, distinct(rng, one) ** 2 / 4 - 20)


@check(points=1, fr="Entrées normalisées", en="Normalised inputs")
@forall(examples=4, shape=st.sampled_from(_IMAGES))
def test_normalise(student, reference, rng, shape):
    for one in [*_IMAGES, shape]:
        mean = distinct(rng, one[-1:], lowest=-4) + 0.5
        deviation = (distinct(rng, one[-1:], lowest=2) / 2).astype(np.float32)
        agree(student.normalise, reference.normalise, distinct(rng, one), mean, deviation)


@check(points=1, fr="Softmax, sans débordement", en="Softmax, without overflow")
@forall(examples=4, shape=st.sampled_from(_SCORES), scale=st.sampled_from([0.25, 1.0, 300.0]))
def test_softmax(student, reference, rng, shape, scale):
    for one, factor in [
        *zip(_SCORES, (0.25, 0.5, 0.25), strict=True),
        ((3, 4), 400.0),
        (shape, scale),
    ]:
        agree(student.softmax, reference.softmax, distinct(rng, one).astype(float) * factor)


@check(points=1, fr="La perte", en="The loss")
@forall(examples=4, shape=st.sampled_from(_SCORES))
def test_loss(student, reference, rng, shape):
    for one in [*_SCORES, shape]:
        scores = distinct(rng, one).astype(float) / 4
        agree(student.cross_entropy, reference.cross_entropy, scores, _labels(rng, *one))


@check(points=2, fr="Le gradient des scores", en="The gradient of the scores")
@forall(examples=4, shape=st.sampled_from(_SCORES))
def test_gradient(student, reference, rng, shape):
    for one in [*_SCORES, shape]:
        scores = distinct(rng, one).astype(float) / 4
        agree(student.score_gradient, reference.score_gradient, scores, _labels(rng, *one))


@check(points=1, fr="Une étape avec inertie", en="A step with momentum")
@forall(examples=4, rate=st.sampled_from([0.5, 0.25]), momentum=st.sampled_from([0.0, 0.5, 0.75]))
def test_step(student, reference, rng, rate, momentum):
    for one, numbers in [((3, 2), (0.5, 0.75)), ((4,), (0.25, 0.5)), ((2, 5), (rate, momentum))]:
        arrays = [part + 2 for part in distinct(rng, (3, *one))]
        agree(student.momentum_step, reference.momentum_step, *arrays, *numbers)
    untouched(student.momentum_step, *arrays, *numbers)


@check(points=1, fr="Plusieurs étapes", en="Several steps")
@forall(examples=4, steps=st.integers(0, 4), rate=st.sampled_from([0.25, 0.5]))
def test_train(student, reference, rng, steps, rate):
    for number, inputs, classes, *numbers in [
        (4, 3, 2, 3, 0.25, 0.5),
        (5, 2, 3, 4, 0.5, 0.75),
        (6, 3, 4, 2, 0.25, 0.75),
        (4, 3, 3, steps, rate, 0.5),
    ]:
        x = distinct(rng, (number, inputs)).astype(float) / 4
        labels = _labels(rng, number, classes)
        agree(student.train, reference.train, x, labels, classes, *numbers, rtol=1e-3, atol=1e-4)
