"""The sums of batch normalisation of `jaxcnn.native` as lowering algorithms: where they apply, and their calls."""

import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from jaxcnn.functional._lowering import _native
from jaxcnn.native import CHANNEL_SUMS, MOMENTS, native


class ChannelCase(NamedTuple):
    """Sums over the pixels of ``(batch, ..., channels)``: what decides how a CPU computes them."""

    shape: tuple[Any, ...]
    dtype: Any

    @property
    def is_concrete(self) -> bool:
        """Whether no size is a symbol."""
        return all(isinstance(n, int) for n in self.shape)


def takes(case: ChannelCase) -> bool:
    """Tell whether the kernels take the sums at all; their loops know no axes but pixels and channels."""
    if not _native.takes_kind(case.dtype, case.is_concrete, 0) or len(case.shape) < 2:
        return False
    return _scratch(case.shape) is not None


def are_fast(case: ChannelCase) -> bool:
    """Tell whether they are faster in the kernels: for vectors that are half full, and more than a few pixels."""
    return case.shape[-1] >= 8 and math.prod(case.shape) >= 1 << 12


def moments(x: jax.Array) -> jax.Array:
    """Mean and biased variance of each channel."""
    return _call(MOMENTS, x.shape, x)


def channel_sums(g: jax.Array, x: jax.Array, mean: jax.Array) -> jax.Array:
    """For each channel the sum of ``g``, and that of ``g * (x - mean)``."""
    return _call(CHANNEL_SUMS, x.shape, g, x, mean)


def _scratch(shape: tuple[int, ...]) -> int | None:
    return native().statistics_scratch(math.prod(shape[:-1]), shape[-1])


def _call(target: str, shape: tuple[int, ...], *operands: jax.Array) -> jax.Array:
    scratch = _scratch(shape)
    assert scratch is not None, "the rule looked"
    results = (
        jax.ShapeDtypeStruct((2, shape[-1]), jnp.float32),
        jax.ShapeDtypeStruct((scratch,), jnp.float32),
    )
    return jax.ffi.ffi_call(target, results)(*operands)[0]
