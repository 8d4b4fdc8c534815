"""Convolution layers equal Flax's for the same arguments and seed, and the functions they wrap."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn import functional, nn

CONVS = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
SIZES = (9, 8, 7)


def drawn(key, shape, dtype=jnp.float32):
    """An initialiser that compiles nothing; JAX's take seconds for each new shape."""
    return jnp.asarray(np.random.default_rng(0).normal(size=shape), dtype)


CHEAP = {"kernel_init": drawn}


def random(shape):
    return drawn(None, shape)


@pytest.mark.parametrize(
    ("rank", "options"),
    [
        (1, {"padding": "CAUSAL", "kernel_dilation": 2}),
        (2, {}),
        (2, {"strides": 2}),
        (2, {"strides": (2, 1), "padding": "VALID"}),
        (2, {"padding": 1, "kernel_dilation": 2}),
        (2, {"padding": ((0, 1), (2, 0)), "input_dilation": 2}),
        (2, {"padding": "CIRCULAR"}),
        (2, {"padding": "CIRCULAR", "strides": 2, "kernel_dilation": 2}),
        (2, {"padding": "REFLECT", "strides": 2}),
        (2, {"feature_group_count": 2, "use_bias": False}),
        (2, {"strides": None, "kernel_dilation": None, "input_dilation": None}),
        (2, {"bias_init": nnx.initializers.normal(1.0), "kernel_init": nnx.initializers.ones}),
        (3, {"padding": "SAME"}),
    ],
)
def test_changing_the_import_from_flax_changes_no_number(rank, options):
    kernel_size = (3, 2, 4)[:rank]
    theirs = nnx.Conv(4, 6, kernel_size, rngs=nnx.Rngs(3), **options)
    ours = CONVS[rank](4, 6, kernel_size, rngs=nnx.Rngs(3), **options)
    x = random((2, *SIZES[:rank], 4))
    np.testing.assert_array_equal(ours.kernel[...], theirs.kernel[...])
    np.testing.assert_allclose(ours(x), theirs(x), rtol=1e-5, atol=1e-5)


def test_an_int_kernel_size_counts_for_every_axis():
    assert nn.Conv2d(8, 3, 3, **CHEAP, rngs=nnx.Rngs(0)).kernel.shape == (3, 3, 8, 3)
    assert nn.Conv3d(8, 3, 3, **CHEAP, rngs=nnx.Rngs(0)).kernel.shape == (3, 3, 3, 8, 3)


@pytest.mark.parametrize("batch", [(), (2,), (2, 3)])
def test_any_number_of_batch_axes(batch):
    layer = nn.Conv2d(3, 4, 3, **CHEAP, rngs=nnx.Rngs(0))
    assert layer(jnp.ones((*batch, 8, 8, 3))).shape == (*batch, 8, 8, 4)


def test_a_mask_hides_weights():
    mask = jnp.zeros((3, 3, 3, 4)).at[1, 1].set(1)
    layer = nn.Conv2d(3, 4, 3, mask=mask, **CHEAP, rngs=nnx.Rngs(0))
    x = random((1, 5, 5, 3))
    np.testing.assert_allclose(layer(x), x @ layer.kernel[1, 1], rtol=1e-5, atol=1e-6)


def test_flip_computes_the_true_convolution():
    layer = nn.Conv1d(1, 1, 3, padding="full", flip=True, use_bias=False, **CHEAP, rngs=nnx.Rngs(0))
    signal = random((1, 10, 1))
    expected = np.convolve(signal[0, :, 0], layer.kernel[:, 0, 0])
    np.testing.assert_allclose(layer(signal)[0, :, 0], expected, rtol=1e-4, atol=1e-5)


def test_padding_modes_reach_the_function():
    layer = nn.Conv2d(2, 3, 3, padding=2, padding_mode="replicate", **CHEAP, rngs=nnx.Rngs(0))
    x = random((1, 5, 6, 2))
    expected = functional.conv(x, layer.kernel[...], padding=2, padding_mode="replicate")
    np.testing.assert_array_equal(layer(x), expected)


@pytest.mark.parametrize(
    ("given", "parameters", "asked", "result"),
    [
        (jnp.float32, jnp.float32, None, jnp.float32),
        (jnp.bfloat16, jnp.bfloat16, None, jnp.bfloat16),
        (jnp.float32, jnp.float32, jnp.bfloat16, jnp.bfloat16),
        (jnp.bfloat16, jnp.float32, jnp.float32, jnp.float32),
    ],
)
@pytest.mark.parametrize("build", [nn.Conv2d, nn.ConvTranspose2d])
def test_dtypes_follow_flax(build, given, parameters, asked, result):
    layer = build(2, 3, 3, dtype=asked, param_dtype=parameters, **CHEAP, rngs=nnx.Rngs(0))
    assert layer.kernel.dtype == parameters
    with jax.numpy_dtype_promotion("strict"):
        assert layer(jnp.ones((1, 6, 6, 2), given)).dtype == result


def test_metadata_reaches_the_parameters():
    layer = nn.Conv2d(
        2,
        3,
        3,
        kernel_metadata={"note": "k"},
        bias_metadata={"note": "b"},
        **CHEAP,
        rngs=nnx.Rngs(0),
    )
    assert (layer.kernel.get_metadata("note"), layer.bias.get_metadata("note")) == ("k", "b")


def test_transposing_a_convolution_inverts_its_sizes_and_is_its_gradient():
    rngs = nnx.Rngs(0)
    down = nn.Conv2d(3, 4, 3, 2, padding=1, use_bias=False, **CHEAP, rngs=rngs)
    up = nn.ConvTranspose2d(
        4, 3, 3, 2, padding=1, output_padding=1, use_bias=False, **CHEAP, rngs=rngs
    )
    up.kernel[...] = down.kernel[...].swapaxes(-1, -2)
    x, y = random((1, 8, 8, 3)), random((1, 4, 4, 4))
    (gradient,) = jax.vjp(down, x)[1](y)
    assert up(y).shape == x.shape
    np.testing.assert_allclose(up(y), gradient, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_separable_layers_are_a_depthwise_and_a_pointwise_step(rank):
    build = (nn.SeparableConv1d, nn.SeparableConv2d, nn.SeparableConv3d)[rank - 1]
    layer = build(3, 5, 3, channel_multiplier=2, padding="valid", **CHEAP, rngs=nnx.Rngs(0))
    x = random((1, *SIZES[:rank], 3))
    expected = functional.separable_conv(
        x,
        layer.depthwise.kernel[...],
        layer.pointwise.kernel[...],
        layer.pointwise.bias[...],
        padding="valid",
    )
    assert layer.depthwise.bias is None
    np.testing.assert_allclose(layer(x), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_depthwise_layers_keep_channels_apart(rank):
    build = (nn.DepthwiseConv1d, nn.DepthwiseConv2d, nn.DepthwiseConv3d)[rank - 1]
    layer = build(3, 3, channel_multiplier=2, **CHEAP, rngs=nnx.Rngs(0))
    x = random((1, *SIZES[:rank], 3))
    changed = layer(x.at[..., 1].set(0)) - layer(x)
    seen = np.flatnonzero(np.abs(np.asarray(changed)).reshape(-1, 6).max(0))
    assert seen.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: nn.Conv2d(3, 4, (3,), **CHEAP, rngs=nnx.Rngs(0)), r"kernel_size \(=\(3,\)\)"),
        (lambda: nn.Conv2d(3, 4, 0, **CHEAP, rngs=nnx.Rngs(0)), r"kernel_size \(=0\)"),
        (lambda: nn.Conv2d(0, 4, 3, **CHEAP, rngs=nnx.Rngs(0)), r"in_features \(=0\)"),
        (lambda: nn.Conv2d(3, 4, 3, 0, padding=1, **CHEAP, rngs=nnx.Rngs(0)), r"strides"),
        (
            lambda: nn.Conv2d(3, 4, 3, feature_group_count=2, **CHEAP, rngs=nnx.Rngs(0)),
            r"in_features \(=3\) must be divisible by feature_group_count \(=2\)",
        ),
        (
            lambda: nn.Conv2d(4, 3, 3, feature_group_count=2, **CHEAP, rngs=nnx.Rngs(0)),
            r"out_features \(=3\) must be divisible",
        ),
        (
            lambda: nn.Conv2d(3, 4, 3, mask=jnp.ones(3), **CHEAP, rngs=nnx.Rngs(0)),
            r"mask has shape \(3,\)",
        ),
        (
            lambda: nn.DepthwiseConv2d(3, 3, feature_group_count=3, **CHEAP, rngs=nnx.Rngs(0)),
            "feature_group_count must not be given",
        ),
        (
            lambda: nn.DepthwiseConv2d(3, 3, channel_multiplier=0, **CHEAP, rngs=nnx.Rngs(0)),
            r"channel_multiplier \(=0\)",
        ),
        (
            lambda: nn.Conv2d(3, 4, 3, padding="mirror", **CHEAP, rngs=nnx.Rngs(0))(
                jnp.ones((1, 4, 4, 3))
            ),
            r"padding \(='mirror'\)",
        ),
        (
            lambda: nn.Conv2d(3, 4, 3, **CHEAP, rngs=nnx.Rngs(0))(jnp.ones((4, 3))),
            "x has shape|x .*rank",
        ),
        (
            lambda: nn.Conv2d(3, 4, 3, **CHEAP, rngs=nnx.Rngs(0))(jnp.ones((1, 8, 8, 2))),
            r"built for in_features \(=3\)",
        ),
        (
            lambda: nn.Conv2d(3, 4, 5, padding="valid", **CHEAP, rngs=nnx.Rngs(0))(
                jnp.ones((1, 4, 4, 3))
            ),
            r"\(=\(5, 5\)\) is larger than the map",
        ),
        (
            lambda: nn.ConvTranspose2d(3, 4, 3, output_padding=1, **CHEAP, rngs=nnx.Rngs(0))(
                jnp.ones((1, 4, 4, 3))
            ),
            r"output_padding \(=\(1, 1\)\) must be below",
        ),
    ],
)
def test_a_wrong_layer_or_input_is_explained(build, message):
    with pytest.raises(ValueError, match=message):
        build()
