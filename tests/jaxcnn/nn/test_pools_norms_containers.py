"""Pools reach their functions, batch normalisation keeps the chosen variance, containers nest."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn import functional, nn


def image(*shape):
    return jnp.asarray(np.random.default_rng(1).normal(size=shape), jnp.float32)


@pytest.mark.parametrize(
    ("layer", "function", "options"),
    [
        (nn.MaxPool2d(3, 2, 1, kernel_dilation=2), functional.max_pool, {"kernel_dilation": 2}),
        (nn.MinPool2d(3, 2, 1), functional.min_pool, {}),
        (
            nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False),
            functional.avg_pool,
            {"ceil_mode": True, "count_include_pad": False},
        ),
        (nn.AvgPool2d(3, 2, 1, divisor_override=5), functional.avg_pool, {"divisor_override": 5}),
    ],
)
def test_pools_are_shells_around_their_functions(layer, function, options):
    x = image(2, 9, 10, 3)
    expected = function(x, (3, 3), (2, 2), ((1, 1), (1, 1)), **options)
    np.testing.assert_array_equal(layer(x), expected)


@pytest.mark.parametrize("layer", [nn.MaxPool2d, nn.AdaptiveMaxPool2d])
def test_maxima_can_be_located(layer):
    x = image(1, 6, 6, 2)
    values, where = layer(2, return_indices=True)(x)
    flat = np.asarray(x).reshape(36, 2)
    np.testing.assert_array_equal(
        values[0].reshape(-1, 2), np.take_along_axis(flat, np.asarray(where[0]).reshape(-1, 2), 0)
    )


def test_lp_pooling_with_exponent_one_sums():
    x = jnp.abs(image(1, 6, 6, 2))
    np.testing.assert_allclose(nn.LpPool2d(1, 2)(x), 4 * nn.AvgPool2d(2)(x), rtol=1e-6)


@pytest.mark.parametrize("exponent", [np.int64(2), np.float64(2.5)])
def test_an_exponent_may_come_from_numpy(exponent):
    x = jnp.abs(image(1, 4, 4, 1))
    with jax.numpy_dtype_promotion("strict"):
        found = nn.LpPool2d(exponent, 2)(x)
    np.testing.assert_array_equal(found, nn.LpPool2d(exponent.item(), 2)(x))


def test_strides_default_to_the_window():
    assert nn.MaxPool3d((1, 2, 3)).strides == (1, 2, 3)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: nn.MaxPool2d((2, 2, 2)), r"window_shape \(=\(2, 2, 2\)\)"),
        (lambda: nn.AvgPool2d(2, 0), r"strides \(=0\)"),
        (lambda: nn.AdaptiveAvgPool2d((2,)), r"output_size \(=\(2,\)\)"),
        (lambda: nn.AdaptiveMaxPool1d(0), r"output_size\[0\] \(=0\)"),
        (lambda: nn.LpPool2d(0, 2)(jnp.ones((1, 4, 4, 1))), r"norm_type \(=0\)"),
        (lambda: nn.MaxPool2d(3)(jnp.ones((1, 2, 2, 1))), "is larger than the map"),
        (lambda: nn.Flatten()(jnp.ones(3)), r"x has shape \(3,\)"),
        (
            lambda: nn.BatchNorm(3, unbiased=True, rngs=nnx.Rngs(0))(jnp.ones((1, 3))),
            "more than one value per channel",
        ),
        (  # all would become the bias
            lambda: nn.BatchNorm(3, rngs=nnx.Rngs(0))(jnp.ones((1, 1, 1, 3))),
            "more than one value per channel",
        ),
        (  # the running statistics would become NaN
            lambda: nn.BatchNorm(3, rngs=nnx.Rngs(0))(jnp.ones((0, 4, 4, 3))),
            "more than one value per channel",
        ),
        (
            lambda: nn.BatchNorm(3, rngs=nnx.Rngs(0))(jnp.ones((2, 3, 4, 4))),
            r"channels come last here: jnp.moveaxis\(x, 1, -1\)",
        ),
    ],
)
def test_a_wrong_layer_or_input_is_explained(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize("batches", [1, 3])
def test_batch_norm_tracks_the_running_statistics_of_pytorch(batches):
    torch = pytest.importorskip("torch")
    theirs = torch.nn.BatchNorm2d(3)
    ours = nn.BatchNorm(3, momentum=0.9, unbiased=True, rngs=nnx.Rngs(0))
    for seed in range(batches):
        x = np.random.default_rng(seed).normal(2, 3, (2, 4, 5, 3)).astype(np.float32)
        expected = theirs(torch.tensor(x).permute(0, 3, 1, 2)).detach().permute(0, 2, 3, 1)
        np.testing.assert_allclose(ours(x), expected, atol=1e-5)
    np.testing.assert_allclose(ours.mean[...], theirs.running_mean, rtol=1e-5)
    np.testing.assert_allclose(ours.var[...], theirs.running_var, rtol=1e-5)
    ours.eval()
    theirs.eval()
    expected = theirs(torch.tensor(x).permute(0, 3, 1, 2)).detach().permute(0, 2, 3, 1)
    np.testing.assert_allclose(ours(x), expected, atol=1e-5)


@pytest.mark.parametrize("mean", [0.0, 1e2, 1e4, -1e5])
def test_batch_norm_keeps_the_deviation_of_values_far_from_zero(mean):
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(3).normal(mean, 1, (512, 4, 2)).astype(np.float32)
    ours = nn.BatchNorm(2, momentum=0.9, unbiased=True, rngs=nnx.Rngs(0))
    theirs = torch.nn.BatchNorm1d(2)
    expected = theirs(torch.tensor(x).permute(0, 2, 1)).detach().permute(0, 2, 1)
    np.testing.assert_allclose(ours(x), expected, atol=0.05 if abs(mean) > 1e4 else 2e-3)
    assert np.std(ours(x)) == pytest.approx(1, abs=0.02)
    np.testing.assert_allclose(ours.var[...], theirs.running_var, rtol=1e-2)


def test_batch_norm_is_flaxs_with_the_variance_in_two_passes():
    x = image(4, 5, 3)
    ours = nn.BatchNorm(3, rngs=nnx.Rngs(0))
    theirs = nnx.BatchNorm(3, use_fast_variance=False, rngs=nnx.Rngs(0))
    np.testing.assert_allclose(ours(x), theirs(x), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(ours.var[...], theirs.var[...], rtol=1e-6)


def test_masked_values_do_not_count_in_the_running_variance():
    x = image(6, 3)
    mask = jnp.arange(6)[:, None] < 4
    masked = nn.BatchNorm(3, unbiased=True, rngs=nnx.Rngs(0))
    plain = nn.BatchNorm(3, unbiased=True, rngs=nnx.Rngs(0))
    masked(x, mask=mask)
    plain(x[:4])
    np.testing.assert_allclose(masked.var[...], plain.var[...], rtol=1e-6)


def test_running_variance_counts_the_values_of_all_devices():
    x = image(2, 6, 3)
    layer = nn.BatchNorm(3, unbiased=True, axis_name="devices", rngs=nnx.Rngs(0))
    graph, state = nnx.split(layer)

    def step(state, x):
        layer = nnx.merge(graph, state)
        layer(x)
        return layer.var[...]

    whole = nn.BatchNorm(3, unbiased=True, rngs=nnx.Rngs(0))
    whole(x.reshape(12, 3))
    np.testing.assert_allclose(
        jax.vmap(step, (None, 0), axis_name="devices")(state, x)[0], whole.var[...], rtol=1e-5
    )


def test_a_sequential_can_be_sliced_to_cut_a_network():
    rngs = nnx.Rngs(0)
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3, kernel_init=nnx.initializers.ones, rngs=rngs),
        nnx.relu,
        nn.MaxPool2d(2),
        nn.Flatten(),
    )
    base, head = model[:2], model[2:]
    x = image(1, 4, 4, 1)
    np.testing.assert_array_equal(head(base(x)), model(x))
    assert base[0] is model[0]
    assert [*model] == [model[i] for i in range(len(model))]


def named():
    return nn.Sequential(first=nnx.relu, norm=nn.BatchNorm(2, rngs=nnx.Rngs(0)), last=nnx.tanh)


def test_named_layers_are_found_by_name_and_by_position():
    model = named()
    assert model.names == ("first", "norm", "last")
    assert model["norm"] is model[1] is model[-2]
    assert list(model[1:].names) == ["norm", "last"]
    assert [*model[::-1]] == [nnx.tanh, model["norm"], nnx.relu]
    assert nn.Sequential(nnx.relu, nnx.tanh).names == ("0", "1")
    assert nn.Sequential(nnx.relu, nnx.tanh)["1"] is nnx.tanh


def test_named_layers_keep_their_order_and_names_when_split_and_merged():
    model = named()
    graph, state = nnx.split(model)
    x = image(2, 3, 2)
    merged = nnx.merge(graph, state)
    assert merged.names == model.names
    model.eval()
    merged.eval()
    np.testing.assert_array_equal(merged(x), model(x))
    paths = ["/".join(map(str, path)) for path, _ in nnx.to_flat_state(state)]
    assert "layers/norm/scale" in paths


@pytest.mark.parametrize(("index", "build"), [("1", nn.Sequential), ("norm", None)])
def test_a_layer_can_be_replaced(index, build):
    model = named() if build is None else build(nnx.relu, nnx.relu, nnx.tanh)
    model[index] = nn.Flatten()
    assert isinstance(model[1], nn.Flatten)
    model[-1] = nnx.relu
    assert model(-jnp.ones((1, 2, 2))).tolist() == [[0.0] * 4]
    model[0] = nn.BatchNorm(2, rngs=nnx.Rngs(0))
    merged = nnx.merge(*nnx.split(model))
    assert merged(-jnp.ones((1, 2, 2))).tolist() == [[0.0] * 4]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.Sequential(nnx.relu, last=nnx.relu), ValueError, "last must not be given"),
        (
            lambda: nn.Sequential(train=nnx.relu),
            ValueError,
            "train must not be the name of a layer",
        ),
        (lambda: nn.Sequential(names=nnx.relu), ValueError, "names must not be the name"),
        (lambda: nn.Sequential(_x=nnx.relu), ValueError, "_x must not be the name"),
        (lambda: named()["second"], KeyError, "'second' must be one of the layers' names: first"),
        (lambda: named()[3], IndexError, "out of range"),
    ],
)
def test_a_wrong_name_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_flatten_puts_channels_fastest():
    x = jnp.arange(24.0).reshape(1, 2, 3, 4)
    np.testing.assert_array_equal(nn.Flatten()(x)[0], np.arange(24.0))
