"""Train the two small networks under `jaxcnn/transfer/backbones` on eight classes of clothing.

    python scripts/train_backbones.py \
        --garments PATH/datasets/fashion-mnist    (Debian package dataset-fashion-mnist)

Needs optax (`pip install jaxcnn[train]`). Pullovers and coats, which the course classifies, take no
part. `--seconds 80` stops early, and the same command goes on; the result is the same as without. On
one machine two runs write the same weights.
"""

import argparse
import gzip
import hashlib
import json
import platform
import time
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jaxcnn.weights._atomic import write_atomically

import jaxcnn
from jaxcnn.data import load_embedded
from jaxcnn.models import create_model
from jaxcnn.transfer import Preprocessing, save_model

HELD_OUT = ("pullover", "coat")
PER_CLASS = 2_000  # the first ones of each class of Fashion-MNIST's training set
SEED = 7
EPOCHS = 4
BATCH = 64
WEIGHT_DECAY = 1e-4
FARTHEST_SHIFT = 2  # pixels
SIDE = 28

# Finished epochs as in the log, then the unfinished one.
NOTHING_DONE = {"epochs": [], "batches": 0, "losses": [], "right": 0, "seconds": 0.0}


class Recipe(NamedTuple):
    """A network, and the highest learning rate of its training."""

    model: str
    arguments: dict[str, Any]
    peak: float


RECIPES = {
    "resnet8_clothing": Recipe("resnet8", {}, 3e-3),
    "vgg8_clothing": Recipe("vgg8", {}, 2e-3),
}


class Images(NamedTuple):
    """Images (number, 28, 28, 1) between 0 and 1, and labels (number,) from 0 to 7."""

    pixels: np.ndarray
    labels: np.ndarray


class State(NamedTuple):
    """What a step changes: weights, running statistics, the optimiser's memory."""

    parameters: Any
    statistics: Any
    memory: Any


def read(folder: Path, part: str, per_class: int | None = None) -> Images:
    """Read the eight classes of one part of Fashion-MNIST.

    Args:
        folder: holds `train-images-idx3-ubyte.gz` and the three files beside it.
        part: "train" or "t10k".
        per_class: how many of the first images of each class; None means all.

    Returns:
        The images in the order of the file.
    """
    with gzip.open(folder / f"{part}-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, SIDE, SIDE, 1)
    with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    kept = [k for k, name in enumerate(class_names(everything=True)) if name not in HELD_OUT]
    rows = np.sort(np.concatenate([np.flatnonzero(labels == k)[:per_class] for k in kept]))
    return Images(pixels[rows].astype(np.float32) / 255, np.searchsorted(kept, labels[rows]))


def class_names(*, everything: bool = False) -> tuple[str, ...]:
    """Return the names of the eight classes, or of all ten."""
    names = load_embedded("clothing").class_names
    return names if everything else tuple(name for name in names if name not in HELD_OUT)


def batches(images: Images, epoch: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the batches of one epoch: shuffled, each image moved by up to two pixels."""
    rng = np.random.default_rng([SEED, epoch])
    order = rng.permutation(len(images.labels))
    for start in range(0, len(order) - BATCH + 1, BATCH):
        rows = order[start : start + BATCH]
        yield shifted(images.pixels[rows], rng), images.labels[rows]


def shifted(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move each image; what comes in from outside is black."""
    far = FARTHEST_SHIFT
    padded = np.pad(pixels, ((0, 0), (far, far), (far, far), (0, 0)))
    corners = rng.integers(0, 2 * far + 1, (len(pixels), 2))
    moved = [
        image[y : y + SIDE, x : x + SIDE] for image, (y, x) in zip(padded, corners, strict=True)
    ]
    return np.stack(moved)


def fresh_model(recipe: Recipe) -> Any:
    """Build a network with random weights, in training mode."""
    classes = len(class_names())
    shape = (SIDE, SIDE, 1)
    model = create_model(
        recipe.model, num_classes=classes, input_shape=shape, seed=SEED, **recipe.arguments
    )
    model.train()
    return model


def loss(graph: Any, parameters: Any, statistics: Any, pixels: Any, labels: Any) -> Any:
    """Return the mean cross entropy, and the moved statistics with the number of right answers."""
    model = nnx.merge(graph, parameters, statistics, copy=True)
    logits = model(pixels)
    value = optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()
    right = (logits.argmax(-1) == labels).sum()
    return value, (nnx.state(model, nnx.Not(nnx.Param)), right)


@partial(jax.jit, static_argnames=("graph", "optimiser"))
def step(graph: Any, optimiser: Any, state: State, pixels: Any, labels: Any) -> Any:
    """Return the state after one step, the loss and the number of right answers before it."""
    slopes = jax.value_and_grad(partial(loss, graph), has_aux=True)
    (value, (statistics, right)), gradient = slopes(*state[:2], pixels, labels)
    updates, memory = optimiser.update(gradient, state.memory, state.parameters)
    parameters = optax.apply_updates(state.parameters, updates)
    return State(parameters, statistics, memory), value, right


@partial(jax.jit, static_argnames="graph")
def answers(graph: Any, parameters: Any, statistics: Any, pixels: Any) -> Any:
    """Return the class of each image."""
    model = nnx.merge(graph, parameters, statistics)
    return model(pixels).argmax(-1)


def accuracy(model: Any, images: Images) -> float:
    """Return the share of right answers of a network in evaluation mode."""
    graph, parameters, statistics = nnx.split(model, nnx.Param, ...)
    found = [
        np.asarray(answers(graph, parameters, statistics, images.pixels[start : start + 1_000]))
        for start in range(0, len(images.labels), 1_000)
    ]
    return float((np.concatenate(found) == images.labels).mean())


def evaluated(recipe: Recipe, state: State) -> Any:
    """Return the network with the weights of a state, in evaluation mode."""
    model = fresh_model(recipe)
    nnx.update(model, state.parameters, state.statistics)
    model.eval()
    return model


def train_one(name: str, options: argparse.Namespace, started: float) -> bool:
    """Train one network, or a part of the way; return whether it is done."""
    train, test = read(options.garments, "train", PER_CLASS), read(options.garments, "t10k")
    graph, optimiser, state = at_the_start(RECIPES[name], len(train.labels))
    file = options.state / f"{name}.npz"
    state, done = resumed(file, state)
    while len(done["epochs"]) < EPOCHS:
        begun = time.monotonic()
        for pixels, labels in islice(batches(train, len(done["epochs"])), done["batches"], None):
            if options.seconds and time.monotonic() - started > options.seconds:
                keep(file, state, done, begun)
                return False
            state, value, right = step(graph, optimiser, state, pixels, jnp.asarray(labels))
            done["losses"].append(float(value))
            done["right"] += int(right)
            done["batches"] += 1
        line = {
            "epoch": len(done["epochs"]) + 1,
            "loss": round(float(np.mean(done["losses"])), 4),
            "train_accuracy": round(done["right"] / (BATCH * done["batches"]), 4),
            "test_accuracy": round(accuracy(evaluated(RECIPES[name], state), test), 4),
            "seconds": round(done["seconds"] + time.monotonic() - begun, 1),
        }
        done = {**NOTHING_DONE, "epochs": [*done["epochs"], line], "losses": []}
        print(name, *(f"{key} {value}" for key, value in line.items()), flush=True)
        keep(file, state, done)
    finish(name, evaluated(RECIPES[name], state), done["epochs"], train, options.output)
    return True


def at_the_start(recipe: Recipe, images: int) -> tuple[Any, Any, State]:
    """Return the graph of a network, the optimiser, and the state before the first step."""
    graph, parameters, statistics = nnx.split(fresh_model(recipe), nnx.Param, ...)
    rate = optax.cosine_onecycle_schedule(EPOCHS * (images // BATCH), recipe.peak)
    optimiser = optax.adamw(rate, weight_decay=WEIGHT_DECAY)
    return graph, optimiser, State(parameters, statistics, optimiser.init(parameters))


def keep(file: Path, state: State, done: dict[str, Any], begun: float | None = None) -> None:
    """Write how far the training is; `begun` is when this run began with an unfinished epoch."""
    leaves: dict[str, Any] = {
        str(k): np.asarray(leaf) for k, leaf in enumerate(jax.tree.leaves(state))
    }
    if begun is not None:
        done = {**done, "seconds": done["seconds"] + time.monotonic() - begun}
    file.parent.mkdir(parents=True, exist_ok=True)
    leaves["done"] = np.array(json.dumps(done))
    write_atomically(file, lambda out: np.savez(out, **leaves))


def resumed(file: Path, state: State) -> tuple[State, dict[str, Any]]:
    """Return the state in a file and what is behind it; what was given when there is no file."""
    if not file.exists():
        return state, {**NOTHING_DONE, "epochs": [], "losses": []}
    with np.load(file, allow_pickle=False) as archive:
        leaves = [jnp.asarray(archive[str(k)]) for k in range(len(archive.files) - 1)]
        done = json.loads(str(archive["done"]))
    return jax.tree.unflatten(jax.tree.structure(state), leaves), done


def finish(
    name: str, model: Any, epochs: list[dict[str, Any]], train: Images, folder: Path
) -> None:
    """Write the weights, and the log beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.safetensors"
    scale = Preprocessing((SIDE, SIDE), mean=(0.0,), std=(1.0,))
    save_model(model, file, class_names=class_names(), preprocessing=scale)
    log = {
        "name": name,
        "model": RECIPES[name].model,
        "arguments": RECIPES[name].arguments,
        "classes": class_names(),
        "held_out": HELD_OUT,
        "data": {
            "source": "Fashion-MNIST, the first 2,000 training images of each class",
            "sha256": hashlib.sha256(
                np.rint(train.pixels * 255).astype(np.uint8).tobytes()
            ).hexdigest(),
            "tested_on": "all 8,000 test images of these classes",
        },
        "training": {
            "seed": SEED,
            "epochs": EPOCHS,
            "batch": BATCH,
            "optimiser": "AdamW, one cycle",
            "peak": RECIPES[name].peak,
            "weight_decay": WEIGHT_DECAY,
            "shift": FARTHEST_SHIFT,
        },
        "versions": {
            "python": platform.python_version(),
            "jaxcnn": jaxcnn.__version__,
            "jax": jax.__version__,
            "optax": optax.__version__,
            "numpy": np.__version__,
        },
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "bytes": file.stat().st_size,
        "seconds": round(sum(epoch["seconds"] for epoch in epochs), 1),
        "epochs": epochs,
    }
    text = json.dumps(log, indent=1) + "\n"

    def write(out: BinaryIO) -> None:
        out.write(text.encode())

    write_atomically(folder / f"{name}.json", write)
    print(f"{file.name}: {file.stat().st_size:,} bytes, {log['sha256']}")


def main() -> None:
    """Parse the arguments and train what is not done."""
    parser = argparse.ArgumentParser(description="Train the small networks that ship.")
    package = Path(jaxcnn.__file__).parent / "transfer" / "backbones"
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(RECIPES)}")
    parser.add_argument("--garments", type=Path, required=True)
    parser.add_argument("--state", type=Path, default=Path("build/backbones"))
    parser.add_argument("--seconds", type=float, help="stop after so long")
    parser.add_argument("-o", "--output", type=Path, default=package)
    options = parser.parse_args()
    started = time.monotonic()
    for name in options.names or RECIPES:
        if not train_one(name, options, started):
            print(f"{name}: stopped; the same command goes on")
            break


if __name__ == "__main__":
    main()
