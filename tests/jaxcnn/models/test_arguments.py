"""Impossible networks are explained, for each kind."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn.models import create_model

from ..functional.helpers import quick_jit
from .small import SMALL


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("mobilenet_v2", {"blocks": ((1, 8, 1),)}, r"blocks\[0\] \(=\(1, 8, 1\)\) must be"),
        ("mobilenet_v2", {"blocks": ((1, 8, 0, 1),)}, r"number of blocks\[0\] \(=0\)"),
        ("mobilenet_v2", {"width": 0}, r"width \(=0\) must be positive"),
        ("mobilenet_v2", {"stem": 0}, r"stem \(=0\)"),
        ("efficientnet_lite0", {"blocks": ((1, 8, 1, 1),)}, r"blocks\[0\] .*kernel size"),
        (
            "efficientnet_lite0",
            {"blocks": ((1, 8, 1, 1, 0),)},
            r"kernel size of blocks\[0\] \(=0\)",
        ),
        ("efficientnet_lite0", {"dropout": 2.0}, r"rate \(=2.0\)"),
        ("inception_v1", {"stages": [[(1, 2, 3)]]}, r"stages \(=\(1, 2, 3\)\) must have six"),
        ("inception_v1", {"stages": [[]]}, r"stages \(=\[\[\]\]\) must have at least one block"),
        ("inception_v1", {"stem": (0, 4)}, r"stem\[0\] \(=0\)"),
        ("vit_cifar", {"width": 9}, r"width \(=9\) must be a multiple of 4 and of num_heads"),
        ("vit_cifar", {"num_heads": 3}, r"width \(=8\) must be a multiple .*num_heads \(=3\)"),
        ("vit_cifar", {"image_size": 10}, r"image_size \(=\(10, 10\)\) must be multiples of patch"),
        ("vit_cifar", {"depth": 0}, r"depth \(=0\)"),
        ("fcn", {"kernel_sizes": (3,)}, r"kernel_sizes \(=\(3,\)\) must have one entry for each"),
        ("fcn", {"filters": (), "kernel_sizes": ()}, r"filters \(=\(\)\) must have at least one"),
        ("fcn", {"length": (3, 4)}, r"length \(=\(3, 4\)\) must be one int"),
        ("resnet1d", {"filters": (0,)}, r"filters\[0\] \(=0\)"),
        ("resnet1d", {"kernel_sizes": ()}, r"kernel_sizes \(=\(\)\) must have at least one"),
        ("inception_time", {"kernel_sizes": (8, 0)}, r"kernel_sizes\[1\] \(=0\)"),
        ("inception_time", {"blocks": 0}, r"blocks \(=0\)"),
        ("convnet1d", {"length": 3}, r"layer features.pool2 MaxPool\(K=2, S=2\)"),
        ("convnet1d", {"widths": ()}, r"widths \(=\(\)\) must have at least one"),
        ("convnet3d", {"video_size": (3, 8, 8)}, r"layer features.pool2 MaxPool"),
        ("convnet3d", {"video_size": (8, 8)}, r"video_size \(=\(8, 8\)\)"),
        ("convnet3d", {"widths": (4, 0)}, r"widths\[1\] \(=0\)"),
        ("cifar10_convnet", {"image_size": 1}, r"layer features.pool1 MaxPool"),
        ("cifar10_convnet", {"widths": ()}, r"widths \(=\(\)\) must have at least one"),
    ],
)
def test_an_impossible_network_is_explained(name, options, message):
    with pytest.raises(ValueError, match=message):
        nnx.eval_shape(lambda: create_model(name, **{**SMALL[name], **options}))


def test_patches_must_fill_an_image():
    model = create_model("vit_cifar", **SMALL["vit_cifar"])
    with pytest.raises(
        ValueError, match=r"size of x \(=\(8, 10\)\) must be multiples of patch_size"
    ):
        model(jnp.ones((1, 8, 10, 3)))


def test_a_factor_of_the_width_keeps_channels_multiples_of_8():
    model = nnx.eval_shape(lambda: create_model("mobilenet_v2", width=0.35))
    channels = [model.features[0][0].out_features, model.features[-1][0].out_features]
    assert channels == [16, 1280]
    wide = nnx.eval_shape(lambda: create_model("mobilenet_v2", width=1.4))
    assert wide.features[-1][0].out_features == 1792


def test_blocks_are_dropped_in_training_only_and_the_later_the_more():
    model = create_model("efficientnet_lite0", **SMALL["efficientnet_lite0"])
    blocks = [block for block in model.features["blocks"] if block.drops]
    assert [block.drop_connect.rate for block in blocks] == [pytest.approx(0.2 * 2 / 3)]
    x = jnp.ones((64, 3, 3, 8))

    def skipped(block):
        graph, state = nnx.split(block)
        y = quick_jit(lambda state: nnx.merge(graph, state)(x))(state)
        return np.asarray((y == x).all(axis=(1, 2, 3))).sum()

    assert skipped(blocks[0]) == 0
    blocks[0].train()
    assert 0 < skipped(blocks[0]) < 64
