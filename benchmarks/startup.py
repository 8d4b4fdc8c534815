"""How long one waits before anything is computed.

    python benchmarks/startup.py [--runs 9] [--model vgg16_bn] [--json FILE]

Whole processes, in turn, so that a slow minute of the machine touches all of them alike; medians.
Imports are compared with those of JAX and Flax alone. `jaxcnn run` and the first step of training are
measured with a folder of compiled programs that is empty, one that is full, and none.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

COMMAND = [sys.executable, "-c", "from jaxcnn.cli import main; main()"]
BASE = "import jax, flax.nnx"
BUDGET = {"jaxcnn": 0.1, "every package": 0.1, "--help": 0.3}


STEP = """
import sys, time
from jaxcnn.cli._compilation import keep_programs
keep_programs()
import jax, jax.numpy as jnp
from flax import nnx
from jaxcnn.models import create_model
model = create_model(sys.argv[1])
graph, parameters, rest = nnx.split(model, nnx.Param, ...)
@jax.jit
def step(parameters, rest, images, labels):
    def loss(parameters):
        chances = jax.nn.log_softmax(nnx.merge(graph, parameters, rest)(images))
        return -jnp.take_along_axis(chances, labels[:, None], -1).mean()
    return jax.tree.map(lambda p, g: p - 0.1 * g, parameters, jax.grad(loss)(parameters))
images, labels = jnp.zeros((8, *model.input_shape)), jnp.zeros(8, int)
begun = time.perf_counter()
jax.block_until_ready(step(parameters, rest, images, labels))
print(time.perf_counter() - begun)
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def seconds(command: list[str], environment: dict[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.perf_counter() - begun


def medians(commands: dict[str, list[str]], runs: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs + 1):  # the first fills the disk's cache, and does not count
        for name, command in commands.items():
            times[name].append(seconds(command, dict(os.environ)))
    return {name: statistics.median(values[1:]) for name, values in times.items()}


def start(runs: int) -> dict[str, float]:
    """What the imports cost beside those of JAX and Flax, and the help."""
    import jaxcnn

    packages = [name for name in jaxcnn.__all__ if not name.startswith("_")]
    without = [name for name in packages if name != "testing"]
    every, usual = (", ".join(f"jaxcnn.{n}" for n in names) for names in (packages, without))
    found = medians(
        {
            BASE: python(BASE),
            "jaxcnn": python(f"{BASE}, jaxcnn"),
            "all but testing": python(f"{BASE}, {usual}"),
            "every package": python(f"{BASE}, {every}"),
            "--help": [*COMMAND, "--help"],
        },
        runs,
    )
    print(f"{'whole process':<24}{'median':>9}{'more':>9}{'ratio':>8}{'budget':>9}")
    for name, value in found.items():
        more = value - (0 if name in (BASE, "--help") else found[BASE])
        print(f"{name:<24}{value:8.3f}s{more:8.3f}s", end="")
        budget = f"{BUDGET[name]:8.1f}s" if name in BUDGET else ""
        print(f"{value / found[BASE]:8.2f}{budget}")
    return found


def compiled(model: str, runs: int) -> dict[str, dict[str, float]]:
    """`jaxcnn run` of one file, whole, and the first step of training, inside its process."""
    with tempfile.TemporaryDirectory() as folder:
        file, images = Path(folder) / "m.jaxcnn", Path(folder) / "x.npy"
        subprocess.run(
            [*COMMAND, "export", model, "-o", str(file)], check=True, capture_output=True
        )
        shape = json.loads(_metadata(file))["input_shape"]
        np.save(images, np.zeros(shape[1:], np.float32))
        run = [*COMMAND, "run", str(file), str(images)]
        cache = Path(folder) / "cache"
        found = {
            f"jaxcnn run {model}": with_and_without(run, cache, runs, inside=False),
            f"first train step of {model}": with_and_without(
                [*python(STEP), model], cache, runs, inside=True
            ),
        }
    for what, times in found.items():
        print(f"\n{what}: folder of compiled programs")
        for name, value in times.items():
            print(f"  {name:<10}{value:8.3f}s{value / times['off']:8.2f} of off")
    return found


def with_and_without(
    command: list[str], cache: Path, runs: int, *, inside: bool
) -> dict[str, float]:
    kept = {name: value for name, value in os.environ.items() if "CACHE" not in name}
    times: dict[str, list[float]] = {"empty": [], "full": [], "off": []}
    for _ in range(runs + 1):
        shutil.rmtree(cache, ignore_errors=True)
        for name, values in times.items():
            off = {"JAX_ENABLE_COMPILATION_CACHE": "false"} if name == "off" else {}
            environment = {**kept, "JAXCNN_CACHE": str(cache), **off}
            begun = time.perf_counter()
            done = subprocess.run(command, env=environment, check=True, capture_output=True)
            whole = time.perf_counter() - begun
            values.append(float(done.stdout) if inside else whole)
    return {name: statistics.median(values[1:]) for name, values in times.items()}


def _metadata(file: Path) -> bytes:
    import zipfile

    with zipfile.ZipFile(file) as archive:
        return archive.read("metadata.json")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--model", action="append", help="network for `jaxcnn run`; repeatable")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    numbers: dict[str, Any] = {"start": start(options.runs)}
    for model in options.model or ["lenet", "vgg16_bn"]:
        numbers[model] = compiled(model, options.runs)
    if options.json:
        options.json.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
