"""The layers of a model in the order in which they were put in."""

from collections.abc import Iterator
from typing import Any

from flax import nnx

from jaxcnn import analysis
from jaxcnn.nn import Flatten

from ._convolutionise import layers_of
from ._state import Path


def layers_in_order(model: nnx.Module) -> Iterator[tuple[Path, Any]]:
    """Path and layer of each part that has variables of its own.

    Flax's own order is that of names; the order of files is that of construction.
    """
    yield from _walk(model, ())


def _walk(module: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    is_list = isinstance(module, nnx.List)
    children = list(enumerate(module)) if is_list else list(vars(module).items())
    if any(isinstance(child, nnx.Param | nnx.BatchStat) for _, child in children):
        yield path, module
    for name, child in children:
        if isinstance(child, nnx.Module):
            yield from _walk(child, (*path, name))


def flattened_maps(model: Any, input_shape: tuple[int, ...] | None) -> dict[int, tuple[int, ...]]:
    """For dense layers that read a flattened map, by ``id``: the map's ``(*spatial, channels)``.

    Raises:
        ValueError: A map is flattened, but the size of the images is not known.
    """
    layers = layers_of(model)
    if not any(isinstance(layer, Flatten) for layer in layers):
        return {}
    shape = getattr(model, "input_shape", None) if input_shape is None else tuple(input_shape)
    if shape is None:
        raise ValueError(
            "input_shape must be given: PyTorch flattens in another order, and the model does not "
            "say its image size"
        )
    found: dict[int, tuple[int, ...]] = {}
    flattened: tuple[int, ...] | None = None
    for layer in layers:
        before, shape = shape, analysis.summary([layer], shape).output_shape
        if isinstance(layer, Flatten):
            flattened = before if len(before) > 1 else flattened
        elif isinstance(layer, nnx.Linear) and flattened is not None:
            found[id(layer)] = flattened
            flattened = None
    return found
