"""Predicting from the command line."""

import numpy as np
import pytest
from typer.testing import CliRunner

from jaxcnn import export, transfer
from jaxcnn.cli import app
from jaxcnn.models import create_model
from jaxcnn.weights import write_torch

Image = pytest.importorskip("PIL.Image")


def jaxcnn(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    model = create_model("lenet5", image_size=16, num_classes=3, seed=0)
    transfer.save_model(model, folder / "lenet.safetensors", class_names=["ant", "bee", "cat"])
    pixels = np.random.default_rng(0).integers(0, 256, (20, 24, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(folder / "a.png")
    Image.fromarray(pixels[::-1]).save(folder / "b.jpg")
    (folder / "text.png").write_text("no image")
    return folder


def test_the_likeliest_classes_are_printed_by_name(folder):
    model = ("--weights", folder / "lenet.safetensors")
    result = jaxcnn("predict", folder / "a.png", folder / "b.jpg", *model, "--top", 2)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [lines[0], lines[3]] == [str(folder / "a.png"), str(folder / "b.jpg")]
    assert {line.split()[1] for line in lines if line[0] == " "} <= {"ant", "bee", "cat"}
    chances = [float(line.split()[0]) for line in lines[1:3]]
    network = transfer.load_model(folder / "lenet.safetensors")
    rule = transfer.Preprocessing((16, 16), mean=(0.0,), std=(1.0,))
    scores = np.asarray(network(transfer.preprocess(folder / "a.png", rule))[0], np.float64)
    expected = np.sort(np.exp(scores) / np.exp(scores).sum())[::-1][:2]
    np.testing.assert_allclose(chances, expected, atol=6e-4)


def test_files_that_are_no_photos_are_named_and_the_others_are_shown(folder):
    files = (folder / "text.png", folder / "a.png", folder / "none.png")
    result = jaxcnn("predict", *files, "--weights", folder / "lenet.safetensors")
    assert result.exit_code == 1
    assert str(folder / "a.png") in result.stdout
    assert result.stderr.splitlines() == [
        f"jaxcnn: {folder / 'text.png'}: is no image that Pillow reads",
        f"jaxcnn: {folder / 'none.png'}: No such file or directory",
    ]


def test_a_file_of_weights_goes_with_a_name(folder, tmp_path):
    model = create_model("lenet5", num_classes=2, seed=1)
    arrays = transfer.to_torch_state_dict(model)
    write_torch(tmp_path / "net.pth", arrays)
    options = ("--weights", tmp_path / "net.pth", "--classes", 2)
    result = jaxcnn("predict", folder / "a.png", "--model", "lenet5", *options)
    assert result.exit_code == 0, result.output
    assert "class 1" in result.stdout
    unnamed = jaxcnn("predict", folder / "a.png", *options)
    assert (unnamed.exit_code, "its name as --model" in unnamed.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--model", "lenet5"), "--weights must be given for 'lenet5'"),
        ((), "--weights or --model must be given"),
        (("--model", "lenet6"), "did you mean 'lenet'"),
        (("--model", "resnet18", "--classes", "3"), "--classes (=3) goes with --weights"),
        (("--model", "lenet", "--weights", "lenet.safetensors"), "'lenet5', not 'lenet'"),
        (("--weights", "lenet.safetensors", "--classes", "2"), "classes must not be given"),
        (("--weights", "missing.pth", "--model", "lenet5"), "missing.pth"),
        (("--weights", "text.png", "--model", "lenet5"), "is of no format"),
    ],
)
def test_wrong_arguments_are_one_line(arguments, said, folder, monkeypatch):
    monkeypatch.chdir(folder)
    result = jaxcnn("predict", "a.png", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_trained_network_is_exported_with_its_weights_and_names(folder, tmp_path):
    file = folder / "lenet.safetensors"
    result = jaxcnn("export", "lenet5", "--weights", file, "-o", tmp_path / "net.jaxcnn")
    assert result.exit_code == 0, result.output
    exported, model = export.load(tmp_path / "net.jaxcnn"), transfer.load_model(file)
    assert exported.class_names == ("ant", "bee", "cat")
    x = np.random.default_rng(0).random((1, 16, 16, 1), dtype=np.float32)
    np.testing.assert_allclose(exported(x), model(x), rtol=1e-5, atol=1e-5)
