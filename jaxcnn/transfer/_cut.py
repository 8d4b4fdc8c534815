"""The first layers of a network."""

from collections.abc import Sequence
from typing import Any

from flax import nnx

from jaxcnn.models._intermediates import check_names, children
from jaxcnn.nn import Sequential


def cut(model: Any, name: str) -> Sequential:
    """The layers of a network up to and including one.

    Args:
        model: A network, or a `jaxcnn.nn.Sequential`.
        name: Path of a layer, from `jaxcnn.models.layer_names`, or of a part made of several:
            ``features``, ``features.layer2``.

    Returns:
        A `Sequential` in evaluation mode, from what ``model`` takes to what that layer gives. It
        has its own copy of the weights, and its layers have the paths that they have in ``model``.

    Raises:
        ValueError: The name is unknown.

    >>> from jaxcnn.models import create_model, layer_names
    >>> stem = cut(create_model("lenet5", seed=0), "features.2")
    >>> layer_names(stem), stem(jnp.zeros((1, 32, 32, 1))).shape
    (['features.0', 'features.1', 'features.2'], (1, 14, 14, 6))
    """
    check_names(model, [name], "name")
    result = up_to(nnx.clone(model), name.split("."))
    result.eval()
    return result


def up_to(part: Any, path: Sequence[str]) -> Sequential:
    """What of a part comes before the end of a path; the layers are shared."""
    kept = []
    for name, child in children(part):
        if name == path[0]:
            return assembled([*kept, (name, up_to(child, path[1:]) if path[1:] else child)])
        kept.append((name, child))
    raise AssertionError(path)


def after(part: Any, path: Sequence[str]) -> Sequential:
    """What of a part comes after the end of a path, under its paths; the layers are shared."""
    layers = children(part)
    position = [name for name, _ in layers].index(path[0])
    rest = layers[position + 1 :]
    inner = after(layers[position][1], path[1:]) if path[1:] else ()
    return assembled([(path[0], inner), *rest] if len(inner) else rest)


def assembled(layers: Sequence[tuple[str, Any]]) -> Sequential:
    """A `Sequential` of layers with names, or with positions for names."""
    names = [name for name, _ in layers]
    if names == [str(position) for position in range(len(layers))]:
        return Sequential(*(layer for _, layer in layers))
    return Sequential(**dict(layers))
