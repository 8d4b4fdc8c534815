"""Networks have the published number of parameters; nothing is allocated to count them."""

import pytest

from jaxcnn.analysis import count_parameters, summary
from jaxcnn.models import list_models

from .small import listed

PUBLISHED = {
    "lenet": 1_256_080,
    "lenet5": 61_706,
    "vgg11": 132_863_336,
    "vgg13": 133_047_848,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "vgg11_bn": 132_868_840,
    "vgg13_bn": 133_053_736,
    "vgg16_bn": 138_365_992,
    "vgg19_bn": 143_678_248,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "resnext50_32x4d": 25_028_904,
    "resnet8": 78_042,
    "resnet14": 175_258,
    "resnet20": 272_474,
    "mobilenet_v2": 3_504_872,
    "inception_v1": 6_624_904,  # torchvision's googlenet without auxiliary heads
    "efficientnet_lite0": 4_652_008,
    "vit_s16": 21_974_632,  # DeiT-S without its class token and learned positions
    "inception_time": 420_192 + 258,  # as published, and the dense layer for two classes
    "resnet1d": 504_000 + 258,
    "fcn": 264_704 + 258,
    # Without publication; these sums are found by hand.
    "cifar10_convnet": 896 + 18_496 + 36_928 + 262_208 + 650,
    "vgg8": 448 + 2_320 + 4_640 + 9_248 + 18_496 + 36_928 + 131_200 + 1_290,
    "convnet1d": 256 + 14_400 + 57_472 + 258,
    "convnet3d": 432 + 6_912 * 2 + 27_648 * 2 + 2 * (16 + 32 + 64) + 650,
    "vit_cifar": 6_272 + 6 * (512 + 49_536 + 16_512 + 33_024 + 32_896) + 256 + 1_290,
}


def test_every_model_has_a_published_size():
    assert set(list_models()) == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_equal_the_published_number(name):
    model = listed(name)
    assert count_parameters(model) == PUBLISHED[name]
    assert summary(model, model.input_shape).parameters == PUBLISHED[name]
