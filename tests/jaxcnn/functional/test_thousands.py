"""Random configurations of every function: the wide net under the tests with few shapes.

Values are whole numbers, so that sums are exact and comparisons with the loops are for equality.
The number of configurations per test follows from the time a compilation takes; ``WIDE_NET=5`` in the environment
tries five times as many, thousands in all.
"""

import os
import random

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn.functional as F

from . import reference
from .helpers import assert_close, channels_first, channels_last, quick_jit, weights, whole_numbers

pytestmark = pytest.mark.many
TIMES = int(os.environ.get("WIDE_NET", "1"))
PADDINGS = ["valid", "same", "full", "causal"]
RANKS = pytest.mark.parametrize("rank", [1, 2, 3])


def compiled(function):
    """Jit for one call. A process may hold only so many programs at once: drop the old ones."""
    compiled.programs += 1
    if compiled.programs % 50 == 0:
        jax.clear_caches()
    return quick_jit(function)


compiled.programs = 0


def unless(faults, function, *arguments):
    """Return the result, or None if the call is refused with one of ``faults``."""
    try:
        return function(*arguments)
    except ValueError as error:
        if any(fault in str(error) for fault in faults):
            return None
        raise


def random_padding(rng, rank, most):
    """Return a word, an int, ints per axis, or pairs."""
    amount = lambda: rng.randint(0, most)  # noqa: E731
    return rng.choice(
        [
            rng.choice(PADDINGS),
            amount(),
            tuple(amount() for _ in range(rank)),
            tuple((amount(), amount()) for _ in range(rank)),
        ]
    )


def per_axis(rng, rank, low, high):
    return tuple(rng.randint(low, high) for _ in range(rank))


def exact_or_rounded(found, exact, dtype):
    assert found.dtype == dtype
    np.testing.assert_array_equal(np.asarray(found), exact.astype(dtype))


@RANKS
def test_conv_and_its_gradients(rank):
    rng, tried = random.Random(rank), 0
    while tried < 100 * TIMES:
        groups, dtype = rng.choice([1, 1, 2, 3]), rng.choice(["float32", "bfloat16"])
        wide, deep = rng.randint(1, 2), rng.randint(1, 2)
        options = {
            "strides": per_axis(rng, rank, 1, 3),
            "padding": random_padding(rng, rank, 2),
            "padding_mode": rng.choice(
                ["zeros", "zeros", "reflect", "symmetric", "replicate", "circular"]
            ),
            "kernel_dilation": per_axis(rng, rank, 1, 2),
            "input_dilation": per_axis(rng, rank, 1, 2) if rng.random() < 0.3 else 1,
            "feature_group_count": groups,
            "flip": rng.random() < 0.3,
        }
        if options["input_dilation"] != 1:
            options["padding_mode"] = "zeros"
        x = whole_numbers(2, *per_axis(rng, rank, 1, 6), wide * groups, seed=tried, dtype=dtype)
        kernel = whole_numbers(
            *per_axis(rng, rank, 1, 3), wide, deep * groups, seed=tried + 1, dtype=dtype
        )
        bias = whole_numbers(deep * groups, dtype=dtype)

        @compiled
        def both(x, kernel, bias, options=options):
            y, pull_back = jax.vjp(lambda *a: F.conv(*a, **options), x, kernel, bias)
            return y, pull_back(jnp.asarray(weights(y.shape), y.dtype))

        done = unless(("larger than the map", "padding_mode"), both, x, kernel, bias)
        if done is None:
            continue
        y, (grad_x, grad_kernel, _) = done
        expected = reference.conv(x, kernel, bias, weights(y.shape), **options)
        if options["padding_mode"] != "zeros" and dtype == "bfloat16":
            # The copies of a border pixel each bring a rounded gradient.
            assert_close(grad_x, expected[1], 2e-2, 0.5)
        else:
            exact_or_rounded(grad_x, expected[1], dtype)
        if dtype == "bfloat16":  # the sum over positions is rounded, then the bias is added
            assert_close(y, expected[0], 1e-2, 3e-2)
        else:
            exact_or_rounded(y, expected[0], dtype)
        exact_or_rounded(grad_kernel, expected[2], dtype)
        tried += 1


@RANKS
def test_conv_transpose(rank):
    rng, tried = random.Random(rank), 0
    while tried < 70 * TIMES:
        groups = rng.choice([1, 2, 3])
        strides, dilation = per_axis(rng, rank, 1, 3), per_axis(rng, rank, 1, 2)
        options = {
            "strides": strides,
            "kernel_dilation": dilation,
            "padding": rng.choice([rng.randint(0, 3), per_axis(rng, rank, 0, 3), "valid"]),
            "output_padding": tuple(
                rng.randint(0, max(s, d) - 1) for s, d in zip(strides, dilation, strict=True)
            ),
            "feature_group_count": groups,
        }
        x = whole_numbers(2, *per_axis(rng, rank, 1, 5), 2 * groups, seed=tried)
        kernel = whole_numbers(*per_axis(rng, rank, 1, 3), 2, groups, seed=tried + 1)
        transposed = compiled(lambda *a, options=options: F.conv_transpose(*a, **options))
        y = unless(("whole output",), transposed, x, kernel)
        if y is None:
            continue
        np.testing.assert_array_equal(y, reference.conv_transpose(x, kernel, **options))
        tried += 1


def route(x, indices):
    """Send the weights to the pixels at ``indices``."""
    gradient = np.zeros((x.shape[0], np.prod(x.shape[1:-1]), x.shape[-1]))
    cotangent = weights(indices.shape)
    for place in np.ndindex(*indices.shape):
        gradient[place[0], indices[place], place[-1]] += cotangent[place]
    return gradient.reshape(x.shape)


@RANKS
def test_pools_and_their_gradients(rank):
    rng, tried = random.Random(rank), 0
    while tried < 50 * TIMES:
        options = {
            "window_shape": per_axis(rng, rank, 1, 3),
            "strides": rng.choice([None, per_axis(rng, rank, 1, 3)]),
            "padding": random_padding(rng, rank, 1),
            "kernel_dilation": rng.choice([1, 1, per_axis(rng, rank, 1, 2)]),
            "ceil_mode": rng.random() < 0.5,
        }
        include = rng.random() < 0.5
        x = whole_numbers(2, *per_axis(rng, rank, 1, 7), 2, seed=tried)

        @compiled
        def everything(x, options=options, include=include):
            largest, pull_back = jax.vjp(lambda x: F.max_pool(x, **options), x)
            with_indices = F.max_pool(x, **options, return_indices=True)
            average = F.avg_pool(x, **options, count_include_pad=include)
            gradient = pull_back(jnp.asarray(weights(largest.shape), x.dtype))[0]
            return largest, gradient, with_indices, average, F.min_pool(x, **options)

        done = unless(("larger than the map", "only padding"), everything, x)
        if done is None:
            continue
        largest, gradient, (same, indices), average, smallest = done
        expected = reference.pool(x, **options, count_include_pad=include)
        np.testing.assert_array_equal(largest, expected["max"])
        np.testing.assert_array_equal(same, expected["max"])
        np.testing.assert_array_equal(indices, expected["indices"])
        np.testing.assert_array_equal(smallest, expected["min"])
        np.testing.assert_array_equal(gradient, route(x, expected["indices"]))
        assert_close(average, expected["avg"], 1e-6, 1e-6)
        tried += 1


@RANKS
def test_adaptive_pools_unpooling_and_patches(rank):
    rng = random.Random(rank)
    for tried in range(20 * TIMES):
        sizes, wanted = per_axis(rng, rank, 1, 7), per_axis(rng, rank, 1, 5)
        window = tuple(rng.randint(1, size) for size in sizes)
        strides = per_axis(rng, rank, 1, 3)
        x = whole_numbers(2, *sizes, 2, seed=tried) + 10  # none is zero, for the unpooling

        @compiled
        def everything(x, sizes=sizes, wanted=wanted, window=window, strides=strides):
            pooled = F.max_pool(x, window, strides, return_indices=True)
            patches = F.unfold(x, window, strides)
            return (
                F.adaptive_avg_pool(x, wanted),
                F.adaptive_max_pool(x, wanted, return_indices=True),
                F.max_unpool(*pooled, window, strides),
                patches,
                F.fold(patches, sizes, strides),
            )

        average, (largest, indices), _, patches, back = everything(x)
        expected = reference.adaptive_pool(x, wanted)
        assert_close(average, expected["avg"], 1e-5, 1e-5)
        np.testing.assert_array_equal(largest, expected["max"])
        np.testing.assert_array_equal(indices, expected["indices"])
        largest_of_patches = patches.max(tuple(range(rank + 1, 2 * rank + 1)))
        found = reference.pool(x, window, strides)
        np.testing.assert_array_equal(largest_of_patches, found["max"])
        seen = np.asarray(back) / x  # how many windows see a pixel
        ones = reference.conv(
            np.ones((1, *sizes, 1)),
            np.ones((*window, 1, 1)),
            None,
            np.ones((1, *found["max"].shape[1:-1], 1)),
            strides=strides,
            padding="valid",
        )[1]
        np.testing.assert_allclose(seen, np.broadcast_to(ones, x.shape), rtol=1e-5)


@RANKS
def test_conv_and_pools_against_pytorch(rank):
    torch = pytest.importorskip("torch")
    functional, rng = torch.nn.functional, random.Random(rank)
    for tried in range(50 * TIMES):
        groups = rng.choice([1, 2])
        sizes, size = per_axis(rng, rank, 5, 9), per_axis(rng, rank, 1, 3)
        strides, dilation = per_axis(rng, rank, 1, 3), per_axis(rng, rank, 1, 2)
        padding, ceil = tuple(rng.randint(0, k // 2) for k in size), rng.random() < 0.5
        x = whole_numbers(2, *sizes, 2 * groups, seed=tried)
        kernel = whole_numbers(*size, 2, 2 * groups, seed=tried + 1)

        @compiled
        def everything(
            x,
            kernel,
            size=size,
            strides=strides,
            padding=padding,
            dilation=dilation,
            ceil=ceil,
            groups=groups,
        ):
            return (
                F.conv(
                    x,
                    kernel,
                    strides=strides,
                    padding=padding,
                    kernel_dilation=dilation,
                    feature_group_count=groups,
                ),
                F.max_pool(x, size, strides, padding, kernel_dilation=dilation, ceil_mode=ceil),
                F.avg_pool(x, size, strides, padding, ceil_mode=ceil),
                F.avg_pool(x, size, strides, padding, ceil_mode=ceil, count_include_pad=False),
            )

        pixels = channels_first(x)
        weight = torch.from_numpy(np.moveaxis(kernel, (-1, -2), (0, 1)).copy())
        theirs = (
            getattr(functional, f"conv{rank}d")(
                pixels, weight, None, strides, padding, dilation, groups
            ),
            getattr(functional, f"max_pool{rank}d")(pixels, size, strides, padding, dilation, ceil),
            getattr(functional, f"avg_pool{rank}d")(pixels, size, strides, padding, ceil, True),
            getattr(functional, f"avg_pool{rank}d")(pixels, size, strides, padding, ceil, False),
        )
        for ours, other in zip(everything(x, kernel), theirs, strict=True):
            assert_close(ours, channels_last(other), 1e-5, 1e-5)
