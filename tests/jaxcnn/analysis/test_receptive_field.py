"""The receptive field computed by arithmetic is the one that derivatives show."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxcnn import functional, nn
from jaxcnn.analysis import (
    AdaptivePool,
    Branches,
    Chain,
    Conv,
    ConvTranspose,
    Dense,
    Flatten,
    GlobalPool,
    Layer,
    Pool,
    ReceptiveField,
    output_shapes,
    receptive_field,
)

SIZE = 96


def run(layer: Layer, x):
    """Each layer with all weights one, on ``(batch, size, 1)``."""
    if isinstance(layer, Chain):
        for part in layer.layers:
            x = run(part, x)
        return x
    if isinstance(layer, Branches):
        return sum(run(branch, x) for branch in layer.branches)
    kernel = jnp.ones((getattr(layer, "kernel_size", 1), 1, 1))
    if isinstance(layer, ConvTranspose):
        return functional.conv_transpose(
            x, kernel, strides=layer.strides, padding=layer.padding,
            output_padding=layer.output_padding, kernel_dilation=layer.kernel_dilation,
        )  # fmt: skip
    if isinstance(layer, Conv):
        return functional.conv(
            x, kernel, strides=layer.strides, padding=layer.padding,
            kernel_dilation=layer.kernel_dilation, input_dilation=layer.input_dilation,
        )  # fmt: skip
    assert isinstance(layer, Pool)
    return functional.avg_pool(x, layer.window_shape, layer.strides, layer.padding)


def seen_by(layers: Layer, index: int) -> np.ndarray:
    """The pixels on which output ``index`` depends, found by differentiation."""
    gradient = jax.grad(lambda x: run(layers, x)[0, index, 0])(jnp.ones((1, SIZE, 1)))
    return np.flatnonzero(np.asarray(gradient[0, :, 0]))


convs = st.builds(
    Conv,
    features=st.just(1),
    kernel_size=st.integers(1, 4),
    strides=st.integers(1, 2),
    padding=st.sampled_from(["valid", "same", "full", "causal", 0, 1, 2]),
    kernel_dilation=st.integers(1, 2),
)
pools = st.builds(
    Pool, window_shape=st.integers(2, 3), strides=st.sampled_from([None, 1, 2]), kind=st.just("avg")
)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(layers=st.lists(convs | pools, min_size=1, max_size=3), where=st.floats(0, 1))
def test_no_output_depends_on_a_pixel_outside_its_field(layers, where):
    chain = Chain(tuple(layers))
    field = receptive_field(chain, (SIZE, 1))
    outputs = list(output_shapes(chain, (SIZE, 1)).values())[-1][0]
    index = min(int(where * outputs), outputs - 1)
    expected = field.pixels((index,), (SIZE,))[0]
    pixels = seen_by(chain, index)
    assert all(pixel in expected for pixel in pixels)


@pytest.mark.parametrize(
    "layers",
    [
        (Conv(1, 3), Conv(1, 3), Pool(2, kind="avg"), Conv(1, 5)),
        (Conv(1, 7, 2, padding=3), Pool(3, 2, padding=1, kind="avg"), Conv(1, 3)),
        (Conv(1, 3, kernel_dilation=4), Conv(1, 2, padding="causal")),
        (Branches((Chain(), Chain((Conv(1, 3), Conv(1, 3))))), Conv(1, 3, 2, padding=1)),
    ],
)
def test_an_inner_output_sees_exactly_its_field(layers):
    field = receptive_field(Chain(layers), (SIZE, 1))
    index = 12
    pixels = seen_by(Chain(layers), index)
    (expected,) = field.pixels((index,))
    assert (pixels[0], pixels[-1]) == (expected[0], expected[-1])


def test_the_field_of_a_model_is_what_its_gradient_shows():
    """Weights are positive, so that no ReLU hides a pixel; average pools, so that all count."""
    ones = {"kernel_init": nnx.initializers.ones, "rngs": nnx.Rngs(0)}
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3, **ones), nnx.relu, nn.AvgPool2d(2), nn.Conv2d(2, 1, (3, 5), **ones)
    )
    gradient = jax.grad(lambda x: model(x)[0, 6, 5, 0])(jnp.ones((1, 24, 24, 1)))
    rows, columns = np.nonzero(np.asarray(gradient[0, :, :, 0]))
    height, width = receptive_field(model, (24, 24, 1)).pixels((6, 5), (24, 24))
    assert (rows.min(), rows.max()) == (height[0], height[-1])
    assert (columns.min(), columns.max()) == (width[0], width[-1])


def test_a_transposed_convolution_moves_by_fractions_of_a_pixel():
    field = receptive_field([ConvTranspose(1, 4, strides=2, padding=1)])
    assert field.size == (2,)
    assert float(field.jump[0]) == 0.5
    for index in range(1, 7):
        pixels = seen_by(Chain((ConvTranspose(1, 4, strides=2, padding=1),)), index)
        (expected,) = field.pixels((index,), (SIZE,))
        assert (pixels[0], pixels[-1]) == (expected[0], expected[-1])


def test_the_field_after_a_transposed_convolution_holds_what_outputs_see():
    layers = Chain((Pool(2, kind="avg"), ConvTranspose(1, 4, strides=2, padding=1), Conv(1, 3)))
    field = receptive_field(layers)
    for index in (20, 21):
        pixels = seen_by(layers, index)
        (expected,) = field.pixels((index,))
        assert expected[0] <= pixels[0] <= pixels[-1] <= expected[-1]


def test_each_axis_has_its_own_field():
    field = receptive_field([Conv(1, (3, 5), (1, 2), padding=((0, 0), (2, 2)))])
    assert field == ReceptiveField((3, 5), (1, 2), (1.0, 0.0), (0, 2))


def test_branches_take_the_union():
    small, large = Conv(1, 3, padding="same"), Conv(1, 7, padding="same")
    assert receptive_field([Branches((small, large), "concat")]) == receptive_field([large])


@pytest.mark.parametrize("head", [[Flatten(), Dense(10)], [GlobalPool(), Dense(10)]])
def test_a_head_sees_what_the_convolution_that_replaces_it_sees(head):
    base = [Conv(4, 3), Pool(2)]
    as_convolution = [*base, Conv(10, 8, padding="valid")]
    shape = (16, 16, 3)
    assert receptive_field([*base, *head], shape) == receptive_field(as_convolution, shape)


def test_an_adaptive_pool_that_divides_evenly_is_a_plain_pool():
    assert receptive_field([AdaptivePool(4)], (12, 1)) == receptive_field([Pool(3)])


def test_the_field_of_an_uneven_adaptive_pool_holds_every_bin():
    field = receptive_field([AdaptivePool(3)], (7, 1))
    assert [field.pixels((i,), (7,))[0] for i in range(3)] == [range(3), range(2, 5), range(4, 7)]


def test_pixels_leave_out_the_padding_when_the_image_is_known():
    field = receptive_field([Conv(1, 5)])
    assert field.pixels((0,)) == (range(-2, 3),)
    assert field.pixels((0,), (4,)) == (range(3),)
    assert field.pixels((3,), (4,)) == (range(1, 4),)


@pytest.mark.parametrize(
    "layers", [[Flatten()], [GlobalPool()], [AdaptivePool(2)], [Conv(1, 3, 2)]]
)
def test_the_image_size_is_asked_for_when_the_field_depends_on_it(layers):
    with pytest.raises(ValueError, match="input_shape must be given"):
        receptive_field(layers)


def test_branches_that_move_at_different_speeds_have_no_field():
    with pytest.raises(ValueError, match="same jump"):
        receptive_field([Branches((Conv(1, 3), Pool(2)))])


def test_a_position_has_one_entry_per_axis():
    with pytest.raises(
        ValueError, match=r"position \(=\(1,\)\) must have one entry per axis \(2\)"
    ):
        receptive_field([Conv(1, (3, 3))]).pixels((1,))
