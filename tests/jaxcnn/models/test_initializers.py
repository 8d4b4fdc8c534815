"""Weights drawn by NumPy have the promised laws, and are the same under a trace."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn.models import create_model
from jaxcnn.models._initializers import (
    Key,
    Keys,
    glorot_uniform,
    he_normal,
    he_uniform,
    normal,
    ones,
    uniform,
    zeros,
)

SHAPE = (3, 3, 32, 64)


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [
        (he_uniform, 2 / (9 * 32)),
        (he_normal, 2 / (9 * 64)),
        (glorot_uniform, 2 / (9 * 96)),
        (uniform(0.5), 1 / 12),
        (normal(0.01), 1e-4),
    ],
)
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16])
def test_weights_have_the_promised_variance(initializer, variance, dtype):
    weights = initializer(jax.random.key(0), SHAPE, dtype)
    assert weights.dtype == dtype
    values = np.asarray(weights, np.float64)
    assert abs(values.var() / variance - 1) < 0.03
    assert abs(values.mean()) < 0.02 * np.sqrt(variance)


@pytest.mark.parametrize("initializer", [he_uniform, he_normal, zeros, ones])
def test_weights_drawn_under_a_trace_are_those_drawn_without(initializer):
    key = jax.random.key(3)
    words = jax.random.key_data(key)
    traced = jax.jit(lambda key: initializer(key, (3, 2, 4), jnp.float32))(key)
    np.testing.assert_array_equal(initializer(key, (3, 2, 4), jnp.float32), traced)
    traced = jax.jit(lambda words: initializer(Key(words, 7), (3, 2, 4), jnp.float32))(words)
    np.testing.assert_array_equal(initializer(Key(words, 7), (3, 2, 4), jnp.float32), traced)


def test_every_key_draws_other_weights():
    keys = Keys(nnx.Rngs(0))
    first, second = (he_normal(keys.params(), (8,) * 3, jnp.float32) for _ in range(2))
    assert not np.any(first == second)
    again = he_normal(Keys(nnx.Rngs(0)).params(), (8,) * 3, jnp.float32)
    np.testing.assert_array_equal(first, again)


def test_a_network_built_under_a_trace_is_the_one_built_without():
    direct = nnx.state(create_model("fcn", filters=(2,), kernel_sizes=(3,), seed=1), nnx.Param)

    @nnx.jit
    def build():
        return create_model("fcn", filters=(2,), kernel_sizes=(3,), seed=1)

    traced = nnx.state(build(), nnx.Param)
    for a, b in zip(jax.tree.leaves(direct), jax.tree.leaves(traced), strict=True):
        np.testing.assert_array_equal(a, b)
