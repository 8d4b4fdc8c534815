import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxcnn.functional import conv, depthwise_conv, separable_conv
from jaxcnn.testing import conv_problems

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

PADDINGS = ("valid", "same", "full", "causal", 1)
DTYPES = ("float32", "bfloat16")


def problems(rank, dtype="float32"):
    uneven = tuple((axis, 2) for axis in range(rank))
    return conv_problems(
        rank,
        batch=(2,),
        strides=(1, 2),
        paddings=(*PADDINGS, uneven),
        kernel_dilations=(1, 2),
        groups=(1, 2),
        dtype=dtype,
    )


@pytest.mark.parametrize("rank", [1, 2, 3])
@examples(8)
@given(data=st.data())
def test_value_and_gradients_equal_those_of_loops(rank, data):
    problem = data.draw(problems(rank))
    y, (grad_x, grad_kernel, grad_bias) = value_and_gradients(
        lambda x, kernel, bias: conv(x, kernel, bias, **problem.options), *problem.arrays
    )
    expected = reference.conv(*problem.arrays, weights(y.shape), **problem.options)
    for found, wanted in zip((y, grad_x, grad_kernel), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)
    np.testing.assert_array_equal(grad_bias, weights(y.shape).sum(axis=tuple(range(rank + 1))))


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_a_16_bit_result_is_the_exact_one_rounded_once(dtype):
    # The sum reaches thousands, where bfloat16 steps by 16: adding in bfloat16 would show.
    x, kernel = whole_numbers(1, 6, 6, 64, dtype=dtype), whole_numbers(3, 3, 64, 2, dtype=dtype)
    x, kernel = abs(x), abs(kernel)
    y = conv(x, kernel)
    assert y.dtype == dtype
    np.testing.assert_array_equal(np.asarray(y), reference.conv(x, kernel).astype(dtype))


@examples(8)
@given(problem=problems(2, "bfloat16"))
def test_bfloat16_equals_loops_rounded_once(problem):
    y = quick_jit(lambda *a: conv(*a, **problem.options))(*problem.arrays)
    assert y.dtype == jnp.bfloat16
    exact = reference.conv(*problem.arrays, **problem.options)
    np.testing.assert_array_equal(np.asarray(y), exact.astype(jnp.bfloat16))


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("mode", ["reflect", "symmetric", "replicate", "circular"])
def test_padding_modes_equal_loops(rank, mode):
    x, kernel = whole_numbers(1, *(4, 5, 3)[:rank], 2), whole_numbers(*(3, 2, 3)[:rank], 2, 2)
    options = {"padding": "same", "padding_mode": mode}
    y, (grad_x, grad_kernel) = value_and_gradients(lambda *a: conv(*a, **options), x, kernel)
    expected = reference.conv(x, kernel, None, weights(y.shape), **options)
    for found, wanted in zip((y, grad_x, grad_kernel), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("mode", ["zeros", "reflect"])
@pytest.mark.parametrize("padding", ["valid", "same", 2])
def test_input_dilation_puts_zeros_between_pixels_and_padding_around(padding, mode):
    x, kernel = whole_numbers(1, 4, 3, 2), whole_numbers(3, 2, 2, 2)
    options = {"padding": padding, "padding_mode": mode, "input_dilation": (2, 3), "strides": 2}
    expected = reference.conv(x, kernel, **options)
    found = quick_jit(lambda *a: conv(*a, **options))(x, kernel)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_flip_gives_the_mathematical_convolution(rank):
    x, kernel = whole_numbers(1, *(5, 4, 3)[:rank], 1), whole_numbers(*(3, 2, 2)[:rank], 1, 1)
    y = np.asarray(conv(x, kernel, padding="full", flip=True))[0, ..., 0]
    expected = np.zeros(y.shape)
    for pixel in np.ndindex(*x.shape[1:-1]):
        window = tuple(slice(p, p + k) for p, k in zip(pixel, kernel.shape, strict=False))
        expected[window] += x[(0, *pixel, 0)] * kernel[..., 0, 0]
    np.testing.assert_array_equal(y, expected)


def test_the_worked_example_of_the_course_gives_6():
    patch = np.float32([[0, 0, 0], [1, 1, 1], [0, 0, 0]]).reshape(1, 3, 3, 1)
    bar = np.float32([[-1, -1, -1], [2, 2, 2], [-1, -1, -1]]).reshape(3, 3, 1, 1)
    assert conv(patch, bar, padding="valid").item() == 6


@pytest.mark.parametrize("batch", [(), (2,), (2, 3), (0,), (2, 0, 3)])
def test_any_number_of_batch_axes(batch):
    x, kernel = whole_numbers(*batch, 5, 4, 2), whole_numbers(3, 3, 2, 3)
    y = conv(x, kernel, padding="valid")
    assert y.shape == (*batch, 3, 2, 3)
    expected = reference.conv(x.reshape(-1, 5, 4, 2), kernel, padding="valid")
    np.testing.assert_array_equal(y, expected.reshape(y.shape))


def test_vmap_over_inputs_and_kernels_equals_a_loop():
    x, kernels = whole_numbers(3, 5, 4, 2), whole_numbers(3, 3, 3, 2, 1)
    one_by_one = [reference.conv(a[None], b, strides=2)[0] for a, b in zip(x, kernels, strict=True)]
    together = jax.vmap(lambda a, b: conv(a, b, strides=2))(x, kernels)
    np.testing.assert_array_equal(together, np.stack(one_by_one))


def test_second_derivatives_are_those_of_a_bilinear_map():
    x, kernel = whole_numbers(1, 3, 3, 1), whole_numbers(2, 2, 1, 1)

    def linear(*arguments):
        return conv(*arguments, padding="same", strides=2)

    @jax.jit
    def derivatives(x, kernel):
        jacobians = jax.jacobian(linear, (0, 1))(x, kernel)
        hessian = jax.hessian(lambda *a: (linear(*a) ** 2).sum() / 2, (0, 1))(x, kernel)
        return jacobians, (hessian[0][0], hessian[1][1])

    # For the half square of a linear map A the Hessian is A^T A.
    for jacobian, hessian in zip(*derivatives(x, kernel), strict=True):
        a = np.asarray(jacobian).reshape(4, -1)
        np.testing.assert_allclose(np.reshape(hessian, (a.shape[1],) * 2), a.T @ a, atol=1e-4)


def test_the_mixed_second_derivative_equals_differences_of_gradients():
    x, kernel, step = whole_numbers(1, 4, 1), whole_numbers(2, 1, 1, seed=1), whole_numbers(2, 1, 1)

    def gradient(kernel):
        return jax.jit(jax.grad(lambda x, kernel: (conv(x, kernel) ** 3).sum()))(x, kernel)

    # The gradient is a cubic polynomial of the kernel, for which this difference is exact.
    def along(t):
        return np.asarray(gradient(kernel + np.float32(t) * step), np.float64)

    slope = (8 * (along(1) - along(-1)) - (along(2) - along(-2))) / 12
    _, found = jax.jvp(gradient, (kernel,), (step,))
    np.testing.assert_allclose(found, slope, rtol=1e-4, atol=1e-2)


def test_the_gradient_where_xla_would_abort_equals_loops():
    # A kernel larger than the map, and a stride equal to a kernel of 2 that padding covers.
    x, kernel = whole_numbers(2, 6, 3, 2), whole_numbers(2, 3, 2, 1)
    options = {"strides": (2, 3), "padding": 1}
    y, (gradient, _) = value_and_gradients(lambda *a: conv(*a, **options), x, kernel)
    expected = reference.conv(x, kernel, None, weights(y.shape), **options)
    np.testing.assert_array_equal(y, expected[0])
    np.testing.assert_array_equal(gradient, expected[1])


TORCH_CASES = [
    {"padding": 0},
    {"padding": 1, "strides": 2},
    {"padding": 2, "kernel_dilation": 2},
    {"padding": 0, "feature_group_count": 2, "strides": 3},
    {"padding": "same"},
    {"padding": "same", "kernel_dilation": 2, "padding_mode": "reflect"},
    {"padding": 1, "padding_mode": "replicate"},
    {"padding": 2, "padding_mode": "circular", "feature_group_count": 4},
]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@pytest.mark.parametrize(
    ("rank", "options"),
    [(2, case) for case in TORCH_CASES] + [(rank, TORCH_CASES[-1]) for rank in (1, 3)],
    ids=str,
)
def test_value_and_gradients_equal_pytorch(rank, options):
    torch = pytest.importorskip("torch")
    groups = options.get("feature_group_count", 1)
    x = a_map(2, *(7, 6, 5)[:rank], 4)
    kernel = a_map(*(3, 2, 3)[:rank], 4 // groups, 8, seed=1)
    bias = a_map(8, seed=2)
    y, gradients = value_and_gradients(lambda *a: conv(*a, **options), x, kernel, bias)

    layer = (torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d)[rank - 1](
        4,
        8,
        kernel.shape[:rank],
        stride=options.get("strides", 1),
        padding=options["padding"],
        dilation=options.get("kernel_dilation", 1),
        groups=groups,
        padding_mode=options.get("padding_mode", "zeros"),
    )
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(np.moveaxis(kernel, (-1, -2), (0, 1)).copy()))
        layer.bias.copy_(torch.from_numpy(bias))
    pixels = channels_first(x)
    out = layer(pixels)
    out.backward(torch.from_numpy(np.moveaxis(weights(y.shape), -1, 1).astype(np.float32)))
    assert_close(y, channels_last(out))
    assert_close(gradients[0], channels_last(pixels.grad))
    assert_close(gradients[1], np.moveaxis(layer.weight.grad.numpy(), (0, 1), (-1, -2)), 1e-3, 1e-3)
    assert_close(gradients[2], layer.bias.grad.numpy())


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("dtype", DTYPES)
def test_depthwise_convolves_every_channel_on_its_own(rank, dtype):
    x = whole_numbers(1, *(5, 4, 3)[:rank], 3, dtype=dtype)
    kernel = whole_numbers(*(3, 2, 2)[:rank], 1, 6, dtype=dtype)
    y = np.asarray(quick_jit(lambda *a: depthwise_conv(*a, strides=2))(x, kernel))
    for channel in range(3):
        own = slice(2 * channel, 2 * channel + 2)
        alone = reference.conv(x[..., channel : channel + 1], kernel[..., own], strides=2)
        np.testing.assert_array_equal(y[..., own], alone.astype(dtype))


def test_separable_is_a_convolution_with_the_product_of_both_kernels():
    x, bias = whole_numbers(2, 5, 6, 3), whole_numbers(4)
    depthwise, pointwise = whole_numbers(3, 3, 1, 6), whole_numbers(1, 1, 6, 4, seed=1)
    grouped = depthwise[:, :, 0].reshape(3, 3, 3, 2)  # (height, width, channel, multiplier)
    product = np.einsum("hwcm,cmo->hwco", grouped, pointwise[0, 0].reshape(3, 2, 4))
    options = {"strides": 2, "padding": 1, "padding_mode": "reflect"}
    y = separable_conv(x, depthwise, pointwise, bias, **options)
    np.testing.assert_array_equal(y, reference.conv(x, product, bias, **options))
