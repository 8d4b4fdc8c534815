"""Derivatives of any order, vmap and sharding of convolutions and pools."""

import os
import subprocess
import sys
import textwrap

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

import jaxcnn.functional as F

from ..helpers import a_map, quick_jit

X, KERNEL = a_map(2, 5, 6, 4), a_map(3, 2, 2, 6, seed=1)
OPTIONS = {"strides": (1, 2), "padding": ((1, 0), (2, 1)), "feature_group_count": 2}
LAYOUT = ("NHWC", "HWIO", "NHWC")


def ours(x, kernel):
    return F.conv(x, kernel, **OPTIONS)


def plain(x, kernel):
    """The same convolution, by JAX's own primitive."""
    strides, padding = OPTIONS["strides"], OPTIONS["padding"]
    return lax.conv_general_dilated(
        x, kernel, strides, padding, dimension_numbers=LAYOUT, feature_group_count=2
    )


def assert_same(found, expected):
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


def energy(function):
    """A scalar that is not linear in either operand."""
    return lambda *operands: jnp.sin(function(*operands)).sum()


def forward_over_reverse(function):
    return lambda *operands: jax.jvp(jax.grad(energy(function), (0, 1)), operands, operands)[1]


def reverse_over_reverse(function):
    def product(*operands):
        gradients = jax.grad(energy(function), (0, 1))(*operands)
        return sum((g * o).sum() for g, o in zip(gradients, operands, strict=True))

    return jax.grad(product, (0, 1))


def third(function):
    def inner(*operands):
        return sum(g.sum() for g in reverse_over_reverse(function)(*operands))

    return jax.grad(inner, (0, 1))


@pytest.mark.parametrize(
    "derivative", [forward_over_reverse, reverse_over_reverse, third], ids=lambda f: f.__name__
)
def test_higher_derivatives_of_conv_equal_jaxs(derivative):
    assert_same(quick_jit(derivative(ours))(X, KERNEL), quick_jit(derivative(plain))(X, KERNEL))


def test_jacobians_forward_and_reverse_agree():
    x = X[:1, :3, :3]
    forward, reverse = jax.jacfwd(ours, 1), jax.jacrev(ours, 1)
    assert_same(quick_jit(forward)(x, KERNEL), quick_jit(reverse)(x, KERNEL))


MAPPED = [(0, None), (None, 0), (0, 0), (2, -1), (-1, 1)]


def stacked(array, axis, seed):
    """Three variants of an array along a new axis, or the array alone."""
    if axis is None:
        return array
    return np.stack([array, array * 2, array[::-1] + seed], axis)


def loop(function, arrays, axes):
    parts = [
        [np.take(a, n, axis) if axis is not None else a for n in range(3)]
        for a, axis in zip(arrays, axes, strict=True)
    ]
    return [function(*operands) for operands in zip(*parts, strict=True)]


@pytest.mark.parametrize("axes", MAPPED, ids=str)
def test_vmap_of_conv_and_its_gradients_is_a_loop(axes):
    arrays = [
        stacked(a, axis, seed) for seed, (a, axis) in enumerate(zip((X, KERNEL), axes, strict=True))
    ]
    every = lambda *operands: (ours(*operands), jax.grad(energy(ours), (0, 1))(*operands))  # noqa: E731
    found = quick_jit(jax.vmap(every, axes))(*arrays)
    expected = loop(quick_jit(every), arrays, axes)
    for n, one in enumerate(expected):
        assert_same(jax.tree.map(lambda leaf, n=n: leaf[n], found), one)


def test_vmap_of_a_cotangent_alone_is_a_loop():
    y, pull_back = jax.vjp(ours, X, KERNEL)
    cotangents = stacked(np.asarray(y), 0, 1)
    found = quick_jit(jax.vmap(pull_back))(cotangents)
    for n in range(3):
        assert_same([leaf[n] for leaf in found], pull_back(cotangents[n]))


POOLS = {
    "max": lambda x: F.max_pool(x, 3, 2, 1),
    "max, side by side": lambda x: F.max_pool(x, 2),
    "average": lambda x: F.avg_pool(x, 3, 2, 1),
}


@pytest.mark.parametrize("name", POOLS)
def test_pools_map_and_differentiate_twice(name):
    pool = POOLS[name]
    many = stacked(X, 1, 0)
    weighted = lambda x: (pool(x) ** 3).sum()  # noqa: E731
    found = quick_jit(jax.vmap(jax.grad(weighted), 1))(many)
    for n in range(3):
        assert_same(found[n], quick_jit(jax.grad(weighted))(many[:, n]))
    along = lambda x: jax.jvp(jax.grad(weighted), (x,), (x,))[1]  # noqa: E731
    # weighted is homogeneous of degree 3, its gradient of degree 2 (Euler).
    assert_same(quick_jit(along)(X), 2 * quick_jit(jax.grad(weighted))(X))


def test_a_pool_whose_result_is_ignored_has_no_gradient():
    g = jax.grad(lambda x: x.sum() + 0 * lax.stop_gradient(F.max_pool(x, 2)).sum())(X)
    assert_same(g, np.ones_like(X))


EMPTY = {
    "dense": ((8, 8, 16), (3, 3, 16, 16), {}),
    "depthwise": ((8, 8, 16), (3, 3, 1, 16), {"feature_group_count": 16}),
    "grouped": ((8, 8, 16), (3, 3, 4, 16), {"feature_group_count": 4}),
    "pointwise": ((8, 8, 16), (1, 1, 16, 8), {}),
    "strided": ((9, 9, 3), (7, 7, 3, 16), {"strides": 2}),
    "volume": ((6, 8, 8, 8), (3, 3, 3, 8, 16), {}),
}


@pytest.mark.parametrize("name", EMPTY)
def test_a_batch_of_no_examples_gives_no_outputs_and_a_kernel_gradient_of_zeros(name):
    shape, kernel_shape, options = EMPTY[name]
    x, kernel = jnp.zeros((0, *shape)), jnp.ones(kernel_shape)
    y, pull_back = jax.vjp(lambda x, kernel: F.conv(x, kernel, **options), x, kernel)
    dx, dk = pull_back(y)
    assert y.shape[0] == 0
    assert dx.shape == x.shape
    np.testing.assert_array_equal(dk, np.zeros(kernel_shape))


def run_on_devices(count, body):
    flags = f"--xla_force_host_platform_device_count={count}"
    code = textwrap.dedent("""
        import jax, jax.numpy as jnp, numpy as np
        from jax.sharding import NamedSharding, PartitionSpec as P
        import jaxcnn.functional as F
        x = jnp.asarray(np.random.default_rng(0).normal(size=(4, 8, 8, 8)), jnp.float32)
        kernels = [jnp.ones((3, 3, 8, 4)) / 9, jnp.ones((3, 3, 1, 4)) / 9, jnp.ones((3, 3, 4, 8)) / 9]
        def loss(kernels, x):
            x = F.conv(x, kernels[2], padding="same", feature_group_count=2)
            y = F.max_pool(F.conv(x, kernels[0]), 2)
            return F.avg_pool(F.depthwise_conv(y, kernels[1]), 3, 1, 1).sum() ** 2
        from jax.sharding import AxisType
        mesh = jax.make_mesh((2,), ("data",), axis_types=(AxisType.Auto,))
        explicit = jax.make_mesh((2,), ("data",), axis_types=(AxisType.Explicit,))
        expected = jax.jit(jax.grad(loss))(kernels, x)
        def check(found):
            for a, b in zip(found, expected):
                np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-3)
    """)
    environment = os.environ | {"XLA_FLAGS": flags}
    subprocess.run(
        [sys.executable, "-c", code + textwrap.dedent(body)], check=True, env=environment
    )


def test_a_batch_may_be_sharded_over_devices():
    run_on_devices(
        2,
        """
        for kind in (mesh, explicit):
            sharded = jax.device_put(x, NamedSharding(kind, P("data")))
            check(jax.jit(jax.grad(loss))(kernels, sharded))
        """,
    )


def test_shard_map_knows_what_varies_over_devices():
    run_on_devices(
        2,
        """
        def part(kernels, x):
            x = F.conv(x, kernels[2], padding="same", feature_group_count=2)
            y = F.max_pool(F.conv(x, kernels[0]), 2)
            y = F.avg_pool(F.depthwise_conv(y, kernels[1]), 3, 1, 1)
            return jax.lax.psum(y.sum(), "data") ** 2
        whole = jax.shard_map(part, mesh=mesh, in_specs=(P(), P("data")), out_specs=P())
        check(jax.jit(jax.grad(whole))(kernels, x))
        """,
    )
