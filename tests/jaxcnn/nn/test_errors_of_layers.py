"""Layers refuse what they cannot mean, when built or called, traced or not."""

import jax
import jax.numpy as jnp
import pytest
from flax import nnx

from jaxcnn import nn

IMAGES = (2, 8, 8, 4)
RNGS = nnx.Rngs(0)


def conv(*arguments, **options):
    options = {"kernel_init": nnx.initializers.zeros, "rngs": RNGS, **options}
    return nn.Conv2d(*(arguments or (4, 6, 3)), **options)


def transposed(**options):
    return nn.ConvTranspose2d(4, 6, 3, kernel_init=nnx.initializers.zeros, rngs=RNGS, **options)


WRONGLY_BUILT = [
    (lambda: conv(padding="mirror"), ("padding (='mirror')", "'causal'")),
    (lambda: conv(padding=(1, 1, 1)), ("padding (=(1, 1, 1))", "2 expected, 3 given")),
    (lambda: conv(padding_mode="mirror"), ("padding_mode (='mirror')", "'replicate'")),
    (
        lambda: conv(padding="REFLECT", padding_mode="replicate"),
        ("padding_mode (='replicate')", "contradict padding (='REFLECT')"),
    ),
    (lambda: conv(4, 6, (3, 0)), ("kernel_size[1] (=0)", "at least 1")),
    (lambda: conv(4, -1, 3), ("out_features (=-1)", "at least 1")),
    (lambda: conv(strides=0), ("strides (=0)", "at least 1")),
    (lambda: conv(kernel_dilation=0), ("kernel_dilation (=0)", "at least 1")),
    (lambda: conv(feature_group_count=0), ("feature_group_count (=0)", "at least 1")),
    (lambda: transposed(padding="REFLECT"), ("padding (='REFLECT')", "'valid'")),
    (lambda: transposed(output_padding=-1), ("output_padding (=-1)", "at least 0")),
    (lambda: nn.MaxPool2d(2, padding="most"), ("padding (='most')", "'same'")),
    (lambda: nn.AvgPool2d(2, divisor_override=0), ("divisor_override (=0)", "at least 1")),
    (lambda: nn.Linear(0, 2, rngs=RNGS), ("in_features (=0)", "at least 1")),
    (lambda: nn.Dropout(1.5), ("rate (=1.5)", "between 0 and 1")),
    (lambda: nn.BatchNorm(0, rngs=RNGS), ("num_features (=0)", "at least 1")),
    (lambda: nn.BatchNorm(3, momentum=2.0, rngs=RNGS), ("momentum (=2.0)", "between 0 and 1")),
]

# layer, shape and dtype of the input, parts of the message
WRONGLY_CALLED = [
    (conv(), (8, 4), "float32", ("x has shape (8, 4)", "at least 3 axes")),
    (conv(), (2, 8, 8, 3), "float32", ("so 3 channels", "in_features (=4)")),
    (conv(), IMAGES, "int32", ("x has dtype int32", "floating")),
    (conv(), IMAGES, "uint8", ("x has dtype uint8", "floating")),
    (conv(padding="valid"), (2, 2, 8, 4), "float32", ("kernel (=(3, 3))", "2 + padding 0 + 0")),
    (conv(padding="REFLECT"), (2, 1, 8, 4), "float32", ("at most 0", "'reflect'")),
    (conv(padding=8, padding_mode="reflect"), IMAGES, "float32", ("at most 7", "'reflect'")),
    (transposed(), (2, 8, 8, 5), "float32", ("so 5 channels", "in_features (=4)")),
    (transposed(output_padding=1), IMAGES, "float32", ("output_padding (=(1, 1))", "below")),
    (transposed(padding=9), IMAGES, "float32", ("crops away the whole output",)),
    (nn.DepthwiseConv2d(4, 3, rngs=RNGS), (2, 8, 8, 3), "float32", ("in_features (=4)",)),
    (nn.MaxPool2d(2), (8, 4), "float32", ("x has shape (8, 4)", "at least 3 axes")),
    (nn.MaxPool2d(9), IMAGES, "float32", ("window_shape (=(9, 9))", "larger than the map")),
    (nn.MaxPool2d(2), IMAGES, "int32", ("x has dtype int32",)),
    (nn.AvgPool2d(2, padding=2), IMAGES, "float32", ("sees only padding",)),
    (nn.LpPool2d(0, 2), IMAGES, "float32", ("norm_type (=0)", "positive")),
    (nn.AdaptiveAvgPool2d(2), (8, 4), "float32", ("x has shape (8, 4)",)),
    (nn.GlobalAvgPool(spatial_rank=9), IMAGES, "float32", ("spatial_rank (=9)", "1 to 3")),
    (nn.Linear(3, 2, rngs=RNGS), (8, 4), "float32", ("so 4 channels", "in_features (=3)")),
    (nn.Linear(4, 2, rngs=RNGS), (8, 4), "int32", ("x has dtype int32",)),
    (nn.Linear(4, 2, rngs=RNGS), (), "float32", ("x has shape ()", "at least 1 axes")),
    (nn.BatchNorm(3, rngs=RNGS), IMAGES, "float32", ("so 4 channels", "num_features (=3)")),
    (nn.BatchNorm(4, rngs=RNGS), IMAGES, "uint8", ("x has dtype uint8",)),
    (nn.BatchNorm(4, rngs=RNGS), (4,), "float32", ("x has shape (4,)", "at least 2 axes")),
    (nn.Flatten(), (4,), "float32", ("x has shape (4,)", "batch axis")),
]


def named(case):
    layer, shape, dtype, _ = case
    return f"{type(layer).__name__}{shape}{dtype}"


@pytest.mark.parametrize(("build", "parts"), WRONGLY_BUILT)
def test_a_layer_that_cannot_be_meant_is_refused_when_built(build, parts):
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (the parts are matched below)
        build()
    assert [part for part in parts if part not in str(caught.value)] == [], str(caught.value)


@pytest.mark.parametrize("case", WRONGLY_CALLED, ids=named)
@pytest.mark.parametrize("how", ["called", "jit", "nnx.jit", "vmap"])
def test_a_wrong_input_is_explained(case, how):
    layer, shape, dtype, parts = case
    x = jnp.ones(shape, dtype)
    calls = {
        "called": lambda: layer(x),
        "jit": lambda: jax.jit(lambda x: nnx.clone(layer)(x))(x),
        "nnx.jit": lambda: nnx.jit(lambda layer, x: layer(x))(layer, x),
        "vmap": lambda: jax.vmap(lambda x: nnx.clone(layer)(x))(x[None]),
    }
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        calls[how]()
    assert [part for part in parts if part not in str(caught.value)] == [], str(caught.value)


@pytest.mark.parametrize("layer", [conv(dtype="float32"), transposed(dtype="bfloat16")])
def test_integers_are_converted_where_a_type_is_asked_for(layer):
    assert layer(jnp.ones(IMAGES, "uint8")).dtype == layer.dtype


def test_a_dilated_input_is_spread_in_the_depthwise_step_only():
    layer = nn.SeparableConv2d(4, 6, 3, input_dilation=2, rngs=RNGS)
    assert layer(jnp.ones(IMAGES)).shape == (2, 15, 15, 6)
