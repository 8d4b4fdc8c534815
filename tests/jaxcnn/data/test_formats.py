"""The formats of published files: what is read, and what is refused."""

import gzip
import re
import struct
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from jaxcnn.data import DataFileError, DataWarning, load
from jaxcnn.data._cifar import read_cifar
from jaxcnn.data._idx import read_idx
from jaxcnn.data._series import read_series

from .files import SERIES, cifar_records, idx, write_cifar, write_idx, write_series

AEON = Path(sysconfig.get_path("purelib")) / "aeon" / "datasets" / "data"


@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_of_idx_files_is_read_as_it_is(tmp_path, packed):
    write_idx(tmp_path, train=20, test=10, packed=packed)
    train, test = load(tmp_path), load(tmp_path, "test")
    assert train.images.shape == (20, 28, 28, 1)
    assert train.images.dtype == np.uint8
    assert test.labels.tolist() == list(range(10))
    assert train.class_names == tuple("0123456789")


def test_labels_above_nine_give_more_classes(tmp_path):
    write_idx(tmp_path, train=26, test=26, labels=26)
    assert load(tmp_path).class_names[-1] == "25"


def test_labels_that_begin_at_one_are_told(tmp_path):
    write_idx(tmp_path, train=26, test=26, labels=26, packed=False)
    for name in ("train", "t10k"):
        (tmp_path / f"{name}-labels-idx1-ubyte").write_bytes(idx(np.arange(26) + 1))
    with pytest.warns(DataWarning, match="labels begin at 1, so that class '0' has no image"):
        assert len(load(tmp_path).class_names) == 27


LIES = {
    "shorter than its header says": (
        idx(np.zeros((3, 4, 4)))[:-5],
        "says that its shape is (3, 4, 4), which is 48 bytes, but 43 follow",
    ),
    "longer than its header says": (idx(np.zeros((3, 4, 4))) + b"\0", "48 bytes, but more follow"),
    "a header of 2**96 bytes": (
        bytes((0, 0, 8, 3)) + struct.pack(">3I", *[2**32 - 1] * 3),
        "more than is read",
    ),
    "a header of a gigabyte": (
        bytes((0, 0, 8, 3)) + struct.pack(">3I", 2**10, 2**10, 2**10) + b"\0",
        "but 1 follow",
    ),
    "labels instead of images": (idx(np.zeros(9)), "IDX file of bytes with 3 axes"),
    "empty": (b"", "IDX file"),
    "floats": (bytes((0, 0, 13, 3)) + bytes(12), "IDX file of bytes"),
}


@pytest.mark.parametrize("case", LIES)
@pytest.mark.parametrize("packed", [True, False])
def test_an_idx_file_that_lies_is_refused_and_named(tmp_path, case, packed):
    content, message = LIES[case]
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(DataFileError, match=re.escape(message)) as caught:
        read_idx(path, 3)
    assert str(caught.value).startswith(str(path))


def test_a_bomb_is_unpacked_no_further_than_its_header_says(tmp_path):
    path = tmp_path / "labels.gz"
    with gzip.open(path, "wb") as file:
        file.write(idx(np.zeros(10)))
        for _ in range(64):
            file.write(bytes(2**20))
    with pytest.raises(DataFileError, match="10 bytes, but more follow"):
        read_idx(path, 1)


@pytest.mark.parametrize("keep", [5, 40, -1])
def test_a_gzip_file_that_is_cut_short_is_refused(tmp_path, keep):
    write_idx(tmp_path)
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataFileError, match=r"cut short or damaged|IDX file"):
        load(tmp_path)


def test_a_gzip_file_with_changed_bytes_is_refused(tmp_path):
    write_idx(tmp_path)
    path = tmp_path / "train-images-idx3-ubyte.gz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DataFileError, match=r"train-images.*damaged"):
        load(tmp_path)


def test_images_without_as_many_labels_are_refused(tmp_path):
    write_idx(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.zeros(19))))
    with pytest.raises(DataFileError, match="20 images and 19 labels"):
        load(tmp_path)


def test_a_missing_idx_file_is_named(tmp_path):
    write_idx(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataFileError, match=r"must hold the file train-labels-idx1-ubyte\.gz"):
        load(tmp_path)


def test_cifar_planes_become_channels(tmp_path):
    records = write_cifar(tmp_path / "cifar-10-binary.tar.gz", count=3)
    images, labels = read_cifar(tmp_path / "cifar-10-binary.tar.gz", "train")
    second = records["data_batch_1.bin"][1]
    assert images.shape == (15, 32, 32, 3)
    assert labels[:3].tolist() == [0, 1, 2]
    assert images[1, 2, 5].tolist() == [second[1 + plane * 1024 + 2 * 32 + 5] for plane in range(3)]


def test_cifar_is_read_from_a_folder_too(tmp_path):
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    (folder / "test_batch.bin").write_bytes(cifar_records(2).tobytes())
    images, _ = read_cifar(tmp_path, "test")
    assert len(images) == 2
    with pytest.raises(DataFileError, match=r"must hold data_batch_1\.bin"):
        read_cifar(tmp_path, "train")


@pytest.mark.parametrize("size", [0, 3072, 3073 * 2 + 1])
def test_a_cifar_file_of_broken_records_is_refused(tmp_path, size):
    (tmp_path / "test_batch.bin").write_bytes(bytes(size))
    with pytest.raises(DataFileError, match=f"has {size} bytes"):
        read_cifar(tmp_path, "test")


@pytest.mark.parametrize("keep", [10, 2000])
def test_a_cifar_archive_that_is_cut_short_is_refused(tmp_path, keep):
    path = tmp_path / "cifar-10-binary.tar.gz"
    write_cifar(path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataFileError, match=r"cut short|damaged|must hold"):
        read_cifar(path, "train")


def test_series_of_several_channels_are_read(tmp_path):
    write_series(tmp_path, train=("1,2,3:4,5,6:down", "0,0,0:1,-1e2,1:up"))
    values, labels, names = read_series(tmp_path / "Tiny_TRAIN.ts")
    assert values.dtype == np.float32
    assert values[0].tolist() == [[1, 4], [2, 5], [3, 6]]
    assert (labels.tolist(), names) == ([1, 0], ("up", "down"))


WRONG_SERIES = {
    "1,2,3:left": "line 9 has the label 'left', which is not in @classLabel: up, down",
    "1,x,3:up": "line 9 must hold numbers",
    "1,?,3:up": "line 9 must hold numbers",
    "1,1e,3:up": "line 9: could not convert",
    "1,1e60,3:up": "line 9 has a number that float32 cannot hold",
    "1,2,3:1,2:up": "line 9 must have channels of one length",
    "up": "line 9 must have channels",
    "1,2,3:up\n1,2:up": r"line 10 has the shape (2, 1), others (3, 1)",
    "": "has no series after @data",
}


@pytest.mark.parametrize("data", WRONG_SERIES)
@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
def test_a_line_that_breaks_the_format_is_named(tmp_path, data):
    path = tmp_path / "Tiny_TRAIN.ts"
    path.write_text(SERIES.format(univariate="true", data=data))
    with pytest.raises(DataFileError, match=re.escape(WRONG_SERIES[data])):
        read_series(path)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("@timeStamps false", "@timeStamps true", "@timestamps true"),
        ("@missing false", "@missing true", "@missing true"),
        ("@equalLength true", "@equalLength false", "@equallength false"),
        ("@classLabel true up down", "@classLabel false", "must say @classLabel true"),
        ("@classLabel true up down", "@classLabel true up", "at least two different names"),
        ("@classLabel true up down", "@classLabel true up up", "at least two different names"),
        ("@data\n", "", "line 8 must begin with @ or #"),
        ("@data\n1,2,3:up", "", "has no line @data"),
    ],
)
def test_a_header_that_is_not_read_is_refused(tmp_path, before, after, message):
    text = SERIES.format(univariate="true", data="1,2,3:up")
    path = tmp_path / "Tiny_TRAIN.ts"
    path.write_text(text.replace(before, after))
    with pytest.raises(DataFileError, match=message):
        read_series(path)


def test_series_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "Tiny_TRAIN.ts"
    path.write_bytes(b"\xff\xfe\0")
    with pytest.raises(DataFileError, match="no text in UTF-8"):
        read_series(path)


@pytest.mark.parametrize(
    ("name", "train", "test"),
    [
        ("GunPoint", (50, 150, 1), (150, 150, 1)),
        ("ItalyPowerDemand", (67, 24, 1), (1029, 24, 1)),
        ("BasicMotions", (40, 100, 6), (40, 100, 6)),
    ],
)
def test_the_series_of_the_package_aeon_have_their_published_shapes(name, train, test):
    if not (AEON / name).is_dir():
        pytest.skip("the package aeon is not installed")
    assert load(AEON / name).images.shape == train
    assert load(AEON / name, "test").images.shape == test
