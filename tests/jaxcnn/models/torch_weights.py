"""Random weights and statistics, the same in a PyTorch module and in a network of ours."""

import jax.numpy as jnp
import numpy as np
from flax import nnx

from ..functional.helpers import quick_jit

TORCH_NAMES = {"kernel": "weight", "scale": "weight", "mean": "running_mean", "var": "running_var"}


def torch_name(path):
    """The name in PyTorch of what lies at a path of our state, when both have the same layers."""
    *module, leaf = (str(part) for part in path if part != "layers")
    if module[0] in ("features", "classifier"):
        module = module[1:]
    return ".".join([*module, TORCH_NAMES.get(leaf, leaf)])


def share_random_weights(ours, theirs, rename=str):
    """Draws weights and statistics into both; every one of both must have a counterpart."""
    import torch

    rng = np.random.default_rng(0)
    given = {}
    state = nnx.state(ours, nnx.Any(nnx.Param, nnx.BatchStat))
    flat = nnx.to_flat_state(state)
    for path, variable in flat:
        shape = variable.shape
        if path[-1] == "kernel":
            value = rng.normal(size=shape) * np.sqrt(2 / np.prod(shape[:-1]))
        else:
            value = (
                rng.uniform(0.5, 1.5, shape)
                if path[-1] in ("var", "scale")
                else rng.normal(0, 0.1, shape)
            )
        variable[...] = jnp.asarray(value, jnp.float32)
        torchs = np.moveaxis(value, (-1, -2), (0, 1)) if path[-1] == "kernel" else value
        given[rename(torch_name(path))] = torch.tensor(torchs, dtype=torch.float32)
    expected = {name for name in theirs.state_dict() if not name.endswith("num_batches_tracked")}
    assert set(given) == expected
    theirs.load_state_dict(given, strict=False)
    theirs.eval()


def assert_same_logits(ours, theirs, shape, rename=str):
    """Gives both the same weights and the same random input ``(batch, *spatial, channels)``."""
    import torch

    share_random_weights(ours, theirs, rename)
    x = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    with torch.no_grad():
        expected = theirs(torch.tensor(np.moveaxis(x, -1, 1))).numpy()
    graph, state = nnx.split(ours)
    found = quick_jit(lambda state, x: nnx.merge(graph, state)(x))(state, x)
    assert np.abs(expected).max() > 0.1
    np.testing.assert_allclose(found, expected, atol=1e-4, rtol=1e-4)
