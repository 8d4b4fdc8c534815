"""Layers without parameters that put networks together."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, overload

import jax
from flax import nnx

from jaxcnn import analysis, functional
from jaxcnn.functional._arguments import an_array


class Sequential(nnx.Sequential):
    """Layers and functions applied in order; can be indexed, sliced and iterated.

    Layers given by keyword have that name, the others their position, ``"0"``, ``"1"``... The name
    is an index too, and a part of the layer's path in `jaxcnn.analysis.summary` and
    `jaxcnn.models.intermediates`. A slice is a `Sequential` that shares the layers and, where they
    were given, the names.

    Args:
        *layers: Modules and functions of one array; shapes are those that they take.
        **named: Instead, the same with names.

    Raises:
        ValueError: Some layers have names and others have none, or a name means something else to
            a Flax module.

    Source: ``flax.nnx.Sequential``; names as in PyTorch's ``Sequential`` of an ``OrderedDict``.

    >>> model = Sequential(nnx.Linear(4, 3, rngs=nnx.Rngs(0)), nnx.relu, Flatten())
    >>> len(model), len(model[:2]), model[1] is nnx.relu
    (3, 2, True)
    >>> head = Sequential(pool=GlobalAvgPool(), fc=nnx.Linear(4, 3, rngs=nnx.Rngs(0)))
    >>> head.names, head["fc"] is head[-1]
    (('pool', 'fc'), True)
    """

    layers: Any

    def __init__(self, *layers: Any, **named: Any) -> None:
        if layers and named:
            raise ValueError(
                f"{next(iter(named))} must not be given as a name: either all layers have names or none"
            )
        super().__init__(*layers)
        if named:
            self.layers = _NamedLayers(named)

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each layer, in order."""
        if isinstance(self.layers, _NamedLayers):
            return self.layers.names
        return tuple(map(str, range(len(self.layers))))

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.layers)

    @overload
    def __getitem__(self, index: int | str) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> "Sequential": ...
    def __getitem__(self, index: int | str | slice) -> Any:
        if not isinstance(index, slice):
            return list(self)[self._position(index)]
        chosen = list(self)[index]
        if isinstance(self.layers, _NamedLayers):
            return Sequential(**dict(zip(self.names[index], chosen, strict=True)))
        return Sequential(*chosen)

    def __setitem__(self, index: int | str, layer: Any) -> None:
        # Flax decides at the first assignment whether an attribute is data; here it may change.
        value = nnx.data(layer) if nnx.is_data(layer) else nnx.static(layer)
        setattr(self.layers, self.names[self._position(index)], value)

    def _position(self, index: int | str) -> int:
        if isinstance(index, int):
            return range(len(self))[index]
        if index not in self.names:
            raise KeyError(f"{index!r} must be one of the layers' names: {', '.join(self.names)}")
        return self.names.index(index)

    def describe(self) -> analysis.Layer:
        """The layers as `jaxcnn.analysis` sees them."""
        return described(zip(self.names, self, strict=True))


def described(layers: Iterable[tuple[str, Any]], name: str = "") -> analysis.Chain:
    """Layers with their names as `jaxcnn.analysis` sees them, one after the other."""
    parts = tuple(replace(analysis.as_layers(layer), name=own) for own, layer in layers)
    return analysis.Chain(parts, name=name)


class _NamedLayers(nnx.Module):
    """What ``nnx.List`` is to positions, for names: each layer is the attribute of that name."""

    def __init__(self, layers: Mapping[str, Any]) -> None:
        for name, layer in layers.items():
            if name.startswith("_") or hasattr(type(self), name):
                raise ValueError(f"{name} must not be the name of a layer: a module uses it itself")
            setattr(self, name, layer)
        self._names = tuple(layers)

    @property
    def names(self) -> tuple[str, ...]:
        return self._names

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Any]:
        return (getattr(self, name) for name in self._names)


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
