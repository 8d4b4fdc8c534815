"""Weights in several files are read through their index; one file alone says that it is a part."""

import json

import numpy as np
import pytest

from jaxcnn import transfer
from jaxcnn.models import create_model
from jaxcnn.weights import (
    DamagedFileError,
    UnsafeFileError,
    read_weights,
    write_safetensors,
    write_torch,
)

from .helpers import assert_same

ARRAYS = {f"{k}.weight": np.full((2,), k, np.float32) for k in range(4)}
INDEX = "model.safetensors.index.json"
PARTS = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")


@pytest.fixture
def folder(tmp_path):
    """Two files, and the index that says which has what."""
    names = list(ARRAYS)
    for part, own in zip(PARTS, (names[:3], names[3:]), strict=True):
        write_safetensors(tmp_path / part, {name: ARRAYS[name] for name in own})
    places = {name: PARTS[name == "3.weight"] for name in names}
    (tmp_path / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": places}))
    return tmp_path


def test_the_index_and_its_folder_give_all_arrays(folder):
    for path in (folder, folder / INDEX):
        got = read_weights(path)
        assert_same({name: got[name] for name in ARRAYS}, ARRAYS)
    with pytest.raises(UnsafeFileError, match="max_bytes"):
        read_weights(folder, max_bytes=31)


def test_parts_of_pytorchs_format_are_read_too(tmp_path):
    write_torch(tmp_path / "a.bin", ARRAYS)
    index = tmp_path / "pytorch_model.bin.index.json"
    index.write_text(json.dumps({"weight_map": dict.fromkeys(ARRAYS, "a.bin")}))
    assert_same(read_weights(index), ARRAYS)


def test_a_part_alone_names_the_index_where_it_does_not_fit(folder):
    model = create_model("lenet5", seed=0)
    with pytest.raises(
        transfer.MismatchError, match=f"is part 1 of 2: give '{INDEX}', or the folder"
    ):
        transfer.load_weights(model, folder / PARTS[0])


@pytest.mark.parametrize(
    ("text", "error", "rule"),
    [
        ("{}", DamagedFileError, "must be JSON with a weight_map"),
        ("[" * 100_000, DamagedFileError, "must be JSON with a weight_map"),
        ('{"weight_map": {"a": "../x"}}', UnsafeFileError, r"'\.\./x', which is not beside it"),
        ('{"weight_map": {"a": "/etc/passwd"}}', UnsafeFileError, "which is not beside it"),
        ('{"weight_map": {"a": "gone.bin"}}', DamagedFileError, r"'gone\.bin', which is missing"),
        (f'{{"weight_map": {{"a": "{PARTS[0]}"}}}}', DamagedFileError, "lacks 'a', which"),
    ],
)
def test_an_index_that_lies_is_an_error(text, error, rule, folder):
    (folder / INDEX).write_text(text)
    with pytest.raises(error, match=rule):
        read_weights(folder)


def test_two_indices_in_a_folder_are_named(folder):
    (folder / "ema.safetensors.index.json").write_text("{}")
    with pytest.raises(UnsafeFileError, match="several indices of weights: give one of ema"):
        read_weights(folder)
