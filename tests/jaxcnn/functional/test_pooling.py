import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxcnn.functional import avg_pool, lp_pool, max_pool, max_unpool, min_pool
from jaxcnn.testing import pool_problems

from . import reference
from .helpers import (
    a_map,
    assert_close,
    channels_first,
    channels_last,
    examples,
    quick_jit,
    value_and_gradients,
    weights,
    whole_numbers,
)


def problems(rank, dtype="float32"):
    return pool_problems(
        rank,
        batch=(2,),
        strides=(None, 1, 2),
        paddings=("valid", "same", 1),
        kernel_dilations=(1, 2),
        ceil_modes=(False, True),
        dtype=dtype,
    )


def pool_gradient(x, indices, cotangent):
    """Send every weight to the first maximum of its window."""
    gradient = np.zeros((x.shape[0], np.prod(x.shape[1:-1]), x.shape[-1]))
    for place in np.ndindex(*indices.shape):
        gradient[place[0], indices[place], place[-1]] += cotangent[place]
    return gradient.reshape(x.shape)


@pytest.mark.parametrize("rank", [1, 2, 3])
@examples(6)
@given(data=st.data())
def test_pools_equal_loops_and_the_first_maximum_receives_the_gradient(rank, data):
    problem = data.draw(problems(rank))
    options = problem.options

    @quick_jit
    def everything(x):
        largest, pull_back = jax.vjp(lambda x: max_pool(x, **options), x)
        return {
            "max": largest,
            "gradient": pull_back(jnp.asarray(weights(largest.shape), x.dtype))[0],
            "with indices": max_pool(x, **options, return_indices=True),
            "avg": avg_pool(x, **options),
            "of pixels": avg_pool(x, **options, count_include_pad=False),
            "min": min_pool(x, **options),
        }

    found = everything(problem.x)
    expected = reference.pool(problem.x, **options)
    routed = pool_gradient(problem.x, expected["indices"], weights(expected["max"].shape))
    np.testing.assert_array_equal(found["max"], expected["max"])
    np.testing.assert_array_equal(found["min"], expected["min"])
    np.testing.assert_array_equal(found["gradient"], routed)
    np.testing.assert_array_equal(found["with indices"][0], expected["max"])
    np.testing.assert_array_equal(found["with indices"][1], expected["indices"])
    assert_close(found["avg"], expected["avg"], 1e-6, 1e-6)
    pixels_only = reference.pool(problem.x, **options, count_include_pad=False)["avg"]
    assert_close(found["of pixels"], pixels_only, 1e-6, 1e-6)


def test_avg_pool_is_its_own_jacobian():
    x = whole_numbers(1, 5, 4, 1)
    options = {"window_shape": 3, "strides": 2, "padding": 1, "ceil_mode": True}
    y, (gradient,) = value_and_gradients(lambda x: avg_pool(x, **options), x)
    ones = np.eye(20, dtype=np.float32).reshape(20, 5, 4, 1)
    columns = reference.pool(ones, **options)["avg"].reshape(20, -1)
    assert_close(gradient, (columns @ weights(y.shape).ravel()).reshape(x.shape), 1e-6, 1e-6)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("dilation", [1, 2])
def test_16_bit_pools(dtype, dilation):
    x = whole_numbers(1, 7, 6, 2, dtype=dtype)
    options = {"window_shape": 3, "strides": 1, "kernel_dilation": dilation}
    expected = reference.pool(x, **options)
    found, average = quick_jit(lambda x: (max_pool(x, **options), avg_pool(x, **options)))(x)
    assert found.dtype == average.dtype == dtype
    np.testing.assert_array_equal(np.asarray(found, np.float64), expected["max"])
    assert_close(average, expected["avg"], jnp.finfo(dtype).eps, 0)


def test_a_bfloat16_average_is_summed_in_float32():
    # Adding ones in bfloat16 stops at 256.
    x = jnp.ones((1, 32, 32, 1), jnp.bfloat16)
    assert avg_pool(x, 32).item() == 1


def test_the_worked_example_of_the_course():
    x = np.arange(1, 17, dtype=np.float32).reshape(1, 4, 4, 1)
    assert max_pool(x, 2)[0, ..., 0].tolist() == [[6, 8], [14, 16]]


def test_divisor_override_replaces_the_count():
    x = whole_numbers(1, 4, 4, 1)
    found = avg_pool(x, 2, padding=1, divisor_override=3)
    assert_close(found, reference.pool(x, 2, padding=1, divisor_override=3)["avg"], 1e-6, 1e-6)


@pytest.mark.parametrize("options", [{}, {"kernel_dilation": 2}, {"return_indices": True}])
def test_nan_is_kept(options):
    x = np.zeros((1, 6, 1), np.float32)
    x[0, 3] = np.nan
    y = max_pool(x, 3, 1, **options)
    values = y[0] if isinstance(y, tuple) else y
    assert np.isnan(values).sum() == (3 if "kernel_dilation" not in options else 1)


@pytest.mark.parametrize("dilation", [1, 2])
def test_max_pool_has_second_and_forward_derivatives(dilation):
    x = a_map(1, 4, 4, 1)

    def loss(x):
        return (max_pool(x, 2, 1, kernel_dilation=dilation) ** 3).sum()

    direction = a_map(1, 4, 4, 1, seed=1)
    _, along = quick_jit(lambda x: jax.jvp(jax.grad(loss), (x,), (direction,)))(x)
    options = {"kernel_dilation": dilation, "strides": 1}
    found = reference.pool(x, 2, **options)
    first = np.eye(16)[found["indices"].ravel()]
    curvature = first.T @ np.diag(6 * found["max"].ravel()) @ first
    assert_close(along.ravel(), curvature @ direction.ravel())


@pytest.mark.parametrize("batch", [(), (3,), (2, 3)])
def test_any_number_of_batch_axes_with_a_window_per_axis(batch):
    x = whole_numbers(*batch, 4, 6, 2)
    found = max_pool(x, (2, 3))
    expected = reference.pool(x.reshape(-1, 4, 6, 2), (2, 3))["max"]
    np.testing.assert_array_equal(found, expected.reshape(*batch, 2, 2, 2))
    if batch:
        np.testing.assert_array_equal(jax.vmap(lambda x: max_pool(x, (2, 3)))(x), found)


def test_an_int_window_means_all_axes_between_one_batch_axis_and_the_channels():
    for rank in (1, 2, 3):
        x = whole_numbers(2, *(4,) * rank, 3)
        np.testing.assert_array_equal(max_pool(x, 2), max_pool(x, (2,) * rank))


@pytest.mark.parametrize("overlap", [False, True])
def test_unpooling_puts_maxima_back(overlap):
    x = a_map(2, 6, 7, 3)
    strides = (1, 2) if overlap else None

    @quick_jit
    def there_and_back(x):
        values, indices = max_pool(x, (2, 3), strides, return_indices=True)
        return indices, max_unpool(values, indices, (2, 3), strides, output_shape=(6, 7))

    indices, back = there_and_back(x)
    kept = np.zeros((2, 42, 3), bool)
    np.put_along_axis(kept, np.asarray(indices).reshape(2, -1, 3), True, axis=1)
    np.testing.assert_array_equal(back, np.where(kept.reshape(x.shape), x, 0))


def test_unpooling_is_differentiable():
    x = a_map(1, 4, 4, 1)
    values, indices = quick_jit(lambda x: max_pool(x, 2, return_indices=True))(x)
    _, (gradient,) = value_and_gradients(lambda v: max_unpool(v, indices, 2), values)
    chosen = weights((16,))[np.asarray(indices).ravel()]
    np.testing.assert_array_equal(gradient.ravel(), chosen)


def test_sum_pooling_is_lp_pooling_with_exponent_1():
    x = whole_numbers(1, 6, 6, 2)
    np.testing.assert_array_equal(lp_pool(x, 1, 2), 4 * reference.pool(x, 2)["avg"])


def test_the_lp_gradient_is_zero_where_the_sum_is():
    x = np.array([0, 0, 3, 4], np.float32).reshape(1, 4, 1)
    _, (gradient,) = value_and_gradients(lambda x: lp_pool(x, 2, 2), x)
    assert_close(gradient.ravel(), np.array([0, 0, 3 / 5, 4 / 5]) * weights((2,))[[0, 0, 1, 1]])
    slope = jax.grad(lambda x: lp_pool(x, 2, 2).sum())
    _, curvature = quick_jit(lambda x: jax.jvp(slope, (x,), (jnp.ones_like(x),)))(x)
    assert np.isfinite(curvature).all()


POOLS = [
    {"window_shape": 2},
    {"window_shape": 3, "strides": 2, "padding": 1, "ceil_mode": True},
    {"window_shape": 3, "strides": 2, "ceil_mode": True},
    {"window_shape": 2, "strides": 3, "padding": 1, "ceil_mode": True},
]
RANKED = [(2, case) for case in POOLS] + [(rank, POOLS[1]) for rank in (1, 3)]


def torch_function(name, rank):
    torch = pytest.importorskip("torch")
    return getattr(torch.nn.functional, f"{name}_pool{rank}d")


def compare_with_torch(ours, theirs, x):
    import torch

    y, (gradient,) = value_and_gradients(ours, x)
    pixels = channels_first(x)
    out = theirs(pixels)
    out.backward(torch.from_numpy(np.moveaxis(weights(y.shape), -1, 1).astype(np.float32)))
    assert_close(y, channels_last(out))
    assert_close(gradient, channels_last(pixels.grad))


@pytest.mark.parametrize(("rank", "options"), RANKED, ids=str)
def test_max_pool_and_its_indices_equal_pytorch(rank, options):
    pool = torch_function("max", rank)
    k, s, p = options["window_shape"], options.get("strides"), options.get("padding", 0)
    x = a_map(2, *(7, 6, 5)[:rank], 3)
    values, indices = quick_jit(lambda x: max_pool(x, **options, return_indices=True))(x)
    ceil = options.get("ceil_mode", False)
    theirs, places = pool(channels_first(x), k, s, p, 1, ceil, return_indices=True)
    np.testing.assert_array_equal(values, channels_last(theirs))
    np.testing.assert_array_equal(indices, channels_last(places))


@pytest.mark.parametrize("share", [0.7, 1.0])
@pytest.mark.parametrize(
    ("stride", "padding", "dilation"), [(1, 1, 1), (2, 1, 1), (3, 1, 2), (1, 1, 3)]
)
def test_the_index_in_a_window_of_minus_infinities_is_pytorchs(stride, padding, dilation, share):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(stride)
    x = np.where(rng.random((2, 9, 8, 2)) < share, -np.inf, rng.normal(size=(2, 9, 8, 2)))
    x = x.astype(np.float32)
    options = {"strides": stride, "padding": padding, "kernel_dilation": dilation}
    values, indices = max_pool(x, 3, **options, return_indices=True)
    theirs, places = torch.nn.functional.max_pool2d(
        channels_first(x), 3, stride, padding, dilation, return_indices=True
    )
    np.testing.assert_array_equal(values, channels_last(theirs))
    np.testing.assert_array_equal(indices, channels_last(places))


@pytest.mark.parametrize(("rank", "options"), RANKED[-3:], ids=str)
def test_the_gradient_of_max_pool_equals_pytorch(rank, options):
    pool = torch_function("max", rank)
    k, s, p = options["window_shape"], options.get("strides"), options.get("padding", 0)
    ceil = options.get("ceil_mode", False)
    x = a_map(2, *(7, 6, 5)[:rank], 3)
    compare_with_torch(lambda x: max_pool(x, **options), lambda x: pool(x, k, s, p, 1, ceil), x)


def test_dilated_max_pool_equals_pytorch():
    pool = torch_function("max", 2)
    x = a_map(2, 9, 8, 2)
    compare_with_torch(
        lambda x: max_pool(x, 3, 2, 1, kernel_dilation=2), lambda x: pool(x, 3, 2, 1, 2), x
    )


@pytest.mark.parametrize(("rank", "options"), RANKED, ids=str)
def test_avg_pool_equals_pytorch(rank, options):
    pool = torch_function("avg", rank)
    k, s, p = options["window_shape"], options.get("strides"), options.get("padding", 0)
    ceil = options.get("ceil_mode", False)
    x = a_map(2, *(7, 6, 5)[:rank], 3)
    pixels = channels_first(x)
    for include in (True, False):
        ours = quick_jit(
            lambda x, include=include: avg_pool(x, **options, count_include_pad=include)
        )
        assert_close(ours(x), channels_last(pool(pixels, k, s, p, ceil, include)), 1e-5, 1e-6)


def test_the_gradient_of_avg_pool_equals_pytorch():
    pool = torch_function("avg", 2)
    compare_with_torch(
        lambda x: avg_pool(x, 3, 2, 1, ceil_mode=True, count_include_pad=False),
        lambda x: pool(x, 3, 2, 1, True, False),
        a_map(2, 7, 6, 3),
    )


@pytest.mark.parametrize(
    ("norm_type", "ceil_mode"),
    [(1, False), (2, True), (3, True), (2.5, False), (float("inf"), True)],
)
def test_lp_pool_equals_pytorch(norm_type, ceil_mode):
    pool = torch_function("lp", 2)
    compare_with_torch(
        lambda x: lp_pool(x, norm_type, 2, 2, ceil_mode=ceil_mode),
        lambda x: pool(x, norm_type, 2, 2, ceil_mode),
        abs(a_map(2, 7, 6, 3)),
    )


def test_an_odd_exponent_keeps_signs_as_in_pytorch():
    pool = torch_function("lp", 1)
    x = whole_numbers(1, 12, 1)
    np.testing.assert_allclose(
        lp_pool(x, 3, 2), channels_last(pool(channels_first(x), 3, 2)), 1e-5, equal_nan=True
    )


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_max_unpool_equals_pytorch(rank):
    torch = pytest.importorskip("torch")
    x = a_map(2, *(6, 4, 4)[:rank], 3)
    values, indices = quick_jit(lambda x: max_pool(x, 2, return_indices=True))(x)
    theirs = getattr(torch.nn.functional, f"max_unpool{rank}d")(
        channels_first(values),
        torch.from_numpy(np.moveaxis(np.asarray(indices), -1, 1).astype(np.int64)),
        2,
    )
    ours = quick_jit(lambda *a: max_unpool(*a, 2))(values, indices)
    assert_close(ours, channels_last(theirs))
