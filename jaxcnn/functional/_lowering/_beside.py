"""Images of a batch side by side, as channels of a single one: where each group is one channel, and these are few.

A vector of the native kernels then holds a pixel of several images. That costs two transpositions.
"""

from dataclasses import replace

import jax
import jax.numpy as jnp

from jaxcnn.functional._lowering import _native
from jaxcnn.functional._lowering._convolution import Case, Convolution, Sizes

_TAPS = 36  # fewer take less time than to lay the images side by side


def takes(case: Case) -> bool:
    """Tell whether the images are to be laid side by side for the native kernels."""
    if not case.is_concrete or (case.ins, case.outs) != (1, 1):
        return False
    few = case.conv.groups < _native.VECTOR <= case.conv.groups * case.batch
    return few and case.taps >= _TAPS and _native.convolves(_wide(case))


def sums(case: Case) -> bool:
    """Tell whether they are for the kernel gradient."""
    return takes(case) and _native.sums(_wide(case))


def forward(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Convolve."""
    wide = _beside(x)
    kernels = jnp.tile(kernel, x.shape[0])
    return _apart(_native.forward(_of_all(conv, x.shape[0]), wide, kernels), x.shape[0])


def kernel_gradient(conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes) -> jax.Array:
    """Sum the products of inputs and cotangents, of each image and then of all."""
    batch = x.shape[0]
    of_each = _native.kernel_gradient(_of_all(conv, batch), _beside(x), _beside(g), kernel_size)
    return of_each.reshape(*of_each.shape[:-1], batch, -1).sum(-2)


def _wide(case: Case) -> Case:
    return replace(case, conv=_of_all(case.conv, case.batch), batch=1)


def _of_all(conv: Convolution, batch: int) -> Convolution:
    return replace(conv, groups=conv.groups * batch)


def _beside(x: jax.Array) -> jax.Array:
    """``(1, *map, batch * channels)``."""
    return jnp.moveaxis(x, 0, -2).reshape(1, *x.shape[1:-1], -1)


def _apart(y: jax.Array, batch: int) -> jax.Array:
    """``(batch, *map, channels)`` again."""
    return jnp.moveaxis(y.reshape(*y.shape[1:-1], batch, -1), -2, 0)
