"""The format is found from the content; whatever else a path holds is one error of one tree."""

import importlib.util
import os
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxcnn.weights import (
    DamagedFileError,
    NonFiniteError,
    UnknownFormatError,
    UnsupportedFileError,
    WeightFileError,
    WeightsError,
    read_weights,
    write_safetensors,
    write_torch,
)

from . import hostile
from .helpers import examples
from .onnx_bytes import initialiser, model

ARRAYS = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.ones(2)}
HONEST = b"\x80\x02" + hostile.entries(weight=hostile.tensor()) + b"."


def is_read_or_refused(path, **options):
    """Whether there are arrays, or an error of the tree that names the file."""
    try:
        return isinstance(read_weights(path, **options), dict)
    except WeightFileError as error:
        return error.path == path


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """An honest file of each format, as bytes."""
    folder = tmp_path_factory.mktemp("samples")
    write_torch(folder / "x", ARRAYS)
    torch_zip = (folder / "x").read_bytes()
    write_safetensors(folder / "x", ARRAYS, {"k": "v"})
    found = {
        "zip": torch_zip,
        "safetensors": (folder / "x").read_bytes(),
        "legacy": hostile.legacy(HONEST),
    }
    if importlib.util.find_spec("onnx"):
        found["onnx"] = model(initialiser(raw=bytes(8)))
    try:
        import h5py
    except ImportError:
        return found
    with h5py.File(folder / "x", "w") as file:
        for name, array in ARRAYS.items():
            file[f"layers/{name}/vars/0"] = array
    return {**found, "hdf5": (folder / "x").read_bytes()}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weights.pth"


def test_the_name_of_the_file_does_not_matter(path, samples):
    for content in samples.values():
        path.write_bytes(content)
        assert read_weights(path)


@pytest.mark.parametrize(
    ("content", "error", "rule"),
    [
        (b"", UnknownFormatError, "is empty"),
        (b"\0", UnknownFormatError, "of no format that is read here: PyTorch"),
        (b"hello world, this is text", UnknownFormatError, "of no format"),
        (b"\n<!DOCTYPE html><title>404</title>", UnknownFormatError, "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", UnsupportedFileError, "git lfs pull"),
        (b"\x1f\x8b\x08\0", UnsupportedFileError, "gzip; unpack it first"),
        (b"\x93NUMPY\1\0", UnsupportedFileError, r"numpy\.load"),
        (b"\x1c\0\0\0TFL3", UnsupportedFileError, "TensorFlow Lite"),
        (bytes(257) + b"ustar" + bytes(250), UnsupportedFileError, "tar archive"),
        (b"\x80\x02K\x01.", UnknownFormatError, "of no format"),
        (b"\x80\x02", DamagedFileError, "cut short"),
        (b"PK\3\4", DamagedFileError, "no directory"),
        (b"PK\5\6" + bytes(18), UnknownFormatError, "neither the data.pkl"),
        (b"\x89HDF\r\n\x1a\n", DamagedFileError, "is damaged HDF5"),
    ],
)
def test_other_content_is_named(content, error, rule, path):
    path.write_bytes(content)
    with pytest.raises(error, match=rule) as caught:
        read_weights(path)
    assert str(caught.value).startswith(str(path))


def test_a_folder_is_an_os_error_that_says_so(tmp_path):
    with pytest.raises(IsADirectoryError, match="must be a file, but is a folder"):
        read_weights(tmp_path)


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_weights(tmp_path / "none.pth")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_instead_of_waited_for(path):
    os.mkfifo(path)
    with pytest.raises(UnknownFormatError, match="no regular file"):
        read_weights(path)


def test_a_negative_limit_is_refused(path):
    with pytest.raises(ValueError, match=r"max_bytes \(=-1\) must not be negative"):
        read_weights(path, max_bytes=-1)


def test_an_entry_is_only_for_checkpoints(path):
    write_safetensors(path, ARRAYS)
    with pytest.raises(UnsupportedFileError, match="only PyTorch checkpoints have entries"):
        read_weights(path, entry="model")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "complex64"])
@pytest.mark.parametrize("write", [write_torch, write_safetensors])
def test_values_that_are_not_finite_are_an_error_unless_wanted(write, dtype, value, path):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    kind = ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype
    write(path, {"good": np.ones(2), "bad": np.array([0, value, value, 1]).astype(kind)})
    with pytest.raises(
        NonFiniteError, match=r"'bad': holds 2 of 4 values that are NaN or infinite"
    ):
        read_weights(path)
    assert not np.isfinite(read_weights(path, check_finite=False)["bad"]).all()


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"PK\3\4", b"\x80\x02", b"\x80\x04\x95", b"\x08\x08\x3a", hostile.MAGIC]),
)
@examples(400)
def test_random_bytes_are_one_error_of_the_tree(tmp_path, content, start):
    path = tmp_path / "x.pth"
    path.write_bytes(start + content)
    assert is_read_or_refused(path)


@given(st.data())
@examples(600)
def test_a_flipped_file_is_read_or_is_one_error_of_the_tree(tmp_path, samples, data):
    flip_and_read(tmp_path, samples, data, sorted(samples.keys() - {"hdf5"}))


@given(st.data())
@examples(40)
def test_a_flipped_file_of_hdf5_is_read_or_is_one_error_of_the_tree(tmp_path, samples, data):
    pytest.importorskip("h5py")
    flip_and_read(tmp_path, samples, data, ["hdf5"])  # a process each


def flip_and_read(tmp_path, samples, data, formats):
    content = bytearray(samples[data.draw(st.sampled_from(formats))])
    places = st.integers(0, len(content) - 1)
    for place, byte in data.draw(st.dictionaries(places, st.integers(0, 255), min_size=1)).items():
        content[place] = byte
    path = tmp_path / "x.pth"
    path.write_bytes(content)
    assert is_read_or_refused(path, check_finite=False)


@given(st.lists(st.sampled_from([bytes([n]) for n in range(256)]) | st.sampled_from(
    [hostile.text("a"), hostile.tensor(), hostile.storage(), hostile.name("collections", "OrderedDict"),
     hostile.name("torch._utils", "_rebuild_parameter"), b"(", b")", b"}", b"]", b"u", b"e", b"R", b"b",
     b"q\0", b"h\0", b"\x85", b"\x86", b"t"]
), max_size=30))  # fmt: skip
@examples(600)
def test_random_instructions_are_one_error_of_the_tree(tmp_path, instructions):
    path = tmp_path / "x.pth"
    path.write_bytes(hostile.archive(b"\x80\x02" + b"".join(instructions) + b"."))
    assert is_read_or_refused(path)


def test_all_errors_of_the_package_are_of_one_tree():
    from jaxcnn import weights

    errors = [getattr(weights, n) for n in weights.__all__ if n.endswith("Error")]
    assert len(errors) == 13
    assert all(issubclass(error, WeightsError) for error in errors)


def test_a_long_archive_comment_is_no_obstacle(path):
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("archive/data.pkl", HONEST)
        made.writestr("archive/data/0", bytes(16))
        made.comment = b"PK\5\6" + b"x" * 60_000
    assert list(read_weights(path)) == ["weight"]
