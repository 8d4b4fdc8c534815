"""Weights of an exported model: inside its program, or beside it?

    python benchmarks/export_weights.py [--model vgg16]

Each half of each way runs in a process of its own, so that its peak memory is its own. Beside is what
`jaxcnn.export` does; inside is `jax.export` of a function that closes over the weights.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def lap(numbers: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    begun = time.perf_counter()
    result = work()
    numbers[name] = time.perf_counter() - begun
    return result


def write(way: str, model: str, file: Path) -> dict[str, float]:
    import jax
    from flax import nnx

    from jaxcnn.export import export_model
    from jaxcnn.models import create_model

    numbers: dict[str, float] = {}
    network = create_model(model)
    platforms = ("cpu", "cuda", "tpu")

    def save() -> None:
        if way == "beside":
            export_model(network, platforms=platforms).save(file)
            return
        graph, state = nnx.split(network)
        shape = jax.export.symbolic_shape(", ".join(map(str, ("batch", *network.input_shape))))
        function = jax.jit(lambda images: nnx.merge(graph, state)(images))
        program = jax.export.export(function, platforms=platforms)(
            jax.ShapeDtypeStruct(shape, "float32")
        )
        file.write_bytes(program.serialize())

    lap(numbers, "export and write", save)
    return numbers | {"file (MB)": file.stat().st_size / 1e6}


def read(way: str, model: str, file: Path) -> dict[str, float]:
    import jax
    import numpy as np
    from flax import nnx

    from jaxcnn.export import load
    from jaxcnn.models import create_model

    shape = nnx.eval_shape(lambda: create_model(model)).input_shape
    numbers: dict[str, float] = {}

    def opened() -> Any:
        if way == "beside":
            return load(file)
        return jax.jit(jax.export.deserialize(bytearray(file.read_bytes())).call)

    run = lap(numbers, "load", opened)
    for name, batch in (("first image", 1), ("second image", 1), ("another batch size", 2)):
        images = np.zeros((batch, *shape), np.float32)
        lap(numbers, name, lambda images=images: run(images).block_until_ready())
    return numbers


def measured(half: str, way: str, model: str, file: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--model", model, "--half", half, "--way", way]
    done = subprocess.run([*command, "--file", str(file)], check=True, capture_output=True)
    return {f"{half}: {name}": value for name, value in json.loads(done.stdout).items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="vgg16")
    parser.add_argument("--half", choices=("write", "read"), help=argparse.SUPPRESS)
    parser.add_argument("--way", choices=("inside", "beside"), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.half:
        work = write if options.half == "write" else read
        numbers = work(options.way, options.model, options.file)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({**numbers, "peak memory (MiB)": peak}))
        return
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for way in ("inside", "beside"):
            file = Path(folder) / way
            found[way] = {}
            for half in ("write", "read"):
                found[way] |= measured(half, way, options.model, file)
    print(f"{options.model:<28}{'inside':>10}{'beside':>10}{'ratio':>8}")
    for name, inside in found["inside"].items():
        beside = found["beside"][name]
        print(f"{name:<28}{inside:10.2f}{beside:10.2f}{inside / beside:8.1f}")


if __name__ == "__main__":
    main()
