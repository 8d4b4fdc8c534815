"""Dense heads turned into convolutions compute the same numbers, everywhere on the image."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn import nn
from jaxcnn.analysis import receptive_field
from jaxcnn.models import create_model
from jaxcnn.transfer import convolutionise, dense_to_conv

ones = nnx.initializers.ones


def integers(seed, shape):
    """Small whole numbers, on which float32 arithmetic is exact in any order."""
    return jnp.asarray(np.random.default_rng(seed).integers(-2, 3, shape), jnp.float32)


def with_integer_weights(model):
    graph, params, rest = nnx.split(model, nnx.Param, ...)
    flat, tree = jax.tree.flatten(params)
    drawn = [integers(seed, leaf.shape) for seed, leaf in enumerate(flat)]
    return nnx.merge(graph, jax.tree.unflatten(tree, drawn), rest)


@pytest.mark.parametrize("spatial", [(5,), (3, 4), (2, 3, 2)])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_dense_layer_is_a_convolution_as_large_as_the_map(spatial, channels):
    x = integers(0, (2, *spatial, channels))
    kernel, bias = integers(1, (x[0].size, 6)), integers(2, (6,))
    conv_kernel, conv_bias = dense_to_conv(kernel, bias, spatial)
    letters = "hwd"[: len(spatial)]
    as_conv = jnp.einsum(f"n{letters}c,{letters}co->no", x, conv_kernel) + conv_bias
    np.testing.assert_array_equal(as_conv, x.reshape(2, -1) @ kernel + bias)


def test_a_dense_layer_without_bias_has_none_as_a_convolution():
    assert dense_to_conv(jnp.ones((12, 2)), None, (2, 2))[1] is None


def test_the_score_map_is_the_network_slid_over_the_image():
    model = with_integer_weights(create_model("lenet5", seed=0))
    scores = convolutionise(model)
    image = integers(5, (1, 40, 44, 1))
    found = scores(image)
    jump = receptive_field(scores, (40, 44, 1)).jump[0]
    assert (found.shape, jump) == ((1, 3, 4, 10), 4)
    for row in range(3):
        for column in range(4):
            top, left = jump * row, jump * column
            window = image[:, top : top + 32, left : left + 32]
            np.testing.assert_array_equal(found[:, row, column], model(window))


@pytest.mark.parametrize("name", ["vgg11", "vgg11_bn", "lenet"])
def test_on_the_original_size_the_only_score_is_the_networks(name):
    tiny = {"blocks": ((4, 1), (8, 1)), "hidden": (16,), "image_size": (16, 24)}
    model = create_model(name, num_classes=5, seed=0, **(tiny if "vgg" in name else {}))
    x = jax.random.normal(jax.random.key(1), (2, *model.input_shape))
    scores = convolutionise(model)(x)
    assert scores.shape == (2, 1, 1, 5)
    np.testing.assert_allclose(scores[:, 0, 0], model(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("pool", [nn.GlobalAvgPool, nn.GlobalMaxPool])
def test_a_global_pool_slides_too(pool):
    rngs = nnx.Rngs(0)
    model = nn.Sequential(
        nn.Conv2d(1, 3, 3, padding="valid", rngs=rngs), pool(), nn.Linear(3, 4, rngs=rngs)
    )
    model = with_integer_weights(model)
    scores = convolutionise(model, (6, 6, 1))
    image = 4 * integers(0, (1, 7, 8, 1))
    found = scores(image)
    assert found.shape == (1, 2, 3, 4)
    for row in range(2):
        for column in range(3):
            window = image[:, row : row + 6, column : column + 6]
            np.testing.assert_allclose(found[:, row, column], model(window), rtol=1e-6)


@pytest.mark.parametrize(("output_size", "scores"), [(2, (2, 3)), (4, (3, 5))])
@pytest.mark.parametrize("pool", [nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d])
def test_an_adaptive_pool_keeps_the_window_of_the_original_size(pool, output_size, scores):
    pixels = output_size * output_size * 2
    model = nn.Sequential(
        pool(output_size), nn.Flatten(), nn.Linear(pixels, 3, kernel_init=ones, rngs=nnx.Rngs(0))
    )
    image = 4 * integers(0, (1, 6, 8, 2))
    found = convolutionise(model, (4, 4, 2))(image)
    assert found.shape == (1, *scores, 3)
    step = 4 // output_size
    for row in range(scores[0]):
        for column in range(scores[1]):
            top, left = step * row, step * column
            window = image[:, top : top + 4, left : left + 4]
            np.testing.assert_array_equal(found[:, row, column], model(window))


def test_one_axis_and_layers_of_flax_are_understood():
    rngs = nnx.Rngs(0)
    model = nnx.Sequential(
        nnx.Sequential(nn.Conv1d(2, 3, 3, padding="valid", rngs=rngs), nnx.relu),
        nn.Flatten(),
        nnx.Linear(24, 4, use_bias=False, rngs=rngs),
        nnx.tanh,
        nnx.Linear(4, 1, rngs=rngs),
    )
    model = with_integer_weights(model)
    series = integers(9, (2, 15, 2))
    found = convolutionise(model, (10, 2))(series)
    assert found.shape == (2, 6, 1)
    np.testing.assert_allclose(found[:, 4], model(series[:, 4:14]), rtol=1e-6)


def test_the_original_keeps_its_weights_when_the_copy_is_changed():
    model = create_model("lenet5", seed=0)
    scores = convolutionise(model)
    scores[0].kernel[...] = jnp.zeros_like(scores[0].kernel[...])
    assert np.any(model.features[0].kernel[...])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dense_to_conv(jnp.ones((2, 2, 3)), None, (2,)), "must be .inputs, features"),
        (lambda: dense_to_conv(jnp.ones((10, 3)), None, (3, 3)), r"spatial_shape \(=\(3, 3\)\)"),
        (lambda: dense_to_conv(jnp.ones((9, 3)), None, (3, 0)), "spatial_shape"),
        (lambda: dense_to_conv(jnp.ones((9, 3)), jnp.ones(2), (3, 3)), r"bias has shape \(2,\)"),
        (lambda: convolutionise(nn.Sequential(nn.Flatten())), "input_shape must be given"),
        (
            lambda: convolutionise(nn.Sequential(nn.GlobalAvgPool(keepdims=True)), (4, 4, 1)),
            "keepdims=True",
        ),
        (
            lambda: convolutionise(nn.Sequential(nn.AdaptiveAvgPool2d(3)), (4, 4, 1)),
            "output_size must divide the map",
        ),
        (
            lambda: convolutionise(create_model("lenet", seed=0), (32, 32, 1)),
            r"in_features \(=2450\) but gets 3200",
        ),
    ],
)
def test_a_head_that_does_not_fit_is_explained(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_model_of_unknown_structure_is_refused():
    class Odd(nnx.Module):
        pass

    with pytest.raises(ValueError, match=r"model \(=Odd\) must be a layer description"):
        convolutionise(Odd(), (4, 4, 1))
