"""A model goes into a file and comes back the same."""

import json
import os

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn import nn, transfer, weights
from jaxcnn.models import LeNet5, create_model

from ..models.small import SMALL

RULE = transfer.Preprocessing((16, 16), 18, "bicubic", mean=(0.5,), std=(0.25,))


@pytest.fixture
def lenet():
    return create_model("lenet5", image_size=16, num_classes=3, seed=0)


@pytest.fixture
def file(lenet, tmp_path):
    path = tmp_path / "lenet.safetensors"
    transfer.save_model(lenet, path, class_names=["a", "b", "c"], preprocessing=RULE)
    return path


def arrays_of(model):
    state = nnx.state(model, nnx.Any(nnx.Param, nnx.BatchStat))
    return {path: np.asarray(v[...]) for path, v in nnx.to_flat_state(state)}


def assert_same_model(got, wanted):
    got_arrays, wanted_arrays = arrays_of(got), arrays_of(wanted)
    assert list(got_arrays) == list(wanted_arrays)
    for path, array in wanted_arrays.items():
        assert got_arrays[path].dtype == array.dtype
        np.testing.assert_array_equal(got_arrays[path], array)
    assert (got.recipe, got.input_shape) == (wanted.recipe, wanted.input_shape)
    assert got.describe() == wanted.describe()


@pytest.mark.parametrize("name", SMALL)
def test_every_network_comes_back_the_same(name, tmp_path):
    model = create_model(name, num_classes=4, seed=1, **SMALL[name])
    transfer.save_model(model, tmp_path / "model.safetensors")
    assert_same_model(transfer.load_model(tmp_path / "model.safetensors"), model)


def test_classes_and_preprocessing_come_back_and_are_kept_by_the_next_file(file, tmp_path):
    loaded = transfer.load_model(file)
    assert (loaded.class_names, loaded.preprocessing) == (("a", "b", "c"), RULE)
    transfer.save_model(loaded, tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == file.read_bytes()


def test_a_trained_model_comes_back_with_its_statistics(tmp_path):
    model = create_model("resnet8", num_classes=2, seed=0, **SMALL["resnet8"])
    model.train()
    model(jnp.asarray(np.random.default_rng(0).normal(size=(4, 8, 8, 3)), jnp.float32))
    transfer.save_model(model, tmp_path / "a.safetensors")
    loaded = transfer.load_model(tmp_path / "a.safetensors")
    assert_same_model(loaded, model)
    assert loaded.features["bn1"].use_running_average
    assert np.abs(loaded.features["bn1"].mean[...]).max() > 0


def test_types_of_numbers_come_back(tmp_path):
    model = create_model(
        "lenet5", image_size=16, dtype=jnp.bfloat16, param_dtype=np.dtype("bfloat16"), seed=0
    )
    transfer.save_model(model, tmp_path / "a.safetensors")
    loaded = transfer.load_model(tmp_path / "a.safetensors")
    assert_same_model(loaded, model)
    assert loaded(jnp.zeros((1, 16, 16, 1))).dtype == jnp.bfloat16


def test_a_model_with_names_of_classes_can_still_be_compiled(file):
    loaded = transfer.load_model(file)
    x = jnp.ones((1, 16, 16, 1))
    np.testing.assert_allclose(nnx.jit(lambda m, x: m(x))(loaded, x), loaded(x), rtol=1e-5)


def test_the_description_can_be_read_by_anyone(file):
    description = json.loads(weights.read_metadata(file)["jaxcnn"])
    assert description["model"] == "lenet5"
    assert description["arguments"] == {"image_size": 16, "num_classes": 3}
    assert (description["format"], description["class_names"]) == (1, ["a", "b", "c"])
    assert "features.0.kernel" in weights.read_weights(file)


def test_a_network_made_without_the_registry_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must come from .*create_model"):
        transfer.save_model(LeNet5(rngs=nnx.Rngs(0)), tmp_path / "a.safetensors")
    assert not list(tmp_path.iterdir())


def test_a_network_whose_head_was_replaced_is_refused(lenet, tmp_path):
    lenet.classifier[-1] = nn.Linear(84, 7, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match=r"other layers than .*: classifier.5.bias, classifier.5"):
        transfer.save_model(lenet, tmp_path / "a.safetensors")


def test_a_network_with_another_activation_is_refused(lenet, tmp_path):
    lenet.features[1] = nnx.gelu
    with pytest.raises(ValueError, match="other layers"):
        transfer.save_model(lenet, tmp_path / "a.safetensors")


@pytest.mark.parametrize("names", [["a", "b"], "abc", ["a", "b", 3]])
def test_there_is_one_name_for_each_class(lenet, names, tmp_path):
    with pytest.raises(ValueError, match="class_names"):
        transfer.save_model(lenet, tmp_path / "a.safetensors", class_names=names)


def rewrite(path, **changes):
    """The same file with changes in its description, or in its arrays."""
    arrays = {**weights.read_weights(path), **changes.pop("arrays", {})}
    arrays = {name: array for name, array in arrays.items() if array is not None}
    description = {**json.loads(weights.read_metadata(path)["jaxcnn"]), **changes}
    weights.write_safetensors(path, arrays, {"jaxcnn": json.dumps(description)})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": "lenet6"}, "network 'lenet6', which jaxcnn .* does not have"),
        ({"format": 3, "version": "9.0"}, r"format 3, written by jaxcnn 9\.0"),
        ({"format": "x"}, "damaged"),
        ({"arguments": {"depth": 3}}, "cannot be built.*depth"),
        ({"arguments": {"image_size": 2}}, "cannot be built"),
        ({"arguments": []}, "damaged"),
        ({"class_names": ["a"]}, "class_names has 1 entries, but must have 3"),
        ({"preprocessing": {"image_size": [0, 1]}}, "damaged.*image_size"),
    ],
)
def test_a_wrong_description_is_an_error_that_says_what(file, changes, said):
    rewrite(file, **changes)
    with pytest.raises(weights.WeightFileError, match=said) as caught:
        transfer.load_model(file)
    assert str(file) in str(caught.value)


def test_arrays_of_another_network_are_all_named(file):
    extra = {"features.0.bias": None, "head.bias": np.ones(3, np.float32)}
    rewrite(file, arrays={**extra, "classifier.5.bias": np.ones(4, np.float32)})
    with pytest.raises(transfer.MismatchError) as caught:
        transfer.load_model(file)
    assert list(caught.value.missing) == ["features.0.bias"]
    assert list(caught.value.unexpected) == ["head.bias"]
    assert caught.value.wrong == {"classifier.5.bias": ((4,), (3,))}
    for part in ("missing: features.0.bias (6,)", "head.bias (3,)", "(4,), but the model has (3,)"):
        assert part in str(caught.value)


def test_numbers_that_are_not_finite_are_refused(file):
    rewrite(file, arrays={"features.0.bias": np.full(6, np.nan, np.float32)})
    with pytest.raises(weights.NonFiniteError, match=r"features\.0\.bias"):
        transfer.load_model(file)


@pytest.mark.parametrize("part", [0.0, 0.01, 0.5, 0.999])
def test_a_file_cut_short_is_refused(file, part):
    data = file.read_bytes()
    file.write_bytes(data[: int(part * len(data))])
    with pytest.raises(weights.WeightFileError):
        transfer.load_model(file)


def test_weights_without_a_model_are_told_from_a_model(tmp_path):
    weights.write_safetensors(tmp_path / "a.safetensors", {"a": np.ones(1)})
    with pytest.raises(weights.UnknownFormatError, match="load_weights"):
        transfer.load_model(tmp_path / "a.safetensors")


def test_a_file_that_cannot_be_written_leaves_the_old_one(file, lenet, monkeypatch):
    before = file.read_bytes()

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space left"):
        transfer.save_model(lenet, file)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]
