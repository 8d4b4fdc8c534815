"""What holds for any network: its input, its named layers and their outputs."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn import nn
from jaxcnn.analysis import LayerError, output_shapes
from jaxcnn.models import Network, create_model, intermediates, layer_names


def tiny(size=(8, 8, 1), rngs=None):
    rngs = rngs or nnx.Rngs(0)
    features = nn.Sequential(
        conv=nn.Conv2d(1, 4, 3, padding="valid", rngs=rngs),
        inner=nn.Sequential(nnx.relu, nn.MaxPool2d(2)),
    )
    return Network(
        features, nn.Sequential(pool=nn.GlobalAvgPool(), fc=nn.Linear(4, 3, rngs=rngs)), size
    )


IMAGES = jnp.asarray(np.random.default_rng(0).normal(size=(2, 8, 8, 1)), jnp.float32)


def test_paths_are_those_of_the_summary():
    model = tiny()
    assert layer_names(model) == [
        "features.conv", "features.inner.0", "features.inner.1", "classifier.pool", "classifier.fc",
    ]  # fmt: skip
    assert list(output_shapes(model, (8, 8, 1))) == layer_names(model)


def test_intermediates_are_what_the_layers_give():
    model = tiny()
    names = ["features", "features.conv", "features.inner.0", "classifier"]
    found = intermediates(model, IMAGES, names)
    assert list(found) == names
    conv = model.features["conv"](IMAGES)
    np.testing.assert_array_equal(found["features.conv"], conv)
    np.testing.assert_array_equal(found["features.inner.0"], jax.nn.relu(conv))
    np.testing.assert_array_equal(found["features"], model.features(IMAGES))
    np.testing.assert_array_equal(found["classifier"], model(IMAGES))
    assert list(intermediates(model, IMAGES, "features")) == ["features"]


def test_the_pass_ends_with_the_last_layer_wanted():
    def fail(x):
        raise AssertionError("the pass must not come here")

    model = nn.Sequential(first=nnx.relu, second=nn.Sequential(nnx.tanh, fail), third=fail)
    found = intermediates(model, IMAGES, ["second.0", "first"])
    np.testing.assert_array_equal(found["second.0"], jnp.tanh(jax.nn.relu(IMAGES)))


def test_layers_of_flax_containers_have_positions():
    model = nnx.Sequential(nnx.relu, nnx.Sequential(nnx.tanh))
    assert layer_names(model) == ["0", "1.0"]
    assert set(intermediates(model, IMAGES, "1.0")) == {"1.0"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: intermediates(tiny(), IMAGES, ["features.conw"]),
            r"names \(='features.conw'\) must be paths of layers; did you mean features.conv",
        ),
        (lambda: intermediates(tiny(), IMAGES, ["zzz"]), "see layer_names"),
        (lambda: intermediates(tiny(), IMAGES[..., 0], "features"), r"x has shape \(2, 8, 8\)"),
        (lambda: layer_names(3), r"model \(=int\) must be a Network or a Sequential"),
        (lambda: tiny()([[1.0]]), "x must be an array, not list"),
        (
            lambda: tiny()(jnp.ones((2, 8, 8, 3))),
            r"x has shape \(2, 8, 8, 3\), but must be \(batch, height, width, 1\)",
        ),
        (lambda: tiny()(jnp.ones((8, 8, 1))), r"must be \(batch, height, width, 1\)"),
        (lambda: tiny()(jnp.ones((1, 8, 8, 1), jnp.int32)), "x has dtype int32"),
    ],
)
def test_a_wrong_call_is_explained(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("call", [lambda: tiny((3, 3, 1)), lambda: tiny()(jnp.ones((2, 3, 3, 1)))])
def test_an_image_too_small_names_the_layer(call):
    with pytest.raises(LayerError, match=r"layer features.inner.1 MaxPool\(K=2, S=2\)"):
        call()


def test_a_replaced_head_decides_which_sizes_are_taken():
    model = create_model("lenet5", seed=0)
    head = nn.Sequential(nn.GlobalAvgPool(), nn.Linear(16, 2, rngs=nnx.Rngs(0)))
    model.classifier = head
    assert model(jnp.ones((1, 40, 36, 1))).shape == (1, 2)


def test_the_input_shape_can_be_given_for_any_network():
    build = lambda **options: nnx.eval_shape(lambda: create_model("lenet5", **options))  # noqa: E731
    assert build(input_shape=(36, 40, 3)).input_shape == (36, 40, 3)
    with pytest.raises(ValueError, match=r"input_shape \(=\(36, 1\)\) must be \(height, width, ch"):
        build(input_shape=(36, 1))
    with pytest.raises(ValueError, match="in_features must not be given together with input_shape"):
        build(input_shape=(36, 36, 1), in_features=1)
    with pytest.raises(ValueError, match="image_size must not be given together with input_shape"):
        build(input_shape=(36, 36, 1), image_size=3)
