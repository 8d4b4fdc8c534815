"""Residual networks compute what PyTorch's do, and are named as there."""

import jax.numpy as jnp
import pytest
from flax import nnx

from jaxcnn.analysis import receptive_field, summary
from jaxcnn.models import ResNet, layer_names

from .small import listed
from .torch_weights import assert_same_logits

TINY = {"layers": (2, 2), "widths": (4, 8), "num_classes": 5, "image_size": 33}


def test_basic_blocks_compute_what_pytorch_computes():
    pytest.importorskip("torch")
    from .torch_resnet import Network

    ours = ResNet(**TINY, rngs=nnx.Rngs(0))
    assert_same_logits(ours, Network((4, 8), 5), (2, 33, 33, 3))


def test_grouped_bottlenecks_compute_what_pytorch_computes():
    pytest.importorskip("torch")
    from .torch_resnet import Network

    ours = ResNet(**TINY, block="bottleneck", groups=4, width_per_group=32, rngs=nnx.Rngs(0))
    theirs = Network((4, 8), 5, "bottleneck", groups=4, inner=(8, 16))
    assert_same_logits(ours, theirs, (2, 33, 33, 3))


def test_layers_have_the_names_of_pytorch():
    model = listed("resnet18")
    names = layer_names(model)
    assert names[:5] == [
        "features.conv1", "features.bn1", "features.relu", "features.maxpool", "features.layer1.0",
    ]  # fmt: skip
    assert names[-3:] == ["features.layer4.1", "classifier.pool", "classifier.fc"]
    assert "features.layer2.0.downsample.0" in [
        row.name for row in summary(model, model.input_shape).rows
    ]


@pytest.mark.parametrize(
    ("name", "billions"),
    [("resnet18", 1.81), ("resnet50", 4.09), ("resnet152", 11.51), ("resnext50_32x4d", 4.23)],
)
def test_multiply_adds_are_those_that_torchvision_publishes(name, billions):
    model = listed(name)
    assert round(summary(model, model.input_shape).multiply_adds / 1e9, 2) == billions


@pytest.mark.parametrize(("name", "size"), [("resnet18", 435), ("resnet50", 427)])
def test_the_stride_in_the_3x3_convolution_makes_this_receptive_field(name, size):
    model = listed(name)
    field = receptive_field(model.features)
    assert (field.size, field.jump) == ((size, size), (32, 32))


def test_the_cifar_stem_keeps_the_size_of_the_image():
    model = listed("resnet8")
    shapes = [row.output_shape for row in summary(model.features, (32, 32, 3)).rows]
    assert shapes[2] == (32, 32, 16)
    assert shapes[-1] == (8, 8, 64)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layers": (1, 1, 1)}, r"widths \(=\(4, 8\)\) must have one entry per stage"),
        ({"layers": (), "widths": ()}, r"widths \(=\(\)\) must have one entry per stage"),
        ({"layers": (1, 0)}, r"layers\[1\] \(=0\)"),
        ({"widths": (0, 8)}, r"widths\[0\] \(=0\)"),
        ({"block": "wide"}, r"block \(='wide'\) must be one of 'basic', 'bottleneck'"),
        ({"stem": "mnist"}, r"stem \(='mnist'\) must be one of 'imagenet', 'cifar'"),
        ({"groups": 2}, r"groups \(=2\) must be 1 for block 'basic'"),
        ({"image_size": 0}, r"image_size \(=0\)"),
        ({"num_classes": 0}, r"num_classes \(=0\)"),
    ],
)
def test_an_impossible_residual_network_is_explained(options, message):
    with pytest.raises(ValueError, match=message):
        ResNet(**{**TINY, **options}, rngs=nnx.Rngs(0))


def test_grey_images_of_any_size_are_taken():
    model = ResNet(1, **{**TINY, "stem": "cifar", "layers": (1, 1)}, rngs=nnx.Rngs(0))
    assert nnx.eval_shape(lambda: model(jnp.ones((2, 17, 40, 1)))).shape == (2, 5)
