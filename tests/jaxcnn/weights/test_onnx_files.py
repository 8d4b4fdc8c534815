"""The weights of ONNX models are read; what lies elsewhere or contradicts itself is refused."""

import struct
import sys

import ml_dtypes
import numpy as np
import pytest

from jaxcnn.weights import (
    DamagedFileError,
    MissingPackageError,
    UnknownFormatError,
    UnsafeFileError,
    UnsupportedFileError,
    WeightFileError,
    read_weights,
)

from .helpers import assert_same, rejections
from .onnx_bytes import field, initialiser, model, varint

onnx = pytest.importorskip("onnx")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.onnx"


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
            r"'w': has its numbers in another file\. .* onnx\.save\(onnx\.load\(path\), new_path\)",
        ),
        (model(initialiser(dims=(-1,), raw=b"")), UnsafeFileError, r"has the shape '\[-1\]'"),
        (model(initialiser(dims=(2**31,), raw=b"")), UnsafeFileError, "has the shape"),
        (model(initialiser(dims=(2**30,) * 4, raw=b"")), UnsafeFileError, "can be counted"),
        (model(initialiser(dims=(2**30,), raw=b"")), UnsafeFileError, "max_bytes"),
        (model(initialiser(dims=(1,) * 65, raw=b"")), UnsafeFileError, "has the shape"),
        (model(initialiser(dims=(3,), raw=RAW)), DamagedFileError, "do not fill the shape"),
        (model(initialiser(dims=(3,), f4=RAW)), DamagedFileError, "do not fill the shape"),
        (model(initialiser(kind=99, raw=RAW)), UnsupportedFileError, "type 99"),
        (model(initialiser(raw=RAW), initialiser(raw=RAW)), DamagedFileError, "two initialisers"),
        (field(1, 8) + field(2, b"x"), UnknownFormatError, "has no graph"),
        (model() + b"\x3a\xff\xff\xff\xff\x7f", DamagedFileError, "damaged or cut ONNX model"),
        (model() + b"\x08" + b"\xff" * 11, DamagedFileError, "damaged or cut ONNX model"),
        (model() + b"\x0b", DamagedFileError, "damaged or cut ONNX model"),
        (model() + b"\x00\x01", DamagedFileError, "damaged or cut ONNX model"),
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


def test_a_text_beside_the_weights_is_left_out_and_four_bits_are_read(path):
    text = onnx.helper.make_tensor("t", onnx.TensorProto.STRING, (1,), [b"hello"])
    small = onnx.helper.make_tensor("four", onnx.TensorProto.INT4, (3,), [1, -2, 3])
    weight = onnx.numpy_helper.from_array(FLOATS, "w")
    graph = onnx.helper.make_graph([], "g", [], [], [text, small, weight])
    onnx.save(onnx.helper.make_model(graph), path)
    got = read_weights(path)
    assert list(got) == ["four", "w"]
    assert got["four"].astype(int).tolist() == [1, -2, 3]


def test_constants_that_are_weights_are_read_and_others_are_not(path):
    def constant(name, array):
        return onnx.helper.make_node(
            "Constant", [], [name], value=onnx.numpy_helper.from_array(np.float32(array), name)
        )

    nodes = [
        constant("kernel", np.ones((1, 1, 1, 1))),
        constant("bias", [2]),
        constant("factor", 0.5),
        constant("sizes", [1, 1, 2, 2]),
        onnx.helper.make_node("Conv", ["x", "kernel", "bias"], ["a"]),
        onnx.helper.make_node("Add", ["a", "factor"], ["b"]),
        onnx.helper.make_node("Resize", ["b", "", "sizes"], ["y"]),
    ]
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph(nodes, "g", [], [])), path)
    assert {name: array.tolist() for name, array in read_weights(path).items()} == {
        "kernel": [[[[1]]]],
        "bias": [2],
    }


def test_a_model_without_its_version_is_refused_with_the_cure(path):
    graph = onnx.helper.make_graph([], "g", [], [], [onnx.numpy_helper.from_array(FLOATS, "w")])
    made = onnx.helper.make_model(graph)
    made.ClearField("ir_version")
    path.write_bytes(made.SerializeToString())
    with pytest.raises(UnsupportedFileError, match=r"without ir_version.*onnx\.IR_VERSION"):
        read_weights(path)


def test_without_the_package_the_error_says_what_to_install(path, monkeypatch):
    path.write_bytes(model(initialiser(raw=RAW)))
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'jaxcnn\[pretrained\]'"):
        read_weights(path)
