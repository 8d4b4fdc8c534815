"""Question 6, a larger image than planned."""

import math
from collections.abc import Iterator
from itertools import takewhile


def along(n: int, layer: dict) -> int:
    """Positions along an axis of ``n`` pixels; zero or less, the filter does not fit."""
    match layer:
        case {"kind": "conv", "kernel": k, "stride": s, "padding": p}:
            return math.floor((n + 2 * p - k) / s + 1)
        case {"kind": "pool", "window": k, "stride": s}:
            return math.floor((n - k) / s + 1)
        case _:
            return 1


def walk(layers: list[dict], shape: tuple | None) -> Iterator[tuple[str | None, tuple | None]]:
    """For each layer the reason why it stops, and the shape of its output."""
    for layer in layers:
        reason = obstacle(layer, shape) if shape is not None else "earlier"
        shape = layer_shape(layer, shape) if reason is None else None
        yield reason, shape


def obstacle(layer: dict, shape: tuple) -> str | None:
    """What prevents a layer from being computed on an input of shape ``shape``."""
    match layer:
        case {"kind": "conv", "channels": channels} if channels != shape[-1]:
            return "channels"
        case {"kind": "conv" | "pool"} if any(along(n, layer) <= 0 for n in shape[:2]):
            return "too_small"
        case {"kind": "dense", "inputs": inputs} if math.prod(shape) != inputs:
            return "inputs"


def layer_shape(layer: dict, shape: tuple) -> tuple:
    """Shape of the output of a layer that nothing prevents from being computed."""
    *image, depth = shape
    return {
        "conv": lambda: (*(along(n, layer) for n in image), layer["features"]),
        "pool": lambda: (*(along(n, layer) for n in image), depth),
        "global_pool": lambda: (depth,),
        "flatten": lambda: (math.prod(shape),),
        "dense": lambda: (layer["units"],),
    }[layer["kind"]]()


def shapes(layers: list[dict], shape: tuple) -> list[tuple | None]:
    """Shape of the output of each layer, one after the other."""
    return [shape for _, shape in walk(layers, shape)]


def first_failure(layers: list[dict], shape: tuple) -> tuple[int, str] | None:
    """Where and why the computation stops."""
    stops = ((i, reason) for i, (reason, _) in enumerate(walk(layers, shape)) if reason)
    return next(stops, None)


def stranded_weights(layers: list[dict], shape: tuple) -> int:
    """Number of weights of the network that the image cannot put to use."""
    done = sum(1 for _ in takewhile(lambda step: step[0] is None, walk(layers, shape)))
    total = 0
    for layer in layers[done:]:
        if layer["kind"] == "conv":
            total += layer["features"] * (1 + layer["channels"] * layer["kernel"] ** 2)
        elif layer["kind"] == "dense":
            total += layer["inputs"] * layer["units"] + layer["units"]
    return total


def working_sizes(layers: list[dict], channels: int, largest: int) -> list[int]:
    """Sides of the square images on which the whole network can be computed."""
    return [n for n in range(1, largest + 1) if None not in shapes(layers, (n, n, channels))]
