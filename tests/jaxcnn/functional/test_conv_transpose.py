import jax
import numpy as np
import pytest

from jaxcnn.functional import conv, conv_transpose, conv_transpose_output_size

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

CASES = [
    {},
    {"strides": 2, "padding": 1, "output_padding": 1},
    {"strides": 3, "padding": 1, "output_padding": 2, "feature_group_count": 2},
    {"strides": 2, "kernel_dilation": 2, "padding": 2, "feature_group_count": 4},
    {"strides": 1, "kernel_dilation": 3, "output_padding": 2},
    {"strides": 3, "padding": 3},
]
RANKED = [(2, case) for case in CASES] + [(rank, CASES[2]) for rank in (1, 3)]


def operands(rank, options, make):
    groups = options.get("feature_group_count", 1)
    x = make(2, *(4, 3, 5)[:rank], 4)
    return x, make(*(3, 4, 3)[:rank], 4 // groups, 8, seed=1)


@pytest.mark.parametrize(("rank", "options"), RANKED, ids=str)
def test_equals_painting_copies_of_the_kernel(rank, options):
    x, kernel = operands(rank, options, whole_numbers)
    y = quick_jit(lambda *a: conv_transpose(*a, **options))(x, kernel)
    np.testing.assert_array_equal(y, reference.conv_transpose(x, kernel, **options))


@pytest.mark.parametrize(("rank", "options"), RANKED, ids=str)
def test_value_and_gradients_equal_pytorch(rank, options):
    torch = pytest.importorskip("torch")
    groups = options.get("feature_group_count", 1)
    x, kernel = operands(rank, options, a_map)
    bias = a_map(8, seed=2)
    y, gradients = value_and_gradients(lambda *a: conv_transpose(*a, **options), x, kernel, bias)

    # (*K, in/g, out) -> (in, out/g, *K): the groups move from the outputs to the inputs.
    split = np.stack(np.split(kernel, groups, axis=-1))
    weight = np.moveaxis(split, (-2, -1), (1, 2)).reshape(4, 8 // groups, *kernel.shape[:rank])
    weight = torch.from_numpy(weight.copy()).requires_grad_()
    pixels = channels_first(x)
    functional = torch.nn.functional
    out = (functional.conv_transpose1d, functional.conv_transpose2d, functional.conv_transpose3d)[
        rank - 1
    ](
        pixels,
        weight,
        torch.from_numpy(bias),
        options.get("strides", 1),
        options.get("padding", 0),
        options.get("output_padding", 0),
        groups,
        options.get("kernel_dilation", 1),
    )
    out.backward(torch.from_numpy(np.moveaxis(weights(y.shape), -1, 1).astype(np.float32)))
    assert_close(y, channels_last(out))
    assert_close(gradients[0], channels_last(pixels.grad))
    back = weight.grad.numpy().reshape(groups, 4 // groups, 8 // groups, *kernel.shape[:rank])
    back = np.concatenate(np.moveaxis(back, (1, 2), (-2, -1)), axis=-1)
    assert_close(gradients[1], back, 1e-3, 1e-3)


@pytest.mark.parametrize("padding", ["valid", "same", "full"])
@pytest.mark.parametrize("strides", [1, 2, 4])
def test_is_the_linear_transpose_of_the_convolution_with_the_same_padding(padding, strides):
    wide, kernel = whole_numbers(1, 12, 2), whole_numbers(3, 2, 3)
    y, (transposed, _) = value_and_gradients(
        lambda x, kernel: conv(x, kernel, padding=padding, strides=strides), wide, kernel
    )
    options = {"padding": padding, "strides": strides}
    unseen = 12 - conv_transpose_output_size(y.shape[1], 3, **options)
    back = conv_transpose(
        weights(y.shape).astype("float32"),
        kernel.transpose(0, 2, 1),
        **options,
        output_padding=unseen,
    )
    np.testing.assert_array_equal(back, transposed)


@pytest.mark.parametrize("strides", [1, 2, 4])
def test_causal_output_depends_on_no_later_input(strides):
    kernel = whole_numbers(3, 1, 1, seed=3) + 5
    impulses = np.eye(4, dtype=np.float32)[..., None]
    responses = np.asarray(conv_transpose(impulses, kernel, strides=strides, padding="causal"))
    assert responses.shape == (4, 4 * strides, 1)
    inputs, outputs, _ = np.nonzero(responses)
    assert (inputs * strides <= outputs).all()


@pytest.mark.parametrize("strides", [1, 2, 4])
@pytest.mark.parametrize("kernel_size", [2, 3])
def test_same_padding_multiplies_the_size_by_the_stride(strides, kernel_size):
    x = np.ones((1, 5, 1), np.float32)
    kernel = np.ones((kernel_size, 1, 1), np.float32)
    assert conv_transpose(x, kernel, strides=strides, padding="same").shape == (1, 5 * strides, 1)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_16_bit_results_are_the_exact_ones_rounded(dtype):
    x, kernel = whole_numbers(2, 3, 4, 3, dtype=dtype), whole_numbers(3, 3, 3, 2, dtype=dtype)
    y = conv_transpose(x, kernel, strides=2, padding=1)
    assert y.dtype == dtype
    expected = reference.conv_transpose(x, kernel, strides=2, padding=1)
    np.testing.assert_array_equal(np.asarray(y), expected.astype(dtype))


@pytest.mark.parametrize("batch", [(), (2, 3)])
def test_any_number_of_batch_axes_and_vmap(batch):
    x, kernel = whole_numbers(*batch, 3, 4, 2), whole_numbers(2, 2, 2, 1)
    y = conv_transpose(x, kernel, strides=2)
    flat = x.reshape(-1, 3, 4, 2)
    expected = reference.conv_transpose(flat, kernel, strides=2)
    np.testing.assert_array_equal(y, expected.reshape(*batch, 6, 8, 1))
    mapped = jax.vmap(lambda x: conv_transpose(x, kernel, strides=2))(flat)
    np.testing.assert_array_equal(mapped, expected)


def test_the_value_where_xla_would_abort_equals_loops():
    # A kernel larger than the map, and a stride equal to a kernel of 2 that is cropped by 1.
    x, kernel = whole_numbers(1, 8, 2, 2), whole_numbers(2, 5, 2, 2)
    options = {"strides": (2, 1), "padding": ((1, 1), (0, 0))}
    y, gradients = value_and_gradients(lambda *a: conv_transpose(*a, **options), x, kernel)
    np.testing.assert_array_equal(y, reference.conv_transpose(x, kernel, **options))
    assert all(np.isfinite(gradient).all() for gradient in gradients)
