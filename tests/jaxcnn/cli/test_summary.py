"""The commands that look at a network: what they print, and how they refuse."""

import json

import pytest
from typer.testing import CliRunner

from jaxcnn.cli import app
from jaxcnn.models import list_models


def jaxcnn(*arguments):
    return CliRunner().invoke(app, arguments)


def test_models_are_listed_one_a_line():
    result = jaxcnn("models")
    assert (result.exit_code, result.stdout.split()) == (0, list_models())


def test_summary_prints_the_lectures_table():
    table = jaxcnn(
        "summary", "lenet", "--markdown", "--channels-first", "--columns", "layer,output,weights"
    )
    assert table.exit_code == 0
    assert table.stdout.splitlines() == [
        "| Layer | Output size | Weight size |",
        "| --- | --- | --- |",
        "| Input | 1 x 28 x 28 |  |",
        "| Conv(C_out=20, K=5, S=1, P=2) | 20 x 28 x 28 | 20 x 1 x 5 x 5 |",
        "| ReLU | 20 x 28 x 28 |  |",
        "| MaxPool(K=2, S=2) | 20 x 14 x 14 |  |",
        "| Conv(C_out=50, K=5, S=1, P=2) | 50 x 14 x 14 | 50 x 20 x 5 x 5 |",
        "| ReLU | 50 x 14 x 14 |  |",
        "| MaxPool(K=2, S=2) | 50 x 7 x 7 |  |",
        "| Flatten | 2450 |  |",
        "| Dense(C_out=500) | 500 | 2450 x 500 |",
        "| ReLU | 500 |  |",
        "| Dense(C_out=10) | 10 | 500 x 10 |",
    ]


def test_the_table_for_the_terminal_ends_with_the_totals():
    result = jaxcnn("summary", "lenet5", "--input", "36x40x3", "--classes", "7")
    assert result.exit_code == 0
    assert "36 x 40 x 3" in result.stdout
    assert "Dense(C_out=7)" in result.stdout
    assert " parameters, " in result.stdout.splitlines()[-2]


@pytest.mark.parametrize(
    ("name", "size", "shown"),
    [
        ("fcn", "50x3", "| Input | 50 x 3 |"),
        ("convnet3d", "8x16x8x2", "| Input | 8 x 16 x 8 x 2 |"),
    ],
)
def test_series_and_videos_have_tables_too(name, size, shown):
    result = jaxcnn("summary", name, "--input", size, "--markdown", "--columns", "layer,output")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[2] == shown


def test_json_holds_every_number(tmp_path):
    file = tmp_path / "summary.json"
    assert jaxcnn("summary", "vgg16", "--json", str(file)).exit_code == 0
    numbers = json.loads(file.read_text())
    assert (numbers["parameters"], numbers["multiply_adds"]) == (138_357_544, 15_470_264_320)
    assert numbers["layers"][0]["weights"] == {"kernel": [3, 3, 3, 64], "bias": [64]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("summary", "lenot"), "name (='lenot') must be one of"),
        (("summary", "lenet", "--input", "28x28"), "must be (height, width, channels) for lenet"),
        (("summary", "lenet", "--input", "28"), "--input (='28') must be sizes and channels"),
        (("summary", "lenet", "--input", "1x2x3x4x5"), "--input (='1x2x3x4x5') must be sizes"),
        (("summary", "lenet", "--input", "axbxc"), "--input (='axbxc')"),
        (("summary", "lenet", "--input", "0x28x1"), "sizes of at least 1"),
        (("summary", "vgg16", "--input", "16x16x3"), "layer features.30 MaxPool"),
        (("summary", "lenet", "--columns", "shape"), "columns (=['shape']) must be among"),
        (("summary", "lenet", "--classes", "0"), "num_classes (=0)"),
        (("summary", "lenet5", "--json", "/nowhere/at/all.json"), "--json: "),
    ],
)
def test_a_usage_error_is_one_line_and_status_2(arguments, message):
    result = jaxcnn(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
