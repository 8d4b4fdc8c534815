"""The pools of `jaxcnn.native` as lowering algorithms: where they apply, and their calls."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.functional._lowering import _native
from jaxcnn.functional._lowering._windows import Pool, PoolCase
from jaxcnn.native import MAX_POOL, MAX_POOL_SCATTER, SUM_POOL, SUM_POOL_BACK, native


def takes(case: PoolCase) -> bool:
    """Tell whether the kernels take a pool at all."""
    kind = case.dtype, case.is_concrete, len(case.map_size)
    return _native.takes_kind(*kind) and native().pools(_sizes(case))


def scatters(case: PoolCase) -> bool:
    """Tell whether the kernels take the gradient of a maximum at all: its taps have numbers of a byte."""
    return case.pool.taps <= 256 and takes(case)


def maxima_are_fast(case: PoolCase) -> bool:
    """Tell whether maxima, and their gradient, are faster in the kernels; those of a single channel are not."""
    return case.channels > 1


def sums_are_fast(case: PoolCase) -> bool:
    """Tell whether averages are faster in the kernels; in JAX they are one loop with what is done to them."""
    return case.channels >= 16


def _sizes(case: PoolCase) -> tuple[int, ...]:
    """``Windows`` of ``kernels.h``: over three axes, those that are missing of size 1."""
    pool = case.pool
    low, high = zip(*pool.padding, strict=True)
    of_axes = (
        (case.map_size, 1),
        (pool.output_size(case.map_size), 1),
        (pool.window_shape, 1),
        (pool.strides, 1),
        (low, 0),
        (high, 0),
        (pool.dilation, 1),
    )
    return (case.batch, case.channels, *_native.over_three_axes(of_axes))


def maximum(pool: Pool, x: jax.Array) -> jax.Array:
    """The largest pixel of every window."""
    case = PoolCase.of(pool, x)
    return _call(MAX_POOL, case, _of_windows(case), x)


def select_and_scatter(pool: Pool, g: jax.Array, x: jax.Array) -> jax.Array:
    """Bring ``g`` to the first maximum of each window; a pixel of several windows gets the sum."""
    winners = jax.ShapeDtypeStruct(g.shape, jnp.uint8)  # the number of each window's tap
    return _call(MAX_POOL_SCATTER, PoolCase.of(pool, x), x.shape, g, x, scratch=(winners,))


def total(pool: Pool, x: jax.Array, divisor: float) -> jax.Array:
    """The sum of every window, divided."""
    case = PoolCase.of(pool, x)
    return _call(SUM_POOL, case, _of_windows(case), x, divisor=np.float32(divisor))


def total_back(pool: Pool, g: jax.Array, map_size: tuple[int, ...]) -> jax.Array:
    """For every pixel, the sum over the windows that see it."""
    shape = (g.shape[0], *map_size, g.shape[-1])
    case = PoolCase.of(pool, jax.ShapeDtypeStruct(shape, g.dtype))
    return _call(SUM_POOL_BACK, case, shape, g)


def _of_windows(case: PoolCase) -> tuple[int, ...]:
    return (case.batch, *case.pool.output_size(case.map_size), case.channels)


def _call(
    target: str,
    case: PoolCase,
    shape: tuple[int, ...],
    *operands: jax.Array,
    scratch: tuple[jax.ShapeDtypeStruct, ...] = (),
    **more: np.float32,
) -> jax.Array:
    results = (jax.ShapeDtypeStruct(shape, operands[0].dtype), *scratch)
    call = jax.ffi.ffi_call(target, results)
    return call(*operands, sizes=np.array(_sizes(case), np.int64), **more)[0]
