"""The weights of an ONNX model, read by the onnx package; nothing of the model is run.

Source: `onnx/onnx.proto` of ONNX 1.23.
"""

import math
from types import ModuleType
from typing import Any

import numpy as np

from ._errors import (
    DamagedFileError,
    MissingPackageError,
    UnknownFormatError,
    UnsafeFileError,
    UnsupportedFileError,
    short,
)
from ._limits import Budget

_MAX_TENSORS = 100_000
_MAX_RANK = 64
_LARGEST = 2**31  # of a protocol buffer
# The first bytes of a ModelProto's fields: version of the format, others of bytes.
_VERSION = 0x08
_SECOND_TAGS = (0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42)
_FIRST_TAGS = (0x12, 0x1A, 0x22, 0x32, 0x3A, 0x42)
# Operators whose later inputs are weights, also where a Constant node has them.
_WEIGHTED = {
    "Add",
    "BatchNormalization",
    "Conv",
    "ConvTranspose",
    "Gemm",
    "GroupNormalization",
    "InstanceNormalization",
    "LayerNormalization",
    "MatMul",
    "PRelu",
}


def starts_like_onnx(head: bytes) -> bool:
    """Whether a file may be a ModelProto, which has no magic number: a version, another field."""
    return len(head) > 2 and head[0] == _VERSION and 0 < head[1] < 64 and head[2] in _SECOND_TAGS


def starts_like_onnx_without_version(head: bytes, size: int) -> bool:
    """Whether the first field may be another of a ModelProto's, of bytes that the file has."""
    length, shift = 0, 0
    for byte in head[1:6]:
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return head[0] in _FIRST_TAGS and 0 < length <= size < _LARGEST
    return False


def read_onnx(data: bytes, budget: Budget) -> dict[str, np.ndarray]:
    """The arrays of the initialisers of the model's graph, and of constants that are weights.

    Texts are left out.

    Raises:
        MissingPackageError: The package onnx is not installed.
        WeightFileError: The file is no sound model, or its numbers are elsewhere.
    """
    onnx = _package()
    graph = _model(onnx, data).graph
    if graph.sparse_initializer:
        raise UnsupportedFileError("has sparse weights")
    tensors = [(tensor.name, tensor) for tensor in graph.initializer]
    tensors += _constants(graph)
    if len(tensors) > _MAX_TENSORS:
        raise UnsafeFileError(f"has more than {_MAX_TENSORS} initialisers")
    arrays: dict[str, np.ndarray] = {}
    for name, tensor in tensors:
        if tensor.data_type == onnx.TensorProto.STRING:
            continue
        if name in arrays:
            raise DamagedFileError("two initialisers have this name", entry=name)
        arrays[name] = _array(onnx, name, tensor, budget)
    return arrays


def is_onnx_without_version(data: bytes) -> bool:
    """Whether these are a model's bytes, but for the version of the format; False without onnx."""
    try:
        model = _model(_package(), data)
    except (MissingPackageError, DamagedFileError, UnknownFormatError):
        return False
    return not model.ir_version and bool(model.graph.node or model.graph.initializer)


def _package() -> ModuleType:
    try:
        import onnx
        import onnx.numpy_helper
    except ImportError as error:
        raise MissingPackageError(
            "ONNX files are read by the package onnx: pip install 'jaxcnn[pretrained]' (in a clone: '.[pretrained]')"
        ) from error
    return onnx


def _model(onnx: ModuleType, data: bytes) -> Any:
    if len(data) >= _LARGEST:
        raise UnsupportedFileError("is larger than 2 GiB, which a protocol buffer cannot be")
    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
    except Exception as error:  # a class of protobuf's, which onnx does not export
        raise DamagedFileError("is a damaged or cut ONNX model, or no ONNX model") from error
    if not model.HasField("graph"):
        raise UnknownFormatError("may be an ONNX model, but has no graph")
    return model


def _constants(graph: Any) -> list[tuple[str, Any]]:
    """Name of the output and tensor of each Constant node that feeds weights to an operator."""
    used = {
        name for node in graph.node if node.op_type in _WEIGHTED for name in list(node.input)[1:]
    }
    return [
        (node.output[0], attribute.t)
        for node in graph.node
        if node.op_type == "Constant" and node.output and node.output[0] in used
        for attribute in node.attribute
        if attribute.name == "value" and attribute.HasField("t") and attribute.t.dims
    ]


def _array(onnx: ModuleType, name: str, tensor: Any, budget: Budget) -> np.ndarray:
    if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
        raise UnsafeFileError(
            "has its numbers in another file. The package onnx makes one file of both: "
            "onnx.save(onnx.load(path), new_path)",
            entry=name,
        )
    try:
        dtype = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type))
    except (KeyError, TypeError, ValueError):
        raise UnsupportedFileError(
            f"has type {tensor.data_type} of ONNX, which is no array here", entry=name
        ) from None
    dims = list(tensor.dims)
    if any(not 0 <= n < 2**31 for n in dims) or len(dims) > _MAX_RANK:
        raise UnsafeFileError(f"has the shape {short(str(dims))}", entry=name)
    if math.prod(max(n, 1) for n in dims) * dtype.itemsize >= 2**63:
        raise UnsafeFileError("has more elements than can be counted", entry=name)
    budget.spend(math.prod(dims) * dtype.itemsize, name)
    try:
        array = np.array(onnx.numpy_helper.to_array(tensor))
    except Exception as error:
        raise DamagedFileError(
            f"its numbers do not fill the shape {tuple(dims)}", entry=name
        ) from error
    if array.shape != tuple(dims):
        raise DamagedFileError(f"its numbers do not fill the shape {tuple(dims)}", entry=name)
    return array
