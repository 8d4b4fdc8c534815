"""What holds for every layer: names, description, transformations, examples."""

import jax
import jax.numpy as jnp
import pytest
from flax import nnx

from jaxcnn import nn
from jaxcnn.analysis import count_parameters, output_shapes

FAMILIES = {
    "Conv": lambda build, rngs: build(3, 4, 3, 2, padding=1, rngs=rngs),
    "ConvTranspose": lambda build, rngs: build(3, 4, 3, 2, output_padding=1, rngs=rngs),
    "DepthwiseConv": lambda build, rngs: build(3, 3, channel_multiplier=2, rngs=rngs),
    "SeparableConv": lambda build, rngs: build(3, 4, 3, rngs=rngs),
    "MaxPool": lambda build, rngs: build(3, 2, padding=1),
    "MinPool": lambda build, rngs: build(2, ceil_mode=True),
    "AvgPool": lambda build, rngs: build(3, 2, "same", count_include_pad=False),
    "LpPool": lambda build, rngs: build(2, 2, kernel_dilation=2),
    "AdaptiveAvgPool": lambda build, rngs: build(2),
    "AdaptiveMaxPool": lambda build, rngs: build(3),
}
SINGLE = {
    "BatchNorm": lambda rngs: nn.BatchNorm(3, rngs=rngs),
    "Dropout": lambda rngs: nn.Dropout(0.5, rngs=rngs),
    "Flatten": lambda rngs: nn.Flatten(),
    "GlobalAvgPool": lambda rngs: nn.GlobalAvgPool(),
    "GlobalMaxPool": lambda rngs: nn.GlobalMaxPool(keepdims=True),
    "Linear": lambda rngs: nn.Linear(3, 4, rngs=rngs),
    "Sequential": lambda rngs: nn.Sequential(nn.Flatten(), nnx.relu),
}
CASES = [
    *((f"{family}{rank}d", rank) for family in FAMILIES for rank in (1, 2, 3)),
    *((name, 2) for name in SINGLE),
]


def build(name):
    rngs = nnx.Rngs(0)
    if name in SINGLE:
        return SINGLE[name](rngs)
    return FAMILIES[name[:-2]](getattr(nn, name), rngs)


def test_the_cases_cover_every_public_name():
    assert sorted(name for name, _ in CASES) == nn.__all__


@pytest.mark.parametrize(("name", "rank"), CASES)
def test_the_description_agrees_with_the_layer(name, rank):
    shape = (*(9, 8, 7)[:rank], 3)
    layer, output = nnx.eval_shape(lambda: (build(name), build(name)(jnp.ones((2, *shape)))))
    assert list(output_shapes([layer], shape).values())[-1] == output.shape[1:]
    assert count_parameters([layer], shape) == count_parameters(layer)


@pytest.mark.parametrize(("name", "rank"), CASES)
def test_layers_can_be_split_jitted_vmapped_and_differentiated(name, rank):
    x = jnp.ones((4, 2, *(9, 8, 7)[:rank], 3))

    def step(x):
        graph, state = nnx.split(build(name))
        loss = jax.jit(lambda state, x: nnx.merge(graph, state)(x).sum())
        return jax.grad(loss, 1)(state, x)

    assert jax.eval_shape(jax.vmap(step), x).shape == x.shape
