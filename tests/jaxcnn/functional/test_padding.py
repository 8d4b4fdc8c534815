import numpy as np
import pytest
from flax import nnx
from hypothesis import given
from hypothesis import strategies as st

from jaxcnn import nn
from jaxcnn.functional import conv, explicit_padding, pad

from . import reference
from .helpers import examples, quick_jit, value_and_gradients, weights, whole_numbers


@pytest.mark.parametrize("mode", ["zeros", "reflect", "symmetric", "replicate", "circular"])
@pytest.mark.parametrize("padding", [0, 2, (1, 0), ((0, 2), (3, 1))])
def test_modes_equal_numpy(mode, padding):
    x = whole_numbers(2, 4, 5, 3)
    pairs = reference.pairs_of(padding, (4, 5), (1, 1), (1, 1), (1, 1))
    numpy_mode = reference.NUMPY_MODES.get(mode, "constant")
    expected = np.pad(x, [(0, 0), *pairs, (0, 0)], mode=numpy_mode)
    found = quick_jit(lambda x: pad(x, padding, padding_mode=mode.upper()))(x)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("mode", ["reflect", "symmetric", "replicate", "circular"])
def test_the_gradient_adds_up_the_copies_of_a_pixel(mode):
    x = whole_numbers(1, 4, 1)
    y, (gradient,) = value_and_gradients(lambda x: pad(x, ((3, 2),), padding_mode=mode), x)
    copies = np.pad(np.arange(4), (3, 2), mode=reference.NUMPY_MODES[mode])
    expected = np.bincount(copies, weights(y.shape).ravel(), 4)
    np.testing.assert_array_equal(gradient.ravel(), expected)


@examples(25)
@given(data=st.data(), rank=st.integers(1, 3))
def test_symmetric_padding_equals_numpy_in_every_rank(data, rank):
    sizes = data.draw(st.tuples(*[st.integers(1, 4)] * rank))
    pairs = tuple(data.draw(st.tuples(*[st.integers(0, size)] * 2)) for size in sizes)
    x = whole_numbers(2, *sizes, 2)
    expected = np.pad(x, [(0, 0), *pairs, (0, 0)], mode="symmetric")
    np.testing.assert_array_equal(pad(x, pairs, padding_mode="symmetric"), expected)


@pytest.mark.parametrize("side", [0, 1])
def test_symmetric_padding_mirrors_a_map_once_at_most(side):
    x, wide = whole_numbers(1, 5, 1), [0, 0]
    wide[side] = 6
    with pytest.raises(ValueError, match=r"at most 5 with padding_mode 'symmetric'.* 5 pixels"):
        pad(x, (tuple(wide),), padding_mode="Symmetric")


def test_a_layer_pads_symmetrically_too():
    x, rngs = whole_numbers(1, 4, 5, 3), nnx.Rngs(0)
    layer = nn.Conv2d(3, 2, 5, padding="same", padding_mode="symmetric", rngs=rngs)
    padded = np.pad(x, [(0, 0), (2, 2), (2, 2), (0, 0)], mode="symmetric")
    plain = conv(padded, layer.kernel[...], padding="valid")
    np.testing.assert_allclose(layer(x), plain, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "bfloat16"])
def test_padding_keeps_any_dtype(dtype):
    assert pad(np.ones((1, 3, 3, 1), dtype), 1).dtype == dtype


def test_a_named_padding_is_that_of_the_given_window():
    x = whole_numbers(1, 7, 8, 1)
    assert pad(x, "same", window_shape=3, strides=2).shape == (1, 9, 9, 1)
    assert pad(x[0], "full", window_shape=(3, 2), kernel_dilation=2).shape == (15, 12, 1)


@pytest.mark.parametrize("name", ["valid", "same", "full", "causal"])
@pytest.mark.parametrize("case", ["lower", "upper", "capitalize"])
def test_names_are_known_in_any_case_and_equal_their_definitions(name, case):
    for size in range(1, 9):
        for kernel_size, strides, dilation in [(1, 1, 1), (3, 2, 1), (2, 3, 2), (4, 1, 3)]:
            found = explicit_padding(getattr(name, case)(), size, kernel_size, strides, dilation)
            expected = reference.pairs_of(name, (size,), (kernel_size,), (strides,), (dilation,))
            assert found == tuple(expected)
