"""Receptive field, effective stride and effective padding against published tables.

Source of the values: the table of A. Araujo et al., Distill 2019, for the networks of TF-slim.
"""

import pytest

from jaxcnn.analysis import (
    Branches,
    Chain,
    Conv,
    Dense,
    Flatten,
    Layer,
    Pool,
    receptive_field,
    summary,
)


def vgg_16() -> list[Layer]:
    blocks = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
    return [
        layer
        for features, convolutions in blocks
        for layer in (*(Conv(features, 3) for _ in range(convolutions)), Pool(2))
    ]


def alexnet_v2() -> list[Layer]:
    return [
        Conv(64, 11, strides=4, padding="valid"),
        Pool(3, 2),
        Conv(192, 5),
        Pool(3, 2),
        Conv(384, 3),
        Conv(384, 3),
        Conv(256, 3),
        Pool(3, 2),
    ]


def bottleneck(features: int, stride: int, shortcut: tuple[Layer, ...]) -> Branches:
    main = (Conv(features, 1), Conv(features, 3, stride, padding=1), Conv(4 * features, 1))
    return Branches((Chain(shortcut), Chain(main)))


def resnet_v1_50() -> list[Layer]:
    """TF-slim strides in the last unit of a block, and its first pooling is "same"."""
    layers: list[Layer] = [Conv(64, 7, 2, padding=3), Pool(3, 2, padding="same")]
    for features, units, stride in ((64, 3, 2), (128, 4, 2), (256, 6, 2), (512, 3, 1)):
        layers.append(bottleneck(features, 1, (Conv(4 * features, 1),)))
        layers.extend(bottleneck(features, 1, ()) for _ in range(units - 2))
        layers.append(bottleneck(features, stride, (Pool(1, stride),) if stride > 1 else ()))
    return layers


@pytest.mark.parametrize(
    ("network", "size", "jump", "padding"),
    [(vgg_16, 212, 32, 90), (resnet_v1_50, 483, 32, 239), (alexnet_v2, 195, 32, 64)],
)
def test_receptive_field_equals_the_published_one(network, size, jump, padding):
    field = receptive_field(network(), (224, 224, 3))
    assert (field.size, field.jump, field.padding) == ((size,) * 2, (jump,) * 2, (padding,) * 2)


def test_vgg16_costs_the_published_multiply_adds():
    head = [Flatten(), Dense(4096), Dense(4096), Dense(1000)]
    result = summary([*vgg_16(), *head], (224, 224, 3))
    assert result.multiply_adds == 15_470_264_320
    assert result.parameters == 138_357_544
    assert result.output_shape == (1000,)


def test_a_dense_layer_on_images_needs_154_million_weights():
    row = summary([Flatten(), Dense(1024, use_bias=False)], (224, 224, 3)).rows[-1]
    assert row.weights == {"kernel": (150_528, 1024)}
    assert row.parameters == 154_140_672


@pytest.mark.parametrize("depth", range(1, 6))
@pytest.mark.parametrize("kernel", [3, 5, 7])
def test_stacked_convolutions_see_1_plus_l_times_k_minus_1_pixels(depth, kernel):
    assert receptive_field([Conv(1, kernel)] * depth).size == (1 + depth * (kernel - 1),)
