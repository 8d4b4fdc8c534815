"""Tables and totals of a network, from descriptions, modules and Flax layers."""

import functools
import io
import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from rich.console import Console

from jaxcnn import nn
from jaxcnn.analysis import (
    Activation,
    Chain,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Layer,
    Pool,
    as_layers,
    count_parameters,
    output_shapes,
    receptive_field,
    summary,
)
from jaxcnn.models import LeNet

LENET = [
    Conv(20, 5, padding=2), Activation(), Pool(2),
    Conv(50, 5, padding=2), Activation(), Pool(2),
    Flatten(), Dense(500), Activation(), Dense(10),
]  # fmt: skip
COLUMNS = ("layer", "output", "weights", "parameters")


def lenet():
    return nnx.eval_shape(lambda: LeNet(rngs=nnx.Rngs(0)))


def test_a_model_and_its_list_of_layers_have_the_same_table():
    listed, model = summary(LENET, (28, 28, 1)), summary(lenet(), (28, 28, 1))
    assert listed.to_markdown(COLUMNS) == model.to_markdown(COLUMNS)
    assert listed.parameters == model.parameters == 1_256_080
    assert listed.flops == model.flops


def test_rows_of_a_model_are_named_by_their_path():
    names = list(output_shapes(lenet(), (28, 28, 1)))
    assert (names[0], names[-1]) == ("features.0", "classifier.3")


def test_markdown_is_what_printing_a_summary_gives_and_a_notebook_shows():
    result = summary(LENET, (28, 28, 1))
    assert str(result) == result.to_markdown() == result._repr_markdown_()
    assert str(result).splitlines()[3].startswith("| 0 | Conv(C_out=20, K=5, S=1, P=2) | 28 x 28")


def test_rich_shows_the_table_and_the_totals():
    console = Console(width=160, file=io.StringIO(), record=True)
    console.print(summary(LENET, (28, 28, 1)))
    text = console.export_text()
    assert "1,225,500" in text
    assert "1,256,080 parameters" in text


def test_the_dictionary_survives_json():
    result = summary(LENET, (28, 28, 1))
    numbers = json.loads(json.dumps(result.to_dict()))
    assert numbers == result.to_dict()
    assert sum(layer["parameters"] for layer in numbers["layers"]) == numbers["parameters"]


def test_the_receptive_field_of_the_summary_is_that_of_the_network():
    field = receptive_field(LENET, (28, 28, 1))
    assert summary(LENET, (28, 28, 1)).receptive_field == field


def test_an_empty_network_is_the_identity():
    result = summary([], (8, 8, 3))
    assert (result.output_shape, result.parameters, result.peak_bytes) == ((8, 8, 3), 0, 768)


def test_hyper_parameters_are_shown_when_they_matter():
    layers = [
        Conv(4, (3, 5), 2, padding=((1, 1), (2, 2)), kernel_dilation=2, feature_group_count=4),
        Pool(3, 2, padding=1, kind="avg"),
        Dropout(0.5),
    ]
    assert [str(layer) for layer in layers] == [
        "Conv(C_out=4, K=3x5, S=2, P=1x2, D=2, G=4)",
        "AvgPool(K=3, S=2, P=1)",
        "Dropout(0.5)",
    ]


def test_an_unknown_column_is_an_error():
    with pytest.raises(ValueError, match=r"columns \(=\['shape'\]\) must be among"):
        summary(LENET, (28, 28, 1)).to_markdown(["shape"])


def test_networks_of_plain_flax_are_understood():
    def build():
        rngs = nnx.Rngs(0)
        return nnx.Sequential(
            nnx.Conv(1, 6, (5, 5), padding="VALID", rngs=rngs),
            nnx.BatchNorm(6, rngs=rngs),
            nnx.relu,
            functools.partial(nnx.max_pool, window_shape=(2, 2), strides=(2, 2)),
            nnx.Conv(6, 4, (3, 3), padding="CIRCULAR", rngs=rngs),
            functools.partial(nnx.avg_pool, window_shape=(2, 2)),
            nnx.GroupNorm(4, num_groups=2, rngs=rngs),
            functools.partial(jax.nn.gelu, approximate=False),
            nnx.Sequential(nn.Flatten(), nnx.Dropout(0.1, rngs=rngs)),
            nnx.LayerNorm(676, rngs=rngs),
            nnx.Linear(676, 3, use_bias=False, rngs=rngs),
        )

    model = nnx.eval_shape(build)
    shapes = output_shapes(model, (32, 32, 1))
    assert (shapes["3"], shapes["5"], shapes["8.0"]) == ((14, 14, 6), (13, 13, 4), (676,))
    assert count_parameters(model, (32, 32, 1)) == count_parameters(model)


def test_a_module_may_describe_itself():
    class Twice(nnx.Module):
        def describe(self) -> Layer:
            return Chain((Conv(2, 3), Conv(2, 3)))

    assert receptive_field([Twice(), Pool(2)]).size == (6,)


@pytest.mark.parametrize("thing", [3, "vgg16", lambda x: x, nnx.Embed])
def test_what_cannot_be_described_is_refused(thing):
    with pytest.raises(ValueError, match="must be a layer description, a list of layers"):
        as_layers([thing])


def test_counting_parameters_of_descriptions_needs_the_input():
    with pytest.raises(ValueError, match="input_shape must be given"):
        count_parameters(LENET)


@pytest.mark.parametrize("shape", ["88", (8.0, 8, 1), (True, 8, 1), 8, (), (8, 0, 1)])
def test_an_input_shape_is_positive_integers(shape):
    with pytest.raises(ValueError, match=r"input_shape .* must be"):
        summary([Pool(2)], shape)


def test_an_input_shape_may_come_from_numpy():
    assert summary([Pool(2)], np.array([8, 6, 1])).output_shape == (4, 3, 1)


def test_a_network_without_layers_sees_one_pixel():
    assert summary([], (8, 8, 1)).receptive_field.size == (1, 1)


def test_the_dict_tells_the_whole_receptive_field():
    (row,) = summary([Conv(1, 4, strides=3, padding=1)], (9, 9, 1)).to_dict()["layers"]
    found = [row[key] for key in ("receptive_field", "jump", "offset", "effective_padding")]
    assert found == [[4, 4], [3, 3], [0.5, 0.5], [1, 1]]


@pytest.mark.parametrize("padding", ["CIRCULAR", "REFLECT"])
def test_flax_names_of_padding_modes_are_placed_as_flax_places_them(padding):
    layer = nnx.Conv(1, 2, (4, 4), strides=3, padding=padding, rngs=nnx.Rngs(0))
    field = receptive_field([layer], (9, 9, 1))
    x = jnp.zeros((1, 9, 9, 1))
    seen = jax.grad(lambda x: layer(x)[0, 1, 1, 0])(x)[0, ..., 0]
    rows = np.flatnonzero(np.abs(seen).sum(1))
    assert field.pixels((1, 1), (9, 9))[0] == range(rows[0], rows[-1] + 1)
