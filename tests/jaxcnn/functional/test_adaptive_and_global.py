import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn.functional import (
    adaptive_avg_pool,
    adaptive_max_pool,
    global_avg_pool,
    global_max_pool,
)

from . import reference
from .helpers import (
    a_map,
    assert_close,
    channels_first,
    channels_last,
    quick_jit,
    value_and_gradients,
    weights,
    whole_numbers,
)

SIZES = [((7,), (3,)), ((7, 5), (3, 7)), ((8, 6), (4, 2)), ((5, 4, 6), (2, 3, 4))]


@pytest.mark.parametrize(("sizes", "wanted"), SIZES)
def test_adaptive_pools_equal_loops(sizes, wanted):
    x = whole_numbers(2, *sizes, 3)
    expected = reference.adaptive_pool(x, wanted)
    average, (largest, indices) = quick_jit(
        lambda x: (
            adaptive_avg_pool(x, wanted),
            adaptive_max_pool(x, wanted, return_indices=True),
        )
    )(x)
    assert_close(average, expected["avg"], 1e-5, 1e-6)
    np.testing.assert_array_equal(largest, expected["max"])
    np.testing.assert_array_equal(indices, expected["indices"])


@pytest.mark.parametrize("size", [7, 14, 28])
def test_adaptive_average_to_7_has_no_nan(size):
    x = a_map(1, size, size, 2)
    found = quick_jit(lambda x: adaptive_avg_pool(x, 7))(x)
    assert_close(found, reference.adaptive_pool(x, (7, 7))["avg"], 1e-5, 1e-5)


@pytest.mark.parametrize(("sizes", "wanted"), SIZES)
@pytest.mark.parametrize("kind", ["avg", "max"])
def test_adaptive_pools_and_their_gradients_equal_pytorch(sizes, wanted, kind):
    torch = pytest.importorskip("torch")
    ours = {"avg": adaptive_avg_pool, "max": adaptive_max_pool}[kind]
    theirs = getattr(torch.nn.functional, f"adaptive_{kind}_pool{len(sizes)}d")
    x = a_map(2, *sizes, 3)
    y, (gradient,) = value_and_gradients(lambda x: ours(x, wanted), x)
    pixels = channels_first(x)
    out = theirs(pixels, wanted)
    out.backward(torch.from_numpy(np.moveaxis(weights(y.shape), -1, 1).astype(np.float32)))
    assert_close(y, channels_last(out))
    assert_close(gradient, channels_last(pixels.grad))


def test_none_keeps_the_size_of_an_axis():
    assert adaptive_avg_pool(a_map(1, 6, 5, 2), (3, None)).shape == (1, 3, 5, 2)


def test_one_infinite_pixel_stays_in_its_windows():
    x = np.zeros((1, 7, 1), np.float32)
    x[0, 0] = np.inf
    assert np.isfinite(adaptive_avg_pool(x, 3)).ravel().tolist() == [False, True, True]


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("keepdims", [False, True])
def test_global_pools_reduce_all_spatial_axes(rank, keepdims):
    x = whole_numbers(2, *(4, 3, 2)[:rank], 3)
    axes = tuple(range(1, rank + 1))
    average, largest = (
        quick_jit(lambda x, pool=pool: pool(x, keepdims=keepdims))(x)
        for pool in (global_avg_pool, global_max_pool)
    )
    assert_close(average, x.astype(np.float64).mean(axes, keepdims=keepdims), 1e-6, 1e-6)
    np.testing.assert_array_equal(largest, x.max(axes, keepdims=keepdims))


@pytest.mark.parametrize("batch", [(), (2, 3)])
def test_a_spatial_rank_allows_any_batch_axes(batch):
    x = whole_numbers(*batch, 4, 5, 2)
    for pool, expected in ((global_avg_pool, x.mean((-3, -2))), (global_max_pool, x.max((-3, -2)))):
        assert_close(pool(x, spatial_rank=2), expected, 1e-6, 1e-6)


@pytest.mark.parametrize("pool", [global_max_pool, lambda x: adaptive_max_pool(x, 1)[:, 0]])
def test_the_first_of_equal_maxima_receives_the_gradient(pool):
    x = np.array([1, 2, 2], np.float32).reshape(1, 3, 1)
    assert jax.grad(lambda x: pool(x).sum())(x).ravel().tolist() == [0, 1, 0]


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_16_bit_averages_are_summed_in_float32(dtype):
    x = jnp.ones((1, 100, 30, 1), dtype)
    for pool in (global_avg_pool, lambda x: adaptive_avg_pool(x, (1, 7))):
        y = quick_jit(pool)(x)
        assert y.dtype == dtype
        assert (y == 1).all()
