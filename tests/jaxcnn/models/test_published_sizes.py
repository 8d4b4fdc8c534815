"""Networks have the published number of parameters; nothing is allocated to count them."""

import pytest
from flax import nnx

from jaxcnn.analysis import count_parameters, summary
from jaxcnn.models import create_model, list_models

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
}


def test_every_model_has_a_published_size():
    assert set(list_models()) == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_equal_the_published_number(name):
    model = nnx.eval_shape(lambda: create_model(name))
    assert count_parameters(model) == PUBLISHED[name]
    assert summary(model, model.input_shape).parameters == PUBLISHED[name]
