"""Batch normalisation equals its formula, and so do its derivatives of either mode and any order."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from jaxcnn.functional._batch_norm import batch_norm

EPSILON = 1e-5


def by_formula(x, scale, bias):
    axes = tuple(range(x.ndim - 1))
    mean = x.mean(axes)
    variance = ((x - mean) ** 2).mean(axes)
    return (x - mean) / jnp.sqrt(variance + EPSILON) * scale + bias, mean, variance


def operands(*shape, dtype=np.float32):
    rng = np.random.default_rng(0)
    x = rng.normal(3, 2, size=shape).astype(dtype)
    return x, rng.normal(size=shape[-1]).astype(dtype), rng.normal(size=shape[-1]).astype(dtype)


def ours(x, scale, bias):
    return batch_norm(x, scale, bias, EPSILON)


def a_loss(function):
    """Uses every result, each with weights of its own."""

    def loss(*primals):
        parts = function(*primals)
        weights = [jnp.cos(jnp.arange(part.size, dtype=part.dtype)) for part in parts]
        return sum((w * part.ravel() ** 2).sum() for w, part in zip(weights, parts, strict=True))

    return loss


def assert_equal(found, expected):
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        scale = float(jnp.abs(other).max()) + 1e-6
        np.testing.assert_allclose(one / scale, other / scale, atol=2e-5)


@pytest.mark.parametrize("shape", [(6, 3), (2, 5, 4), (2, 4, 5, 8), (1, 3, 3, 2, 16)])
def test_values_and_gradients_equal_the_formula(shape):
    primals = operands(*shape)
    assert_equal(jax.jit(ours)(*primals), by_formula(*primals))
    gradients = [jax.jit(jax.grad(a_loss(f), (0, 1, 2)))(*primals) for f in (ours, by_formula)]
    assert_equal(*gradients)


@pytest.mark.parametrize(
    "transform",
    [
        lambda f: jax.jacfwd(a_loss(f), (0, 1, 2)),
        lambda f: jax.hessian(a_loss(f), (0, 1)),
        lambda f: jax.jacrev(jax.grad(a_loss(f), 0), 0),
        lambda f: jax.grad(jax.checkpoint(a_loss(f)), (0, 1, 2)),
    ],
    ids=["forward", "forward over reverse", "reverse over reverse", "remat"],
)
def test_derivatives_of_other_modes_and_orders_equal_the_formulas(transform):
    primals = operands(2, 3, 2, 2)
    assert_equal(transform(ours)(*primals), transform(by_formula)(*primals))


def test_the_derivatives_are_those_of_finite_differences():
    check_grads(
        lambda *primals: ours(*primals)[0], operands(2, 3, 3, 2), order=1, atol=0.05, rtol=0.05
    )


def test_several_at_once_equal_one_after_the_other():
    x, scale, bias = operands(3, 2, 4, 4, 5)
    mapped = jax.vmap(jax.grad(a_loss(ours)), (0, None, None))(x, scale, bias)
    assert_equal(mapped, jnp.stack([jax.grad(a_loss(ours))(one, scale, bias) for one in x]))


def test_sums_of_16_bits_are_in_32():
    x, scale, bias = operands(4, 16, 16, 3)
    y, mean, _ = ours(jnp.asarray(x, jnp.bfloat16), scale, bias)
    assert y.dtype == mean.dtype == jnp.float32
    np.testing.assert_allclose(mean, x.mean((0, 1, 2)), atol=1e-3, rtol=1e-3)
