"""Question 2: shifts by recursion, one pixel at a time; norms by halves."""

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


def product(*factors):
    return factors[0] * product(*factors[1:]) if factors else 1


def weight_counts(height, width, in_channels, kernel, filters):
    window = (kernel, kernel, in_channels)
    return {
        "conv": product(*window, filters),
        "local": product(*window, height, width, filters),
        "dense": product(height, width, in_channels, height, width, filters),
    }


def savings(height, width, in_channels, kernel, filters):
    counts = weight_counts(height, width, in_channels, kernel, filters)
    ordered = [counts["dense"], counts["local"], counts["conv"]]

    def gains(these):
        return [these[0] / these[1], *gains(these[1:])] if len(these) > 1 else []

    return dict(zip(("locality", "sharing"), gains(ordered), strict=True))


def turned(maps, steps, axis):
    """By so many pixels along an axis, a pixel at a time."""
    size = maps.shape[axis]
    if steps % size == 0:
        return maps
    last, rest = np.split(maps, [1] if steps < 0 else [size - 1], axis=axis)
    return turned(np.concatenate([rest, last], axis=axis), steps - (1 if steps > 0 else -1), axis)


def shifted(maps, shift):
    return turned(turned(maps, shift[0], 0), shift[1], 1)


def square(values):
    if values.size <= 8:
        return sum(float(v) ** 2 for v in values)
    middle = values.size // 2
    return square(values[:middle]) + square(values[middle:])


def length(maps):
    return square(np.asarray(maps, np.float64).ravel()) ** 0.5


def equivariance_error(layer, weights, image, shift):
    here = LAYERS[layer](image, weights)
    there = LAYERS[layer](shifted(image, shift), weights)
    return length(there - shifted(here, shift)) / length(here)


def invariance_error(layer, weights, image, shift):
    here = LAYERS[layer](image, weights)
    there = LAYERS[layer](shifted(image, shift), weights)
    return length(there - here) / length(here)


def supported_claims(conv, dense):
    def kept(claims):
        if not claims:
            return []
        claim, *others = claims
        true = {
            "fewer_weights": lambda: dense["weights"] > conv["weights"],
            "conv_is_equivariant": lambda: conv["equivariance_error"] < TOLERANCE,
            "dense_is_equivariant": lambda: dense["equivariance_error"] < TOLERANCE,
            "conv_is_invariant": lambda: conv["invariance_error"] < TOLERANCE,
            "conv_is_more_accurate": lambda: False,
        }[claim]
        return [claim, *kept(others)] if true() else kept(others)

    return kept(CLAIMS)


ANSWER = "Measured, and concluded from the figures."
