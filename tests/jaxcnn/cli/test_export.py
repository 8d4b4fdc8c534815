"""Exporting from the command line, and running what was exported."""

import io

import numpy as np
import pytest
from typer.testing import CliRunner

from jaxcnn import export
from jaxcnn.cli import app
from jaxcnn.models import create_model


def jaxcnn(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    model = create_model("lenet5", seed=0, num_classes=3)
    names = ("ant", "bee", "cat")
    export.export_model(model, name="lenet5", class_names=names).save(folder / "named.jaxcnn")
    assert jaxcnn("export", "lenet5", "--seed", 0, "-o", folder / "plain.jaxcnn").exit_code == 0
    done = jaxcnn("export", "lenet5", "--seed", 0, "--convolutionise", "-o", folder / "map.jaxcnn")
    assert done.exit_code == 0
    np.save(folder / "batch.npy", images(2, 32, 32, 1))
    np.save(folder / "one.npy", images(32, 32, 1).astype(np.float64))
    np.save(folder / "wide.npy", images(40, 60, 1))
    return folder


def images(*shape):
    return np.random.default_rng(1).random(shape, dtype=np.float32)


def test_export_says_what_it_wrote(tmp_path):
    file = tmp_path / "small.jaxcnn"
    options = ("--input", "36x40x3", "--classes", "7", "--platforms", "cpu,tpu", "--seed", "1")
    result = jaxcnn("export", "lenet5", "-o", file, *options)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "ExportedModel('lenet5', (batch, 36, 40, 3) float32 -> (batch, 7) float32, cpu tpu)",
        f"{file}: {file.stat().st_size / 1e6:.1f} MB",
    ]
    model = create_model("lenet5", image_size=(36, 40), in_features=3, num_classes=7, seed=1)
    x = images(1, 36, 40, 3)
    np.testing.assert_allclose(export.load(file)(x), model(x), rtol=1e-5, atol=1e-5)


def test_a_type_is_that_of_weights_and_computation(tmp_path):
    file = tmp_path / "half.jaxcnn"
    assert jaxcnn("export", "lenet5", "--seed", 0, "--dtype", "bfloat16", "-o", file).exit_code == 0
    loaded = export.load(file)
    assert {weight.dtype for weight in loaded.metadata.weights} == {"bfloat16"}
    assert (loaded.dtype, loaded.output_dtype) == ("float32", "bfloat16")


def test_run_shows_the_likeliest_classes_by_name(folder):
    result = jaxcnn("run", folder / "named.jaxcnn", folder / "batch.npy", "--top", 2)
    assert result.exit_code == 0
    scores = np.asarray(export.load(folder / "named.jaxcnn")(images(2, 32, 32, 1)))
    chances = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    for index, line in enumerate(result.stdout.splitlines()):
        name, _, shown = line.partition(": ")
        assert name == f"{folder / 'batch.npy'}[{index}]"
        best = np.argsort(-scores[index])[:2]
        names = ("ant", "bee", "cat")
        assert shown == ", ".join(f"{names[k]} {chances[index, k]:.3f}" for k in best)


def test_run_writes_the_scores_of_all_inputs(folder, tmp_path):
    inputs = (folder / "batch.npy", folder / "one.npy")
    result = jaxcnn("run", folder / "plain.jaxcnn", *inputs, "-o", tmp_path / "scores.npy")
    assert result.exit_code == 0
    model = create_model("lenet5", seed=0)
    x = np.concatenate([images(2, 32, 32, 1), images(1, 32, 32, 1)])
    np.testing.assert_allclose(np.load(tmp_path / "scores.npy"), model(x), rtol=1e-5, atol=1e-5)


def test_run_describes_a_map_of_scores(folder):
    result = jaxcnn("run", folder / "map.jaxcnn", folder / "wide.npy")
    scores = np.asarray(export.load(folder / "map.jaxcnn")(images(1, 40, 60, 1)))[0]
    row, column, best = np.unravel_index(scores.argmax(), scores.shape)
    assert result.stdout.endswith(
        f": 3 x 8 scores of 10 classes, highest class {best} at ({row}, {column})\n"
    )


def test_an_image_is_read_in_the_networks_channels_and_size(folder, tmp_path):
    image = pytest.importorskip("PIL.Image")
    picture = image.fromarray(np.full((64, 48, 3), 128, np.uint8))
    picture.save(tmp_path / "grey.png")
    np.save(tmp_path / "grey.npy", np.full((32, 32, 1), 128 / 255, np.float32))
    shown = {
        jaxcnn("run", folder / "plain.jaxcnn", tmp_path / name).stdout.partition(": ")[2]
        for name in ("grey.png", "grey.npy")
    }
    assert len(shown) == 1
    wide = jaxcnn("run", folder / "map.jaxcnn", tmp_path / "grey.png")
    assert ": 9 x 5 scores" in wide.stdout  # not resized where any size will do


def broken(content):
    stream = io.BytesIO()
    np.save(stream, content, allow_pickle=True)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "x.npy must be a .npy array of numbers"),
        (broken(np.zeros((32, 32, 1))).replace(b"NUMPY", b"numpy"), "must be a .npy array"),
        (broken(np.array([None])), "must be a .npy array of numbers: Object arrays"),
        (broken(np.zeros((32, 32, 1), np.uint8)), "has dtype uint8, but must be floating"),
        (broken(np.zeros((0, 32, 32, 1))), "must have at least one example"),
        (broken(np.zeros(())), "must have at least one example"),
        (broken(np.zeros((32, 32))), "but must be (batch, 32, 32, 1)"),
    ],
)
def test_an_array_that_cannot_be_used_is_one_line_and_status_2(folder, tmp_path, content, message):
    (tmp_path / "x.npy").write_bytes(content)
    result = jaxcnn("run", folder / "plain.jaxcnn", tmp_path / "x.npy")
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("export", "lenot", "-o", "x"), "name (='lenot') must be one of"),
        (
            ("export", "lenet", "--seed", "0", "-o", "x", "--platforms", "cpu,metal"),
            "--platforms (='metal')",
        ),
        (("export", "lenet", "--seed", "0", "-o", "x", "--any-size"), "image_size (='any')"),
        (("export", "lenet", "-o", "/nowhere/x"), "must be in a folder that exists"),
        (("export", "lenet", "-o", "x", "--dtype", "decimal"), "dtype (='decimal')"),
        (("export", "lenet", "-o", "x"), "lenet has no published weights: name the file"),
        (("export", "net.safetensors", "-o", "x"), "net.safetensors: there is no such file"),
        (("run", "{}/none.jaxcnn", "{}/one.npy"), "No such file"),
        (("run", "{}/one.npy", "{}/one.npy"), "one.npy) must be an exported model"),
        (("run", "{}/plain.jaxcnn", "{}/none.npy"), "No such file"),
        (("run", "{}/plain.jaxcnn", "{}/plain.jaxcnn"), "plain.jaxcnn"),
        (("run", "{}/map.jaxcnn", "{}/one.npy", "{}/wide.npy", "-o", "x"), "--output (=x) takes"),
    ],
)
def test_a_usage_error_is_one_line_and_status_2(folder, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    result = jaxcnn(*(argument.format(folder) for argument in arguments))
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())
