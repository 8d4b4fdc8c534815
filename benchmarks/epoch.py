"""One epoch of training, input pipeline included, beside PyTorch and Keras, in one process.

    python benchmarks/epoch.py [--only lenet|cifar] [--examples N] [--rounds 2] [--json FILE]

"lenet": MNIST from IDX files (--mnist, by default ../shared/data/mnist; without them the 8,000 training images of
mnist_10k). "cifar": `cifar10_convnet` on a folder of class folders of 32x32 PNG files, made for the run: each is a
digit of mnist_10k, enlarged, in a random colour on a random one, with noise. Every contender trains the same
network from scratch on the same number of images with Adam at 1e-3, batch size 64, in an order of its own, without
augmentation:

- jaxcnn, in memory: `training.fit` on arrays, as `jaxcnn train` does with sets up to 2 GiB. For the folder, reading
  it is measured apart ("once").
- jaxcnn, streamed: `training.fit` on a `jaxcnn.data.Loader`, which decodes again in each epoch (folder only).
- PyTorch: eager, channels first, with its DataLoader on a Dataset that returns one example, with 0 and 2 workers
  that stay from epoch to epoch; and on tensors in memory, indexed batch by batch, without the DataLoader.
- Keras on JAX: `model.fit` on arrays; on the folder, also a `PyDataset` that decodes, with 1 and 2 threads.

All run in turn, several rounds, and the least time of each counts; jaxcnn's epoch is the second of a training, as the
first compiles, Keras compiles in its first round. "waits" is the share of the epoch in which training waited for a
batch: `History`'s column for jaxcnn, the time spent in the iterator for PyTorch; Keras does not tell.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "jax"

import jax
import numpy as np
from PIL import Image

from jaxcnn import data, models, runtime, training

Run = Callable[[], tuple[float, float | None]]  # seconds, and of these waited for data
BATCH = 64
HOME = Path(__file__).resolve().parents[1]
SETTINGS = training.Settings(epochs=1, batch_size=BATCH, schedule="constant")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=["lenet", "cifar"])
    parser.add_argument("--examples", type=int, help="only so many images")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--mnist", type=Path, default=HOME.parent / "shared" / "data" / "mnist")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    runtime.keep_freed_memory()
    print(f"jax {jax.__version__}, {jax.devices()[0].device_kind}, {os.cpu_count()} cores")
    found = {}
    with tempfile.TemporaryDirectory() as place:
        if options.only != "cifar":
            images, labels = digits(options.mnist, options.examples)
            found["lenet"] = table(
                f"lenet, {len(labels)} images",
                len(labels),
                in_memory("lenet", images, labels),
                options,
            )
        if options.only != "lenet":
            count = write_folder(Path(place), options.examples or 10_000)
            runs = on_files(Path(place), count)
            found["cifar10_convnet"] = table(
                f"cifar10_convnet, {count} files", count, runs, options
            )
    if options.json:
        content = {"jax": jax.__version__, "cores": os.cpu_count(), "rows": found}
        options.json.write_text(json.dumps(content, indent=1) + "\n")


def table(title: str, count: int, runs: dict[str, Run], options: Any) -> dict[str, Any]:
    """Measures and prints: seconds, how many times as long as jaxcnn in memory, share of waiting."""
    best: dict[str, tuple[float, float | None]] = {}
    for number in range(options.rounds):
        for name, run in runs.items():
            seconds, waited = run()
            print(f"[{number + 1}/{options.rounds}] {name} {seconds:.2f} s", flush=True)
            if name not in best or seconds < best[name][0]:
                best[name] = seconds, waited
    ours = best["jaxcnn, in memory"][0]
    print(f"\n{title}, batch {BATCH}\n{'':34}{'s':>8}{'images/s':>10}{'ratio':>8}{'waits':>8}")
    for name, (seconds, waited) in best.items():
        share = "-" if waited is None else f"{100 * waited / seconds:.1f} %"
        print(f"{name:34}{seconds:8.2f}{count / seconds:10.0f}{seconds / ours:8.2f}{share:>8}")
    return {name: {"seconds": s, "waited": w} for name, (s, w) in best.items()}


def digits(folder: Path, examples: int | None) -> tuple[np.ndarray, np.ndarray]:
    found = data.load(folder if folder.is_dir() else "mnist_10k", "train")
    return found.images[:examples], found.labels[:examples]


def write_folder(place: Path, examples: int) -> int:
    """Coloured digits as PNG files of 32x32, ten class folders below train; returns their number."""
    source = data.load("mnist_10k", "train")
    random = np.random.default_rng(0)
    for number in range(examples):
        row = number % len(source)
        grey = Image.fromarray(source.images[row, ..., 0]).resize(
            (32, 32), Image.Resampling.BILINEAR
        )
        ink = np.asarray(grey, np.float32)[..., None] / 255
        front, back = random.uniform(0, 255, (2, 3))
        noise = random.normal(0, 12, (32, 32, 3))
        pixels = np.clip(ink * front + (1 - ink) * back + noise, 0, 255).astype(np.uint8)
        folder = place / "train" / str(source.labels[row])
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return examples


def in_memory(name: str, images: np.ndarray, labels: np.ndarray) -> dict[str, Run]:
    runs = {"jaxcnn, in memory": jaxcnn_run(name, lambda: (images, labels))}
    runs |= torch_runs(name, lambda: TorchArrays(images, labels), (images, labels))
    return runs | {"keras, arrays": keras_run(name, lambda: keras_arrays(images, labels))}


def on_files(place: Path, count: int) -> dict[str, Run]:
    """The contenders on the folder; what is in memory was read before, and that is measured too."""
    began = time.perf_counter()
    whole = data.load(place, "train")
    print(f"\nreading {count} files into memory once: {time.perf_counter() - began:.2f} s")
    images, labels = whole.images, whole.labels
    stream: Callable[..., Any] = lambda workers: data.loader(  # noqa: E731
        place, batch_size=BATCH, drop_last=True, workers=workers, dtype="uint8"
    )
    files = sorted((place / "train").glob("*/*.png"))
    name = "cifar10_convnet"
    runs = {"jaxcnn, in memory": jaxcnn_run(name, lambda: (images, labels))}
    for workers in (0, 1):
        runs[f"jaxcnn, streamed, {workers} workers"] = jaxcnn_run(name, lambda w=workers: stream(w))
    runs |= torch_runs(name, lambda: TorchFiles(files), (images, labels))
    runs["keras, arrays"] = keras_run(name, lambda: keras_arrays(images, labels))
    for workers in (1, 2):
        runs[f"keras, PyDataset, {workers} threads"] = keras_run(
            name, lambda w=workers: (keras_files(files, w),)
        )
    return runs


def jaxcnn_run(name: str, make: Callable[[], Any]) -> Run:
    model = models.create_model(name, seed=0)
    held: list[Any] = []

    def run() -> tuple[float, float | None]:
        if not held:
            held.append(make())
        row = training.fit(model, held[0], SETTINGS.replace(epochs=2)).rows
        return row[1]["seconds"], row[1]["waiting"]

    return run


class TorchArrays:
    """One example at a time, as a Dataset has it."""

    def __init__(self, images: np.ndarray, labels: np.ndarray) -> None:
        self.images, self.labels = np.moveaxis(images, -1, 1).copy(), labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, row: int) -> Any:
        import torch

        return torch.from_numpy(self.images[row]).float() / 255, int(self.labels[row])


class TorchFiles:
    """The files of class folders, as torchvision's ImageFolder and ToTensor read them."""

    def __init__(self, files: list[Path]) -> None:
        self.files = files

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, row: int) -> Any:
        import torch

        pixels, label = decoded(self.files[row])
        return torch.from_numpy(pixels.transpose(2, 0, 1).copy()).float() / 255, label


def decoded(file: Path) -> tuple[np.ndarray, int]:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB")), int(file.parent.name)


def torch_runs(name: str, make: Callable[[], Any], arrays: Any) -> dict[str, Run]:
    try:
        import torch
        from torch_models import MODELS
    except ImportError:
        return {}
    model = MODELS[name]()
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    held = make()
    images = torch.from_numpy(np.moveaxis(arrays[0], -1, 1).copy())
    labels = torch.from_numpy(arrays[1].astype(np.int64))

    def loaded(workers: int) -> Callable[[], Iterator[Any]]:
        # JAX has threads by now, so that its process must not be forked.
        more = {"multiprocessing_context": "spawn", "persistent_workers": True} if workers else {}
        loader: Any = torch.utils.data.DataLoader(
            held, BATCH, shuffle=True, drop_last=True, num_workers=workers, **more
        )
        return lambda: iter(loader)

    def indexed() -> Iterator[Any]:
        order = torch.randperm(len(labels))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            rows = order[start : start + BATCH]
            yield images[rows].float() / 255, labels[rows]

    def run(batches: Callable[[], Iterator[Any]]) -> tuple[float, float | None]:
        began, waited = time.perf_counter(), 0.0
        iterator = batches()
        while True:
            asked = time.perf_counter()
            batch = next(iterator, None)
            waited += time.perf_counter() - asked
            if batch is None:
                return time.perf_counter() - began, waited
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(batch[0]), batch[1]).backward()
            optimizer.step()

    ways = {f"torch, DataLoader, {workers} workers": loaded(workers) for workers in (0, 2)}
    ways["torch, tensors by batch"] = indexed
    return {way: lambda batches=batches: run(batches) for way, batches in ways.items()}


def keras_arrays(images: np.ndarray, labels: np.ndarray) -> tuple[Any, Any]:
    count = len(labels) // BATCH * BATCH
    return images[:count].astype(np.float32) / 255, labels[:count]


def keras_files(files: list[Path], workers: int) -> Any:
    import keras

    class Files(keras.utils.PyDataset):
        """A batch at a time; Keras shuffles the batches, not the files, so this shuffles them."""

        order = np.random.default_rng(0).permutation(len(files))

        def __len__(self) -> int:
            return len(files) // BATCH

        def __getitem__(self, batch: int) -> Any:
            rows = self.order[batch * BATCH : (batch + 1) * BATCH]
            images, labels = zip(*(decoded(files[row]) for row in rows), strict=True)
            return np.stack(images).astype(np.float32) / 255, np.array(labels)

        def on_epoch_end(self) -> None:
            self.order = np.random.default_rng(1).permutation(len(files))

    return Files(workers=workers)


def keras_network(name: str) -> Any:
    from keras import Sequential, layers

    def conv(features: int, size: int) -> Any:
        return layers.Conv2D(features, size, padding="same", activation="relu")

    if name == "lenet":
        body = [conv(20, 5), layers.MaxPooling2D(2), conv(50, 5), layers.MaxPooling2D(2)]
        hidden = 500
    else:
        body = [conv(32, 3), layers.MaxPooling2D(2), conv(64, 3), layers.MaxPooling2D(2)]
        body, hidden = [*body, conv(64, 3)], 64
    head = [layers.Flatten(), layers.Dense(hidden, activation="relu"), layers.Dense(10)]
    return Sequential([*body, *head])


def keras_run(name: str, make: Callable[[], Any]) -> Run:
    import keras

    model = keras_network(name)
    model.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(True))
    held: list[Any] = []

    def run() -> tuple[float, float | None]:
        if not held:
            held.extend(make())
        began = time.perf_counter()
        more = {"batch_size": BATCH} if len(held) == 2 else {}
        model.fit(*held, epochs=1, verbose=0, **more)
        return time.perf_counter() - began, None

    return run


if __name__ == "__main__":
    main()
