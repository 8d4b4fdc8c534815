"""What is not finite in one group of a convolution stays there, whatever algorithm is chosen."""

import random

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

import jaxcnn.functional as F
from jaxcnn.functional._lowering import _rules
from jaxcnn.functional._lowering._convolution import Case, Convolution

SEEDS = range(6)
MORE_SEEDS = range(100, 150)


def draw(seed):
    """A random grouped convolution; small groups, which are computed several at once, above all."""
    rng = random.Random(seed)
    rank = rng.choice([1, 2, 2, 3])
    pointwise = rng.random() < 0.2
    kernel = tuple(1 if pointwise else rng.choice([1, 2, 3, 5]) for _ in range(rank))
    spread = tuple(rng.choice([1, 1, 2]) for _ in range(rank))
    conv = Convolution(
        tuple(rng.choice([1, 1, 2]) for _ in range(rank)),
        tuple((0, 0) if pointwise else rng.choice([(0, 0), (1, 1), (2, 1)]) for _ in range(rank)),
        (1,) * rank if pointwise or rng.random() < 0.6 else spread,
        tuple(rng.choice([1, 1, 2]) for _ in range(rank)),
        groups=rng.choice([2, 3, 4, 8, 12, 32]),
    )
    ins, outs = rng.choice([(1, 1), (1, 2), (2, 2), (3, 5), (4, 1), (8, 8), (18, 3), (32, 16)])
    size = tuple(rng.randint(5, {1: 20, 2: 9, 3: 6}[rank]) for _ in range(rank))
    x = jax.ShapeDtypeStruct((rng.choice([1, 3]), *size, ins * conv.groups), jnp.float32)
    case = Case.of(conv, x, kernel, outs * conv.groups)
    return draw(seed + 1000) if min(case.out_size) < 1 else (case, x.shape, rng)


def arrays(case, shape):
    random = np.random.default_rng(0)
    conv, features = case.conv, case.outs * case.conv.groups
    shapes = (shape, (*case.kernel_size, case.ins, features), (shape[0], *case.out_size, features))
    return [random.normal(size=shape).astype(np.float32) for shape in shapes], conv


def spoil(array, width, rng):
    """Puts NaN or an infinity somewhere into one group of the last axis; returns the group."""
    group = rng.randrange(array.shape[-1] // width)
    place = [rng.randrange(n) for n in array.shape]
    place[-1] = group * width + rng.randrange(width)
    array[tuple(place)] = rng.choice([np.nan, np.inf, -np.inf])
    return group


def apart(case, x, kernel, g):
    """Output and both gradients, one XLA convolution for each group."""
    conv, rank = case.conv, case.conv.rank
    letters = "DHW"[-rank:]
    numbers = (f"N{letters}C", f"{letters}IO", f"N{letters}C")

    def one(x, kernel):
        return lax.conv_general_dilated(
            x,
            kernel,
            conv.strides,
            conv.padding,
            conv.input_dilation,
            conv.kernel_dilation,
            numbers,
        )

    def split(array, width):
        return jnp.stack(jnp.split(jnp.asarray(array), array.shape[-1] // width, axis=-1))

    def both(operands):
        x, kernel, g = operands
        y, pull_back = jax.vjp(one, x, kernel)
        return y, *pull_back(g)

    parts = split(x, case.ins), split(kernel, case.outs), split(g, case.outs)
    found = jax.jit(lambda *parts: lax.map(both, parts))(*parts)
    return [np.concatenate(list(np.asarray(part)), axis=-1) for part in found]


def chosen(case, x, kernel, g):
    conv = case.conv

    @jax.jit
    def all_three(x, kernel, g):
        return (
            _rules.forward(conv, x, kernel),
            _rules.input_gradient(conv, g, kernel, case.map_size),
            _rules.kernel_gradient(conv, x, g, case.kernel_size),
        )

    return [np.asarray(part) for part in all_three(x, kernel, g)]


def assert_close(found, expected):
    scale = np.abs(expected[np.isfinite(expected)]).max(initial=1e-6)
    np.testing.assert_allclose(found / scale, expected / scale, atol=2e-5)


def check(seed):
    case, shape, rng = draw(seed)
    (x, kernel, g), _ = arrays(case, shape)
    which = rng.choice(["input", "cotangent", "both"])
    spoiled = set()
    if which != "cotangent":
        spoiled.add(spoil(x, case.ins, rng))
    if which != "input":
        spoiled.add(spoil(g, case.outs, rng))
    pairs = zip(chosen(case, x, kernel, g), apart(case, x, kernel, g), strict=True)
    for name, (found, expected) in zip(("output", "input", "kernel"), pairs, strict=True):
        if name == "kernel":  # whether NaN times the zeros of padding counts, is left open
            assert not np.isfinite(found[~np.isfinite(expected)]).any()
            others = [n // case.outs not in spoiled for n in range(expected.shape[-1])]
            found, expected = found[..., others], expected[..., others]
        assert_close(found, expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_not_finite_stays_in_its_group(seed):
    check(seed)


@pytest.mark.many
def test_what_is_not_finite_stays_in_its_group_on_many_cases():
    for seed in MORE_SEEDS:
        check(seed)
    jax.clear_caches()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_weight_that_is_not_finite_reaches_its_own_output_alone(value):
    x = jnp.ones((1, 6, 6, 8))
    kernel = jnp.ones((3, 3, 2, 8)).at[1, 1, 0, 5].set(value)
    y = np.asarray(F.conv(x, kernel, feature_group_count=4))
    assert (~np.isfinite(y)).any((0, 1, 2)).tolist() == [channel == 5 for channel in range(8)]


@pytest.mark.parametrize("channels", [(2, 4), (8, 8), (32, 64), (6, 6)])
@pytest.mark.parametrize("transposed", [False, True])
def test_groups_stay_apart_in_training_steps_of_every_kind(channels, transposed):
    """Through the public functions, compiled, differentiated and mapped."""
    ins, outs = channels
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 2, 6, 6, ins)).astype(np.float32)
    kernel = rng.normal(size=(3, 3, ins // 2, outs)).astype(np.float32)
    broken = x.copy()
    broken[1, ..., 0] = np.nan
    function = F.conv_transpose if transposed else F.conv

    def loss(kernel, x):
        y = function(x, kernel, strides=2, feature_group_count=2)
        return (y**2).sum(), y

    run = jax.jit(jax.vmap(jax.value_and_grad(loss, argnums=(0, 1), has_aux=True), (None, 0)))
    (_, y), (dk, dx) = run(kernel, x)
    (_, y_broken), (dk_broken, dx_broken) = run(kernel, broken)
    for whole, found in ((y, y_broken), (dk, dk_broken), (dx, dx_broken)):
        half = whole.shape[-1] // 2
        assert np.isnan(found[1, ..., :half]).any()
        np.testing.assert_allclose(found[..., half:], whole[..., half:], rtol=1e-4, atol=1e-3)
        np.testing.assert_allclose(found[::2], whole[::2], rtol=1e-4, atol=1e-3)
