"""Convolutions of `jaxcnn.native` by minimal filtering: where they apply, and their calls."""

import math
from typing import Any

import jax
from jax import lax

from jaxcnn.functional._lowering import _native
from jaxcnn.functional._lowering._convolution import Case, Convolution, Sizes
from jaxcnn.native import WINOGRAD, WINOGRAD_KERNEL_GRADIENT


def convolves(case: Case, *, turned: bool = False) -> bool:
    """Tell whether minimal filtering is there for a convolution, and precise enough for who asks."""
    return _may_round(case.conv.precision) and _native.convolves(case, WINOGRAD, turned=turned)


def sums(case: Case) -> bool:
    """Tell whether minimal filtering is there for a kernel gradient, and precise enough for who asks."""
    return _may_round(case.conv.precision) and _native.sums(case, WINOGRAD_KERNEL_GRADIENT)


def is_fast(case: Case) -> bool:
    """Tell whether a convolution is faster so than in the plain kernels (AVX2 and AVX-512).

    Kernels are brought to the points for each call: that is worth it for more than a few tiles. Several
    filters, as of a kernel that is not 3x3, and several groups pay for more channels only.
    """
    tiles, least, pairs = (32, 16, 256) if _is_one_filter(case) else (64, 16, 1000)
    return _has_channels(case, least, pairs) and _fills_tiles(case, tiles)


def sums_fast(case: Case) -> bool:
    """Tell whether a kernel gradient is faster so than in the plain kernels."""
    least = 16 if _is_one_filter(case) else 32
    return _has_channels(case, least, least * least) and _fills_tiles(case, 128)


def _has_channels(case: Case, least: int, pairs: int) -> bool:
    if case.conv.groups > 1:
        least, pairs = 32, 1024
    return min(case.ins, case.outs) >= least and case.ins * case.outs >= pairs


def _is_one_filter(case: Case) -> bool:
    return case.kernel_size[-2:] == (3, 3)


def _fills_tiles(case: Case, least: int) -> bool:
    """Whether there are so many tiles, of which no more than a third is beyond the map."""
    *slices, rows, columns = case.out_size
    tiles = case.batch * math.prod(slices)
    for n, step in zip((rows, columns), case.conv.kernel_dilation[-2:], strict=True):
        tiles *= -(n // (-2 * step)) * step
    return tiles >= least and 4 * tiles <= 1.5 * case.batch * math.prod(case.out_size)


def _may_round(precision: Any) -> bool:
    """Whether the default precision is enough: a product is rounded with those beside it, not for itself."""
    if precision is None:
        precision = jax.config.jax_default_matmul_precision  # type: ignore[attr-defined]
    asked = precision if isinstance(precision, tuple) else (precision,)
    try:
        return {lax.Precision(one) for one in asked} == {lax.Precision.DEFAULT}
    except ValueError:  # an algorithm of matrix products by name
        return False


def forward(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Convolve."""
    return _native.forward(conv, x, kernel, WINOGRAD)


def input_gradient(
    back: Convolution, g: jax.Array, kernel: jax.Array, map_size: Sizes
) -> jax.Array:
    """The convolution ``back`` of the cotangent with the kernel, which is turned on its way to the points."""
    return _native.input_gradient(back, g, kernel, map_size, WINOGRAD)


def kernel_gradient(conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes) -> jax.Array:
    """Sum the products of inputs and cotangents at the points."""
    return _native.kernel_gradient(conv, x, g, kernel_size, WINOGRAD_KERNEL_GRADIENT)
