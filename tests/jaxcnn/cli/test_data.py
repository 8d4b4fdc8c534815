"""The commands about data sets."""

import importlib.util
import sys

import pytest
from typer.testing import CliRunner

from jaxcnn.cli import app

from ..data.files import image_bytes, photographs, write_folder, write_idx, write_series

needs_tfds = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow_datasets") is None
    or importlib.util.find_spec("array_record") is None,
    reason="tensorflow-datasets is not installed",
)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("JAXCNN_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def data(*arguments):
    return CliRunner().invoke(app, ["data", *map(str, arguments)])


def test_the_list_says_what_is_ready():
    result = data("list")
    assert result.exit_code == 0
    cells = [line.split("│") for line in result.stdout.splitlines() if "│" in line]
    rows = {name.strip(): ready.strip() for _, name, ready, *_ in cells}
    assert rows["mnist_10k"] == "embedded"
    assert rows["mnist"] == rows["ucr/"] == "-"


@needs_tfds
def test_a_folder_is_prepared_listed_and_shown(tmp_path):
    pytest.importorskip("matplotlib")
    write_folder(tmp_path / "pets", photographs(("train", "test")))
    done = data("prepare", "folder/pets", "--from", "pets")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "folder/pets: 10 train, 10 test"
    assert "(it was there already)" in data("prepare", "folder/pets", "--from", "pets").stdout
    assert "│ pets" in data("list").stdout
    shown = data("show", "folder/pets")
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.splitlines() == [
        "folder/pets, train: 10 examples of 6 x 8 x 3", "  ant: 5", "  bee: 5", "folder_pets.png"
    ]  # fmt: skip
    assert (tmp_path / "folder_pets.png").read_bytes().startswith(b"\x89PNG")


@needs_tfds
def test_broken_images_are_named_or_left_out(tmp_path):
    write_folder(tmp_path / "pets", photographs() | {"ant/x.png": b"?"})
    refused = data("prepare", "folder/pets", "--from", "pets")
    assert refused.exit_code == 2
    assert "ant/x.png: cannot be decoded" in refused.stderr
    done = data("prepare", "folder/pets", "--from", "pets", "--skip-broken")
    assert done.exit_code == 0
    assert done.stderr == "1 image cannot be decoded and was left out: ant/x.png\n"


@needs_tfds
def test_what_is_not_used_of_a_folder_is_told_when_it_is_prepared_and_when_it_is_shown(tmp_path):
    pytest.importorskip("matplotlib")
    write_folder(tmp_path / "pets", photographs(("Train", "Test")) | {"dev/1.png": image_bytes()})
    said = "jaxcnn: pets: 1 image in 'dev' not used (no class folder in it, so no class is known)\n"
    for arguments in (("prepare", "folder/pets", "--from", "pets"), ("show", "pets")):
        done = data(*arguments)
        assert (done.exit_code, done.stderr) == (0, said)


@pytest.mark.parametrize("kind", ["idx", "series", "sizes", "classes"])
def test_every_kind_of_folder_is_shown_as_it_is(tmp_path, kind):
    image = pytest.importorskip("PIL.Image")
    pytest.importorskip("matplotlib")
    if kind == "idx":
        write_idx(tmp_path / "it")
    elif kind == "series":
        write_series(tmp_path / "it")
    elif kind == "sizes":
        contents = photographs(("train",)) | {"train/ant/wide.png": image_bytes(size=(30, 9))}
        write_folder(tmp_path / "it", contents)
    else:
        names = [f"kind {number}" for number in range(23)]
        write_folder(tmp_path / "it", photographs(("train",), names, count=1))
    result = data("show", "it", "-o", "sheet.png", "--per-class", 2)
    assert result.exit_code == 0, result.output
    with image.open(tmp_path / "sheet.png") as picture:
        assert picture.width > 200
    assert ("(the first 20 classes)" in result.stdout) == (kind == "classes")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("prepare", "mnist", "--from", "nowhere"), "source (='nowhere') must exist"),
        (("prepare", "mnits"), "did you mean 'mnist'?"),
        (("show", "mnist"), "must be prepared first: jaxcnn data prepare mnist"),
        (("show", "nowhere"), "name (='nowhere') must be a folder or one of"),
        (("show", "mnist_10k", "--split", "val"), "split (='val') must be one of train, test, all"),
        (("show", "mnist_10k", "--label", "speed"), "label (='speed') must be 'label'"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments, message):
    result = data(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.startswith("jaxcnn: ")


def test_a_picture_in_a_folder_that_is_missing_is_named_as_it_was_given(tmp_path):
    pytest.importorskip("matplotlib")
    result = data("show", "iconic", "-o", "no/sheet.png")
    assert result.exit_code == 2
    assert result.stderr == "jaxcnn: no/sheet.png: No such file or directory\n"


def test_a_class_named_in_a_script_that_the_font_lacks_is_drawn_without_a_warning(tmp_path):
    pytest.importorskip("PIL")
    pytest.importorskip("matplotlib")
    write_folder(tmp_path / "it", photographs(("train",), ("\u65e5\u672c", "ant"), count=1))
    result = data("show", "it", "-o", "sheet.png")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""


def test_a_picture_of_no_known_format_is_refused(tmp_path):
    pytest.importorskip("matplotlib")
    result = data("show", "iconic", "-o", "sheet.doc")
    assert result.exit_code == 2
    assert "must end with one of" in result.stderr


def test_a_missing_package_is_one_line(tmp_path, monkeypatch):
    write_folder(tmp_path / "pets", photographs())
    monkeypatch.setitem(sys.modules, "PIL", None)
    result = data("show", "pets")
    assert result.exit_code == 2
    assert "images need Pillow" in result.stderr
