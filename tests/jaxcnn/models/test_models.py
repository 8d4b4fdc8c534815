"""Building networks: structure, seeds, modes and errors."""

import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn import nn
from jaxcnn.models import VGG, LeNet, LeNet5, create_model
from jaxcnn.transfer import convolutionise

TINY = {"image_size": 32, "blocks": ((4, 1), (8, 1)), "hidden": (16,), "num_classes": 5}


def leaves(model):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(nnx.state(model, nnx.Param))]


def test_the_lecture_lenet_is_the_one_of_the_course():
    model = LeNet(rngs=nnx.Rngs(0))
    assert isinstance(model.classifier[0], nn.Flatten)
    assert model(jnp.ones((2, 28, 28, 1))).shape == (2, 10)


def test_vgg_has_convolutional_features_and_a_dense_classifier():
    model = create_model("vgg11", **TINY, seed=0)
    assert isinstance(model, VGG)
    assert isinstance(model.features, nn.Sequential)
    assert isinstance(model.classifier, nn.Sequential)
    assert [type(layer) for layer in model.features if isinstance(layer, nnx.Module)] == [
        nn.Conv2d,
        nn.MaxPool2d,
        nn.Conv2d,
        nn.MaxPool2d,
    ]
    assert model.classifier[1].kernel.shape == (8 * 8 * 8, 16)
    assert model(jnp.ones((2, 32, 32, 3))).shape == (2, 5)


def test_a_network_without_hidden_layers_or_dropout_can_be_asked_for():
    model = create_model("vgg11", **{**TINY, "hidden": ()}, seed=0)
    assert len(model.classifier) == 2
    assert len(create_model("vgg11", **TINY, dropout=0.0, seed=0).classifier) == 4


@pytest.mark.parametrize("name", ["vgg11", "vgg11_bn"])
def test_models_are_built_in_evaluation_mode(name):
    model = create_model(name, **TINY, seed=0)
    x = jax.random.normal(jax.random.key(0), (2, 32, 32, 3))
    np.testing.assert_array_equal(model(x), model(x))
    model.train()
    assert not np.array_equal(model(x), model(x))


def test_images_need_not_be_square_nor_coloured():
    model = create_model("vgg11", **{**TINY, "image_size": (16, 32)}, in_features=1, seed=0)
    assert model(jnp.ones((1, 16, 32, 1))).shape == (1, 5)


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    first, second, other = (leaves(create_model("lenet5", seed=seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(first, other, strict=True) if a.ndim > 1)
    given = leaves(create_model("lenet5", rngs=nnx.Rngs(1)))
    assert all(np.array_equal(a, b) for a, b in zip(first, given, strict=True))


def test_models_train_with_split_and_plain_jit():
    graph, params, rest = nnx.split(create_model("vgg11", **TINY, seed=0), nnx.Param, ...)
    x = jnp.ones((2, 32, 32, 3))
    gradients = jax.jit(jax.grad(lambda p: nnx.merge(graph, p, rest)(x).sum()))(params)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(gradients))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: create_model("vgg15"), r"name \(='vgg15'\).*did you mean 'vgg1"),
        (lambda: create_model("lenet", rngs=nnx.Rngs(0), seed=1), r"seed \(=1\)"),
        (lambda: create_model("lenet", num_classes=0), r"num_classes \(=0\)"),
        (lambda: create_model("lenet", in_features=0), r"in_features \(=0\)"),
        (lambda: create_model("lenet5", image_size=8), r"layer features.3 Conv\(C_out=16"),
        (lambda: create_model("vgg11", image_size=16), r"layer features.20 MaxPool\(K=2, S=2\)"),
        (lambda: create_model("vgg11", image_size=(32, 32, 3)), r"image_size \(=\(32, 32, 3\)\)"),
        (lambda: create_model("vgg11", blocks=((4, 1, 1),)), r"blocks\[0\] \(=\(4, 1, 1\)\)"),
        (lambda: create_model("vgg11", blocks=((4, 0),)), r"blocks\[0\]\[1\] \(=0\)"),
    ],
)
def test_an_impossible_network_is_explained(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize("shape", [(1, 64, 64, 1), (32, 32, 1), (1, 1, 32, 32)])
def test_an_image_of_another_size_is_refused(shape):
    with pytest.raises(ValueError, match=r"x has shape .* must be \(batch, 32, 32, 1\)"):
        LeNet5(rngs=nnx.Rngs(0))(jnp.ones(shape))


def test_an_image_of_other_channels_is_not_told_of_sizes():
    with pytest.raises(ValueError, match=r"channels last, 1 of them$"):
        LeNet5(rngs=nnx.Rngs(0))(jnp.ones((1, 32, 32, 3)))


def test_score_maps_export_with_a_symbolic_image_size():
    graph, state = nnx.split(convolutionise(create_model("lenet5", seed=0)))
    height, width = jax.export.symbolic_shape(
        "height, width", constraints=["height >= 32", "width >= 32"]
    )
    images = jax.ShapeDtypeStruct((1, height, width, 1), jnp.float32)
    exported = jax.export.export(jax.jit(lambda s, x: nnx.merge(graph, s)(x)))(state, images)
    assert exported.out_avals[0].shape[-1] == 10
