"""Images and arrays from files, as an exported network takes them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

if TYPE_CHECKING:
    from jaxcnn.export import ExportedModel

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}


def read_inputs(
    paths: Sequence[Path], model: "ExportedModel"
) -> tuple[list[str], list[np.ndarray]]:
    """Reads files into batches, as few as their shapes allow.

    Args:
        paths: Images in any format that Pillow reads, or ``.npy`` arrays of one example
            ``(*spatial, channels)`` or of several.
        model: What they are for.

    Returns:
        A name for each example, in order; and the batches ``(batch, *spatial, channels)``.

    Raises:
        ValueError: A file holds something else, or there is no file.
        OSError: A file cannot be read.
    """
    names: list[str] = []
    arrays: list[np.ndarray] = []
    for path in paths:
        is_array = path.suffix.lower() == ".npy"
        array = _read_array(path, model) if is_array else _read_image(path, model)
        several = is_array and len(array) != 1
        names += [f"{path}[{i}]" for i in range(len(array))] if several else [str(path)]
        arrays.append(array)
    if len({array.shape[1:] for array in arrays}) == 1:
        arrays = [np.concatenate(arrays)]
    return names, arrays


def _read_array(path: Path, model: "ExportedModel") -> np.ndarray:
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ValueError(f"{path} must be a .npy array of numbers: {error}") from error
    if array.ndim == len(model.input_shape) - 1:
        array = array[None]
    if array.ndim == 0 or len(array) == 0:
        raise ValueError(f"{path} has shape {array.shape}, but must have at least one example")
    if not np.issubdtype(array.dtype, np.floating):
        raise ValueError(
            f"{path} has dtype {array.dtype}, but must be floating: images as the network was "
            "trained on, often array / 255"
        )
    return array.astype(jnp.dtype(model.dtype))


def _read_image(path: Path, model: "ExportedModel") -> np.ndarray:
    try:
        from PIL import Image
    except ImportError as error:
        raise ValueError(f"{path}: images need Pillow (pip install pillow)") from error

    *size, channels = model.input_shape[1:]
    mode = _MODES.get(channels) if len(size) == 2 and isinstance(channels, int) else None
    if mode is None:
        raise ValueError(f"{path} is an image, but {model} takes arrays (.npy)")
    with Image.open(path) as image:
        pixels = image.convert(mode)
    if all(isinstance(length, int) for length in size):
        pixels = pixels.resize((int(size[1]), int(size[0])), Image.Resampling.BILINEAR)
    array = np.asarray(pixels, np.float32) / 255
    return array.reshape(1, *array.shape[:2], -1).astype(jnp.dtype(model.dtype))
