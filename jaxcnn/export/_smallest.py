"""The smallest images that a network accepts, found without running it."""

from collections.abc import Callable, Sequence
from typing import Any

import jax

from jaxcnn import analysis

from ._forward import Forward

Accepts = Callable[[Sequence[int]], bool]


def smallest_shape(
    model: Any, forward: Forward, example: tuple[int, ...], dtype: Any
) -> tuple[int, ...]:
    """For each spatial axis, the least size at which the network can be computed.

    By arithmetic where the model describes its layers, confirmed by tracing it once; by tracing
    alone where it does not.

    Args:
        model: The network, perhaps with a ``describe()``.
        forward: What it computes.
        example: ``(*spatial, channels)`` that it accepts.
        dtype: Type of the images.

    Returns:
        ``(*spatial, channels)``.

    Raises:
        ValueError: The network does not accept ``example``, or nothing larger.
    """

    def trace(shape: Sequence[int]) -> None:
        forward.trace(jax.ShapeDtypeStruct((1, *shape), dtype))

    def traces(shape: Sequence[int]) -> bool:
        try:
            trace(shape)
        except (ValueError, TypeError):
            return False
        return True

    trace(example)
    larger = (*(2 * size + 1 for size in example[:-1]), example[-1])
    try:
        trace(larger)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"image_size (='any') must be left to networks that take every size, but this one does "
            f"not take {larger}: {error}"
        ) from error
    described = _described(model)
    if described is not None and described(example):
        found = _search(described, example)
        if traces(found) and not _shrinks(traces, found):
            return found
    return _search(traces, example)


def _described(model: Any) -> Accepts | None:
    try:
        layers = analysis.as_layers(model)
    except ValueError:
        return None

    def accepts(shape: Sequence[int]) -> bool:
        try:
            analysis.output_shapes(layers, shape)
        except ValueError:
            return False
        return True

    return accepts


def _search(accepts: Accepts, example: tuple[int, ...]) -> tuple[int, ...]:
    """Halves the interval on one axis after the other; a larger map is never harder to compute."""
    found = list(example)
    for axis in range(len(example) - 1):
        low, high = 1, example[axis]
        while low < high:
            middle = (low + high) // 2
            if accepts((*example[:axis], middle, *example[axis + 1 :])):
                high = middle
            else:
                low = middle + 1
        found[axis] = high
    return tuple(found)


def _shrinks(accepts: Accepts, shape: tuple[int, ...]) -> bool:
    """Tells whether one pixel less on the first axis would do too."""
    return shape[0] > 1 and accepts((shape[0] - 1, *shape[1:]))
