"""Safetensors files are read and written as the format's own library does."""

import json

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from jaxcnn.weights import (
    DamagedFileError,
    UnknownFormatError,
    UnsafeFileError,
    UnsupportedFileError,
    WeightFileError,
    read_metadata,
    read_weights,
    write_safetensors,
)

from .helpers import assert_same, examples, rejections

TYPES = ("f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?", "c8")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weights.safetensors"


def file(header, numbers=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + numbers


def described(shape=(2,), begin=0, end=8, dtype="F32"):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8).filter(lambda name: name != "__metadata__"),
        hnp.arrays(st.sampled_from(TYPES).map(np.dtype), hnp.array_shapes(min_dims=0, min_side=0, max_side=3)),
        max_size=4,
    ),
    st.none() | st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)  # fmt: skip
@examples(150)
def test_what_is_written_is_read(tmp_path, arrays, metadata):
    path = tmp_path / "weights.safetensors"
    write_safetensors(path, arrays, metadata)
    got = read_weights(path, check_finite=False)
    assert_same(dict(sorted(got.items())), dict(sorted(arrays.items())))
    assert read_metadata(path) == (metadata or {})


def test_the_formats_own_library_reads_and_writes_the_same_bytes(path):
    library = pytest.importorskip("safetensors.numpy")
    arrays = {
        "b": np.arange(6, dtype=np.float32).reshape(2, 3),
        "a": np.arange(4, dtype=np.float16),
        "flags": np.array([True, False, True]),
        "zero_dim": np.array(5, np.int64),
        "empty": np.zeros((0, 3), np.float32),
    }
    write_safetensors(path, arrays, {"k": "v"})
    ours = path.read_bytes()
    assert_same(dict(sorted(library.load(ours).items())), dict(sorted(arrays.items())))
    assert ours == library.save(arrays, {"k": "v"})
    library.save_file(arrays, path)
    assert_same(dict(sorted(read_weights(path).items())), dict(sorted(arrays.items())))


@pytest.mark.parametrize("name", ["bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e8m0fnu"])
def test_types_beyond_numpys_keep_their_bits(name, path):
    array = np.arange(1, 9, dtype=np.uint8).view(getattr(ml_dtypes, name))
    write_safetensors(path, {"a": array})
    assert_same(read_weights(path, check_finite=False), {"a": array})
    torch = pytest.importorskip("torch")
    library = pytest.importorskip("safetensors.torch")
    assert str(library.load_file(path)["a"].dtype) == f"torch.{name}"
    library.save_file({"a": torch.ones(3).to(getattr(torch, name))}, path)
    assert read_weights(path)["a"].astype(np.float32).tolist() == [1, 1, 1]


def test_arrays_of_any_layout_and_byte_order_are_written_in_order(path):
    array = np.arange(12, dtype=">f4").reshape(3, 4)
    write_safetensors(path, {"a": array.T, "b": array[::-2, 1:]})
    got = read_weights(path)
    assert got["a"].tolist() == array.T.tolist()
    assert got["b"].tolist() == array[::-2, 1:].tolist()
    assert got["a"].dtype == np.dtype("<f4")


@pytest.mark.parametrize(
    ("content", "error", "rule"),
    [
        (file({"a": described(), "b": described()}, bytes(8)), DamagedFileError, "offset for tensor"),
        (file({"a": described(begin=4, end=12)}, bytes(12)), DamagedFileError, "offset for tensor"),
        (file({"a": described()}, bytes(9)), DamagedFileError, "not fully covered"),
        (file({"a": described()}, bytes(7)), DamagedFileError, "not fully covered"),
        (file({"a": described(end=2**60)}, bytes(8)), DamagedFileError, "invalid shape"),
        (file({"a": described((2**20, 2**20), end=2**42)}), DamagedFileError, "not fully covered"),
        (file({"a": described((2**40, 2**40), end=0)}), DamagedFileError, "overflow"),
        (file({"a": described((0, 2**62, 2**62), end=0)}), UnsafeFileError, "a shape that no array has"),
        (file({"a": described((1,) * 70, end=4)}, bytes(4)), UnsafeFileError, "a shape that no array has"),
        (file({"a": described((-2,))}), DamagedFileError, "integer `-2`"),
        (file({"a": described((True,), end=4)}), DamagedFileError, "boolean `true`"),
        (file({"a": described(begin=8, end=0)}), DamagedFileError, "invalid offset"),
        (file({"a": described(dtype="OBJECT")}, bytes(8)), DamagedFileError, "`OBJECT`"),
        (file({"a": described(dtype="F4", end=1)}, bytes(1)), UnsupportedFileError, "'a': has the type 'F4'"),
        (file(b'{"a":1,"a":2}'), DamagedFileError, "invalid JSON"),
        (file(b"{" * 1000), DamagedFileError, "invalid JSON"),
        (file(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), DamagedFileError, "recursion limit"),
        (file(b'{"a":' + b"9" * 10_000 + b"}"), DamagedFileError, "out of range"),
    ],
)  # fmt: skip
def test_a_header_that_lies_is_an_error(content, error, rule, path):
    path.write_bytes(content)
    with pytest.raises(error, match=rule):
        read_weights(path)


def test_a_file_cut_short_anywhere_is_an_error(path):
    write_safetensors(path, {"a": np.ones(5), "b": np.ones((2, 3), np.float32)}, {"k": "v"})
    data = path.read_bytes()
    assert rejections(path, data, range(len(data)), read_weights, WeightFileError) == []


def test_metadata_of_another_format_is_an_error(path):
    path.write_bytes(b"PK\3\4" + bytes(30))
    with pytest.raises(UnknownFormatError, match="is no safetensors file"):
        read_metadata(path)


@pytest.mark.parametrize(
    ("arrays", "metadata", "rule"),
    [
        ({"": np.ones(1)}, None, "names must be texts, not empty"),
        ({"__metadata__": np.ones(1)}, None, "'__metadata__'"),
        ({3: np.ones(1)}, None, "the name 3"),
        ({"a": np.array(["x"])}, None, r"arrays\['a'\] has type <U1"),
        ({"a": np.array([None])}, None, r"arrays\['a'\] has type object"),
        ({"a": np.ones(1)}, {"n": 1}, "texts to texts"),
    ],
)
def test_what_the_format_lacks_is_not_written(arrays, metadata, rule, path):
    with pytest.raises(ValueError, match=rule):
        write_safetensors(path, arrays, metadata)
    assert not path.exists()


def test_metadata_that_is_no_text_is_an_error(path):
    path.write_bytes(file({"__metadata__": {"a": 1}}))
    with pytest.raises(DamagedFileError, match="expected a string"):
        read_metadata(path)


def test_a_name_twice_with_the_same_numbers_is_read_once(path):
    text = f'{{"a":{json.dumps(described())},"a":{json.dumps(described())}}}'
    path.write_bytes(file(text.encode(), bytes(8)))
    assert_same(read_weights(path), {"a": np.zeros(2, np.float32)})
