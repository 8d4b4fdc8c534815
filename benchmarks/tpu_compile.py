"""Compile networks for a TPU ahead of time, on a machine that has none.

    pip install "jax[tpu]" flax && python benchmarks/tpu_compile.py --topology v5e:2x4

Lowering for a TPU proves little, since it never asks the TPU's compiler. This does: libtpu compiles
a VGG16 forward pass and a LeNet train step, whose batch is split over all chips and whose gradients
are summed between them. It prints seconds, memory of one chip and operations of one chip, and ends
with status 1 where a program lacks its convolutions or the sum between chips. A log:
`benchmarks/results/tpu_v5e.txt`.
"""

import argparse
import os
import re
import sys
import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.experimental import topologies
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from jaxcnn.models import create_model

# Without these libtpu looks for the metadata server of a cloud machine.
ENVIRONMENT = {
    "TPU_SKIP_MDS_QUERY": "1",
    "TPU_WORKER_HOSTNAMES": "localhost",
    "TPU_WORKER_ID": "0",
    "TPU_ACCELERATOR_TYPE": "v5litepod-8",
}
RATE, MOMENTUM = 0.1, 0.9
COLLECTIVE = re.compile(r"= \S.*? (all-reduce|reduce-scatter|all-gather)(?:-start)?\(")


def abstract(name: str, **options: Any) -> tuple[Any, Any, Any]:
    """Graph, parameters and the rest of a network whose weights are shapes only."""
    return nnx.split(nnx.eval_shape(lambda: create_model(name, **options)), nnx.Param, ...)


def placed(tree: Any, sharding: NamedSharding) -> Any:
    return jax.tree.map(
        lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, sharding=sharding), tree
    )


def forward(mesh: Mesh, batch: int, dtype: Any) -> tuple[Any, tuple[Any, ...]]:
    """VGG16 on a batch that is split over the chips."""
    graph, parameters, rest = abstract("vgg16", dtype=dtype, param_dtype=dtype)
    whole, split = NamedSharding(mesh, PartitionSpec()), NamedSharding(mesh, PartitionSpec("data"))
    images = jax.ShapeDtypeStruct((batch, 224, 224, 3), dtype, sharding=split)

    def run(parameters: Any, rest: Any, images: jax.Array) -> jax.Array:
        return nnx.merge(graph, parameters, rest)(images)

    return jax.jit(run, out_shardings=split), (
        placed(parameters, whole),
        placed(rest, whole),
        images,
    )


def train_step(mesh: Mesh, batch: int, dtype: Any) -> tuple[Any, tuple[Any, ...]]:
    """A step of LeNet with momentum; the gradients' sum over the chips is the compiler's work."""
    graph, parameters, rest = abstract("lenet", dtype=dtype)
    whole, split = NamedSharding(mesh, PartitionSpec()), NamedSharding(mesh, PartitionSpec("data"))
    images = jax.ShapeDtypeStruct((batch, 28, 28, 1), jnp.float32, sharding=split)
    labels = jax.ShapeDtypeStruct((batch,), jnp.int32, sharding=split)

    def step(parameters: Any, velocity: Any, rest: Any, images: Any, labels: Any) -> Any:
        def loss(parameters: Any) -> jax.Array:
            logits = nnx.merge(graph, parameters, rest)(images).astype(jnp.float32)
            chances = jax.nn.log_softmax(logits)
            return -jnp.take_along_axis(chances, labels[:, None], axis=-1).mean()

        value, slopes = jax.value_and_grad(loss)(parameters)
        velocity = jax.tree.map(lambda v, g: MOMENTUM * v + g, velocity, slopes)
        parameters = jax.tree.map(lambda p, v: p - RATE * v, parameters, velocity)
        return parameters, velocity, value

    weights = placed(parameters, whole)
    jitted = jax.jit(step, donate_argnums=(0, 1), out_shardings=whole)
    return jitted, (weights, weights, placed(rest, whole), images, labels)


def report(name: str, program: tuple[Any, ...], convolutions: int, sums: int) -> bool:
    """Compile one program, print what is known about it, and tell whether it has what it needs."""
    jitted, arguments = program
    begun = time.perf_counter()
    lowered = jitted.trace(*arguments).lower(lowering_platforms=("tpu",))
    lowering = time.perf_counter() - begun
    begun = time.perf_counter()
    compiled = lowered.compile()
    seconds = time.perf_counter() - begun
    memory, costs = compiled.memory_analysis(), compiled.cost_analysis()
    text = compiled.as_text()
    found = len(re.findall(r" convolution[(]", text))
    collectives = COLLECTIVE.findall(text)
    print(f"\n{name}")
    print(f"  lowered in {lowering:.2f} s, compiled in {seconds:.2f} s")
    for what in ("argument", "output", "alias", "temp", "generated_code"):
        size = getattr(memory, f"{what}_size_in_bytes")
        print(f"  {what.replace('_', ' '):14} {size / 2**20:10.2f} MiB a chip")
    print(
        f"  {costs['flops'] / 1e9:.2f} GFLOP and {costs['bytes accessed'] / 2**20:.1f} MiB a chip"
    )
    kinds = {kind: collectives.count(kind) for kind in sorted(set(collectives))}
    print(f"  convolutions {found}, between chips {kinds}", flush=True)
    return found >= convolutions and len(collectives) >= sums


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--topology", default="v5e:2x4", help="chips, such as v5e:2x2")
    parser.add_argument("--batch", type=int, default=8, help="images on each chip")
    options = parser.parse_args()
    jax.config.update("jax_platforms", "cpu")
    os.environ.update(ENVIRONMENT)
    begun = time.perf_counter()
    topology = topologies.get_topology_desc(platform="tpu", topology_name=options.topology)
    mesh = Mesh(np.array(topology.devices), ("data",))
    import libtpu

    print(f"jax {jax.__version__}, libtpu {libtpu.__version__}, {options.topology}:", end=" ")
    print(f"{mesh.size} x {topology.devices[0].device_kind}", end=", ")
    print(f"described in {time.perf_counter() - begun:.2f} s")
    batch = options.batch * mesh.size
    single, half = jnp.float32, jnp.bfloat16
    many = 16 * batch
    done = (
        report(f"VGG16 forward, {batch} images, float32", forward(mesh, batch, single), 13, 0),
        report(f"VGG16 forward, {batch} images, bfloat16", forward(mesh, batch, half), 13, 0),
        report(f"LeNet train step, {many} images, float32", train_step(mesh, many, single), 5, 1),
    )
    return 0 if all(done) else 1


if __name__ == "__main__":
    sys.exit(main())
