"""How fast convolutions, pools and batch normalisation are, beside Flax, PyTorch and Keras, in one process.

    python benchmarks/ops.py [--only TEXT] [--dtype float32|bfloat16] [--keep-memory]
                              [--rivals pure,torch] [--cpu-time]
                              [--json FILE] [--markdown FILE] [--plot FILE]
    python benchmarks/ops.py --from FILE [--markdown FILE] [--plot FILE]   # what --json wrote, without measuring
    NPROC=1 OMP_NUM_THREADS=1 python benchmarks/ops.py --cpu-time   # on a busy machine

All contenders of a row run in turn, several rounds, and the least time of each counts: what the
operation takes when nobody disturbs it. A ratio above 1 says that jaxcnn is the faster. "grad" is the
result with the gradients of input and kernel. "pure" is jaxcnn without its native kernels, where it
has them. PyTorch gets the better of its two memory layouts, cell by cell; Keras runs on JAX. Those that
are not installed are left out. ``--cpu-time`` counts the time of the process on its processor instead of
that on the wall, which others disturb less; it means something for one thread only.

On a GPU the same table says which share of the peak of a matrix product, measured in the same run,
each operation of jaxcnn reaches.
"""

import argparse
import json
import math
import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

import jaxcnn.functional as F
from jaxcnn import runtime
from jaxcnn.functional._batch_norm import batch_norm

Run = Callable[[], Any]  # computes once and waits


@dataclass(frozen=True)
class Conv:
    """A row of the table: a convolution."""

    name: str
    batch: int
    size: tuple[int, ...]
    ins: int
    outs: int
    kernel: int
    stride: int = 1
    groups: int = 1
    dilation: int = 1
    transposed: bool = False

    @property
    def padding(self) -> int:
        return (self.kernel * self.dilation - self.dilation) // 2

    @property
    def flops(self) -> int:
        moved = self.size if self.transposed else tuple(-(-n // self.stride) for n in self.size)
        taps = self.kernel ** len(self.size)
        return 2 * self.batch * math.prod(moved) * taps * self.ins * self.outs // self.groups


@dataclass(frozen=True)
class Pool:
    """A row of the table: a pool of ``kind`` max or avg."""

    name: str
    kind: str
    batch: int
    size: tuple[int, ...]
    ins: int
    window: int
    stride: int
    padding: int = 0
    flops: int = 0


@dataclass(frozen=True)
class Norm:
    """A row of the table: batch normalisation, by the statistics of the batch."""

    name: str
    batch: int
    size: tuple[int, ...]
    ins: int
    flops: int = 0


Row = Conv | Pool | Norm
ROWS: tuple[Row, ...] = (
    Conv("depthwise 3x3, 128 ch, 56x56", 8, (56, 56), 128, 128, 3, groups=128),
    Conv("groups 8, 3x3, 128 ch, 56x56", 8, (56, 56), 128, 128, 3, groups=8),
    Conv("groups 32, 3x3, 256 ch, 28x28", 8, (28, 28), 256, 256, 3, groups=32),
    Conv("1x1, 256->64, 56x56", 8, (56, 56), 256, 64, 1),
    Conv("3-D 3x3x3, 32->64, 2x16x56x56", 2, (16, 56, 56), 32, 64, 3),
    Pool("max pool 2x2, 16x112x112x64", "max", 16, (112, 112), 64, 2, 2),
    Conv("3x3, 64->64, 112x112", 8, (112, 112), 64, 64, 3),
    Conv("5x5, 20->50, 14x14, batch 64", 64, (14, 14), 20, 50, 5),
    Conv("7x7 stride 2, 3->64, 224x224", 8, (224, 224), 3, 64, 7, stride=2),
)
MORE_ROWS: tuple[Row, ...] = (
    Conv("depthwise 3x3 stride 2, 96 ch, 112x112", 8, (112, 112), 96, 96, 3, stride=2, groups=96),
    Conv("depthwise 5x5, 240 ch, 28x28", 8, (28, 28), 240, 240, 5, groups=240),
    Conv("depthwise 7x7, 96 ch, 56x56", 8, (56, 56), 96, 96, 7, groups=96),
    Conv("depthwise 9x9, 3 ch, 224x224 (blur)", 8, (224, 224), 3, 3, 9, groups=3),
    Conv("depthwise x2, 3x3, 64 ch, 56x56", 8, (56, 56), 64, 128, 3, groups=64),
    Conv("groups 32, 3x3, 128 ch, 56x56", 8, (56, 56), 128, 128, 3, groups=32),
    Conv("groups 32, 1x1, 256 ch, 28x28", 8, (28, 28), 256, 256, 1, groups=32),
    Conv("groups 2, 5x5, 96->256, 27x27", 8, (27, 27), 96, 256, 5, groups=2),
    Conv("3x3, 128->128, 28x28", 8, (28, 28), 128, 128, 3),
    Conv("3x3, 512->512, 7x7", 8, (7, 7), 512, 512, 3),
    Conv("3x3 stride 2, 128->128, 56x56", 8, (56, 56), 128, 128, 3, stride=2),
    Conv("1x1 stride 2, 256->512, 56x56", 8, (56, 56), 256, 512, 1, stride=2),
    Conv("3x3, 3->64, 224x224", 4, (224, 224), 3, 64, 3),
    Conv("5x5, 1->20, 28x28, batch 64", 64, (28, 28), 1, 20, 5),
    Conv("3x3 dilated 2, 128->128, 28x28", 8, (28, 28), 128, 128, 3, dilation=2),
    Conv("transposed 4x4 stride 2, 64->64, 28x28", 8, (28, 28), 64, 64, 4, 2, transposed=True),
    Conv("transposed 2x2 stride 2, 128->64, 28x28", 8, (28, 28), 128, 64, 2, 2, transposed=True),
    Conv("transposed 4x4 stride 2, 64->3, 56x56", 8, (56, 56), 64, 3, 4, 2, transposed=True),
    Conv("1-D 9, 64->64, 32x1000", 32, (1000,), 64, 64, 9),
    Conv("1-D 9, 1->64, 32x1000", 32, (1000,), 1, 64, 9),
    Conv("1-D 41, 32->32, 64x24", 64, (24,), 32, 32, 41),
    Conv("1-D depthwise 15, 64 ch, 32x1000", 32, (1000,), 64, 64, 15, groups=64),
    Conv("3-D 3x3x3, 16->32, 4x8x16x16", 4, (8, 16, 16), 16, 32, 3),
    Conv("3-D depthwise 3x3x3, 32 ch, 2x8x28x28", 2, (8, 28, 28), 32, 32, 3, groups=32),
    Pool("max pool 3x3 stride 2, 8x112x112x64", "max", 8, (112, 112), 64, 3, 2, 1),
    Pool("max pool 2x2, 64x28x28x20", "max", 64, (28, 28), 20, 2, 2),
    Pool("max pool 3x3 stride 1, 8x28x28x192", "max", 8, (28, 28), 192, 3, 1, 1),
    Pool("average pool 2x2, 8x56x56x128", "avg", 8, (56, 56), 128, 2, 2),
    Pool("average pool 3x3 stride 2, 8x56x56x128", "avg", 8, (56, 56), 128, 3, 2, 1),
    Norm("batch norm 112x112x64, batch 8", 8, (112, 112), 64),
    Norm("batch norm 14x14x256, batch 8", 8, (14, 14), 256),
)


def inputs(row: Row) -> tuple[np.ndarray, ...]:
    """Input, kernel ``(*K, in/groups, out)`` if there is one, channels last."""
    rng = np.random.default_rng(0)
    draw = lambda *shape: rng.standard_normal(shape, dtype=np.float32)  # noqa: E731
    x = draw(row.batch, *row.size, row.ins)
    if isinstance(row, Pool):
        return (x,)
    if isinstance(row, Norm):
        return x, draw(row.ins), draw(row.ins)
    taps = (row.kernel,) * len(row.size)
    return x, draw(*taps, row.ins // row.groups, row.outs) / math.sqrt(row.flops / row.outs)


# --- contenders: each gives, for a row, the forward run and the one with gradients


def jax_runs(function: Callable[..., jax.Array], arrays: tuple[np.ndarray, ...], dtype: Any):
    """Compiled ahead, the cotangent is an argument like the others."""
    operands = [jnp.asarray(array).astype(dtype) for array in arrays]
    forward = jax.jit(function).lower(*operands).compile()
    g = jnp.ones_like(forward(*operands))

    def with_gradients(g: jax.Array, *operands: jax.Array) -> Any:
        y, pull_back = jax.vjp(function, *operands)
        return y, pull_back(g)

    both = jax.jit(with_gradients).lower(g, *operands).compile()
    return (
        lambda: jax.block_until_ready(forward(*operands)),
        lambda: jax.block_until_ready(both(g, *operands)),
    )


def jaxcnn_function(row: Row) -> Callable[..., jax.Array]:
    if isinstance(row, Norm):
        return lambda x, scale, bias: batch_norm(x, scale, bias, 1e-5)[0]
    if isinstance(row, Pool):
        pool = F.max_pool if row.kind == "max" else F.avg_pool
        window = (row.window,) * len(row.size)
        return lambda x: pool(x, window, row.stride, row.padding)
    if row.transposed:
        return lambda x, k: F.conv_transpose(x, k, strides=row.stride, padding=row.kernel // 2 - 1)
    return lambda x, k: F.conv(
        x,
        k,
        strides=row.stride,
        padding=row.padding,
        kernel_dilation=row.dilation,
        feature_group_count=row.groups,
    )


def flax_function(row: Row, dtype: Any) -> Callable[..., jax.Array]:
    rank = len(row.size)
    if isinstance(row, Norm):
        return flax_norm(row, dtype)
    if isinstance(row, Pool):
        pool = nnx.max_pool if row.kind == "max" else nnx.avg_pool
        window, strides = (row.window,) * rank, (row.stride,) * rank
        padding = ((row.padding, row.padding),) * rank
        return lambda x: pool(x, window, strides, padding)
    options: dict[str, Any] = {"use_bias": False, "dtype": dtype, "rngs": nnx.Rngs(0)}
    kernel, strides = (row.kernel,) * rank, (row.stride,) * rank
    if row.transposed:
        layer: Any = nnx.ConvTranspose(
            row.ins, row.outs, kernel, strides, padding="SAME", **options
        )
    else:
        layer = nnx.Conv(
            row.ins,
            row.outs,
            kernel,
            strides,
            padding=((row.padding, row.padding),) * rank,
            kernel_dilation=row.dilation,
            feature_group_count=row.groups,
            **options,
        )
    graph, state = nnx.split(layer)

    def call(x: jax.Array, k: jax.Array) -> jax.Array:
        # Flax's transposed convolution paints the kernel as it is, ours PyTorch's way too.
        return nnx.merge(graph, jax.tree.map(lambda _: k, state))(x)

    return call


def flax_norm(row: Norm, dtype: Any) -> Callable[..., jax.Array]:
    graph, state = nnx.split(
        nnx.BatchNorm(row.ins, use_running_average=False, dtype=dtype, rngs=nnx.Rngs(0))
    )

    def call(x: jax.Array, scale: jax.Array, bias: jax.Array) -> jax.Array:
        layer = nnx.merge(graph, state, copy=True)
        layer.scale[...], layer.bias[...] = scale, bias
        return layer(x)

    return call


def keras_function(row: Row) -> Callable[..., jax.Array]:
    import keras.ops as K

    if isinstance(row, Norm):
        raise NotImplementedError("only as a layer")
    if isinstance(row, Pool):
        pool = K.max_pool if row.kind == "max" else K.average_pool
        if row.padding:
            raise NotImplementedError("no explicit padding in Keras")
        return lambda x: pool(x, row.window, row.stride)
    if row.transposed:
        return lambda x, k: K.conv_transpose(x, jnp.swapaxes(k, -1, -2), row.stride, padding="same")
    if row.stride > 1 and row.dilation > 1:
        raise NotImplementedError("Keras allows either")
    return lambda x, k: K.conv(x, k, row.stride, padding="same", dilation_rate=row.dilation)


def torch_runs(row: Row, arrays: tuple[np.ndarray, ...], dtype: Any, last: bool):
    import torch
    import torch.nn.functional as T

    rank = len(row.size)
    if last and rank == 1:
        raise NotImplementedError("PyTorch has no channels-last layout for one axis")
    layout = {1: None, 2: torch.channels_last, 3: torch.channels_last_3d}[rank]
    kind = getattr(torch, jnp.dtype(dtype).name)
    first = np.moveaxis(arrays[0], -1, 1).copy()
    tensors = [torch.from_numpy(first)]
    if isinstance(row, Conv):
        order = (rank, rank + 1, *range(rank)) if row.transposed else (rank + 1, rank, *range(rank))
        tensors.append(torch.from_numpy(arrays[1].transpose(order).copy()))
    tensors = [t.to(kind).to(memory_format=layout) if last else t.to(kind) for t in tensors]
    tensors = [t.requires_grad_() for t in tensors]
    if isinstance(row, Pool):
        pool = getattr(T, f"{row.kind}_pool{rank}d")
        call = lambda x: pool(x, row.window, row.stride, row.padding)  # noqa: E731
    elif isinstance(row, Norm):
        tensors += [torch.from_numpy(a).to(kind).requires_grad_() for a in arrays[1:]]
        call = lambda x, *affine: T.batch_norm(x, None, None, *affine, training=True)  # noqa: E731
    elif row.transposed:
        conv = getattr(T, f"conv_transpose{rank}d")
        call = lambda x, k: conv(x, k, None, row.stride, row.kernel // 2 - 1)  # noqa: E731
    else:
        conv = getattr(T, f"conv{rank}d")
        call = lambda x, k: conv(  # noqa: E731
            x, k, None, row.stride, row.padding, row.dilation, row.groups
        )
    g = torch.ones_like(call(*tensors))

    def forward() -> Any:
        with torch.inference_mode():
            return call(*tensors)

    return forward, lambda: torch.autograd.grad(call(*tensors), tensors, g)


def pure_runs(row: Row, arrays: tuple[np.ndarray, ...], dtype: Any):
    """Ours by the lowering rules in JAX alone."""
    if not runtime.native_kernels_in_use():
        raise NotImplementedError("that is what jaxcnn runs anyway")
    runtime.use_native_kernels(False)
    try:
        return jax_runs(jaxcnn_function(row), arrays, dtype)
    finally:
        runtime.use_native_kernels(True)


def contenders(
    row: Row, dtype: Any, rivals: tuple[str, ...]
) -> Iterator[tuple[str, tuple[Run, Run]]]:
    arrays = inputs(row)
    builders: dict[str, Callable[[], Any]] = {
        "jaxcnn": lambda: jax_runs(jaxcnn_function(row), arrays, dtype),
        "pure": lambda: pure_runs(row, arrays, dtype),
        "flax": lambda: jax_runs(flax_function(row, dtype), arrays, dtype),
        "keras": lambda: jax_runs(keras_function(row), arrays, dtype),
        "torch, channels last": lambda: torch_runs(row, arrays, dtype, True),
        "torch, channels first": lambda: torch_runs(row, arrays, dtype, False),
    }
    for name, build in builders.items():
        if name.startswith("torch") and jax.default_backend() != "cpu":
            continue
        if name != "jaxcnn" and name.partition(",")[0] not in rivals:
            continue
        try:
            yield name, build()
        except (ImportError, NotImplementedError):
            continue


def least_times(
    runs: dict[str, Run],
    rounds: int,
    seconds: float,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Milliseconds; contenders in turn, ``seconds`` each per round."""
    best = dict.fromkeys(runs, math.inf)
    for run in runs.values():
        run()
    for _ in range(rounds):
        for name, run in runs.items():
            end = time.perf_counter() + seconds
            while True:
                began = clock()
                run()
                best[name] = min(best[name], 1e3 * (clock() - began))
                if time.perf_counter() > end:
                    break
    return best


def measure(
    row: Row,
    dtype: Any,
    rounds: int,
    seconds: float,
    rivals: tuple[str, ...],
    clock: Callable[[], float],
) -> dict[str, Any]:
    built = dict(contenders(row, dtype, rivals))
    result: dict[str, Any] = {"name": row.name, "gflop": row.flops / 1e9}
    for part, label in enumerate(("forward", "gradient")):
        times = least_times({n: runs[part] for n, runs in built.items()}, rounds, seconds, clock)
        layouts = [times.pop(n) for n in list(times) if n.startswith("torch")]
        if layouts:
            times["torch"] = min(layouts)
        result[label] = times
    return result


def processor() -> str:
    """What the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def matrix_peak(dtype: Any, clock: Callable[[], float] = time.perf_counter) -> float:
    """GFLOP/s of the best square matrix product of this device."""
    best = 0.0
    for n in (1024, 2048, 4096) if jax.default_backend() == "cpu" else (4096, 8192):
        a = jnp.ones((n, n), dtype)
        run = jax.jit(jnp.matmul).lower(a, a).compile()
        times = least_times(
            {"": lambda run=run, a=a: jax.block_until_ready(run(a, a))}, 3, 0.2, clock
        )
        best = max(best, 2 * n**3 / times[""] / 1e6)
    return best


def geometric_mean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


RIVALS = ("pure", "flax", "keras", "torch")
LABELS = {"pure": "jaxcnn, pure", "flax": "Flax", "keras": "Keras", "torch": "PyTorch"}


def cells(result: dict[str, Any], part: str) -> list[str]:
    times = result[part]
    ratios = [times[r] / times["jaxcnn"] if r in times else None for r in RIVALS]
    return [f"{times['jaxcnn']:9.2f}", *(f"{r:7.2f}" if r else f"{'-':>7}" for r in ratios)]


def print_table(results: list[dict[str, Any]], rows: int, peak: float) -> None:
    heads = [f"{'ms':>9}", *(f"{name:>7}" for name in RIVALS)]
    print(
        f"{'':40}|{'forward: jaxcnn, ratios':^41}|{'with gradients: jaxcnn, ratios':^41}| % of peak"
    )
    print(f"{'':40}|{' '.join(heads)}|{' '.join(heads)}|")
    for number, result in enumerate(results):
        if number == rows:
            print("-" * 132)
        share = result["gflop"] / result["forward"]["jaxcnn"] * 1e5 / peak
        print(
            f"{result['name'][:40]:40}|{' '.join(cells(result, 'forward'))}|"
            f"{' '.join(cells(result, 'gradient'))}|{share:6.0f}"
        )
    for title, chosen in (("first block", results[:rows]), ("all rows", results)):
        parts = []
        for part in ("forward", "gradient"):
            means = [
                geometric_mean([r[part][n] / r[part]["jaxcnn"] for r in chosen if n in r[part]])
                for n in RIVALS
            ]
            parts.append(f"{'':9} " + " ".join(f"{m:7.2f}" for m in means))
        print(f"{'geometric mean, ' + title:40}|{'|'.join(parts)}|")


def markdown(results: list[dict[str, Any]]) -> str:
    """The table for the documentation: milliseconds of jaxcnn, and how many times longer others take."""
    lines = [
        "| case | forward, ms | pure | Flax | Keras | PyTorch "
        "| with gradients, ms | pure | Flax | Keras | PyTorch |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        both = [*cells(result, "forward"), *cells(result, "gradient")]
        lines.append("| " + " | ".join([result["name"], *(cell.strip() for cell in both)]) + " |")
    return "\n".join(lines) + "\n"


def draw(results: list[dict[str, Any]], path: Path) -> None:
    """Bars of the ratios to Flax and PyTorch, on a logarithmic axis."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, sharey=True, figsize=(12, 0.32 * len(results) + 1.2))
    names = [r["name"] for r in results]
    for axis, part, title in zip(
        axes, ("forward", "gradient"), ("forward", "with gradients"), strict=True
    ):
        for shift, (rival, colour) in enumerate((("flax", "#3572b0"), ("torch", "#d9622b"))):
            ratios = [r[part].get(rival, math.nan) / r[part]["jaxcnn"] for r in results]
            places = [n + 0.36 * shift - 0.18 for n in range(len(results))]
            axis.barh(
                places, [v - 1 for v in ratios], 0.36, left=1, color=colour, label=LABELS[rival]
            )
            for place, value in zip(places, ratios, strict=True):
                if not math.isnan(value):
                    axis.text(
                        max(value, 1),
                        place,
                        f" {value:.{0 if value >= 10 else 2}f}",
                        va="center",
                        fontsize=6,
                    )
        axis.set_xscale("log")
        axis.set_xlim(right=1.35 * axis.get_xlim()[1])  # room for the number of the longest bar
        axis.axvline(1, color="black", linewidth=0.8)
        axis.set_title(f"{title}: time of the other / time of jaxcnn", fontsize=9)
    axes[0].set_yticks(range(len(names)), names, fontsize=7)
    axes[0].set_ylim(len(results) - 0.5, -0.5)
    axes[1].legend(fontsize=8, loc="lower right")
    figure.tight_layout()
    figure.savefig(path, dpi=130)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="rows whose name holds this text")
    parser.add_argument("--dtype", default="float32", choices=["float32", "bfloat16", "float16"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.1, help="per contender and round")
    parser.add_argument(
        "--keep-memory", action="store_true", help="jaxcnn.runtime.keep_freed_memory, for everyone"
    )
    parser.add_argument("--rivals", default=",".join(RIVALS), help="whom to run beside jaxcnn")
    parser.add_argument("--cpu-time", action="store_true", help="the process's own time")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--from", dest="measured", type=Path, help="what --json wrote")
    options = parser.parse_args()
    if options.measured:
        write(json.loads(options.measured.read_text())["rows"], options)
        return
    kept = options.keep_memory and runtime.keep_freed_memory()
    dtype, rivals = jnp.dtype(options.dtype), tuple(options.rivals.split(","))
    clock = time.process_time if options.cpu_time else time.perf_counter
    chosen = [row for row in (*ROWS, *MORE_ROWS) if not options.only or options.only in row.name]
    first = sum(row in ROWS for row in chosen)
    peak = matrix_peak(dtype, clock)
    device = jax.devices()[0]
    print(f"jax {jax.__version__}, {device.device_kind}, {dtype.name}, {os.cpu_count()} cores")
    print(f"{processor()}\n{runtime.describe()}")
    print("freed memory is kept" if kept else "freed memory goes back to the system")
    print(f"matrix product: {peak:.0f} GFLOP/s")
    results = []
    for number, row in enumerate(chosen, 1):
        results.append(measure(row, dtype, options.rounds, options.seconds, rivals, clock))
        print(f"[{number}/{len(chosen)}] {row.name}", flush=True)
    print_table(results, first, peak)
    if options.json:
        content = {"jax": jax.__version__, "device": device.device_kind, "dtype": dtype.name}
        content |= {"processor": processor(), "kernels": runtime.describe().splitlines()[-1]}
        content["clock"] = "process" if options.cpu_time else "wall"
        content["memory"] = "kept" if kept else "returned"
        options.json.write_text(
            json.dumps(content | {"peak": peak, "rows": results}, indent=1) + "\n"
        )
    write(results, options)


def write(results: list[dict[str, Any]], options: argparse.Namespace) -> None:
    if options.markdown:
        options.markdown.write_text(markdown(results))
    if options.plot:
        draw(results, options.plot)


if __name__ == "__main__":
    main()
