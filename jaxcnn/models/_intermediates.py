"""Named layers inside a network, and what they compute."""

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

import jax
from flax import nnx

from jaxcnn.nn import Sequential

from ._network import Network


def layer_names(model: Any) -> list[str]:
    """The paths of the layers of a network, in order.

    They are the names of rows in `jaxcnn.analysis.summary`. A block with branches counts as one
    layer; the table shows also what is inside.

    Args:
        model: A `Network`, or a `Sequential`.

    Returns:
        Paths such as ``features.layer3.1``.

    Raises:
        ValueError: ``model`` is neither.

    >>> from jaxcnn.models import create_model
    >>> layer_names(create_model("lenet5", seed=0))[:3]
    ['features.0', 'features.1', 'features.2']
    """
    return list(layers_by_name(model))


def intermediates(model: Any, x: jax.Array, names: str | Iterable[str]) -> dict[str, jax.Array]:
    """What some layers of a network compute, in one pass that ends with the last of them.

    Args:
        model: A `Network`, or a `Sequential`.
        x: ``(batch, *spatial, channels)``.
        names: Paths of layers, from `layer_names`, or of parts made of several: ``features``,
            ``features.layer3``.

    Returns:
        For each name, in the order of ``names``, the layer's output, ``(batch, ...)``.

    Raises:
        ValueError: A name is unknown, or ``x`` is no input of the network.

    >>> from jaxcnn.models import create_model
    >>> model = create_model("lenet5", seed=0)
    >>> found = intermediates(model, jnp.zeros((1, 32, 32, 1)), ["features.2", "features"])
    >>> {name: values.shape for name, values in found.items()}
    {'features.2': (1, 14, 14, 6), 'features': (1, 5, 5, 16)}
    """
    wanted = [names] if isinstance(names, str) else list(names)
    check_names(model, wanted)
    if isinstance(model, Network):
        x = model.check_input(x)
    found: dict[str, jax.Array] = {}
    _run(model, x, "", set(wanted), found)
    return {name: found[name] for name in wanted}


def layers_by_name(model: Any) -> dict[str, Any]:
    """The layers of a network under their paths, in order."""
    return {
        path: layer for path, layer in _walk(model, "") if not isinstance(layer, nnx.Sequential)
    }


def check_names(model: Any, names: Iterable[str], argument: str = "names") -> None:
    """Raises ``ValueError`` unless all are paths of layers, or of parts made of several."""
    known = [path for path, _ in _walk(model, "")]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else "see layer_names"
            raise ValueError(f"{argument} (={name!r}) must be paths of layers; {hint}")


def children(model: Any) -> list[tuple[str, Any]]:
    """The parts that a network or a `Sequential` is made of, by name; none of anything else."""
    if isinstance(model, Network):
        return list(model.named_layers())
    if isinstance(model, Sequential):
        return list(zip(model.names, model, strict=True))
    if isinstance(model, nnx.Sequential):
        parts: Any = model.layers
        return [(str(position), layer) for position, layer in enumerate(parts)]
    return []


def _walk(model: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every layer and every part under its path, a part after its layers."""
    if not path and not isinstance(model, Network | nnx.Sequential):
        raise ValueError(f"model (={type(model).__name__}) must be a Network or a Sequential")
    for name, child in children(model):
        below = f"{path}.{name}" if path else name
        yield from _walk(child, below)
        yield below, child


def _run(model: Any, x: Any, path: str, wanted: set[str], found: dict[str, jax.Array]) -> Any:
    for name, child in children(model):
        below = f"{path}.{name}" if path else name
        x = _run(child, x, below, wanted, found) if children(child) else child(x)
        if below in wanted:
            found[below] = x
        if len(found) == len(wanted):
            break
    return x
