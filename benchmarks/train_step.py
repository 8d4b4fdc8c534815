"""Whole train steps and single predictions, beside XLA's own lowering and PyTorch, in one process.

    python benchmarks/train_step.py [--only NAME] [--rivals pure,xla,torch,compiled] [--dtype float32|bfloat16]
                                    [--keep-memory] [--compile | --memory] [--json FILE]

A train step is forward, gradients, and SGD with momentum, in one compiled program with donated
buffers. "pure" is jaxcnn without its native kernels, where it has them; "xla" is the same network with
`jaxcnn.runtime.use_cpu_rules(False)`: the operations that Flax would run. PyTorch runs eagerly, in the
better of its memory layouts, as it does for its users; "compiled" is `torch.compile` in the same layouts
(where ``--rivals`` names it: it needs a C++ compiler, and minutes for a network). All run in turn and the
least time counts. On a GPU there is no PyTorch column, and the share of the peak of a matrix product (MFU,
three forward passes per step) is that of the same run.

``--compile`` measures instead how long XLA compiles train steps, with the rules and without; ``--memory``
the peak resident memory of a process that takes three of them, less what it had before the first.
"""

import argparse
import functools
import importlib.util
import json
import math
import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from ops import geometric_mean, least_times, matrix_peak, processor

from jaxcnn import analysis, models, nn, runtime

Run = Callable[[], Any]
RIVALS = ("pure", "xla", "torch", "compiled")
PYTORCH_IMAGES = ("channels last", "channels first")


@dataclass(frozen=True)
class Row:
    """A network at a batch size, trained or asked."""

    model: str
    batch: int
    train: bool

    @property
    def name(self) -> str:
        return f"{self.model}, batch {self.batch}, {'train step' if self.train else 'prediction'}"


NETWORKS = ("lenet", "vgg16", "resnet18", "resnet50", "mobilenet_v2", "efficientnet_lite0")
ROWS = (
    *(Row(name, 64 if name == "lenet" else 8, True) for name in NETWORKS),
    *(Row(name, 1, False) for name in NETWORKS),
    *(Row(name, 32, False) for name in NETWORKS),
)
COMPILED = ("resnet50", "mobilenet_v2", "resnext block")


def batch_of(model: Any, size: int, dtype: Any) -> tuple[jax.Array, jax.Array]:
    rng = np.random.default_rng(0)
    images = rng.standard_normal((size, *model.input_shape), dtype=np.float32)
    labels = rng.integers(0, 10, size)
    return jnp.asarray(images, dtype), jnp.asarray(labels, jnp.int32)


def train_step(graph: Any) -> Callable[..., Any]:
    """(parameters, velocities, others, images, labels) -> the first three, and the loss."""

    def step(parameters: Any, velocities: Any, others: Any, images: Any, labels: Any) -> Any:
        def loss(parameters: Any) -> Any:
            model = nnx.merge(graph, parameters, others, copy=True)
            chances = jax.nn.log_softmax(model(images).astype(jnp.float32))
            picked = jnp.take_along_axis(chances, labels[:, None], axis=-1)
            return -picked.mean(), nnx.state(model, nnx.Not(nnx.Param))

        (value, others_), slopes = jax.value_and_grad(loss, has_aux=True)(parameters)
        velocities = jax.tree.map(lambda v, g: 0.9 * v + g, velocities, slopes)
        parameters = jax.tree.map(lambda p, v: p - 1e-4 * v, parameters, velocities)
        return parameters, velocities, others_, value

    return step


def jaxcnn_run(row: Row, dtype: Any, rules: bool, native: bool = True) -> Run:
    runtime.use_cpu_rules(rules)
    runtime.use_native_kernels(native)
    model = models.create_model(row.model, seed=0, dtype=dtype)
    images, labels = batch_of(model, row.batch, dtype)
    if not row.train:
        graph, state = nnx.split(model)
        predict = jax.jit(lambda s, x: nnx.merge(graph, s)(x)).lower(state, images).compile()
        return lambda: jax.block_until_ready(predict(state, images))
    model.train()
    graph, parameters, others = nnx.split(model, nnx.Param, ...)
    velocities = jax.tree.map(jnp.zeros_like, parameters)
    state = [parameters, velocities, others]
    step = jax.jit(train_step(graph), donate_argnums=(0, 1, 2))
    compiled = step.lower(*state, images, labels).compile()

    def run() -> Any:
        *state[:], loss = compiled(*state, images, labels)
        return jax.block_until_ready(loss)

    return run


def torch_run(row: Row, dtype: Any, layout: str, compiled: bool = False) -> Run:
    import torch
    from torch_models import MODELS

    kind = getattr(torch, jnp.dtype(dtype).name)
    model = MODELS[row.model]().to(kind)
    images, labels = batch_of(models.create_model(row.model, seed=0), row.batch, np.float32)
    x = torch.from_numpy(np.moveaxis(np.asarray(images), -1, 1).copy()).to(kind)
    if layout == "channels last":
        model = model.to(memory_format=torch.channels_last)
        x = x.to(memory_format=torch.channels_last)
    if compiled:
        model = torch.compile(model, dynamic=False)
    if not row.train:
        model.eval()

        def predict() -> Any:
            with torch.inference_mode():
                return model(x)

        return predict
    y = torch.from_numpy(np.array(labels)).long()
    optimizer = torch.optim.SGD(model.parameters(), 1e-4, momentum=0.9)

    def run() -> Any:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x).float(), y).backward()
        optimizer.step()

    return run


def builders(row: Row, dtype: Any, rivals: tuple[str, ...]) -> dict[str, Callable[[], Run]]:
    """Who takes part, each with what makes its run; PyTorch once for each layout of its memory."""
    wanted: dict[str, Callable[[], Run]] = {"jaxcnn": lambda: jaxcnn_run(row, dtype, True)}
    if "pure" in rivals and runtime.native_kernels_in_use():
        wanted["pure"] = lambda: jaxcnn_run(row, dtype, True, native=False)
    if "xla" in rivals:
        wanted["xla"] = lambda: jaxcnn_run(row, dtype, False)
    for rival in ("torch", "compiled"):
        if (
            rival not in rivals
            or jax.default_backend() != "cpu"
            or importlib.util.find_spec("torch") is None
        ):
            continue
        for layout in PYTORCH_IMAGES:
            wanted[f"{rival}, {layout}"] = functools.partial(
                torch_run, row, dtype, layout, rival == "compiled"
            )
    return wanted


def measure(
    row: Row, dtype: Any, rivals: tuple[str, ...], rounds: int, seconds: float
) -> dict[str, Any]:
    native = runtime.native_kernels_in_use()
    wanted = builders(row, dtype, rivals)
    if any(name.startswith("compiled") for name in wanted):
        import torch

        torch.compiler.reset()  # else it remembers earlier rows' sizes, and gives up after eight
    runs = {name: build() for name, build in wanted.items()}
    runtime.use_native_kernels(native)
    times = best_layout(least_times(runs, rounds, seconds))
    model = nnx.eval_shape(functools.partial(models.create_model, row.model))
    forward = analysis.summary(model, model.input_shape).multiply_adds * 2 * row.batch
    return {"name": row.name, "gflop": forward * (3 if row.train else 1) / 1e9, "ms": times}


def best_layout(found: dict[str, float]) -> dict[str, float]:
    """The least figure of each contender over the layouts that it has."""
    best: dict[str, float] = {}
    for name, figure in found.items():
        contender = name.partition(",")[0]
        best[contender] = min(figure, best.get(contender, math.inf))
    return best


def memory_of(row: Row, dtype: Any, contender: str) -> float:
    """Peak MiB of a process of its own that takes a step three times, less what it had before the step was made."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    child = multiprocessing.get_context("spawn").Process(
        target=_tell_memory, args=(row, dtype, contender, theirs)
    )
    child.start()
    theirs.close()
    try:
        return ours.recv()
    finally:
        child.join()


def _tell_memory(row: Row, dtype: Any, contender: str, pipe: Any) -> None:
    build = builders(row, dtype, RIVALS)[contender]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run = build()
    for _ in range(3):
        run()
    pipe.send((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


def peak_memory(rows: list[Row], dtype: Any, rivals: tuple[str, ...]) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        if row.train:
            names = builders(row, dtype, rivals)
            used = best_layout({name: memory_of(row, dtype, name) for name in names})
            found.append({"name": row.name, "MiB": used})
            others = "".join(
                f", {n} {m / used['jaxcnn']:.2f} times" for n, m in used.items() if n != "jaxcnn"
            )
            print(f"{row.name:42}{used['jaxcnn']:8.0f} MiB{others}", flush=True)
    return found


def print_table(results: list[dict[str, Any]], peak: float) -> None:
    print(
        f"{'':42}{'jaxcnn ms':>10}{'pure /':>8}{'xla /':>8}{'torch /':>9}{'compiled /':>12}{'% of peak':>11}"
    )
    for result in results:
        times = result["ms"]
        mine = times["jaxcnn"]
        rivals = [f"{times[n] / mine:8.2f}" if n in times else f"{'-':>8}" for n in RIVALS]
        share = result["gflop"] / mine * 1e5 / peak
        print(
            f"{result['name']:42}{mine:10.2f}{rivals[0]}{rivals[1]}{rivals[2]:>9}{rivals[3]:>12}{share:11.0f}"
        )
    means = [
        geometric_mean([r["ms"][n] / r["ms"]["jaxcnn"] for r in results if n in r["ms"]])
        for n in RIVALS
    ]
    print(
        f"{'geometric mean':42}{'':10}{means[0]:8.2f}{means[1]:8.2f}{means[2]:9.2f}{means[3]:12.2f}"
    )


def resnext_block() -> Any:
    """The first block of ResNeXt50's second stage."""
    options = {"use_bias": False, "rngs": nnx.Rngs(0)}
    return nn.Sequential(
        nn.Conv2d(256, 256, 1, **options), nn.BatchNorm(256, rngs=nnx.Rngs(0)), nnx.relu,
        nn.Conv2d(256, 256, 3, 2, padding=1, feature_group_count=32, **options),
        nn.BatchNorm(256, rngs=nnx.Rngs(0)), nnx.relu,
        nn.Conv2d(256, 512, 1, **options), nn.BatchNorm(512, rngs=nnx.Rngs(0)), nn.GlobalAvgPool(),
    )  # fmt: skip


def compile_times(rounds: int) -> dict[str, dict[str, float]]:
    """Seconds to trace, lower and compile a train step at batch 8, with the rules and without."""
    found: dict[str, dict[str, float]] = {}
    for name in COMPILED:
        if name == "resnext block":
            model: Any = resnext_block()
            model.input_shape = (56, 56, 256)
        else:
            model = models.create_model(name, seed=0)
        images, labels = batch_of(model, 8, jnp.float32)
        model.train()
        graph, parameters, others = nnx.split(model, nnx.Param, ...)
        velocities = jax.tree.map(jnp.zeros_like, parameters)
        times = {"jaxcnn": math.inf, "xla": math.inf}
        for _ in range(rounds):
            for contender in times:
                runtime.use_cpu_rules(contender == "jaxcnn")
                jax.clear_caches()
                began = time.perf_counter()
                step = jax.jit(train_step(graph))
                step.lower(parameters, velocities, others, images, labels).compile()
                times[contender] = min(times[contender], time.perf_counter() - began)
        found[name] = times
        print(
            f"{name:20}{times['jaxcnn']:8.2f} s, xla {times['xla']:8.2f} s, "
            f"ratio {times['jaxcnn'] / times['xla']:.2f}",
            flush=True,
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="rows whose name begins with this text")
    parser.add_argument("--dtype", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.5, help="per contender and round")
    parser.add_argument("--keep-memory", action="store_true", help="runtime.keep_freed_memory")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--compile", action="store_true", help="measure compilation instead")
    instead.add_argument("--memory", action="store_true", help="measure peak memory instead")
    parser.add_argument(
        "--rivals", default="pure,xla,torch", help="beside jaxcnn; by default %(default)s"
    )
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    kept = options.keep_memory and runtime.keep_freed_memory()
    device = jax.devices()[0].device_kind
    print(f"jax {jax.__version__}, {device}, {options.dtype}, {os.cpu_count()} cores")
    print(f"{processor()}\n{runtime.describe()}")
    print("freed memory is kept" if kept else "freed memory goes back to the system")
    content: dict[str, Any] = {"jax": jax.__version__, "device": device, "kept": kept}
    content |= {"processor": processor(), "kernels": runtime.describe().splitlines()[-1]}
    dtype, rivals = jnp.dtype(options.dtype), tuple(options.rivals.split(","))
    rows = [row for row in ROWS if row.name.startswith(options.only or "")]
    if options.compile:
        content["compile"] = compile_times(options.rounds)
    elif options.memory:
        content["memory"] = peak_memory(rows, dtype, rivals)
    else:
        peak = matrix_peak(dtype)
        results = []
        for row in rows:
            results.append(measure(row, dtype, rivals, options.rounds, options.seconds))
            print(f"[{len(results)}/{len(rows)}] {row.name}", flush=True)
        print_table(results, peak)
        content |= {"dtype": options.dtype, "peak": peak, "rows": results}
    if options.json:
        options.json.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
