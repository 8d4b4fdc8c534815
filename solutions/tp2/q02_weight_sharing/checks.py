"""Checks of question 2: weights saved, equivariance, invariance, what the measurements say."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall
from jaxcnn.data import load_embedded
from jaxcnn.testing import integer_arrays

# One layer's measurements: errors that are exact, mere rounding, on the border, or plainly there.
_ERRORS = st.sampled_from([0.0, 2e-7, 1e-3, 0.02, 0.4, 1.3])
_MEASUREMENTS = st.fixed_dictionaries(
    {
        "weights": st.integers(9, 9000) | st.just(90),  # as many in both, now and then
        "equivariance_error": _ERRORS,
        "invariance_error": _ERRORS,
    }
)


@check(points=1, fr="Nombre de poids des trois couches", en="Weights of the three layers")
@forall(
    height=st.integers(6, 64),
    width=st.integers(6, 64),
    in_channels=st.integers(1, 8),
    kernel=st.integers(2, 5),
    filters=st.integers(1, 16),
)
def test_weight_counts(student, reference, height, width, in_channels, kernel, filters):
    agree(
        student.weight_counts, reference.weight_counts, height, width, in_channels, kernel, filters
    )


@check(points=1, fr="Localité et partage", en="Locality and sharing")
@forall(
    height=st.integers(6, 64),
    width=st.integers(6, 64),
    in_channels=st.integers(1, 8),
    kernel=st.integers(2, 5),
    filters=st.integers(1, 16),
)
def test_savings(student, reference, height, width, in_channels, kernel, filters):
    agree(student.savings, reference.savings, height, width, in_channels, kernel, filters)


def _digit(rng):
    """A real digit at half resolution (14, 14, 1), its pixels between 0 and 1."""
    images = load_embedded("mnist_10k").images
    return images[rng.integers(len(images)), ::2, ::2].astype(np.float32) / 255


def _weights(rng, layer, image, filters=2):
    height, width, channels = image.shape
    pixels = height * width
    shape = {
        "conv": (3, 3, channels, filters),
        "dense": (pixels * channels, pixels * filters),
    }[layer]
    return rng.normal(size=shape).astype(np.float32)


def _shift(rng):
    """Down and right by different amounts, so that no two directions look alike."""
    down = int(rng.integers(1, 4))
    return down, down + int(rng.integers(1, 3))


@check(points=1, fr="Équivariance : petite image", en="Equivariance: a small image")
@forall(
    examples=10,
    image=integer_arrays((3, 4, 1), 1, 4),
    weights=integer_arrays((12, 12), 1, 3),
    shift=st.sampled_from([(1, 1), (0, 1), (1, 2)]),
)
def test_equivariance(student, reference, image, weights, shift):
    """A dense layer small enough to be worked out on paper."""
    measures = student.equivariance_error, reference.equivariance_error
    agree(*measures, "dense", weights, image, shift, rtol=1e-4, atol=1e-4)


@check(
    points=1,
    fr="Équivariance de la convolution, sur des chiffres",
    en="Equivariance of the convolution, on digits",
)
def test_equivariance_conv(student, reference, rng):
    """The answers are nothing but rounding: a digit through the dense layer tells who has measured them."""
    for layer in ("conv", "dense", "conv", "conv"):
        _measure_equivariance(student, reference, rng, layer)


@check(
    points=1,
    fr="Équivariance de la couche dense, sur des chiffres",
    en="Equivariance of the dense layer, on digits",
)
def test_equivariance_dense(student, reference, rng):
    for _ in range(4):
        _measure_equivariance(student, reference, rng, "dense")


def _measure_equivariance(student, reference, rng, layer):
    image = _digit(rng)
    weights = _weights(rng, layer, image)
    measures = student.equivariance_error, reference.equivariance_error
    agree(*measures, layer, weights, image, _shift(rng), rtol=1e-4, atol=1e-4)


@check(points=1, fr="Invariance", en="Invariance")
def test_invariance(student, reference, rng):
    """A digit is black around: what comes in at the border shows in the second image, which is not."""
    grey = rng.integers(1, 5, (7, 8, 1)).astype(np.float32)
    for layer, image in (("conv", _digit(rng)), ("conv", grey), ("dense", _digit(rng))):
        weights = _weights(rng, layer, image)
        measures = student.invariance_error, reference.invariance_error
        agree(*measures, layer, weights, image, _shift(rng), rtol=1e-4, atol=1e-4)


@check(points=1, fr="Ce que disent les mesures", en="What the measurements say")
@forall(examples=40, conv=_MEASUREMENTS, dense=_MEASUREMENTS)
def test_supported_claims(student, reference, conv, dense):
    agree(student.supported_claims, reference.supported_claims, conv, dense)
