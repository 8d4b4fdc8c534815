"""The initialisers of ONNX models are read without the onnx package."""

import struct

import ml_dtypes
import numpy as np
import pytest

from jaxcnn.weights import (
    DamagedFileError,
    UnknownFormatError,
    UnsafeFileError,
    UnsupportedFileError,
    WeightFileError,
    read_weights,
)

from .helpers import assert_same, rejections


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.onnx"


def varint(number):
    number &= 2**64 - 1
    parts = []
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def initialiser(name=b"w", dims=(2,), kind=1, **others):
    """A TensorProto; ``raw=`` and ``f4=``, ``f13=``... give fields by name and by number."""
    body = b"".join(field(1, n) for n in dims) + field(2, kind) + field(8, name)
    numbers = {"raw": 9}
    return body + b"".join(field(numbers.get(k) or int(k[1:]), v) for k, v in others.items())


def model(*initialisers, before=b"", after=b""):
    graph = field(2, b"graph") + b"".join(field(5, one) for one in initialisers)
    return field(1, 8) + field(2, b"maker") + before + field(7, graph) + after


FLOATS = np.array([1.5, -2], np.float32)


def test_an_initialiser_is_read_by_its_name(path):
    path.write_bytes(model(initialiser(raw=FLOATS.tobytes()), initialiser(b"b", (), raw=b"\0" * 4)))
    assert_same(read_weights(path), {"w": FLOATS, "b": np.array(0, np.float32)})


def test_numbers_outside_raw_data_are_read_packed_and_not(path):
    negative = varint(-1) + varint(2)
    path.write_bytes(
        model(
            initialiser(b"packed", f4=FLOATS.tobytes()),
            initialiser(b"single", (1,), f4=1.5),
            initialiser(b"int32", kind=6, f5=negative),
            initialiser(b"int8", kind=3, f5=negative),
            initialiser(b"int64", kind=7, f7=negative),
            initialiser(b"one", (1,), 7, f7=-5),
            initialiser(b"half", (1,), 10, f5=varint(0x3C00)),
            initialiser(b"bfloat16", (1,), 16, f5=varint(0x3F80)),
            initialiser(b"bool", (2,), 9, f5=varint(1) + varint(0)),
            initialiser(b"double", (1,), 11, f10=struct.pack("<d", 0.1)),
            initialiser(b"uint64", (1,), 13, f11=varint(2**64 - 1)),
        )
    )
    wanted = {
        "packed": FLOATS,
        "single": FLOATS[:1],
        "int32": np.array([-1, 2], np.int32),
        "int8": np.array([-1, 2], np.int8),
        "int64": np.array([-1, 2]),
        "one": np.array([-5]),
        "half": np.array([1], np.float16),
        "bfloat16": np.array([1], ml_dtypes.bfloat16),
        "bool": np.array([True, False]),
        "double": np.array([0.1]),
        "uint64": np.array([2**64 - 1], np.uint64),
    }
    assert_same(read_weights(path), wanted)


@pytest.mark.parametrize("raw", [True, False], ids=["raw", "lists"])
def test_what_the_onnx_package_writes_is_read(raw, path):
    onnx = pytest.importorskip("onnx")
    names = ["float32", "float64", "float16", "int64", "int32", "int16", "int8", "uint8", "uint16"]
    names += ["uint32", "uint64", "bool", "complex64"]
    arrays = {n: np.array([[0, 1, 1], [1, 0, 1]]).astype(n) for n in names}
    tensors = [
        onnx.numpy_helper.from_array(array, name)
        if raw
        else onnx.helper.make_tensor(
            name, onnx.helper.np_dtype_to_tensor_dtype(array.dtype), array.shape, array.ravel()
        )
        for name, array in arrays.items()
    ]
    node = onnx.helper.make_node("Identity", ["float32"], ["y"])
    output = onnx.helper.make_tensor_value_info("y", 1, (2, 3))
    graph = onnx.helper.make_graph([node], "g", [], [output], tensors)
    onnx.save(onnx.helper.make_model(graph, doc_string="a model"), path)
    assert_same(read_weights(path), arrays)


RAW = FLOATS.tobytes()


@pytest.mark.parametrize(
    ("content", "error", "rule"),
    [
        (
            model(initialiser(f14=1, f13=field(1, b"location") + field(2, b"../../etc/passwd"))),
            UnsafeFileError,
            "'w': has its numbers in another file",
        ),
        (model(initialiser(dims=(-1,), raw=b"")), UnsafeFileError, r"has the shape '\[-1\]'"),
        (model(initialiser(dims=(2**31,), raw=b"")), UnsafeFileError, "has the shape"),
        (model(initialiser(dims=(2**30,) * 4, raw=b"")), UnsafeFileError, "can be counted"),
        (model(initialiser(dims=(2**30,), raw=b"")), UnsafeFileError, "max_bytes"),
        (model(initialiser(dims=(1,) * 65, raw=b"")), UnsafeFileError, "has the shape"),
        (model(initialiser(dims=(3,), raw=RAW)), DamagedFileError, "needs 12 bytes, but 8"),
        (model(initialiser(dims=(3,), f4=RAW)), DamagedFileError, "needs 12 bytes, but 8"),
        (model(initialiser(kind=8, f6=b"text")), UnsupportedFileError, "type 8 of ONNX"),
        (model(initialiser(kind=99, raw=RAW)), UnsupportedFileError, "type 99"),
        (model(initialiser(raw=RAW), initialiser(raw=RAW)), DamagedFileError, "two initialisers"),
        (model(after=field(7, b"")), UnknownFormatError, "has 2 graphs"),
        (field(1, 8) + field(2, b"x"), UnknownFormatError, "has 0 graphs"),
        (model() + b"\x3a\xff\xff\xff\xff\x7f", DamagedFileError, "has 0"),
        (model() + b"\x08" + b"\xff" * 11, DamagedFileError, "more than ten bytes"),
        (model() + b"\x0b", DamagedFileError, "wire type 3"),
        (model() + b"\x00\x01", DamagedFileError, "a field 0"),
        (field(1, 8) + field(7, field(15, b"")), UnsupportedFileError, "sparse weights"),
    ],
)
def test_a_model_that_lies_is_an_error(content, error, rule, path):
    path.write_bytes(content)
    with pytest.raises(error, match=rule):
        read_weights(path)


def test_a_file_cut_short_anywhere_is_an_error(path):
    data = model(initialiser(raw=RAW), initialiser(b"v", (5,), raw=bytes(20)))
    assert rejections(path, data, range(len(data)), read_weights, WeightFileError) == []
