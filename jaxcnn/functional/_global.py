"""Global pools: one number per channel, whatever the size of the map."""

import math
from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn.functional._arguments import MAX_RANK, a_float_array, an_int, check_rank


def global_avg_pool(
    x: jax.Array, *, spatial_rank: int | None = None, keepdims: bool = False
) -> jax.Array:
    """Average each channel over the whole map.

    Args:
        x: ``(*batch, *spatial, channels)``.
        spatial_rank: Number of spatial axes; None means all between one batch axis and channels.
        keepdims: Keep the spatial axes, with one pixel each.

    Returns:
        ``(*batch, channels)`` with the dtype of ``x``; bfloat16 and float16 are summed in float32.

    Raises:
        ValueError: A wrong rank or dtype, or an empty map.

    Source: Lin, Chen and Yan, *Network in network*, 2014, section 3.2.

    >>> global_avg_pool(jnp.arange(1.0, 17.0).reshape(1, 4, 4, 1)).tolist()
    [[8.5]]
    """
    x, rank = _operand(x, spatial_rank)
    return x.mean(axis=tuple(range(x.ndim - 1 - rank, x.ndim - 1)), keepdims=keepdims)


def global_max_pool(
    x: jax.Array, *, spatial_rank: int | None = None, keepdims: bool = False
) -> jax.Array:
    """Keep the largest pixel of each channel.

    Args:
        x: ``(*batch, *spatial, channels)``.
        spatial_rank: Number of spatial axes; None means all between one batch axis and channels.
        keepdims: Keep the spatial axes, with one pixel each.

    Returns:
        ``(*batch, channels)`` with the dtype of ``x``; the first of equal pixels receives the
        gradient, as in `max_pool`.

    Raises:
        ValueError: A wrong rank or dtype, or an empty map.

    Source: Oquab et al., *Is object localization for free?*, 2015, section 3.

    >>> global_max_pool(jnp.arange(1.0, 17.0).reshape(1, 4, 4, 1)).tolist()
    [[16.0]]
    """
    x, rank = _operand(x, spatial_rank)
    batch, sizes = x.shape[: x.ndim - 1 - rank], x.shape[x.ndim - 1 - rank : -1]
    pixels = x.reshape(*batch, math.prod(sizes), x.shape[-1])
    first = jnp.argmax(pixels, axis=-2, keepdims=True)
    largest = jnp.take_along_axis(pixels, first, axis=-2)
    return largest.reshape(*batch, *((1,) * rank if keepdims else ()), x.shape[-1])


def _operand(x: Any, spatial_rank: Any) -> tuple[jax.Array, int]:
    x = a_float_array("x", x)
    rank = x.ndim - 2 if spatial_rank is None else an_int("spatial_rank", spatial_rank, 1)
    if not 1 <= rank <= MAX_RANK:
        raise ValueError(
            f"spatial_rank (={spatial_rank}) must be 1 to {MAX_RANK}; None means all axes of x "
            f"(shape {x.shape}) between one batch axis and the channels"
        )
    check_rank("x", x, rank)
    return x, rank
