"""What each network costs: to build, to compile, to run, and to train for one step.

    python benchmarks/models.py [NAME...] [--batch 1] [--runs 5] [--json FILE]

Each network is measured in a process of its own. Building counts from after the imports until all
weights are there, so it includes what is compiled for that. Running and training are the medians of
some calls under `jax.jit` with float32, after one that compiles; a step is one of gradient descent,
in training mode. Parameters and FLOPs (for one example) come from `jaxcnn.analysis`.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

COLUMNS = {
    "parameters": "parameters",
    "gflops": "GFLOPs",
    "build": "build s",
    "compile": "1st forward s",
    "forward": "forward ms",
    "compile_step": "1st step s",
    "step": "step ms",
    "peak": "peak MiB",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.batch, options.runs)))
        return

    from jaxcnn.models import list_models

    print(f"{'network':<20}" + "".join(f"{header:>15}" for header in COLUMNS.values()))
    found = {}
    for name in options.names or list_models():
        command = [sys.executable, __file__, "--one", name]
        command += ["--batch", str(options.batch), "--runs", str(options.runs)]
        result = subprocess.run(command, check=True, capture_output=True, text=True)
        found[name] = json.loads(result.stdout)
        print(f"{name:<20}" + "".join(f"{text(found[name][key]):>15}" for key in COLUMNS))
    if options.json:
        document = {"batch": options.batch, "networks": found}
        options.json.write_text(json.dumps(document, indent=2) + "\n")


def text(value: float) -> str:
    """A whole number with thousands apart, another with two digits behind the point."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"


def measure(name: str, batch: int, runs: int) -> dict[str, Any]:
    """Times in seconds, but ``forward`` and ``step`` in milliseconds; ``peak`` in MiB."""
    import jax
    import jax.numpy as jnp
    from flax import nnx

    from jaxcnn.analysis import summary
    from jaxcnn.models import create_model

    jnp.zeros(()).block_until_ready()  # the backend has started
    start = time.perf_counter()
    model = create_model(name)
    jax.block_until_ready(nnx.state(model))
    build = time.perf_counter() - start

    numbers = summary(model, model.input_shape)
    x = jnp.ones((batch, *model.input_shape))
    graph, state = nnx.split(model)
    compiling, forward = timed(jax.jit(lambda s, x: nnx.merge(graph, s)(x)), state, x, runs=runs)

    model.train()
    graph, parameters, rest = nnx.split(model, nnx.Param, ...)

    def step(parameters: Any, rest: Any, x: jax.Array) -> Any:
        def loss(parameters: Any) -> Any:
            network = nnx.merge(graph, parameters, rest, copy=True)
            logits = network(x)
            others = nnx.state(network, nnx.Not(nnx.Param))
            return -jax.nn.log_softmax(logits)[:, 0].mean(), others

        slopes, others = jax.grad(loss, has_aux=True)(parameters)
        return jax.tree.map(lambda p, slope: p - 1e-3 * slope, parameters, slopes), others

    compiling_step, one_step = timed(jax.jit(step), parameters, rest, x, runs=runs)
    return {
        "parameters": numbers.parameters,
        "multiply_adds": numbers.multiply_adds,
        "gflops": numbers.flops / 1e9,
        "input_shape": list(model.input_shape),
        "build": build,
        "compile": compiling,
        "forward": 1000 * forward,
        "compile_step": compiling_step,
        "step": 1000 * one_step,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def timed(function: Callable[..., Any], *arguments: Any, runs: int) -> tuple[float, float]:
    """Seconds of the first call, and the median of the later ones."""
    import jax

    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        jax.block_until_ready(function(*arguments))
        times.append(time.perf_counter() - start)
    return times[0], statistics.median(times[1:])


if __name__ == "__main__":
    main()
