"""Weights that do not fit are an error that says all, and leave the model as it was."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn import nn, transfer, weights
from jaxcnn.models import create_model

from ..models.small import SMALL


def small(name="resnet18", seed=0, **options):
    return create_model(name, num_classes=3, seed=seed, **{**SMALL[name], **options})


def arrays_of(model):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(nnx.state(model, nnx.Not(nnx.RngState)))]


def is_unchanged(model, before):
    return all(map(np.array_equal, arrays_of(model), before))


@pytest.mark.parametrize("name", SMALL)
def test_every_network_takes_back_its_own_state_dict(name):
    teacher, model = small(name, seed=1), small(name, seed=0)
    transfer.load_weights(model, transfer.to_torch_state_dict(teacher), layout="torch")
    assert is_unchanged(teacher, arrays_of(model))


def test_a_file_of_a_model_is_read_by_its_own_names(tmp_path):
    teacher, model = small(seed=1), small()
    transfer.save_model(teacher, tmp_path / "teacher.safetensors")
    transfer.load_weights(model, tmp_path / "teacher.safetensors")
    assert is_unchanged(teacher, arrays_of(model))
    transfer.load_weights(model, tmp_path / "teacher.safetensors", skip=["classifier"])


def test_everything_that_does_not_fit_is_said_at_once_and_nothing_is_loaded():
    model = small()
    before = arrays_of(model)
    arrays = transfer.to_torch_state_dict(small(seed=1))
    arrays["fc.weight"] = np.zeros((5, 8), np.float32)
    arrays["layer1.0.conv_1.weight"] = arrays.pop("layer1.0.conv1.weight")
    arrays["extra.bias"] = np.zeros(2, np.float32)
    with pytest.raises(transfer.MismatchError) as caught:
        transfer.load_weights(model, arrays)
    error = caught.value
    assert error.missing == {"layer1.0.conv1.weight": (4, 4, 3, 3)}
    assert error.unexpected == {"layer1.0.conv_1.weight": (4, 4, 3, 3), "extra.bias": (2,)}
    assert error.wrong == {"fc.weight": ((5, 8), (3, 8))}
    lines = str(error).splitlines()
    assert lines[0] == "source does not fit the model ResNet:"
    missing = "  missing: layer1.0.conv1.weight (4, 4, 3, 3); nearest: layer1.0.conv_1.weight"
    assert lines[1].startswith(missing)
    assert "  wrong shape: fc.weight (5, 8), but the model has (3, 8)" in lines
    assert is_unchanged(model, before)


def test_a_file_of_another_network_is_named_with_a_count_of_the_rest(tmp_path):
    model = small("mobilenet_v2")
    before = arrays_of(model)
    path = tmp_path / "resnet.pth"
    weights.write_torch(path, transfer.to_torch_state_dict(small()))
    with pytest.raises(transfer.MismatchError, match=r"resnet\.pth does not fit .*MobileNetV2"):
        transfer.load_weights(model, path)
    with pytest.raises(transfer.MismatchError, match="more, see the error's attribute 'missing'"):
        transfer.load_weights(model, path)
    assert is_unchanged(model, before)


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        (np.nan, weights.NonFiniteError, r"fc\.bias holds values that are NaN"),
        (np.inf, weights.NonFiniteError, r"fc\.bias"),
        (1, ValueError, r"fc\.bias has type int64, but must be floating"),
    ],
)
def test_numbers_must_be_finite_and_floating(value, error, said):
    model = small()
    before = arrays_of(model)
    arrays = transfer.to_torch_state_dict(small(seed=1))
    arrays["fc.bias"] = np.full(3, value)
    with pytest.raises(error, match=said):
        transfer.load_weights(model, arrays)
    assert is_unchanged(model, before)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"layout": "caffe"}, "layout"),
        ({"skip": "head"}, "skip.*'head'"),
        ({"rename": {"fc.wight": "fc.weight"}}, r"rename.*'fc\.wight'"),
        ({"rename": lambda name: "fc.bias"}, r"rename gives two arrays the name 'fc\.bias'"),
    ],
)
def test_arguments_that_are_wrong_are_named(options, said):
    model = small()
    with pytest.raises(ValueError, match=said):
        transfer.load_weights(model, transfer.to_torch_state_dict(model), **options)


@pytest.mark.parametrize("source", [3, [1], {1: np.ones(2)}])
def test_a_source_is_a_path_or_named_arrays(source):
    with pytest.raises(ValueError, match="source"):
        transfer.load_weights(small(), source)


def test_types_become_those_of_the_model_and_memory_is_not_shared():
    model = small(param_dtype=jnp.bfloat16)
    arrays = transfer.to_torch_state_dict(small(seed=1))
    arrays = {name: array.astype(np.float64) for name, array in arrays.items()}
    transfer.load_weights(model, arrays)
    assert model.classifier["fc"].kernel.dtype == jnp.bfloat16
    given = {"weight": np.ones((2, 3), np.float32), "bias": np.ones(2, np.float32)}
    layer = nn.Linear(3, 2, rngs=nnx.Rngs(0))
    transfer.load_weights(layer, given)
    given["bias"][:] = 5
    np.testing.assert_array_equal(layer.bias[...], 1)


def test_layers_of_ones_own_have_pytorchs_layouts():
    torch = pytest.importorskip("torch")
    zeros = {"kernel_init": nnx.initializers.zeros, "rngs": nnx.Rngs(0)}
    ours = nn.Sequential(
        nn.DepthwiseConv2d(4, 3, padding=1, channel_multiplier=3, **zeros),
        nn.ConvTranspose2d(12, 6, 3, 2, feature_group_count=3, **zeros),
        nn.Conv2d(6, 4, 3, feature_group_count=2, padding="valid", **zeros),
        nn.Flatten(),
        nn.Linear(9 * 9 * 4, 5, **zeros),
    )
    theirs = torch.nn.Sequential(
        torch.nn.Conv2d(4, 12, 3, padding=1, groups=4),
        torch.nn.ConvTranspose2d(12, 6, 3, 2, groups=3),
        torch.nn.Conv2d(6, 4, 3, groups=2),
        torch.nn.Flatten(),
        torch.nn.Linear(9 * 9 * 4, 5),
    )
    arrays = {name: tensor.numpy() for name, tensor in theirs.state_dict().items()}
    with pytest.raises(ValueError, match="input_shape must be given"):
        transfer.load_weights(ours, arrays)
    transfer.load_weights(ours, arrays, input_shape=(5, 5, 4))
    x = np.random.default_rng(0).normal(size=(2, 5, 5, 4)).astype(np.float32)
    with torch.no_grad():
        expected = theirs(torch.tensor(np.moveaxis(x, -1, 1).copy())).numpy()
    np.testing.assert_allclose(ours(jnp.asarray(x)), expected, atol=1e-5)
    again = transfer.to_torch_state_dict(ours, input_shape=(5, 5, 4))
    assert list(again) == list(arrays)
    assert all(np.array_equal(again[name], array) for name, array in arrays.items())


def test_a_kernel_whose_layout_is_not_known_is_refused():
    model = nn.Sequential(nnx.LinearGeneral((2, 3), 4, axis=(-2, -1), rngs=nnx.Rngs(0)))
    with pytest.raises(ValueError, match="0 is a LinearGeneral: the layout of its kernel"):
        transfer.to_torch_state_dict(model)


def keras_arrays(module_names):
    """A convolution without bias, a normalisation and a dense layer, in two namings."""
    rng = np.random.default_rng(0)
    shapes = {
        "kernel": (3, 3, 3, 4), "gamma": (4,), "beta": (4,), "moving_mean": (4,),
        "moving_variance": (4,), "dense": (4, 2), "bias": (2,),
    }  # fmt: skip
    values = [rng.uniform(0.5, 1, shape).astype(np.float32) for shape in shapes.values()]
    return dict(zip(module_names, values, strict=True))


@pytest.mark.parametrize(
    "names",
    [
        [
            "conv2d_9/conv2d_9/kernel:0", "bn/bn/gamma:0", "bn/bn/beta:0", "bn/bn/moving_mean:0",
            "bn/bn/moving_variance:0", "top/top/kernel:0", "top/top/bias:0",
        ],
        [
            "layers/conv2d/vars/0", "layers/batch_normalization/vars/0",
            "layers/batch_normalization/vars/1", "layers/batch_normalization/vars/2",
            "layers/batch_normalization/vars/3", "layers/dense/vars/0", "layers/dense/vars/1",
        ],
    ],
    ids=["h5", "keras"],
)  # fmt: skip
def test_layers_of_keras_files_are_matched_by_kind_and_order(names):
    rngs = nnx.Rngs(0)
    model = nn.Sequential(
        nn.Conv2d(3, 4, 3, use_bias=False, rngs=rngs),
        nn.BatchNorm(4, rngs=rngs),
        nn.GlobalAvgPool(),
        nn.Linear(4, 2, rngs=rngs),
    )
    arrays = keras_arrays(names)
    transfer.load_weights(model, {**arrays, "seed/vars/0": np.zeros(2, np.uint32)})
    norm = model[1]
    loaded = (
        model[0].kernel, norm.scale, norm.bias, norm.mean, norm.var, model[3].kernel, model[3].bias,
    )  # fmt: skip
    for variable, array in zip(loaded, arrays.values(), strict=True):
        np.testing.assert_array_equal(variable[...], array)
    with pytest.raises(transfer.MismatchError, match="unexpected: extra/kernel"):
        transfer.load_weights(model, {**arrays, "extra/kernel": np.ones((2, 2), np.float32)})
