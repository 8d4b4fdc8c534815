"""Layers without parameters that put networks together."""

from collections.abc import Iterator
from typing import Any, overload

import jax
from flax import nnx

from jaxcnn import analysis, functional
from jaxcnn.functional._arguments import an_array


class Sequential(nnx.Sequential):
    """Layers and functions applied in order; can be indexed, sliced and iterated.

    A slice is a `Sequential` that shares the layers.

    Args:
        *layers: Modules and functions of one array; shapes are those that they take.

    Source: ``flax.nnx.Sequential``.

    >>> model = Sequential(nnx.Linear(4, 3, rngs=nnx.Rngs(0)), nnx.relu, Flatten())
    >>> len(model), len(model[:2]), model[1] is nnx.relu
    (3, 2, True)
    """

    layers: Any

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.layers)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> "Sequential": ...
    def __getitem__(self, index: int | slice) -> Any:
        chosen = list(self)[index]
        return Sequential(*chosen) if isinstance(index, slice) else chosen

    def describe(self) -> analysis.Layer:
        """The layers as `jaxcnn.analysis` sees them."""
        return analysis.as_layers(list(self))


class Flatten(nnx.Module):
    """All axes but the first, the batch, in one, channels fastest: ``(h, w, c)`` order.

    Maps ``(batch, ...)`` to ``(batch, product)``. PyTorch flattens in ``(c, h, w)`` order: weights
    of a following dense layer must be reordered.

    Raises:
        ValueError: When called, an input without a batch axis and others.

    >>> Flatten()(jnp.ones((2, 7, 7, 50))).shape
    (2, 2450)
    """

    def __call__(self, x: jax.Array) -> jax.Array:
        """Flattens ``x``: ``(batch, ...)`` to ``(batch, product)``."""
        x = an_array("x", x)
        if x.ndim < 2:
            raise ValueError(f"x has shape {x.shape}, but must have a batch axis and others")
        return x.reshape(x.shape[0], -1)

    def describe(self) -> analysis.Layer:
        """The layer as `jaxcnn.analysis` sees it."""
        return analysis.Flatten()


class _GlobalPool(nnx.Module):
    def __init__(self, *, spatial_rank: int | None = None, keepdims: bool = False) -> None:
        self.spatial_rank = spatial_rank
        self.keepdims = keepdims


class GlobalAvgPool(_GlobalPool):
    """The mean of each channel over all positions: ``(batch, *spatial, c)`` to ``(batch, c)``.

    Args:
        spatial_rank: Number of spatial axes; None means all between one batch axis and channels.
        keepdims: Keep the spatial axes, with one pixel each.

    Raises:
        ValueError: When called, an input of wrong rank or dtype.

    Source: M. Lin, Q. Chen, S. Yan, *Network in network*, 2014, section 3.2.

    >>> GlobalAvgPool()(jnp.ones((2, 7, 9, 5))).shape
    (2, 5)
    """

    def __call__(self, x: jax.Array) -> jax.Array:
        """Averages ``x``: ``(*batch, *spatial, channels)``."""
        return functional.global_avg_pool(x, spatial_rank=self.spatial_rank, keepdims=self.keepdims)

    def describe(self) -> analysis.Layer:
        """The layer as `jaxcnn.analysis` sees it."""
        return analysis.AdaptivePool(1) if self.keepdims else analysis.GlobalPool("avg")


class GlobalMaxPool(_GlobalPool):
    """The maximum of each channel over all positions: ``(batch, *spatial, c)`` to ``(batch, c)``.

    Arguments and errors as `GlobalAvgPool`.

    Source: M. Oquab et al., *Is object localization for free?*, 2015, section 3.

    >>> GlobalMaxPool(keepdims=True)(jnp.ones((2, 7, 9, 5))).shape
    (2, 1, 1, 5)
    """

    def __call__(self, x: jax.Array) -> jax.Array:
        """Takes the maxima of ``x``: ``(*batch, *spatial, channels)``."""
        return functional.global_max_pool(x, spatial_rank=self.spatial_rank, keepdims=self.keepdims)

    def describe(self) -> analysis.Layer:
        """The layer as `jaxcnn.analysis` sees it."""
        return analysis.AdaptivePool(1, "max") if self.keepdims else analysis.GlobalPool("max")
