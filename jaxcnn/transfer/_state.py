"""The arrays of a model by name, and all of them set at once."""

from collections.abc import Collection, Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np
from flax import nnx

from jaxcnn.weights import NonFiniteError

from ._errors import MismatchError

Path = tuple[Any, ...]


def variables(model: nnx.Module) -> dict[Path, Any]:
    """Parameters and batch statistics under their paths in the model."""
    state = nnx.state(model, nnx.Any(nnx.Param, nnx.BatchStat))
    return dict(nnx.to_flat_state(state))


def name_of(path: Path) -> str:
    """A path as `jaxcnn.models.layer_names` writes it: ``features.layer3.1.conv1.kernel``."""
    return ".".join(str(part) for part in path if part != "layers")


def check_fit(
    source: str,
    model: nnx.Module,
    expected: Mapping[str, tuple[int, ...]],
    given: Mapping[str, np.ndarray],
    ignored: Collection[str] = (),
) -> None:
    """Raises unless ``given`` has the expected names and shapes, and finite numbers."""
    missing = {name: shape for name, shape in expected.items() if name not in given}
    unexpected = {
        name: array.shape
        for name, array in given.items()
        if name not in expected and name not in ignored
    }
    wrong = {
        name: (given[name].shape, shape)
        for name, shape in expected.items()
        if name in given and given[name].shape != shape
    }
    if missing or unexpected or wrong:
        others = {name: given[name].shape for name in expected if name in given}
        raise MismatchError(source, type(model).__name__, missing, unexpected, wrong, others)
    for name in expected:
        _check_numbers(source, name, given[name])


def _check_numbers(source: str, name: str, array: np.ndarray) -> None:
    if not jnp.issubdtype(array.dtype, jnp.floating):
        raise ValueError(f"{source}: {name} has type {array.dtype}, but must be floating")
    if not np.isfinite(array).all():
        raise NonFiniteError(f"{name} holds values that are NaN or infinite", path=source)


def assign(model: nnx.Module, arrays: Mapping[Path, Any]) -> None:
    """Sets arrays that are known to fit, with the types that the model has."""
    state = variables(model)
    # A copy: JAX may share the memory of an array that its owner goes on to change.
    values = {path: jnp.array(array, state[path].dtype) for path, array in arrays.items()}
    nnx.update(
        model,
        nnx.from_flat_state([(path, state[path].replace(value)) for path, value in values.items()]),
    )
