"""Initialisers that fill a network of 100 million weights in a second."""

import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer


def he_uniform(key: jax.Array, shape: Sequence[int], dtype: Any) -> jax.Array:
    """Uniform weights of variance 2 / fan_in, drawn by NumPy from the key.

    JAX's initialisers compile once per shape, which for VGG16 takes longer than drawing the
    numbers. Traced (``jax.jit``, ``nnx.eval_shape``), the same numbers come by a callback.

    Args:
        key: Random key.
        shape: ``(*kernel_size, in_features, out_features)``; the last axis is not counted in
            fan_in.
        dtype: Type of the weights.

    Returns:
        Weights of ``shape``.

    Source: K. He et al., *Delving deep into rectifiers*, 2015, section 2.2, with a uniform law.
    """
    data = jax.random.key_data(key) if jnp.issubdtype(key.dtype, jax.dtypes.prng_key) else key
    result = jax.ShapeDtypeStruct(tuple(shape), dtype)
    if isinstance(data, Tracer):
        return jax.pure_callback(
            lambda words: _draw(words, result), result, data, vmap_method="sequential"
        )
    return jnp.asarray(_draw(data, result))


def _draw(words: Any, result: jax.ShapeDtypeStruct) -> np.ndarray:
    bound = math.sqrt(6 / math.prod(result.shape[:-1]))
    generator = np.random.default_rng(np.asarray(words).ravel())
    weights = generator.random(result.shape, dtype=np.float32)
    weights *= 2 * bound
    weights -= bound
    return weights.astype(result.dtype, copy=False)
