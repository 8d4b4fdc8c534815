"""A written file is there whole or not at all."""

import os
import sys

import numpy as np
import pytest

from jaxcnn.weights import read_weights, write_safetensors, write_torch

writers = pytest.mark.parametrize("write", [write_safetensors, write_torch])
OLD = {"old": np.ones(2, np.float32)}
LARGE = {"large": np.ones(100_000, np.float32)}


@writers
def test_a_file_is_replaced_and_nothing_else_is_left(write, tmp_path):
    path = tmp_path / "weights"
    write(path, OLD)
    write(path, LARGE)
    assert list(read_weights(path)) == ["large"]
    assert os.listdir(tmp_path) == ["weights"]


@writers
def test_equal_arrays_give_equal_bytes(write, tmp_path):
    for name in ("a", "b"):
        write(tmp_path / name, {**OLD, **LARGE})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@writers
def test_a_full_disk_leaves_the_old_file_and_no_half_of_the_new(write, tmp_path):
    import resource

    path = tmp_path / "weights"
    write(path, OLD)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(OSError, match="large"):
            write(path, LARGE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(read_weights(path)) == ["old"]
    assert os.listdir(tmp_path) == ["weights"]


@writers
def test_an_interruption_leaves_the_old_file(write, tmp_path, monkeypatch):
    path = tmp_path / "weights"
    write(path, OLD)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(path, LARGE)
    assert list(read_weights(path)) == ["old"]
    assert os.listdir(tmp_path) == ["weights"]


@writers
def test_a_folder_is_not_replaced(write, tmp_path):
    with pytest.raises(IsADirectoryError, match="must be a file, but is a folder"):
        write(tmp_path, OLD)


@writers
def test_a_missing_folder_is_an_os_error(write, tmp_path):
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "none" / "weights", OLD)


@writers
def test_the_file_has_the_usual_permissions(write, tmp_path):
    write(tmp_path / "weights", OLD)
    (tmp_path / "plain").write_bytes(b"")
    assert (tmp_path / "weights").stat().st_mode == (tmp_path / "plain").stat().st_mode


@writers
def test_arrays_of_jax_are_written(write, tmp_path):
    jnp = pytest.importorskip("jax.numpy")
    write(tmp_path / "weights", {"a": jnp.arange(3.0), "b": jnp.ones(2, jnp.bfloat16)})
    got = read_weights(tmp_path / "weights")
    assert got["a"].tolist() == [0, 1, 2]
    assert str(got["b"].dtype) == "bfloat16"


def test_an_empty_dictionary_is_written_and_read(tmp_path):
    for write in (write_safetensors, write_torch):
        write(tmp_path / "weights", {})
        assert read_weights(tmp_path / "weights") == {}


@pytest.mark.parametrize(
    ("arrays", "rule"),
    [({1: np.ones(1)}, "the name 1"), ({"a": np.array(["x"])}, r"arrays\['a'\] has type <U1")],
)
def test_what_pytorch_lacks_is_not_written(arrays, rule, tmp_path):
    with pytest.raises(ValueError, match=rule):
        write_torch(tmp_path / "weights", arrays)
    assert os.listdir(tmp_path) == []
