"""The small trained networks that ship: what their logs say is true, and they help on new classes."""

import hashlib
import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from flax import nnx

from jaxcnn import transfer
from jaxcnn.analysis import count_parameters
from jaxcnn.data import load_embedded
from jaxcnn.models import layer_names
from jaxcnn.transfer._shipped import SHIPPED, shipped_file
from jaxcnn.weights import WeightFileError

HELD_OUT = {"pullover", "coat"}
# Percent of right answers with 120 images of each class. ResNet8 trained from scratch stays below its
# own; VGG8 trained from scratch does not, so that its number only says that the features are not lost.
THRESHOLDS = {"resnet8_clothing": 85, "vgg8_clothing": 83}


@pytest.fixture(scope="module")
def measure():
    pytest.importorskip("optax")
    file = Path(__file__).parents[3] / "benchmarks" / "backbones.py"
    spec = importlib.util.spec_from_file_location("measured_backbones", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def log_of(name):
    return json.loads(shipped_file(name).with_suffix(".json").read_text())


@pytest.mark.parametrize("name", SHIPPED)
def test_the_log_is_of_this_file(name):
    content = shipped_file(name).read_bytes()
    log = log_of(name)
    assert (log["name"], log["bytes"]) == (name, len(content))
    assert log["sha256"] == hashlib.sha256(content).hexdigest()
    assert [epoch["epoch"] for epoch in log["epochs"]] == list(range(1, 1 + len(log["epochs"])))
    assert log["epochs"][-1]["loss"] < log["epochs"][0]["loss"]


@pytest.mark.parametrize("name", SHIPPED)
def test_files_are_below_two_megabytes(name):
    assert 100_000 < shipped_file(name).stat().st_size < 2_000_000


@pytest.mark.parametrize("name", SHIPPED)
def test_classes_are_all_garments_but_the_pair_of_the_course(name):
    model = transfer.load_model(shipped_file(name))
    garments = load_embedded("clothing").class_names
    assert model.class_names == tuple(n for n in garments if n not in HELD_OUT)
    assert set(log_of(name)["held_out"]) == HELD_OUT
    assert tuple(log_of(name)["classes"]) == model.class_names
    assert model.input_shape == (28, 28, 1)
    assert count_parameters(model) < 500_000


@pytest.mark.parametrize("name", SHIPPED)
def test_the_accuracy_of_the_log_is_found_on_a_sample_of_the_test_images(name, measure):
    model = transfer.load_model(shipped_file(name))
    others = load_embedded("clothing").split("others")
    pixels = others.images.astype(np.float32) / 255
    logits = measure.features(model, ("classifier",), pixels)["classifier"]
    wanted = [model.class_names.index(others.class_names[label]) for label in others.labels]
    logged = log_of(name)["epochs"][-1]["test_accuracy"]
    assert logged > 0.9
    # Four standard deviations of a share found on 400 images.
    assert (logits.argmax(-1) == wanted).mean() == pytest.approx(logged, abs=0.06)


@pytest.mark.parametrize("name", SHIPPED)
def test_frozen_features_tell_the_pair_apart(name, measure):
    rows, fresh = measure.drawn(0, 120, 600)
    assert max(measure.frozen_scores(name, rows, fresh).values()) > THRESHOLDS[name]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_cuts_are_layers(name, measure):
    assert set(measure.CUTS[name]) <= set(layer_names(transfer.load_model(shipped_file(name)))) | {
        f"features.layer{stage}" for stage in (1, 2, 3)
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_a_new_head_stands_on_the_trained_features(name):
    trained = transfer.load_pretrained(name)
    model = transfer.load_pretrained(name, num_classes=2, seed=3)
    assert (model.class_names, model.preprocessing) == (None, trained.preprocessing)
    assert model.classifier[-1].out_features == 2
    for (path, new), (_, old) in zip(
        nnx.to_flat_state(nnx.state(model.features)),
        nnx.to_flat_state(nnx.state(trained.features)),
        strict=True,
    ):
        np.testing.assert_array_equal(new[...], old[...], err_msg=str(path))


def test_they_are_listed_and_keep_their_head_for_as_many_classes():
    assert transfer.list_pretrained()[-2:] == list(SHIPPED)
    same = transfer.load_pretrained("vgg8_clothing", num_classes=8)
    trained = transfer.load_pretrained("vgg8_clothing")
    np.testing.assert_array_equal(
        same.classifier[-1].kernel[...], trained.classifier[-1].kernel[...]
    )
    assert same.class_names == trained.class_names


def test_wrong_arguments_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"num_classes \(=0\)"):
        transfer.load_pretrained("vgg8_clothing", num_classes=0)
    with pytest.raises(FileNotFoundError):
        transfer.load_pretrained("vgg8_clothing", path=tmp_path / "missing.safetensors")
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(shipped_file("vgg8_clothing").read_bytes()[:-100])
    with pytest.raises(WeightFileError):
        transfer.load_pretrained("vgg8_clothing", path=cut)


@pytest.mark.many
def test_a_resnet_trained_from_scratch_stays_below_the_frozen_features(measure):
    name = "resnet8_clothing"
    for seed in range(3):
        rows, fresh = measure.drawn(seed, 120)
        best = max(measure.frozen_scores(name, rows, fresh).values())
        scratch = measure.scratch_score(name, rows, fresh, seed)
        assert scratch < THRESHOLDS[name] < best, (seed, scratch, best)
