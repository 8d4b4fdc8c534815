"""Small variants compute what the same networks written in PyTorch compute."""

import re

import pytest
from flax import nnx

from jaxcnn.models import EfficientNetLite, InceptionTime, InceptionV1, MobileNetV2, ResNet1d

from .torch_weights import assert_same_logits

pytest.importorskip("torch")
from . import torch_mobile, torch_series

BLOCKS = ((1, 8, 1, 1), (2, 16, 2, 2))
SIZES = {"stem": 8, "last": 16, "num_classes": 5, "image_size": (20, 17)}


def test_mobilenet_v2():
    ours = MobileNetV2(blocks=BLOCKS, **SIZES, rngs=nnx.Rngs(0))
    theirs = torch_mobile.MobileNetV2(BLOCKS, 8, 16, 5)

    def rename(name):
        return re.sub("^fc", "classifier.1", name) if name[0] == "f" else f"features.{name}"

    assert_same_logits(ours, theirs, (2, 20, 17, 3), rename)


def test_efficientnet_lite():
    blocks = ((1, 8, 1, 1, 3), (2, 16, 2, 2, 5))
    ours = EfficientNetLite(blocks=blocks, **SIZES, rngs=nnx.Rngs(0))
    theirs = torch_mobile.EfficientNetLite(blocks, 8, 16, 5)

    def rename(name):
        return re.sub(r"(?<![^.])([a-z]\w*)(?=\.)", r"_\1", name)

    assert_same_logits(ours, theirs, (2, 20, 17, 3), rename)


def test_inception_v1_whose_pools_round_up():
    widths = (2, 2, 4, 2, 3, 2)
    ours = InceptionV1(
        stem=(4, 6), stages=[[widths]] * 3, num_classes=5, image_size=43, rngs=nnx.Rngs(0)
    )
    theirs = torch_mobile.GoogLeNet((4, 6), [[widths]] * 3, 5)
    assert_same_logits(ours, theirs, (2, 43, 40, 3))


def test_a_residual_network_for_series():
    ours = ResNet1d(2, 3, filters=(4, 6, 6), rngs=nnx.Rngs(0))
    assert_same_logits(ours, torch_series.ResNet1d(2, (4, 6, 6), 3), (2, 21, 2))


@pytest.mark.parametrize("channels", [1, 3])
def test_inception_time(channels):
    ours = InceptionTime(
        channels, 4, filters=3, bottleneck=2, kernel_sizes=(8, 5), rngs=nnx.Rngs(0)
    )
    theirs = torch_series.InceptionTime(channels, 3, 2, (8, 5), 4)

    def rename(name):
        name = re.sub(
            r"block(\d)\.inceptions\.(\d)",
            lambda found: f"inceptions.{3 * int(found[1]) - 3 + int(found[2])}",
            name,
        )
        name = re.sub(
            r"block(\d)\.projection\.(conv|bn)",
            lambda found: f"shortcuts.{int(found[1]) - 1}.{('conv', 'bn').index(found[2])}",
            name,
        )
        return re.sub(r"inception\.(wide\.(convs\.(?=convs))?|pool\.)", "", name)

    assert_same_logits(ours, theirs, (2, 21, channels), rename)
