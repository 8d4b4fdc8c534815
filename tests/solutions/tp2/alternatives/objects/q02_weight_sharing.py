"""Question 2: a class for each kind of layer, measurements that are computed when asked for."""

from dataclasses import dataclass
from fractions import Fraction
from math import hypot

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


@dataclass(frozen=True)
class Layer:
    outputs: int
    inputs_of_each: int
    shared_by: int = 1

    @property
    def weights(self):
        return self.outputs * self.inputs_of_each // self.shared_by


def _layers(height, width, in_channels, kernel, filters):
    outputs, window = height * width * filters, kernel * kernel * in_channels
    return {
        "dense": Layer(outputs, height * width * in_channels),
        "local": Layer(outputs, window),
        "conv": Layer(outputs, window, shared_by=height * width),
    }


def weight_counts(height, width, in_channels, kernel, filters):
    layers = _layers(height, width, in_channels, kernel, filters)
    return {name: layer.weights for name, layer in layers.items()}


def savings(height, width, in_channels, kernel, filters):
    dense, local, conv = (
        layer.weights for layer in _layers(height, width, in_channels, kernel, filters).values()
    )
    return {"locality": float(Fraction(dense, local)), "sharing": float(Fraction(local, conv))}


class Response:
    """What a layer answers, and how it compares."""

    def __init__(self, layer, weights, image):
        self.layer, self.weights, self.image = layer, weights, image
        self.maps = LAYERS[layer](image, weights)

    def moved(self, shift):
        rows = (np.arange(self.image.shape[0]) - shift[0]) % self.image.shape[0]
        columns = (np.arange(self.image.shape[1]) - shift[1]) % self.image.shape[1]
        self.place = np.ix_(rows, columns)
        return Response(self.layer, self.weights, self.image[self.place])

    def relative(self, other):
        return hypot(*(other - self.maps).ravel().tolist()) / hypot(*self.maps.ravel().tolist())


def equivariance_error(layer, weights, image, shift):
    still = Response(layer, weights, image)
    moving = still.moved(shift)
    away = moving.maps - still.maps[still.place]
    return still.relative(still.maps + away)


def invariance_error(layer, weights, image, shift):
    still = Response(layer, weights, image)
    return still.relative(still.moved(shift).maps)


def supported_claims(conv, dense):
    rules = {
        CLAIMS[0]: conv["weights"] - dense["weights"] < 0,
        CLAIMS[1]: conv["equivariance_error"] < TOLERANCE,
        CLAIMS[2]: dense["equivariance_error"] < TOLERANCE,
        CLAIMS[3]: conv["invariance_error"] < TOLERANCE,
    }
    return list(filter(rules.get, CLAIMS))


ANSWER = "Measured, and concluded from the figures."
