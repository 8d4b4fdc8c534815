"""One file given for another, and names that are nearly right: one line, with the cure."""

import numpy as np
import pytest
from typer.testing import CliRunner

from jaxcnn import transfer, workflows
from jaxcnn.cli import app
from jaxcnn.models import create_model
from jaxcnn.weights import write_safetensors

Image = pytest.importorskip("PIL.Image")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    network = create_model("lenet5", image_size=16, num_classes=2, seed=0)
    transfer.save_model(network, folder / "net.safetensors", class_names=["ant", "bee"])
    workflows.export(folder / "net.safetensors", platforms=["cpu"]).save(folder / "net.jaxcnn")
    write_safetensors(folder / "bare.safetensors", {"w": np.zeros(2, np.float32)})
    (folder / "my photos").mkdir()
    Image.new("RGB", (20, 20)).save(folder / "my photos" / "a.png")
    return folder


TRAIN = ("train", "lenet5", "--size", "16", "--data")
CASES = {
    "the network before the photos": (
        ("predict", "net.safetensors", "my photos/a.png"),
        "net.safetensors is a network, no photo: give it as --model",
    ),
    "an exported network where a trained one is meant": (
        ("predict", "my photos/a.png", "--model", "net.jaxcnn"),
        "net.jaxcnn is an exported network, which run takes",
    ),
    "the same to evaluate": (
        ("evaluate", "net.jaxcnn", "--data", "mnist_10k"),
        "net.jaxcnn is an exported network, which run takes",
    ),
    "weights alone": (
        ("evaluate", "bare.safetensors", "--data", "mnist_10k"),
        "has weights but does not say of which network",
    ),
    "a trained network where an exported one is meant": (
        ("run", "net.safetensors", "my photos/a.png"),
        "has not been exported: predict takes it as it is, export makes a file",
    ),
    "a folder that is nearly right": (
        (*TRAIN, "my photo"),
        "--data (='my photo') is no folder and no set; did you mean 'my photos'?",
    ),
    "a set that is nearly right": ((*TRAIN, "mnist10k"), "did you mean 'mnist_10k'?"),
    "a set that is not prepared": ((*TRAIN, "moving_digits"), "--data (='moving_digits') must be"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_mix_up_is_one_line_with_the_cure(folder, monkeypatch, case):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("JAXCNN_CACHE", str(folder / "cache"))
    arguments, message = CASES[case]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_folder_in_place_of_a_photo_is_named(folder, monkeypatch):
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(app, ("predict", "my photos", "--model", "net.safetensors"))
    assert result.exit_code == 1
    assert result.stderr == "jaxcnn: my photos: is a folder: name the photos in it\n"
