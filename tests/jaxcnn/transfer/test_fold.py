"""Batch normalisations folded into the layers before them: equal outputs, fewer layers, nothing else touched."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn import analysis, nn
from jaxcnn.models import create_model
from jaxcnn.transfer import fold_batch_norm, save_model
from jaxcnn.workflows import export


def stirred(model, seed=0):
    """The model with statistics, scales and biases as training leaves them."""
    rng = np.random.default_rng(seed)
    for _, module in nnx.iter_modules(model):
        if isinstance(module, nnx.BatchNorm):
            channels = module.num_features
            module.mean[...] = jnp.asarray(rng.normal(size=channels), jnp.float32)
            module.var[...] = jnp.asarray(rng.uniform(0.5, 2, channels), jnp.float32)
            if module.scale is not None:
                module.scale[...] = jnp.asarray(rng.uniform(-1.5, 1.5, channels), jnp.float32)
            if module.bias is not None:
                module.bias[...] = jnp.asarray(rng.normal(size=channels), jnp.float32)
    model.eval()
    return model


def norms(model):
    return [m for _, m in nnx.iter_modules(model) if isinstance(m, nnx.BatchNorm)]


def outputs(model, x):
    graph, state = nnx.split(model)
    return np.asarray(jax.jit(lambda s, x: nnx.merge(graph, s)(x))(state, x))


def assert_same(model, folded, shape):
    x = jnp.asarray(np.random.default_rng(1).normal(size=(2, *shape)), jnp.float32)
    expected = outputs(model, x)
    np.testing.assert_allclose(
        outputs(folded, x), expected, rtol=0, atol=2e-4 * np.abs(expected).max()
    )


def test_the_outputs_of_a_network_stay():
    model = stirred(create_model("resnet18", seed=0, num_classes=5, image_size=32))
    folded = fold_batch_norm(model)
    assert norms(folded) == []
    assert_same(model, folded, model.input_shape)


# What stays: inception_time normalises what several convolutions gave, resnet1d once the input of a block.
@pytest.mark.parametrize(
    ("name", "stay"),
    [
        ("vgg11_bn", 0),
        ("resnet50", 0),
        ("inception_v1", 0),
        ("efficientnet_lite0", 0),
        ("mobilenet_v2", 0),
        ("resnet1d", 1),
        ("inception_time", 6),
    ],
)
def test_every_normalisation_right_after_a_layer_is_folded(name, stay):
    model = nnx.eval_shape(lambda: create_model(name, seed=0))
    folded = nnx.eval_shape(lambda: fold_batch_norm(create_model(name, seed=0)))
    assert len(norms(model)) > len(norms(folded)) == stay
    before, after = (analysis.summary(one, model.input_shape) for one in (model, folded))
    assert after.output_shape == before.output_shape


LAYERS = {
    "1-D": (lambda r: nn.Conv1d(3, 4, 3, rngs=r), (9, 3)),
    "3-D, groups, mask": (
        lambda r: nn.Conv3d(
            4, 4, 2, feature_group_count=2, mask=jnp.ones((2, 2, 2, 2, 4)).at[0].set(0), rngs=r
        ),
        (4, 5, 6, 4),
    ),
    "dilated, strided, no bias": (
        lambda r: nn.Conv2d(3, 4, 3, 2, kernel_dilation=2, use_bias=False, rngs=r),
        (9, 8, 3),
    ),
    "mirrored borders": (
        lambda r: nn.Conv2d(3, 4, 3, padding_mode="reflect", rngs=r),
        (9, 8, 3),
    ),
    "transposed": (lambda r: nn.ConvTranspose2d(3, 4, 3, 2, rngs=r), (5, 6, 3)),
    "depthwise": (lambda r: nn.DepthwiseConv2d(4, 3, rngs=r), (5, 6, 4)),
    "separable": (lambda r: nn.SeparableConv2d(3, 4, 3, rngs=r), (5, 6, 3)),
    "dense": (lambda r: nn.Linear(6, 4, rngs=r), (6,)),
    "Flax's own": (lambda r: nnx.Conv(3, 4, (3, 3), rngs=r), (5, 6, 3)),
}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("options", [{}, {"use_scale": False}, {"use_bias": False}])
def test_a_layer_takes_its_normalisation_in(name, options):
    make, shape = LAYERS[name]
    rngs = nnx.Rngs(0)
    model = stirred(nn.Sequential(make(rngs), nn.BatchNorm(4, rngs=rngs, **options), nnx.relu))
    folded = fold_batch_norm(model)
    assert norms(folded) == []
    assert_same(model, folded, shape)


def test_the_model_itself_stays_as_it_was():
    rngs = nnx.Rngs(0)
    model = nn.Sequential(conv=nn.Conv2d(3, 4, 3, rngs=rngs), bn=nn.BatchNorm(4, rngs=rngs))
    model.train()
    before = jax.tree.map(jnp.copy, nnx.state(model))
    fold_batch_norm(model)
    assert not model["bn"].use_running_average
    jax.tree.map(np.testing.assert_array_equal, before, nnx.state(model))


def test_a_chain_in_a_chain_is_part_of_it():
    rngs = nnx.Rngs(0)
    inner = nn.Sequential(nn.Conv2d(3, 4, 3, rngs=rngs), nn.Conv2d(4, 5, 3, rngs=rngs))
    model = stirred(nn.Sequential(inner, nn.BatchNorm(5, rngs=rngs)))
    folded = fold_batch_norm(model)
    assert norms(folded) == []
    assert_same(model, folded, (6, 7, 3))


def test_a_layer_used_twice_is_left_alone_and_so_is_its_normalisation():
    rngs = nnx.Rngs(0)
    shared = nn.Conv2d(3, 3, 3, rngs=rngs)
    once = [nn.Conv2d(3, 3, 3, rngs=rngs), nn.BatchNorm(3, rngs=rngs)]
    model = stirred(nn.Sequential(shared, nn.BatchNorm(3, rngs=rngs), shared, *once))
    folded = fold_batch_norm(model)
    assert len(norms(folded)) == 1
    assert_same(model, folded, (6, 7, 3))


class Doubled(nn.Sequential):
    """A chain whose every layer's output counts twice."""

    def __call__(self, x):
        for layer in self:
            x = 2 * layer(x)
        return x


def test_what_a_class_does_by_itself_is_not_taken_for_a_chain():
    rngs = nnx.Rngs(0)
    own = Doubled(nn.Conv2d(3, 3, 3, rngs=rngs), nn.BatchNorm(3, rngs=rngs))
    plain = nn.Sequential(nn.Conv2d(3, 3, 3, rngs=rngs), nn.BatchNorm(3, rngs=rngs))
    model = stirred(nn.Sequential(own, plain))
    folded = fold_batch_norm(model)
    assert len(norms(folded)) == 1
    assert_same(model, folded, (6, 7, 3))


@pytest.mark.parametrize(
    "layers",
    [
        lambda r: [nn.Conv2d(3, 4, 3, rngs=r)],
        lambda r: [nn.BatchNorm(3, rngs=r), nn.Conv2d(3, 4, 3, rngs=r)],
        lambda r: [nn.Conv2d(3, 4, 3, rngs=r), nnx.relu, nn.BatchNorm(4, rngs=r)],
    ],
    ids=["none", "before", "a ReLU between"],
)
def test_where_nothing_can_be_folded_it_says_so(layers):
    with pytest.raises(ValueError, match="right after a convolution"):
        fold_batch_norm(nn.Sequential(*layers(nnx.Rngs(0))))


def test_it_is_not_saved_as_the_network_that_its_name_makes(tmp_path):
    folded = fold_batch_norm(create_model("resnet18", seed=0, num_classes=3, image_size=32))
    with pytest.raises(ValueError, match=r"create_model.*save a network before fold_batch_norm"):
        save_model(folded, tmp_path / "model.safetensors")


def test_it_is_exported_as_any_other_network():
    model = stirred(create_model("resnet8", seed=0))
    x = np.random.default_rng(2).uniform(size=(2, *model.input_shape)).astype(np.float32)
    expected = np.asarray(export(model, platforms=("cpu",))(x))
    found = np.asarray(export(fold_batch_norm(model), platforms=("cpu",))(x))
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-4 * np.abs(expected).max())
