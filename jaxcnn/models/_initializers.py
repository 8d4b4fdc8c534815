"""Initialisers that fill a network of 100 million weights in a second.

JAX's initialisers compile once per shape, which for a deep network takes longer than drawing the
numbers. These let NumPy draw from the key. Traced (``jax.jit``, ``nnx.eval_shape``), the same
numbers come by a callback. Kernels are ``(*kernel_size, in_features // groups, out_features)``.

A key is one of JAX's, or a `Key`: deriving JAX's own, one after the other, takes quadratic time
when it is traced.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.core import Tracer


class Key(NamedTuple):
    """The key of one array of a network: the words of the network's key, and a number."""

    words: jax.Array
    number: int


class Keys:
    """Stands for ``nnx.Rngs`` in the constructors of layers whose initialisers are those here."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self._words = jax.random.key_data(rngs.params())
        self._count = 0

    def params(self) -> Key:
        """The next key."""
        self._count += 1
        return Key(self._words, self._count)


Initializer = Callable[[Any, Sequence[int], Any], jax.Array]
Draw = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


def he_uniform(key: Any, shape: Sequence[int], dtype: Any) -> jax.Array:
    """Uniform weights of variance 2 / fan_in, where fan_in counts all axes but the last.

    Source: K. He et al., *Delving deep into rectifiers*, 2015, section 2.2, with a uniform law.
    """
    return _drawn(key, shape, dtype, _uniform(math.sqrt(6 / math.prod(shape[:-1]))))


def he_normal(key: Any, shape: Sequence[int], dtype: Any) -> jax.Array:
    """Normal weights of variance 2 / fan_out, as PyTorch's residual networks draw them.

    As there, fan_out counts the taps times all output channels, also in a grouped convolution.

    Source: K. He et al., *Delving deep into rectifiers*, 2015, section 2.2, backward case.
    """
    fan_out = math.prod(shape[:-2]) * shape[-1]
    return drawn_normal(key, shape, dtype, math.sqrt(2 / fan_out))


def glorot_uniform(key: Any, shape: Sequence[int], dtype: Any) -> jax.Array:
    """Uniform weights of variance 2 / (fan_in + fan_out), Keras's default.

    Source: X. Glorot, Y. Bengio, *Understanding the difficulty of training deep feedforward neural
    networks*, 2010, formula 16.
    """
    fans = math.prod(shape[:-2]) * (shape[-2] + shape[-1])
    return _drawn(key, shape, dtype, _uniform(math.sqrt(6 / fans)))


def uniform(bound: float) -> Initializer:
    """Uniform weights between minus and plus ``bound``."""
    return lambda key, shape, dtype: _drawn(key, shape, dtype, _uniform(bound))


def normal(deviation: float) -> Initializer:
    """Normal weights of mean 0."""
    return lambda key, shape, dtype: drawn_normal(key, shape, dtype, deviation)


def drawn_normal(key: Any, shape: Sequence[int], dtype: Any, deviation: float) -> jax.Array:
    """Normal weights of mean 0 for one key and shape."""
    return _drawn(key, shape, dtype, _normal(deviation))


def zeros(key: Any, shape: Sequence[int], dtype: Any) -> jax.Array:
    """Zeros."""
    return _constant(0, key, shape, dtype)


def ones(key: Any, shape: Sequence[int], dtype: Any) -> jax.Array:
    """Ones."""
    return _constant(1, key, shape, dtype)


def _constant(value: int, key: Any, shape: Sequence[int], dtype: Any) -> jax.Array:
    if isinstance(_words(key)[0], Tracer):
        return jnp.full(tuple(shape), value, dtype)
    return jnp.asarray(np.full(tuple(shape), value, dtype))


def _uniform(bound: float) -> Draw:
    def draw(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        weights = generator.random(shape, dtype=np.float32)
        weights *= 2 * bound
        weights -= bound
        return weights

    return draw


def _normal(deviation: float) -> Draw:
    def draw(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        weights = generator.standard_normal(shape, dtype=np.float32)
        weights *= deviation
        return weights

    return draw


def _drawn(key: Any, shape: Sequence[int], dtype: Any, draw: Draw) -> jax.Array:
    words, number = _words(key)
    result = jax.ShapeDtypeStruct(tuple(shape), dtype)

    def weights(words: Any) -> np.ndarray:
        generator = np.random.default_rng([*np.asarray(words).ravel(), *number])
        return draw(generator, result.shape).astype(result.dtype, copy=False)

    if isinstance(words, Tracer):
        return jax.pure_callback(weights, result, words, vmap_method="sequential")
    return jnp.asarray(weights(words))


def _words(key: Any) -> tuple[jax.Array, tuple[int, ...]]:
    if isinstance(key, Key):
        return key.words, (key.number,)
    typed = jnp.issubdtype(key.dtype, jax.dtypes.prng_key)
    return (jax.random.key_data(key) if typed else key), ()
