"""What `torch.save` writes is read without PyTorch, and PyTorch loads what is written here."""

import collections
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxcnn.weights import (
    DamagedFileError,
    UnsafeFileError,
    UnsupportedFileError,
    WeightFileError,
    read_weights,
    write_torch,
)

from .helpers import assert_same, examples, rejections

torch = pytest.importorskip("torch")

ROOT = Path(__file__).parents[3]
FORMATS = {"zip": {}, "legacy": {"_use_new_zipfile_serialization": False}}
# Types that NumPy has too, and bfloat16 and the rest, compared through their bits.
TYPES = {
    "float64": np.float64,
    "float32": np.float32,
    "float16": np.float16,
    "bfloat16": ml_dtypes.bfloat16,
    "int64": np.int64,
    "int32": np.int32,
    "int16": np.int16,
    "int8": np.int8,
    "uint8": np.uint8,
    "uint16": np.uint16,
    "uint32": np.uint32,
    "uint64": np.uint64,
    "bool": np.bool_,
    "complex64": np.complex64,
    "complex128": np.complex128,
    "float8_e4m3fn": ml_dtypes.float8_e4m3fn,
    "float8_e5m2": ml_dtypes.float8_e5m2,
}

both_formats = pytest.mark.parametrize("form", FORMATS)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weights.pth"


def save(content, path, form="zip", **options):
    torch.save(content, path, **FORMATS[form], **options)


def as_numpy(tensor):
    """A tensor's numbers without this package; types that NumPy lacks go through their bytes."""
    dtype = np.dtype(TYPES[str(tensor.dtype).removeprefix("torch.")])
    if not tensor.numel():
        return np.empty(tensor.shape, dtype)
    plain = tensor.detach().reshape(-1).clone(memory_format=torch.contiguous_format)
    raw = plain.view(torch.uint8).numpy().tobytes()
    return np.frombuffer(raw, dtype).reshape(tensor.shape)


def sample(dtype):
    bits = np.arange(1, 25, dtype=np.uint8).repeat(np.dtype(TYPES[dtype]).itemsize)
    if dtype == "bool":
        bits %= 2
    return torch.from_numpy(bits).view(getattr(torch, dtype)).reshape(2, 3, 4)


@both_formats
@pytest.mark.parametrize("dtype", TYPES)
def test_numbers_of_every_type_are_read(dtype, form, path):
    tensor = sample(dtype)
    save({"a": tensor, "b": tensor[1, 1, 1]}, path, form)
    got = read_weights(path, check_finite=False)
    assert_same(got, {"a": as_numpy(tensor), "b": as_numpy(tensor[1, 1, 1])})


@both_formats
def test_views_of_every_kind_are_read(form, path):
    base = torch.arange(60.0).reshape(3, 4, 5)
    views = {
        "whole": base,
        "row": base[1],
        "transposed": base.transpose(0, 2),
        "channels_last": base[None].to(memory_format=torch.channels_last),
        "strided": base[:, ::2, 1::3],
        "one": base[2, 3, 4],
        "empty": base[1:1],
        "empty_at_the_end": base[3:, 1:],
        "expanded": base[:1].expand(2, 4, 5),
        "diagonal": torch.diagonal(base, dim1=0, dim2=1),
        "unfolded": base.reshape(-1).unfold(0, 3, 2),
    }
    save(views, path, form)
    assert_same(read_weights(path), {k: as_numpy(v) for k, v in views.items()})


@both_formats
def test_a_network_with_its_statistics_is_read(form, path):
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Linear(4, 2)
    )
    save(net.state_dict(), path, form)
    got = read_weights(path)
    assert_same(got, {k: as_numpy(v) for k, v in net.state_dict().items()})
    assert got["1.num_batches_tracked"].shape == ()


@both_formats
def test_parameters_are_read_as_their_numbers(form, path):
    parameter = torch.nn.Parameter(torch.ones(2, 2))
    marked = torch.nn.Parameter(torch.zeros(3))
    marked.group = "head"
    attributed = torch.ones(1)
    attributed.note = "x"
    save({"plain": parameter, "marked": marked, "attributed": attributed}, path, form)
    got = read_weights(path)
    assert {k: v.tolist() for k, v in got.items()} == {
        "plain": [[1, 1], [1, 1]],
        "marked": [0, 0, 0],
        "attributed": [1],
    }


@both_formats
def test_of_a_checkpoint_the_state_dict_is_read(form, path):
    net = torch.nn.Linear(2, 3)
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    checkpoint = {
        "epoch": 3,
        "best": 0.5,
        "arch": "linear",
        "history": [1.0] * 1000,
        "state_dict": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "sizes": torch.Size([1, 2]),
        "device": torch.device("cpu"),
        "type": torch.float32,
        "raw": b"\x00\xff",
        "counts": collections.defaultdict(list),
        "flag": None,
    }
    save(checkpoint, path, form)
    assert list(read_weights(path)) == ["weight", "bias"]
    assert "state.0.exp_avg" in read_weights(path, entry="optimizer")
    with pytest.raises(
        UnsupportedFileError, match=r"no entry 'model'; its entries: 'epoch', 'best'"
    ):
        read_weights(path, entry="model")


@both_formats
def test_nested_dictionaries_have_names_joined_by_dots(form, path):
    save(
        {"a": {"b": torch.ones(1), "c": [torch.zeros(1), {"d": torch.ones(2)}]}, 7: torch.ones(3)},
        path,
        form,
    )
    assert list(read_weights(path)) == ["a.b", "a.c.0", "a.c.1.d", "7"]
    assert list(read_weights(path, entry="a")) == ["b", "c.0", "c.1.d"]


def test_two_tensors_of_one_dotted_name_are_an_error(path):
    save({"a.b": torch.ones(1), "a": {"b": torch.ones(1)}}, path)
    with pytest.raises(DamagedFileError, match=r"'a\.b': two tensors have this name"):
        read_weights(path)


@both_formats
def test_a_lone_tensor_is_called_tensor(form, path):
    save(torch.ones(2), path, form)
    assert read_weights(path)["tensor"].tolist() == [1, 1]


def test_a_file_without_weights_says_what_it_holds(path):
    save(3, path)
    with pytest.raises(UnsupportedFileError, match="holds one int instead of weights"):
        read_weights(path)


@both_formats
def test_tied_weights_share_no_memory_once_read(form, path):
    tied = torch.ones(4)
    save({"a": tied, "b": tied, "c": tied[1:]}, path, form)
    got = read_weights(path)
    got["a"][:] = 5
    assert got["b"].tolist() == [1, 1, 1, 1]
    assert got["c"].tolist() == [1, 1, 1]


@both_formats
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_later_pickle_protocols_are_read(protocol, form, path):
    save({"a": torch.ones(2), "n": 10**12, "é": "ü"}, path, form, pickle_protocol=protocol)
    assert list(read_weights(path)) == ["a"]


@both_formats
@pytest.mark.parametrize(
    ("content", "error", "rule"),
    [
        (torch.nn.Linear(1, 1), UnsafeFileError, "torch.nn.modules.linear.Linear"),
        ({"a": torch.ones(2, 2).to_sparse()}, UnsafeFileError, "_rebuild_sparse_tensor"),
        ({"a": torch.ones(2, device="meta")}, UnsafeFileError, "_rebuild_meta_tensor"),
        ({"a": torch.ones(2, dtype=torch.complex64).conj()}, UnsupportedFileError, "conjugate"),
    ],
    ids=["module", "sparse", "meta", "conjugate"],
)  # fmt: skip
def test_what_is_no_plain_tensor_is_refused_by_name(content, error, rule, form, path):
    save(content, path, form)
    with pytest.raises(error, match=rule):
        read_weights(path)


def test_a_torchscript_program_is_refused_with_the_way_out(path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in ("net/data.pkl", "net/constants.pkl", "net/code/__torch__.py"):
            made.writestr(name, b"x")
    path.write_bytes(file.getvalue())
    with pytest.raises(UnsupportedFileError, match=r"state_dict\(\), new_path"):
        read_weights(path)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_a_scripted_network_of_pytorch_is_refused_as_such(path):
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), path)  # compresses its code
    with pytest.raises(UnsupportedFileError, match="is a TorchScript program"):
        read_weights(path)


def test_a_time_in_the_name_of_the_file_is_no_obstacle(tmp_path):
    path = tmp_path / "run_2024-05-01T12:30.pth"
    torch.save({"w": torch.ones(2)}, path)  # the archive has this name too
    assert list(read_weights(path)) == ["w"]


def test_big_endian_numbers_are_turned_round(path):
    content = {"a": torch.arange(3, dtype=torch.int32), "b": torch.tensor(1 + 2j)}
    save(content, path)
    swapped = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(swapped, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith("/byteorder"):
                data = b"big"
            elif "/data/" in entry.filename:
                data = np.frombuffer(data, np.uint32).byteswap().tobytes()
            new.writestr(entry.filename, data)
    path.write_bytes(swapped.getvalue())
    assert_same(read_weights(path), {k: as_numpy(v) for k, v in content.items()})


def test_a_legacy_file_of_a_big_endian_machine_is_refused(path):
    save({"a": torch.ones(1)}, path, "legacy")
    data = path.read_bytes()
    at = data.index(b"little_endianq") + len(b"little_endian")
    path.write_bytes(data[:at] + data[at:].replace(b"\x88", b"\x89", 1))
    with pytest.raises(UnsupportedFileError, match="big-endian machine"):
        read_weights(path)


@both_formats
def test_a_file_cut_short_anywhere_is_an_error(form, path):
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2))
    save(net.state_dict(), path, form)
    data = path.read_bytes()
    lengths = [*range(0, len(data), 7), len(data) - 1]
    assert rejections(path, data, lengths, read_weights, WeightFileError) == []


@st.composite
def tensors(draw):
    """A tensor of any type, as a view of a base by slices, a permutation and a flip of axes."""
    dtype = draw(st.sampled_from(sorted(TYPES)))
    shape = draw(st.lists(st.integers(0, 4), max_size=4))
    seed = draw(st.integers(0, 99))
    size = int(np.prod(shape, dtype=int)) * np.dtype(TYPES[dtype]).itemsize
    raw = np.random.default_rng(seed).integers(0, 2 if dtype == "bool" else 256, size, np.uint8)
    kind = getattr(torch, dtype)
    base = (
        torch.from_numpy(raw).view(kind).reshape(shape) if size else torch.ones(shape, dtype=kind)
    )
    base = base.permute(draw(st.permutations(range(len(shape)))))
    for axis in range(base.ndim):
        step = draw(st.integers(1, 3))
        start = draw(st.integers(0, 2))
        base = base[(slice(None),) * axis + (slice(start, None, step),)]
    if draw(st.booleans()):
        base = base[None].expand(2, *base.shape)
    return base


@given(
    st.dictionaries(st.text(min_size=1, max_size=5), tensors(), max_size=3),
    st.sampled_from(sorted(FORMATS)),
)
@examples(150)
def test_any_views_of_any_types_are_read(tmp_path, content, form):
    content = {name.replace(".", ""): tensor for name, tensor in content.items()}
    content = {name: tensor for name, tensor in content.items() if name not in ("", "state_dict")}
    path = tmp_path / "weights.pth"
    save(content, path, form)
    got = read_weights(path, check_finite=False)
    assert_same(got, {k: as_numpy(v) for k, v in content.items()})
    if all(not (v.dtype.is_floating_point and v.element_size() == 1) for v in content.values()):
        write_torch(path, got)
        again = torch.load(path, weights_only=True)
        assert_same({k: as_numpy(v) for k, v in again.items()}, got)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("mmap", [False, True])
def test_pytorch_loads_what_is_written(dtype, mmap, path):
    array = as_numpy(sample(dtype))
    arrays = {"a.weight": array, "transposed": array.T, "zero_dim": array[0, 0, 0], "é": array[:0]}
    write_torch(path, arrays)
    loaded = torch.load(path, weights_only=True, mmap=mmap)
    assert isinstance(loaded, collections.OrderedDict)
    assert all(
        type(tensor) is torch.Tensor and tensor.is_contiguous() for tensor in loaded.values()
    )
    wanted = {k: np.asarray(v) for k, v in arrays.items()}
    assert_same({k: as_numpy(v) for k, v in loaded.items()}, wanted)
    assert_same(read_weights(path, check_finite=False), wanted)


def test_a_network_of_pytorch_takes_a_written_state_dict(path):
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    other = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    write_torch(path, {k: as_numpy(v) for k, v in net.state_dict().items()})
    other.load_state_dict(torch.load(path, weights_only=True), strict=True)
    x = torch.ones(1, 3, 5, 5)
    assert torch.equal(net.eval()(x), other.eval()(x))


def test_reading_needs_no_pytorch(path):
    save({"a": torch.ones(2)}, path)
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['torch', 'jax', 'h5py', 'onnx']))\n"
        "from jaxcnn.weights import read_weights; print(read_weights(sys.argv[1]))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )
    assert result.stdout.strip() == "{'a': array([1., 1.], dtype=float32)}", result.stderr
