"""Question 2: permutation matrices and einsum, in float64."""

import numpy as np

CLAIMS = (
    "fewer_weights",
    "conv_is_equivariant",
    "dense_is_equivariant",
    "conv_is_invariant",
    "conv_is_more_accurate",
)
TOLERANCE = 1e-3


def conv_layer(image, weights):
    """Given: a convolution with circular borders."""
    rows, columns = weights.shape[:2]
    return sum(
        np.roll(image, (rows // 2 - u, columns // 2 - v), axis=(0, 1)) @ weights[u, v]
        for u in range(rows)
        for v in range(columns)
    )


def dense_layer(image, weights):
    """Given: a dense layer whose output is arranged as maps."""
    height, width, _ = image.shape
    return (image.reshape(-1) @ weights).reshape(height, width, -1)


LAYERS = {"conv": conv_layer, "dense": dense_layer}


def weight_counts(height, width, in_channels, kernel, filters):
    exponents = np.array(
        [[2, 1, 1, 0], [1, 1, 1, 2], [0, 1, 1, 2]]
    )  # positions, channels, filters, kernel
    values = np.array([height * width, in_channels, filters, kernel], object)
    counts = np.prod(values**exponents, axis=1)
    return dict(zip(("dense", "local", "conv"), map(int, counts), strict=True))


def savings(height, width, in_channels, kernel, filters):
    return {"locality": height * width / kernel**2, "sharing": float(height * width)}


def turning(size, by):
    return np.roll(np.eye(size), by, axis=0)


def shifted(maps, shift):
    down, right = (turning(n, by) for n, by in zip(maps.shape[:2], shift, strict=True))
    return np.einsum("ih,jw,hwc->ijc", down, right, maps)


def norm(maps):
    return np.sqrt(np.tensordot(maps, maps, 3))


def answers(layer, weights, image, shift):
    image = image.astype(np.float64)
    return LAYERS[layer](image, weights), LAYERS[layer](shifted(image, shift), weights)


def equivariance_error(layer, weights, image, shift):
    still, moving = answers(layer, weights, image, shift)
    return float(norm(moving - shifted(still, shift)) / norm(still))


def invariance_error(layer, weights, image, shift):
    still, moving = answers(layer, weights, image, shift)
    return float(norm(moving - still) / norm(still))


def supported_claims(conv, dense):
    one = np.array([conv[name] for name in ("weights", "equivariance_error", "invariance_error")])
    other = np.array(
        [dense[name] for name in ("weights", "equivariance_error", "invariance_error")]
    )
    true = [one[0] < other[0], one[1] < TOLERANCE, other[1] < TOLERANCE, one[2] < TOLERANCE, False]
    return np.array(CLAIMS)[np.array(true)].tolist()


ANSWER = "Measured, and concluded from the figures."
