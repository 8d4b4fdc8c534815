"""What a convolution is, apart from its arrays."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional._padding import span

Sizes = tuple[int, ...]


@dataclass(frozen=True)
class Convolution:
    """``y = conv(x, kernel)`` with ``x: (batch, *map, G * I)`` and ``kernel: (*K, I, G * O)``.

    Group ``g`` of the outputs sees group ``g`` of the inputs; ``G`` is ``groups``.
    """

    strides: Sizes
    padding: tuple[tuple[int, int], ...]
    input_dilation: Sizes
    kernel_dilation: Sizes
    groups: int
    precision: lax.PrecisionLike = None

    @property
    def rank(self) -> int:
        return len(self.strides)

    @property
    def is_plain(self) -> bool:
        """No stride and no dilation of the input."""
        return set(self.strides) | set(self.input_dilation) == {1}

    def extents(self, kernel_size: Sequence[int]) -> Sizes:
        """Pixels that the dilated kernel covers, per axis."""
        return tuple(span(k, d) for k, d in zip(kernel_size, self.kernel_dilation, strict=True))

    def output_size(self, map_size: Sequence[Any], kernel_size: Sequence[int]) -> tuple[Any, ...]:
        """Size of the output map for one of ``map_size``."""
        return tuple(
            (span(n, spread) + low + high - extent) // stride + 1
            for n, spread, (low, high), extent, stride in zip(
                map_size,
                self.input_dilation,
                self.padding,
                self.extents(kernel_size),
                self.strides,
                strict=True,
            )
        )

    def as_plane(self) -> "Convolution":
        """A convolution along one axis as one over images of height 1."""
        return replace(
            self,
            strides=(1, *self.strides),
            padding=((0, 0), *self.padding),
            input_dilation=(1, *self.input_dilation),
            kernel_dilation=(1, *self.kernel_dilation),
        )

    def of_input_gradient(self, map_size: Sizes, kernel_size: Sizes) -> "Convolution":
        """The convolution from the output's cotangent to the input's, with `turned` kernel."""
        padding = []
        for n, k_extent, out, spread, stride, (low, _) in zip(
            map_size,
            self.extents(kernel_size),
            self.output_size(map_size, kernel_size),
            self.input_dilation,
            self.strides,
            self.padding,
            strict=True,
        ):
            padding.append((k_extent - 1 - low, span(n, spread) - span(out, stride) + low))
        return replace(
            self,
            strides=self.input_dilation,
            input_dilation=self.strides,
            padding=tuple(padding),
        )

    def with_roles_exchanged(self, map_size: Sizes, kernel_size: Sizes) -> "Convolution":
        """The convolution from the output's size to the input's that has the same kernel gradient.

        Its input is this one's cotangent, its cotangent this one's input, its kernel gradient this
        one's, `turned`. Only for strides of 1; an input dilation becomes its stride.
        """
        padding = []
        for n, extent, out, spread, (low, _) in zip(
            map_size,
            self.extents(kernel_size),
            self.output_size(map_size, kernel_size),
            self.input_dilation,
            self.padding,
            strict=True,
        ):
            before = extent - 1 - low
            padding.append((before, (n - 1) * spread + extent - out - before))
        ones = (1,) * self.rank
        return replace(
            self, strides=self.input_dilation, input_dilation=ones, padding=tuple(padding)
        )


def turned(kernel: jax.Array, groups: int) -> jax.Array:
    """Flip the spatial axes and exchange inputs with outputs: ``(*K, I, G*O)`` to ``(*K, O, G*I)``."""
    *size, ins, outs = kernel.shape
    split = jnp.flip(kernel, range(len(size))).reshape(*size, ins, groups, outs // groups)
    return jnp.moveaxis(split, -1, -3).swapaxes(-1, -2).reshape(*size, outs // groups, groups * ins)


@dataclass(frozen=True)
class Case:
    """A convolution with the sizes of its arrays: what a rule looks at.

    Attributes:
        conv: The static side.
        batch: Number of examples; it and the map may be symbolic.
        map_size, kernel_size, out_size: Spatial sizes.
        ins, outs: Channels per group.
        dtype: That of the arrays.
    """

    conv: Convolution
    batch: Any
    map_size: tuple[Any, ...]
    kernel_size: Sizes
    out_size: tuple[Any, ...]
    ins: int
    outs: int
    dtype: Any

    @classmethod
    def of(cls, conv: Convolution, x: Any, kernel_size: Sizes, features: int) -> "Case":
        """From an input ``(batch, *map, channels)`` and the number of output features."""
        map_size = x.shape[1:-1]
        return cls(
            conv,
            x.shape[0],
            map_size,
            kernel_size,
            conv.output_size(map_size, kernel_size),
            x.shape[-1] // conv.groups,
            features // conv.groups,
            x.dtype,
        )

    @property
    def taps(self) -> int:
        return math.prod(self.kernel_size)

    @property
    def is_concrete(self) -> bool:
        """No size is symbolic."""
        return all(isinstance(n, int) for n in (self.batch, *self.map_size))

    @property
    def is_sized(self) -> bool:
        """No spatial size is symbolic."""
        return all(isinstance(n, int) for n in self.map_size)

    @property
    def is_pointwise(self) -> bool:
        """Every output sees one pixel, and there is no padding."""
        conv = self.conv
        no_padding = all(pair == (0, 0) for pair in conv.padding)
        return self.taps == 1 and no_padding and set(conv.input_dilation) == {1}


def padded(x: jax.Array, conv: Convolution) -> jax.Array:
    """Spread and pad the spatial axes as the convolution says."""
    if set(conv.input_dilation) == {1} and all(pair == (0, 0) for pair in conv.padding):
        return x
    margins = [(*pair, d - 1) for pair, d in zip(conv.padding, conv.input_dilation, strict=True)]
    return lax.pad(x, jnp.zeros((), x.dtype), ((0, 0, 0), *margins, (0, 0, 0)))


def with_explicit_padding(x: jax.Array, conv: Convolution) -> tuple[jax.Array, Convolution]:
    """Return the padded and spread input, and what is left of the convolution."""
    nothing = ((0, 0),) * conv.rank
    return padded(x, conv), replace(conv, padding=nothing, input_dilation=(1,) * conv.rank)


def tap_offsets(kernel_size: Sequence[int], dilation: Sequence[int]) -> list[Sizes]:
    """Where the taps of a kernel or window are, row by row."""
    axes = (range(0, k * d, d) for k, d in zip(kernel_size, dilation, strict=True))
    return list(itertools.product(*axes))


def tap(x: jax.Array, offset: Sequence[Any], out: Sequence[Any], strides: Sizes) -> jax.Array:
    """Return what one tap of the kernel meets in a padded ``(batch, *map, channels)``."""
    start = (0, *offset, 0)
    stop = [first + (n - 1) * s + 1 for first, n, s in zip(offset, out, strides, strict=True)]
    return lax.slice(x, start, (x.shape[0], *stop, x.shape[-1]), (1, *strides, 1))
