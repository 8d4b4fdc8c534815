"""Shapes, weights and operations of single layers, and the errors they raise."""

import pytest

from jaxcnn.analysis import (
    Activation,
    AdaptivePool,
    Attention,
    Branches,
    Chain,
    Conv,
    ConvTranspose,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    LayerError,
    Normalization,
    Pool,
    count_parameters,
    output_shapes,
    summary,
)


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (Conv(1, 3, padding="valid"), (7, 1), (5, 1)),
        (Conv(1, 3, padding=1), (7, 1), (7, 1)),
        (Conv(1, 3, 2, padding="valid"), (7, 1), (3, 1)),
        (Conv(1, 3, padding="full"), (7, 1), (9, 1)),
        (Conv(1, 3, padding="CAUSAL"), (7, 1), (7, 1)),
        (Conv(1, 3, 2), (7, 1), (4, 1)),
        (Conv(1, 3, padding="valid", kernel_dilation=2), (7, 1), (3, 1)),
        (Conv(1, 3, padding="valid", input_dilation=2), (7, 1), (11, 1)),
        (Conv(10, 5, padding=2), (32, 32, 3), (32, 32, 10)),
        (Conv(4, (1, 3), padding=((0, 0), (1, 0))), (8, 8, 3), (8, 7, 4)),
        (Conv(4, 3), (5, 6, 7, 3), (5, 6, 7, 4)),
        (ConvTranspose(8, 4, strides=2, padding=1), (7, 7, 16), (14, 14, 8)),
        (ConvTranspose(8, 3, strides=2, output_padding=1), (7, 16), (16, 8)),
        (Pool(2), (7, 7, 50), (3, 3, 50)),
        (Pool(2, ceil_mode=True), (7, 7, 50), (4, 4, 50)),
        (Pool(3, 2, padding=1), (8, 2), (4, 2)),
        (AdaptivePool((2, 3)), (7, 7, 5), (2, 3, 5)),
        (GlobalPool("max"), (7, 9, 5), (5,)),
        (Flatten(), (7, 7, 50), (2450,)),
        (Dense(10), (2450,), (10,)),
        (Dense(10), (7, 7, 20), (7, 7, 10)),
        (Activation(), (3, 3, 2), (3, 3, 2)),
        (Normalization(), (3, 3, 2), (3, 3, 2)),
        (Dropout(0.5), (4,), (4,)),
    ],
)
def test_output_shape(layer, shape, expected):
    assert layer.output_shape(shape) == expected


@pytest.mark.parametrize(
    ("layer", "shape", "parameters"),
    [
        (Conv(10, 5, padding=2), (32, 32, 3), 760),
        (Conv(10, 5, use_bias=False), (32, 3), 150),
        (Conv(8, 3, feature_group_count=4), (9, 9, 4), 80),
        (ConvTranspose(6, 3), (5, 4), 78),
        (Dense(500), (2450,), 1_225_500),
        (Normalization(), (8, 8, 16), 32),
        (Normalization(use_scale=False), (16,), 16),
        (Pool(2), (8, 8, 16), 0),
    ],
)
def test_parameters(layer, shape, parameters):
    assert count_parameters([layer], shape) == parameters


@pytest.mark.parametrize(
    ("layer", "shape", "padded", "on_pixels"),
    [
        (Conv(10, 3, padding=1), (5, 2), 5 * 3 * 2 * 10, 13 * 2 * 10),
        (Conv(4, 3, 2, padding="full"), (4, 3), 3 * 3 * 3 * 4, 6 * 3 * 4),
        (Conv(4, 3, padding="valid"), (5, 5, 3), 9 * 9 * 3 * 4, 9 * 9 * 3 * 4),
        (ConvTranspose(4, 3, strides=2), (5, 3), 5 * 3 * 3 * 4, 5 * 3 * 3 * 4),
        (ConvTranspose(4, 3, strides=2, padding=1), (5, 3), 5 * 3 * 3 * 4, 13 * 3 * 4),
        (Dense(10), (20,), 200, 200),
    ],
)
def test_multiply_adds_with_and_without_padded_taps(layer, shape, padded, on_pixels):
    assert summary([layer], shape).multiply_adds == padded
    assert summary([layer], shape, padded_taps=False).multiply_adds == on_pixels


def test_flops_follow_the_stated_convention():
    layers = [Conv(4, 3), Normalization(), Activation(), Pool(2), Flatten(), Dense(2), Dropout()]
    rows = summary(layers, (4, 4, 3)).rows
    conv, dense = 16 * 9 * 3 * 4, 16 * 2
    assert [row.flops for row in rows] == [2 * conv + 64, 128, 64, 64, 0, 2 * dense + 2, 0]


def test_residual_sums_and_concatenations_are_rows_of_their_own():
    add = Branches((Chain(), Chain((Conv(4, 3, name="conv"),))), name="block")
    concat = Branches((Conv(2, 1), Conv(3, 3)), "concat")
    assert output_shapes([add, concat], (8, 8, 4)) == {
        "block.1.conv": (8, 8, 4),
        "block": (8, 8, 4),
        "1.0": (8, 8, 2),
        "1.1": (8, 8, 3),
        "1": (8, 8, 5),
    }
    assert summary([add], (8, 8, 4)).rows[-1].flops == 8 * 8 * 4


def test_the_activation_of_a_sum_is_counted_and_shown():
    branches = (Chain((Conv(4, 3),)), Chain())
    plain, active = Branches(branches), Branches(branches, activation=Activation())
    (*_, before), (*_, after) = (summary([block], (8, 8, 4)).rows for block in (plain, active))
    assert (before.flops, after.flops) == (256, 512)
    assert (str(plain), str(active)) == ("Add", "Add, ReLU")
    assert str(Branches(branches, "concat", Activation("Tanh"))) == "Concatenate, Tanh"


def test_attention_mixes_all_positions():
    layers = [Dense(12), Attention(num_heads=2), Dense(4)]
    result = summary(layers, (3, 5, 4))
    assert [row.output_shape for row in result.rows] == [(3, 5, 12), (3, 5, 4), (3, 5, 4)]
    assert result.rows[1].parameters == 0
    # Two products of 15 x 15 with 4 channels, and for each head a softmax.
    assert result.rows[1].flops == 15 * 15 * (2 * 2 * 4 + 2 * 3)
    field = result.receptive_field
    assert all(0 in rows and 2 in rows for rows in (field.pixels((i, 0))[0] for i in range(3)))
    assert field.jump == (1, 1)
    assert str(layers[1]) == "Attention(heads=2)"


def test_a_block_may_have_one_branch_and_hide_its_name():
    block = Branches((Chain((Conv(4, 3, name="conv"),), name="."),), name="block")
    shapes = output_shapes([block], (8, 8, 4))
    assert shapes == {"block.conv": (8, 8, 4), "block": (8, 8, 4)}
    assert (str(block), summary([block], (8, 8, 4)).rows[-1].flops) == ("Block", 0)


def test_activation_memory_keeps_the_input_and_every_output():
    layers = [Conv(10, 3), Flatten()]
    result = summary(layers, (4, 4, 2), dtype="bfloat16")
    assert result.activation_bytes == 2 * (32 + 160 + 160)
    assert result.peak_bytes == 2 * 320
    assert summary(layers, (4, 4, 2)).activation_bytes == 4 * 352


@pytest.mark.parametrize(
    ("layers", "shape", "message"),
    [
        ([Conv(4, 3), *[Pool(2)] * 4], (8, 8, 3), r"layer 4 MaxPool\(K=2, S=2\): .*larger than"),
        ([Conv(4, 5, padding="valid", name="first")], (4, 4, 1), r"layer first Conv\(C_out=4, K=5"),
        ([Conv(4, 3, feature_group_count=2)], (8, 8, 3), r"feature_group_count \(=2\) must divide"),
        ([Conv(4, 3, in_features=3)], (8, 8, 1), r"in_features \(=3\) but gets 1 channels"),
        ([Normalization(in_features=3)], (8, 8, 1), r"num_features \(=3\)"),
        ([Flatten(), Dense(3, in_features=4)], (8, 1), r"layer 1 Dense.*in_features \(=4\)"),
        ([Flatten(), Conv(3, 3)], (8, 1), "cannot slide over a flat vector"),
        ([Conv(3, (3, 3))], (8, 1), "kernel_size"),
        ([Conv(3, 0)], (8, 1), r"kernel_size \(=0\)"),
        ([Conv(3, 3, padding="mirror")], (8, 1), "'valid', 'same', 'full', 'causal'"),
        ([Branches((Conv(3, 3), Conv(4, 3)))], (8, 1), "must have equal shapes"),
        (
            [Attention(4)],
            (8, 8, 32),
            r"channels \(=32\) must be a multiple of 3 \* num_heads \(=4\)",
        ),
        ([Branches((Conv(3, 3), Conv(4, 3, 2)), "concat")], (8, 1), "same jump"),
        (
            [Branches((Conv(3, 3), Conv(4, 3, padding=0)), "concat")],
            (8, 1),
            "must agree in size",
        ),
    ],
)
def test_an_impossible_layer_is_named(layers, shape, message):
    with pytest.raises(LayerError, match=message):
        summary(layers, shape)


@pytest.mark.parametrize("shape", [(), (0, 3), (8, -1), (2.5, 3)])
def test_an_input_shape_must_be_positive_integers(shape):
    with pytest.raises(ValueError, match=r"input_shape .* positive integers"):
        summary([Conv(1, 1)], shape)


@pytest.mark.parametrize(
    ("build", "parts"),
    [
        (lambda: Conv(0, 3), ("features (=0)", "at least 1")),
        (lambda: Dense(0), ("features (=0)", "at least 1")),
        (lambda: Pool(2, kind="median"), ("kind (='median')", "'lp'")),
        (lambda: Branches((Conv(1, 3),), merge="mul"), ("merge (='mul')", "'concat'")),
        (lambda: Branches(()), ("branches (=())", "at least one")),
    ],
)
def test_a_description_that_cannot_be_meant_is_refused(build, parts):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        build()
    assert [part for part in parts if part not in str(caught.value)] == [], str(caught.value)
