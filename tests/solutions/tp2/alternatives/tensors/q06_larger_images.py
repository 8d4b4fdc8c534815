"""Question 6: tables of rules."""

import numpy as np

WINDOWED = {"conv": "kernel", "pool": "window"}


def free(layer, shape):
    """How far the window can move along each axis."""
    size = np.asarray(shape[:2]) + 2 * layer.get("padding", 0)
    return size - layer[WINDOWED[layer["kind"]]]


RULES = [
    ("channels", lambda layer, shape: layer["kind"] == "conv" and shape[2] != layer["channels"]),
    (
        "too_small",
        lambda layer, shape: layer["kind"] in WINDOWED and (free(layer, shape) < 0).any(),
    ),
    ("inputs", lambda layer, shape: layer["kind"] == "dense" and shape != (layer["inputs"],)),
]

SHAPES = {
    "dense": lambda layer, shape: [layer["units"]],
    "flatten": lambda layer, shape: [np.prod(shape)],
    "global_pool": lambda layer, shape: shape[2:],
    "pool": lambda layer, shape: [*(free(layer, shape) // layer["stride"] + 1), shape[2]],
    "conv": lambda layer, shape: [*(free(layer, shape) // layer["stride"] + 1), layer["features"]],
}

WEIGHTS = {
    "conv": lambda layer: layer["features"] * (layer["channels"] * layer["kernel"] ** 2 + 1),
    "dense": lambda layer: layer["units"] * (layer["inputs"] + 1),
}


def obstacle(layer, shape):
    shape = tuple(shape)
    return next((reason for reason, holds in RULES if holds(layer, shape)), None)


def layer_shape(layer, shape):
    return tuple(map(int, SHAPES[layer["kind"]](layer, tuple(shape))))


def run(layers, shape):
    for number, layer in enumerate(layers):
        if reason := obstacle(layer, shape):
            return (number, reason)
        shape = layer_shape(layer, shape)
        yield shape


def shapes(layers, shape):
    found = list(run(layers, shape))
    return found + [None] * (len(layers) - len(found))


def first_failure(layers, shape):
    steps = run(layers, shape)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def stranded_weights(layers, shape):
    counts = [WEIGHTS.get(layer["kind"], lambda _: 0)(layer) for layer in layers]
    return sum(counts) - sum(counts[: sum(1 for _ in run(layers, shape))])


def working_sizes(layers, channels, largest):
    sides = np.arange(1, largest + 1)
    works = [first_failure(layers, (int(n), int(n), channels)) is None for n in sides]
    return sides[works].tolist()


ANSWER = "Measured, and concluded from the figures."
