"""What the small trained networks bring: pullovers against coats, which they have never seen.

    python benchmarks/backbones.py [NAME...] [--images 20 120] [--seeds 0 1 2]

For each number of training images per class, right answers in percent on other images of the pair: a
linear probe on the frozen features at each cut, the network fine-tuned, and the same network trained
from scratch. Needs optax. About a minute for each network, number of images and three seeds.
"""

import argparse
from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxcnn.data import load_embedded
from jaxcnn.models import create_model, intermediates
from jaxcnn.transfer import load_model
from jaxcnn.transfer._shipped import SHIPPED, shipped_file

CUTS = {
    "resnet8_clothing": (
        "features.relu",
        "features.layer1",
        "features.layer2",
        "features.layer3",
        "classifier.pool",
    ),
    "vgg8_clothing": ("features.4", "features.9", "features.14", "classifier.2"),
}
BATCH = 32
STEPS_FROM_SCRATCH, STEPS_OF_TUNING = 200, 100


@cache
def pair() -> tuple[np.ndarray, np.ndarray]:
    """Return the images (2000, 28, 28, 1) between 0 and 1, and 0 for pullovers, 1 for coats."""
    images = load_embedded("clothing").split("pair")
    return images.images.astype(np.float32) / 255, (images.labels == 4).astype(np.int32)


def drawn(seed: int, per_class: int, fresh: int = 1_000) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to train on, as many of each class, and other rows to judge on."""
    labels = pair()[1]
    order = np.random.default_rng(seed).permutation(len(labels))
    rows = np.concatenate([order[labels[order] == k][:per_class] for k in (0, 1)])
    return rows, order[~np.isin(order, rows)][:fresh]


def features(model: Any, names: tuple[str, ...], pixels: np.ndarray) -> dict[str, np.ndarray]:
    """Return what the layers of these names compute, flattened: (number, features)."""
    graph, state = nnx.split(model)
    run = jax.jit(lambda state, x: intermediates(nnx.merge(graph, state), x, names))
    parts = [run(state, part) for part in np.array_split(pixels, max(1, len(pixels) // 500))]
    return {
        name: np.concatenate(
            [np.asarray(part[name]).reshape(len(part[name]), -1) for part in parts]
        )
        for name in names
    }


def probe(known: np.ndarray, labels: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """Fit a linear classifier to features by least squares with a penalty; return its answers."""
    mean, scale = known.mean(0), known.std() + 1e-6
    known, unknown = (known - mean) / scale, (unknown - mean) / scale
    products = known @ known.T
    penalty = 0.1 * np.trace(products) / len(known)
    weights = np.linalg.solve(products + penalty * np.eye(len(known)), 2.0 * labels - 1)
    return (unknown @ known.T @ weights > 0).astype(np.int32)


@partial(jax.jit, static_argnames=("graph", "optimiser"))
def step(
    graph: Any, optimiser: Any, parameters: Any, rest: Any, memory: Any, x: Any, y: Any
) -> Any:
    """Return weights, statistics and the optimiser's memory after one step."""

    def loss(parameters: Any) -> Any:
        model = nnx.merge(graph, parameters, rest, copy=True)
        value = optax.softmax_cross_entropy_with_integer_labels(model(x), y).mean()
        return value, nnx.state(model, nnx.Not(nnx.Param))

    gradient, moved = jax.grad(loss, has_aux=True)(parameters)
    updates, memory = optimiser.update(gradient, memory, parameters)
    return optax.apply_updates(parameters, updates), moved, memory


@cache
def optimiser(steps: int, peak: float) -> Any:
    """Return AdamW with one cycle of the learning rate."""
    return optax.adamw(optax.cosine_onecycle_schedule(steps, peak), weight_decay=1e-4)


def trained(model: Any, rows: np.ndarray, steps: int, peak: float, seed: int) -> Any:
    """Train a network on some rows of the pair, without augmentation."""
    pixels, labels = pair()
    rng, method = np.random.default_rng(seed), optimiser(steps, peak)
    model.train()
    graph, parameters, rest = nnx.split(model, nnx.Param, ...)
    memory = method.init(parameters)
    for _ in range(steps):
        batch = rng.choice(rows, BATCH, replace=False)
        x, y = pixels[batch], jnp.asarray(labels[batch])
        parameters, rest, memory = step(graph, method, parameters, rest, memory, x, y)
    nnx.update(model, parameters, rest)
    model.eval()
    return model


def with_two_classes(name: str, seed: int, *, pretrained: bool) -> Any:
    """Return the network of this name for two classes, its features trained or random."""
    source = load_model(shipped_file(name))
    arguments = {**dict(source.recipe.arguments), "num_classes": 2}
    model = create_model(source.recipe.name, **arguments, seed=seed)
    if pretrained:
        model.features = source.features
    return model


def score(model: Any, rows: np.ndarray) -> float:
    """Return the percentage of right answers on some rows of the pair."""
    pixels, labels = pair()
    logits = features(model, ("classifier",), pixels[rows])["classifier"]
    return 100 * float((logits.argmax(-1) == labels[rows]).mean())


def frozen_scores(name: str, rows: np.ndarray, fresh: np.ndarray) -> dict[str, float]:
    """Return the percentage of right answers of a probe at each cut."""
    pixels, labels = pair()
    found = features(
        load_model(shipped_file(name)), CUTS[name], pixels[np.concatenate([rows, fresh])]
    )
    return {
        cut: 100
        * float((probe(x[: len(rows)], labels[rows], x[len(rows) :]) == labels[fresh]).mean())
        for cut, x in found.items()
    }


def scratch_score(name: str, rows: np.ndarray, fresh: np.ndarray, seed: int) -> float:
    """Return the percentage of right answers of the network trained from random weights."""
    model = with_two_classes(name, seed, pretrained=False)
    return score(trained(model, rows, STEPS_FROM_SCRATCH, 3e-3, seed), fresh)


def tuned_score(name: str, rows: np.ndarray, fresh: np.ndarray, seed: int) -> float:
    """Return the percentage of right answers of the trained network, fine-tuned with a new head."""
    model = with_two_classes(name, seed, pretrained=True)
    return score(trained(model, rows, STEPS_OF_TUNING, 1e-3, seed), fresh)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure what the small trained networks bring.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SHIPPED)}")
    parser.add_argument("--images", type=int, nargs="+", default=[20, 120], help="of each class")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    for name in options.names or SHIPPED:
        for number in options.images:
            table: dict[str, list[float]] = {}
            for seed in options.seeds:
                rows, fresh = drawn(seed, number)
                line = frozen_scores(name, rows, fresh)
                line["fine-tuned"] = tuned_score(name, rows, fresh, seed)
                line["from scratch"] = scratch_score(name, rows, fresh, seed)
                for key, value in line.items():
                    table.setdefault(key, []).append(value)
            print(f"{name}, {number} images of each class")
            for key, values in table.items():
                mean, lowest, highest = np.mean(values), min(values), max(values)
                print(f"  {key:16} {mean:5.1f}  ({lowest:.1f} to {highest:.1f})", flush=True)


if __name__ == "__main__":
    main()
