"""The file: whole or not at all, without secrets, and suspicious of what it reads."""

import json
import os
import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from jaxcnn import export
from jaxcnn.models import create_model

X = np.ones((2, 32, 32, 1), np.float32)
CLASSES = tuple(f"digit {n}" for n in range(10))


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("files") / "lenet5.jaxcnn"
    exported = export.export_model(
        create_model("lenet5", seed=0), name="lenet5", class_names=CLASSES
    )
    exported.save(path)
    return path


def rewritten(file, target, compression=zipfile.ZIP_STORED, **changes):
    """The file with some entries replaced; None leaves one out."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w", compression) as new:
        for entry in old.infolist():
            content = changes.get(entry.filename.split(".")[0], old.read(entry))
            if content is not None:
                new.writestr(entry.filename, content)
    return target


def metadata(file, **changes):
    with zipfile.ZipFile(file) as archive:
        return json.dumps(json.loads(archive.read("metadata.json")) | changes)


def test_all_that_is_known_about_the_model_comes_back(file):
    loaded = export.load(file)
    assert (loaded.name, loaded.class_names) == ("lenet5", CLASSES)
    assert (loaded.input_shape, loaded.dtype) == (("batch", 32, 32, 1), "float32")
    assert (loaded.output_shape, loaded.output_dtype) == (("batch", 10), "float32")
    assert loaded.platforms == ("cpu", "cuda", "tpu")
    assert set(loaded.versions) == {"jaxcnn", "jax", "flax"}
    assert "features.layers.0.kernel" in {weight.name for weight in loaded.metadata.weights}


def test_the_first_bytes_are_a_magic_number(file):
    assert file.read_bytes()[30:58] == b"mimetypeapplication/x-jaxcnn"


def test_the_same_model_gives_the_same_file(file, tmp_path):
    export.export_model(create_model("lenet5", seed=0), name="lenet5", class_names=CLASSES).save(
        tmp_path / "again.jaxcnn"
    )
    assert (tmp_path / "again.jaxcnn").read_bytes() == file.read_bytes()


def test_no_path_of_the_machine_is_in_the_file(file):
    content = file.read_bytes()
    assert b".py" not in content
    assert os.getcwd().encode() not in content


def test_a_loaded_model_can_be_saved_again(file, tmp_path):
    loaded = export.load(file)
    loaded(X)
    loaded.save(tmp_path / "again.jaxcnn")
    assert (tmp_path / "again.jaxcnn").read_bytes() == file.read_bytes()


def test_loading_copies_no_weight_on_a_cpu(file):
    loaded = export.load(file)
    before = [weight.ctypes.data for weight in loaded.weights]
    loaded(X)
    assert [weight.unsafe_buffer_pointer() for weight in loaded.weights] == before


def test_running_a_file_needs_neither_flax_nor_the_networks_code(file):
    code = (
        "import sys, numpy as np\n"
        "from jaxcnn import export\n"
        f"export.load({str(file)!r})(np.ones((2, 32, 32, 1), np.float32))\n"
        "print([m for m in ('flax', 'jaxcnn.nn', 'jaxcnn.models') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("part", [0, 3, 100, 0.1, 0.5, 0.9, -1])
def test_a_file_that_is_cut_short_is_refused(file, tmp_path, part):
    content = file.read_bytes()
    (tmp_path / "cut").write_bytes(content[: int(part * len(content)) if part % 1 else part])
    with pytest.raises(export.ArtifactError, match=r"path \(=.*cut\) must be an exported model"):
        export.load(tmp_path / "cut")


@pytest.mark.parametrize(
    "name", ["mimetype", "metadata.json", "program", "weights/features.layers.0.bias"]
)
def test_a_changed_byte_in_any_entry_is_noticed(file, tmp_path, name):
    content = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        entry = archive.getinfo(name)
    content[entry.header_offset + 30 + len(name) + entry.file_size // 2] ^= 1
    (tmp_path / "changed").write_bytes(content)
    with pytest.raises(export.ArtifactError, match="CRC"):
        export.load(tmp_path / "changed")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mimetype": b"application/epub+zip"}, "first entry is no mimetype"),
        ({"mimetype": None}, "first entry is no mimetype"),
        ({"metadata": b"{"}, "metadata is damaged"),
        ({"metadata": b"[]"}, "metadata is damaged"),
        ({"metadata": b'{"format": 3}'}, "its format is 3, and this jaxcnn reads 1 and 2"),
        ({"metadata": b'{"format": 1}'}, "metadata is damaged: Object missing required"),
        ({"metadata": None}, "no item named 'metadata.json'"),
        ({"program": b"nothing"}, "cannot read the program, made with jaxcnn"),
        ({"program": None}, "no item named 'program'"),
        ({"weights/features": b"123"}, r"features\.layers\.0\.bias has 3 bytes instead of 24"),
        ({"weights/features": None}, "no item named 'weights/features.layers.0.bias'"),
    ],
)
def test_another_content_is_refused(file, tmp_path, changes, message):
    with pytest.raises(export.ArtifactError, match=message):
        export.load(rewritten(file, tmp_path / "other", **changes))


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("weights", {"weights": []}),
        ("images", {"input_shape": ["batch", 28, 28, 1]}),
        ("images", {"dtype": "float16"}),
        ("scores", {"output_shape": ["batch", 11]}),
        ("platforms", {"platforms": ["cpu"]}),
    ],
)
def test_a_list_that_is_not_the_programs_is_refused(file, tmp_path, what, changes):
    target = rewritten(file, tmp_path / "other", metadata=metadata(file, **changes))
    with pytest.raises(export.ArtifactError, match=f"program has other {what} than"):
        export.load(target)


def test_the_program_of_a_newer_jax_is_refused_before_it_is_run(file, tmp_path):
    with zipfile.ZipFile(file) as archive:
        program = archive.read("program")
    newer = re.sub(rb"convolution_v\d", b"convolution_v9", program)
    assert newer != program
    target = rewritten(file, tmp_path / "newer", program=newer)
    with pytest.raises(export.ArtifactError, match=r"cannot read the program, made with .*jax \d"):
        export.load(target)


def test_a_compressed_archive_is_refused(file, tmp_path):
    target = rewritten(file, tmp_path / "small", zipfile.ZIP_DEFLATED)
    with pytest.raises(export.ArtifactError, match="compressed by another program"):
        export.load(target)


def test_a_file_that_is_missing_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        export.load(tmp_path / "none.jaxcnn")


def test_a_failure_while_writing_leaves_the_old_file(file, tmp_path, monkeypatch):
    path = tmp_path / "model.jaxcnn"
    path.write_bytes(b"old")
    exported = export.export_model(create_model("lenet5"))
    exported.weights = (*exported.weights[:-1], np.zeros((), object))
    with pytest.raises(TypeError):
        exported.save(path)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.jaxcnn"]


def test_a_folder_is_not_replaced(tmp_path):
    with pytest.raises(IsADirectoryError, match="must be a file"):
        export.export_model(create_model("lenet5")).save(tmp_path)
