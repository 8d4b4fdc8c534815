"""How fast augmentation is, beside SciPy, PyTorch and Keras, and beside other ways of writing it.

    python benchmarks/augment.py [--only TEXT] [--rounds 5] [--seconds 0.2] [--json FILE]

All contenders of a row run in turn, several rounds, and the least time of each counts. A ratio above 1
says that jaxcnn is the faster. "course" is the whole preset: rotation, shifts, shear, zoom and flip of
every image; SciPy and PyTorch get the finished matrices, Keras a stack of its layers (its layers have no
shear). "rotate" is a rotation of every image with reflected filling. The second table has other
formulations of the same resampling, "step" one of training the CIFAR convnet on such images.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

import jaxcnn.functional as F
from jaxcnn.functional._augment import _affine, _resample
from jaxcnn.models import create_model

Run = Callable[[], Any]  # computes once and waits
KEY = jax.random.key(0)
COURSE = _affine.Ranges(40.0, (0.2, 0.2), 0.2, (0.2, 0.2), (0.0, 0.5))


@dataclass(frozen=True)
class Row:
    name: str
    shape: tuple[int, int, int, int]
    dtype: str = "float32"

    def images(self) -> jax.Array:
        pixels = np.random.default_rng(0).random(self.shape, dtype=np.float32)
        return jnp.asarray(pixels, self.dtype)


ROWS = (
    Row("32 photographs, 150x150x3", (32, 150, 150, 3)),
    Row("128 digits, 28x28x1", (128, 28, 28, 1)),
    Row("64 of CIFAR-10, 32x32x3", (64, 32, 32, 3)),
    Row("16 of ImageNet, 224x224x3", (16, 224, 224, 3)),
    Row("32 photographs, bfloat16", (32, 150, 150, 3), "bfloat16"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="rows whose name holds this text")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.2, help="for a contender and round")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = [row for row in ROWS if not options.only or options.only in row.name]
    found = {}
    for table in (contenders, formulations):
        print(f"\n{table.__doc__.splitlines()[0]}")
        for row in rows:
            runs = table(row)
            if not runs:
                continue
            times = least_times(runs, options.rounds, options.seconds)
            found[f"{table.__name__}: {row.name}"] = times
            show(row.name, times)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


def show(name: str, times: dict[str, float]) -> None:
    """Milliseconds of ours, ratios of the others to it."""
    for ours in [name for name in times if "/" not in name]:
        others = {n.split("/")[1]: t for n, t in times.items() if n.startswith(f"{ours}/")}
        ratios = "   ".join(f"{other} {t / times[ours]:.2f}" for other, t in others.items())
        print(f"{name:<28}{ours:<10}{1000 * times[ours]:9.2f} ms   {ratios}", flush=True)


def least_times(runs: dict[str, Run], rounds: int, seconds: float) -> dict[str, float]:
    for run in runs.values():
        run()  # compiles
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(rounds):
        for name, run in runs.items():
            end = time.perf_counter() + seconds
            while True:
                start = time.perf_counter()
                run()
                now = time.perf_counter()
                best[name] = min(best[name], now - start)
                if now > end:
                    break
    return best


def jitted(function: Callable[..., Any], *operands: Any) -> Run:
    compiled = jax.jit(function)
    return lambda: jax.block_until_ready(compiled(*operands))


def contenders(row: Row) -> dict[str, Run]:
    """jaxcnn, and how many times as long others take"""
    x = row.images()
    drawn = _affine.draw(KEY, x, COURSE)
    look = _affine.composed(drawn, row.shape[1:3])
    gradient = jax.grad(lambda x, key: F.course_augmentation(key, x).astype("float32").sum())
    runs = {
        "course": jitted(F.course_augmentation, KEY, x),
        "course/its gradient": jitted(gradient, x, KEY),
        "course/step": train_step(x),
        "rotate": jitted(lambda x: F.random_rotation(KEY, x, 40, fill_mode="reflect"), x),
    }
    builders = {
        "course/scipy": lambda: scipy_run(x, look, "nearest"),
        "rotate/scipy": lambda: scipy_run(x, look, "reflect"),
        "course/torch": lambda: torch_run(x, look, "border"),
        "rotate/torch": lambda: torch_run(x, look, "reflection"),
        "course/keras": lambda: keras_run(x, course=True),
        "rotate/keras": lambda: keras_run(x, course=False),
    }
    if row.dtype == "float32":
        for name, build in builders.items():
            try:
                runs[name] = build()
            except ImportError:
                continue
    return runs


def train_step(x: jax.Array) -> Run:
    """One step of gradient descent on the CIFAR convnet, without augmentation."""
    options = {"in_features": x.shape[-1], "image_size": x.shape[1:3], "dtype": x.dtype}
    model = create_model("cifar10_convnet", seed=0, **options)
    graph, parameters, rest = nnx.split(model, nnx.Param, ...)

    def step(parameters: Any, x: jax.Array) -> Any:
        def loss(parameters: Any) -> jax.Array:
            logits = nnx.merge(graph, parameters, rest)(x)
            return -jax.nn.log_softmax(logits.astype("float32"))[:, 0].mean()

        slopes = jax.grad(loss)(parameters)
        return jax.tree.map(lambda p, g: p - 0.01 * g.astype(p.dtype), parameters, slopes)

    return jitted(step, parameters, x)


def scipy_run(x: jax.Array, look: _resample.Look, mode: str) -> Run:
    from scipy import ndimage

    images, matrices = np.asarray(x), np.asarray(look.matrix)
    turned = np.einsum("nij,nj->ni", matrices, np.asarray(look.center))
    offsets = np.asarray(look.target) - turned

    def run() -> None:
        for image, matrix, offset in zip(images, matrices, offsets, strict=True):
            for channel in range(image.shape[-1]):
                ndimage.affine_transform(image[..., channel], matrix, offset, order=1, mode=mode)

    return run


def torch_run(x: jax.Array, look: _resample.Look, mode: str) -> Run:
    """Maps in PyTorch's units are -1 to 1, columns first; only the time matters here."""
    import torch

    images = torch.from_numpy(np.moveaxis(np.asarray(x), -1, 1).copy())
    matrices = np.asarray(look.matrix)[:, ::-1, ::-1]
    moved = (np.asarray(look.target) - np.asarray(look.center))[:, ::-1] * 2 / x.shape[1]
    maps = torch.from_numpy(np.concatenate([matrices, moved[..., None]], -1).copy())

    def run() -> Any:
        with torch.inference_mode():
            grid = torch.nn.functional.affine_grid(maps, list(images.shape), align_corners=True)
            return torch.nn.functional.grid_sample(
                images, grid, padding_mode=mode, align_corners=mode == "border"
            )

    return run


def keras_run(x: jax.Array, *, course: bool) -> Run:
    import keras

    if keras.backend.backend() != "jax":
        raise ImportError("Keras runs on another backend")
    layers = keras.layers
    turn = 40 / 360
    if course:
        steps = [
            layers.RandomRotation(turn, fill_mode="nearest"),
            layers.RandomTranslation(0.2, 0.2, fill_mode="nearest"),
            layers.RandomZoom(0.2, 0.2, fill_mode="nearest"),
            layers.RandomFlip("horizontal"),
        ]
    else:
        steps = [layers.RandomRotation(turn, fill_mode="reflect")]

    def function(x: jax.Array) -> jax.Array:
        for step in steps:
            x = step(x, training=True)
        return x

    return jitted(function, x)


def formulations(row: Row) -> dict[str, Run]:
    """one gather of channels for each tap (ours), and how many times as long other ways take"""
    if row.dtype != "float32":
        return {}
    x = row.images()
    look = _affine.composed(_affine.draw(KEY, x, COURSE), row.shape[1:3])
    filling = _resample.filling("nearest", 0.0, "bilinear", x.shape[-1])
    diagonal = look._replace(matrix=look.matrix * jnp.eye(2))
    runs = {
        "resample": jitted(lambda x, look: _resample.resample(x, look, filling), x, look),
        "resample/gather of 2x2 windows": jitted(by_windows, x, look),
        "resample/gather of scalars": jitted(by_scalars, x, look),
        "resample/scipy's loop in jax": jitted(by_map_coordinates, x, look),
        "resample/matrices, without rotation": jitted(by_matrices, x, diagonal),
    }
    expected = runs["resample"]()
    for name, run in runs.items():
        if "without rotation" not in name:
            np.testing.assert_allclose(run(), expected, atol=1e-3)
    return runs


def places(x: jax.Array, look: _resample.Look) -> tuple[jax.Array, ...]:
    """First row and column of each pixel's four neighbours, and the weights of the second ones."""
    sizes = x.shape[1:3]
    rows, columns = jax.vmap(lambda look: tuple(_resample._positions(look, sizes)))(look)
    rows, columns = jnp.clip(rows, 0, sizes[0] - 1), jnp.clip(columns, 0, sizes[1] - 1)
    top = jnp.minimum(rows.astype("int32"), sizes[0] - 2)
    left = jnp.minimum(columns.astype("int32"), sizes[1] - 2)
    return top, left, (rows - top)[..., None], (columns - left)[..., None]


def by_windows(x: jax.Array, look: _resample.Look) -> jax.Array:
    top, left, down, right = places(x, look)
    numbers = jax.lax.broadcasted_iota("int32", top.shape, 0)
    layout = jax.lax.GatherDimensionNumbers((3, 4, 5), (0,), (0, 1, 2))
    seen = jax.lax.gather(
        x,
        jnp.stack([numbers, top, left], -1),
        layout,
        (1, 2, 2, x.shape[-1]),
        mode="promise_in_bounds",
    )
    upper = seen[..., 0, 0, :] * (1 - right) + seen[..., 0, 1, :] * right
    lower = seen[..., 1, 0, :] * (1 - right) + seen[..., 1, 1, :] * right
    return upper * (1 - down) + lower * down


def by_scalars(x: jax.Array, look: _resample.Look) -> jax.Array:
    top, left, down, right = places(x, look)
    width, channels = x.shape[2:]
    number = jax.lax.broadcasted_iota("int32", top.shape, 0) * x.shape[1] + top
    number = ((number * width + left) * channels)[..., None] + jnp.arange(channels)

    def tap(rows: int, columns: int) -> jax.Array:
        place = number + (rows * width + columns) * channels
        return x.reshape(-1).at[place].get(mode="promise_in_bounds")

    upper = tap(0, 0) * (1 - right) + tap(0, 1) * right
    lower = tap(1, 0) * (1 - right) + tap(1, 1) * right
    return upper * (1 - down) + lower * down


def by_map_coordinates(x: jax.Array, look: _resample.Look) -> jax.Array:
    """`jax.scipy.ndimage.map_coordinates`, for each channel of each image."""
    sizes = x.shape[1:3]

    def one(image: jax.Array, look: _resample.Look) -> jax.Array:
        positions = _resample._positions(look, sizes)
        sample = jax.scipy.ndimage.map_coordinates
        return jax.vmap(lambda c: sample(c, positions, 1, "nearest"), -1, -1)(image)

    return jax.vmap(one)(x, look)


def by_matrices(x: jax.Array, look: _resample.Look) -> jax.Array:
    """Two products with interpolation matrices: only for maps that keep rows and columns."""
    weights = []
    for axis in range(2):
        size = x.shape[axis + 1]
        steps = jnp.arange(size, dtype=x.dtype) - look.center[:, axis, None]
        place = look.matrix[:, axis, axis, None] * steps + look.target[:, axis, None]
        distance = jnp.abs(jnp.clip(place, 0, size - 1)[..., None] - jnp.arange(size))
        weights.append(jnp.maximum(1 - distance, 0))
    return jnp.einsum("nab,nbcd,nec->naed", weights[0], x, weights[1])


if __name__ == "__main__":
    main()
