"""Tiny data sets as files, in the formats of the real ones."""

import gzip
import hashlib
import io
import struct
import tarfile
import zipfile

import numpy as np
from PIL import Image

IDX_NAMES = {
    "train-images-idx3-ubyte": 3,
    "train-labels-idx1-ubyte": 1,
    "t10k-images-idx3-ubyte": 3,
    "t10k-labels-idx1-ubyte": 1,
}


def idx(array):
    header = struct.pack(">4B", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(np.uint8).tobytes()


def write_idx(folder, train=20, test=10, side=28, labels=10, packed=True):
    """Writes the four files of random images; returns the SHA-256 of each content."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    sums = {}
    for name, rank in IDX_NAMES.items():
        count = train if name.startswith("train") else test
        array = (
            rng.integers(0, 256, (count, side, side)) if rank == 3 else np.arange(count) % labels
        )
        content = idx(array)
        sums[name] = hashlib.sha256(content).hexdigest()
        path = folder / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(content) if packed else content)
    return sums


def image_bytes(value=0, size=(8, 6), form="png"):
    """An image (width, height) of one colour, encoded."""
    stream = io.BytesIO()
    Image.new("RGB", size, (value % 256, 128, 255 - value % 256)).save(stream, form)
    return stream.getvalue()


def photographs(splits=("",), classes=("ant", "bee"), count=5, size=(8, 6)):
    """Path -> content of the images of a folder of class folders."""
    names = [
        (f"{split}/" if split else "") + f"{label}/{number}.png"
        for split in splits
        for label in classes
        for number in range(count)
    ]
    return {name: image_bytes(7 * i, size) for i, name in enumerate(names)}


def write_folder(folder, contents):
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def write_zip(path, contents):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def cifar_records(count, seed=0, labels=10):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (count, 3072), np.uint8)
    return np.concatenate([(np.arange(count) % labels)[:, None].astype(np.uint8), pixels], axis=1)


def write_cifar(path, count=4, labels=10):
    """Writes the archive; returns the records of its files by name."""
    names = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]
    records = {name: cifar_records(count, seed, labels) for seed, name in enumerate(names)}
    with tarfile.open(path, "w:gz") as archive:
        for name, array in records.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = array.nbytes
            archive.addfile(member, io.BytesIO(array.tobytes()))
    return records


SERIES = """# a comment
@problemName Tiny
@timeStamps false
@missing false
@univariate {univariate}
@equalLength true
@classLabel true up down
@data
{data}
"""


def write_series(folder, name="Tiny", train=("1,2,3:up", "3,2,1:down"), test=("0,1,2:up",)):
    folder.mkdir(parents=True, exist_ok=True)
    for split, lines in (("TRAIN", train), ("TEST", test)):
        text = SERIES.format(univariate="true", data="\n".join(lines))
        (folder / f"{name}_{split}.ts").write_text(text, "utf-8")
    return folder
