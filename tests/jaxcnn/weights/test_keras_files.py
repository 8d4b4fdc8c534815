"""Keras' HDF5 files, old and new, are read with h5py alone; what reaches out of the file is refused."""

import importlib.util
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

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
    _hdf5,
    read_weights,
)

from .helpers import assert_same, rejections

h5py = pytest.importorskip("h5py")

ROOT = Path(__file__).parents[3]
KERNEL = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weights.h5"


def legacy(group, layers):
    """The layout of a weights-only file of Keras 2."""
    if len(layers) < 500:  # an attribute has at most 64 KiB
        group.attrs["layer_names"] = [name.encode() for name in layers]
    for layer, weights in layers.items():
        child = group.create_group(layer)
        child.attrs["weight_names"] = [name.encode() for name in weights]
        for name, array in weights.items():
            child[name] = array


LAYERS = {
    "input": {},
    "conv_10": {"conv_10/kernel:0": KERNEL, "conv_10/bias:0": np.ones(3, np.float16)},
    "conv_2": {"conv_2/kernel:0": np.ones((1, 1))},
}
NAMES = ["conv_10/conv_10/kernel:0", "conv_10/conv_10/bias:0", "conv_2/conv_2/kernel:0"]


def test_a_legacy_weights_file_is_read_in_the_order_of_its_layers(path):
    with h5py.File(path, "w") as file:
        legacy(file, LAYERS)
    got = read_weights(path)
    wanted = [array for weights in LAYERS.values() for array in weights.values()]
    assert_same(got, dict(zip(NAMES, wanted, strict=True)))


def test_of_a_legacy_model_the_weights_are_read_and_the_optimizer_is_not(path):
    with h5py.File(path, "w") as file:
        legacy(file.create_group("model_weights"), LAYERS)
        file["optimizer_weights/Adam/m:0"] = KERNEL
        file.attrs["model_config"] = '{"class_name": "Lambda", "code": "import os"}'
    assert list(read_weights(path)) == NAMES


def test_names_cut_into_several_attributes_keep_their_order(path):
    with h5py.File(path, "w") as file:
        legacy(file, LAYERS)
        names = list(file.attrs["layer_names"])
        del file.attrs["layer_names"]
        file.attrs["layer_names0"], file.attrs["layer_names1"] = names[:2], names[2:]
    assert list(read_weights(path)) == NAMES


def test_a_new_weights_file_is_read_with_layers_in_natural_order(path):
    with h5py.File(path, "w") as file:
        for name in ("conv2d_10", "conv2d", "conv2d_2"):
            file[f"layers/{name}/vars/0"] = KERNEL
        file["layers/conv2d/vars/1"] = np.uint16([0x3F80, 0x4000])
        file["layers/conv2d/vars/1"].attrs["dtype"] = "bfloat16"
        file.create_group("layers/dropout/vars")
        file["optimizer/vars/0"] = KERNEL
    got = read_weights(path)
    assert list(got) == [
        "layers/conv2d/vars/0",
        "layers/conv2d/vars/1",
        "layers/conv2d_2/vars/0",
        "layers/conv2d_10/vars/0",
    ]
    assert got["layers/conv2d/vars/1"].dtype == ml_dtypes.bfloat16
    assert got["layers/conv2d/vars/1"].tolist() == [1, 2]


@pytest.mark.parametrize("options", [{"libver": "latest"}, {"track_order": True}], ids=str)
def test_the_newer_forms_of_hdf5_are_read(options, path):
    with h5py.File(path, "w", **options) as file:
        legacy(file, LAYERS)
        file["conv_2"].attrs["note"] = "é"
    assert list(read_weights(path)) == NAMES


def test_a_large_group_of_the_newer_form_is_read(path):
    with h5py.File(path, "w", libver="latest") as file:
        for k in range(20):
            file[f"layers/{k}/vars/0"] = KERNEL
    assert list(read_weights(path)) == [f"layers/{k}/vars/0" for k in range(20)]


def test_compressed_numbers_are_read_within_the_limit(path):
    with h5py.File(path, "w") as file:
        file.create_dataset("a", data=np.arange(10_000), compression="gzip", shuffle=True)
    assert read_weights(path)["a"].tolist() == list(range(10_000))
    with h5py.File(path, "w") as file:
        file.create_dataset("a", data=np.zeros(10**6), compression="gzip")
    with pytest.raises(UnsafeFileError, match="'a': the arrays up to this one take 8000000 bytes"):
        read_weights(path)
    assert not read_weights(path, max_bytes=10**7)["a"].any()


def test_hundreds_of_layers_with_long_names_are_read_in_order(path):
    layers = {f"layer_{k}_{'x' * 60}": {f"k{k}:0": np.float32([k])} for k in range(900)}
    names = [name.encode() for name in layers]
    with h5py.File(path, "w") as file:
        legacy(file, layers)
        for part in range(2):
            file.attrs[f"layer_names{part}"] = names[450 * part : 450 * (part + 1)]
    assert [array.item() for array in read_weights(path).values()] == list(range(900))


@pytest.mark.parametrize(
    "dtype", ["f8", "f4", "f2", ">f4", "i8", "i1", "u2", ">u8", "?", "bfloat16"]
)
def test_numbers_of_every_type_and_size_are_read_in_native_order(dtype, path):
    dtype = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    arrays = {
        "a": np.ones((2, 3), dtype),
        "empty": np.ones((0, 2), dtype),
        "zero_dim": np.ones((), dtype),
    }
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file[name] = array
            if dtype == ml_dtypes.bfloat16:
                file[name].attrs["dtype"] = "bfloat16"
    got = read_weights(path)
    assert_same(got, {k: v.astype(v.dtype.newbyteorder("=")) for k, v in arrays.items()})


def external_link(file):
    file["a"] = h5py.ExternalLink("/etc/hostname", "/")


def soft_link(file):
    file["b"] = KERNEL
    file["a"] = h5py.SoftLink("/b")


def external_numbers(file):
    file.create_dataset("a", (4,), "u1", external=[("/etc/passwd", 0, 4)])


def virtual_numbers(file):
    layout = h5py.VirtualLayout((4,), "u1")
    layout[:] = h5py.VirtualSource("/etc/other.h5", "x", (4,))
    file.create_virtual_dataset("a", layout)


def fill_value(file):
    file.create_dataset("a", (2**40,), "f4", chunks=(1024,), fillvalue=1)


def unwritten(file):
    file.create_dataset("a", (2**20,), "f4")


def holes(file):
    file.create_dataset("a", (10_000,), "f8", chunks=(100,), compression="gzip")[:100] = 1


def texts(file):
    file["a"] = ["rm -rf /"]


def references(file):
    file.create_dataset("a", data=file.ref, dtype=h5py.ref_dtype)


def records(file):
    file["a"] = np.zeros(2, [("x", "f4"), ("y", "f4")])


def group_in_itself(file):
    file["a/b"] = KERNEL
    file["a/c"] = file["a"]


def one_dataset_a_thousand_times(file):
    file["a"] = np.zeros(2**16)
    for k in range(1000):
        file[f"b{k}"] = file["a"]


def attribute_of_numbers(file):
    legacy(file, LAYERS)
    file.attrs["layer_names"] = [1, 2]


@pytest.mark.parametrize(
    ("make", "error", "rule"),
    [
        (external_link, UnsafeFileError, "'a': is an external link"),
        (soft_link, UnsafeFileError, "'a': is a soft link"),
        (external_numbers, UnsafeFileError, "'a': has its numbers in another file"),
        (virtual_numbers, UnsafeFileError, "'a': is a virtual dataset"),
        (fill_value, UnsafeFileError, "'a': promises 4398046511104 bytes of numbers, but has 0"),
        (unwritten, UnsafeFileError, "promises 4194304 bytes of numbers, but has 0"),
        (holes, UnsafeFileError, "'a': promises 80000 bytes of numbers"),
        (texts, UnsupportedFileError, "'a': holds no numbers, but texts"),
        (references, UnsupportedFileError, "'a': holds no numbers, but references"),
        (records, UnsupportedFileError, "'a': holds no numbers, but records"),
        (group_in_itself, UnsafeFileError, "'a/c': is a group that has a second place"),
        (one_dataset_a_thousand_times, UnsafeFileError, "max_bytes"),
        (attribute_of_numbers, DamagedFileError, "'layer_names': must hold texts"),
    ],
)
def test_what_weights_never_need_is_refused_by_rule(make, error, rule, path):
    with h5py.File(path, "w") as file:
        make(file)
    with pytest.raises(error, match=rule):
        read_weights(path)


def test_layer_names_lead_nowhere_else(path):
    with h5py.File(path, "w") as file:
        legacy(file.create_group("model_weights"), LAYERS)
        legacy(file.create_group("outside"), {"evil": {"kernel:0": KERNEL}})
        file["model_weights"].attrs["layer_names"] = [b"/outside", b"../outside", b"conv_2"]
    assert list(read_weights(path)) == [NAMES[2], NAMES[1], NAMES[0]]


def test_a_file_cut_short_anywhere_is_an_error(path):
    with h5py.File(path, "w") as file:
        legacy(file, LAYERS)
    data = path.read_bytes()
    lengths = [*range(0, len(data), len(data) // 15), len(data) - 1]  # a process each
    assert rejections(path, data, lengths, read_weights, WeightFileError) == []


def test_numbers_that_are_damaged_are_an_error_wherever_they_lie(path):
    rng = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        for name in "ab":  # "a" is whole, and must not be taken for the answer
            file.create_dataset(name, data=rng.normal(size=1000), compression="gzip")
        place = file["b"].id.get_chunk_info(0).byte_offset
    data = bytearray(path.read_bytes())
    data[place : place + 50] = bytes(50)
    path.write_bytes(data)
    with pytest.raises(DamagedFileError, match="is damaged HDF5"):
        read_weights(path)


@pytest.mark.parametrize(
    "body",
    ["import time; time.sleep(60)", "import os; os.abort()", "print('J')", "raise SystemExit(3)"],
)
def test_a_reader_that_hangs_crashes_or_babbles_is_an_error_here(body, path, monkeypatch):
    with h5py.File(path, "w") as file:
        file["a"] = KERNEL
    child = path.with_name("child.py")
    child.write_text(body)
    monkeypatch.setattr(_hdf5, "_CHILD", child)
    monkeypatch.setattr(_hdf5, "_SECONDS", 1)
    monkeypatch.setattr(_hdf5, "_PATIENCE", 1)
    with pytest.raises(DamagedFileError, match="crashed, or did not come back within 1 seconds"):
        read_weights(path)


def test_without_the_package_the_error_says_what_to_install(path, monkeypatch):
    with h5py.File(path, "w") as file:
        file["a"] = KERNEL
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        MissingPackageError, match=r"package h5py: pip install 'jaxcnn\[pretrained\]'"
    ):
        read_weights(path)


def test_a_configuration_that_is_damaged_is_an_error(path):
    inner = io.BytesIO()
    with h5py.File(inner, "w") as file:
        file["layers/dense/vars/0"] = KERNEL
    for text in ("", "{", '{"config": {"layers": [1]}}', "[" * 100_000):
        with zipfile.ZipFile(path, "w") as made:
            made.writestr("config.json", text)
            made.writestr("model.weights.h5", inner.getvalue())
        with pytest.raises(
            DamagedFileError, match=r"'config\.json': has a configuration that is damaged"
        ):
            read_weights(path)


def test_a_zip_of_keras_is_read(path):
    inner = io.BytesIO()
    with h5py.File(inner, "w") as file:
        file["layers/dense/vars/0"] = KERNEL
    with zipfile.ZipFile(path, "w") as made:
        for name, data in {
            "metadata.json": b"{}",
            "config.json": b"{}",
            "model.weights.h5": inner.getvalue(),
        }.items():
            made.writestr(name, data)
    assert_same(read_weights(path), {"layers/dense/vars/0": KERNEL})
    with pytest.raises(UnsupportedFileError, match="no entry 'state_dict'"):
        read_weights(path, entry="state_dict")


def test_a_zip_of_something_else_says_so(path):
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("word/document.xml", b"<xml/>")
    with pytest.raises(UnknownFormatError, match=r"neither the data\.pkl of PyTorch nor"):
        read_weights(path)


WRITE = """
import sys
import numpy as np
from keras import Model, Sequential, layers
image = layers.Input((8, 8, 3))
inner = Sequential([layers.Input((6, 6, 4)), layers.BatchNormalization(name="norm"), layers.Flatten()], name="inner")
model = Model(image, layers.Dense(2, name="dense")(inner(layers.Conv2D(4, 3, name="conv")(image))))
model.compile("adam", "mse")
model.fit(np.ones((1, 8, 8, 3)), np.ones((1, 2)), verbose=0)
for ending in (".h5", ".keras", ".weights.h5"):
    model.save(sys.argv[1] + ending) if "weights" not in ending else model.save_weights(sys.argv[1] + ending)
np.savez(sys.argv[1] + ".npz", **{str(k): np.asarray(w) for k, w in enumerate(model.get_weights())})
"""


def test_what_keras_saves_is_read(tmp_path):
    if importlib.util.find_spec("keras") is None:  # its backend is chosen before the first import
        pytest.skip("keras is not installed")
    environment = {**os.environ, "KERAS_BACKEND": "jax", "KERAS_HOME": str(tmp_path)}
    environment.pop("PYTHONWARNINGS", None)
    result = subprocess.run(
        [sys.executable, "-c", WRITE, str(tmp_path / "m")],
        env=environment, capture_output=True, text=True, cwd=ROOT, timeout=180,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    with np.load(tmp_path / "m.npz") as file:
        wanted = sorted(file[name].tobytes() for name in file.files)
    names = {}
    for ending in (".h5", ".keras", ".weights.h5"):
        got = read_weights(tmp_path / f"m{ending}")
        assert sorted(array.tobytes() for array in got.values()) == wanted, ending
        names[ending] = list(got)
    assert "conv/conv/kernel" in names[".h5"]
    assert sorted(names[".keras"]) == sorted(names[".weights.h5"])
    layers = [name.rpartition("/vars/")[0] for name in names[".keras"]]
    norm = "layers/sequential/layers/batch_normalization"
    assert list(dict.fromkeys(layers)) == [
        "layers/conv2d",
        norm,
        "layers/dense",
    ]  # the model's order
