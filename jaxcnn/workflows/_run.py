"""Runs an exported network on images and arrays from files."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from jaxcnn._decoding import MODES, decoded
from jaxcnn.export._file import is_exported
from jaxcnn.training._checks import check_images, tell_unscaled
from jaxcnn.transfer._files import is_model_file

if TYPE_CHECKING:
    from jaxcnn.export import ExportedModel


@dataclass(frozen=True)
class Scores:
    """What an exported network says of one example.

    Attributes:
        input: The file; with the number of the example where an array holds several.
        values: ``(classes,)`` in float32, before softmax; ``(height, width, classes)`` of a map.
        class_names: Their names, or None.

    >>> Scores("a.png", np.array([1.0, 1.0], np.float32), ("ant", "bee")).top(1)
    [('ant', 0.5)]
    """

    input: str
    values: np.ndarray
    class_names: tuple[str, ...] | None = None

    def name_of(self, index: int) -> str:
        """Name of a class, "class 3" where there are none."""
        return self.class_names[index] if self.class_names else f"class {index}"

    def top(self, number: int = 5) -> list[tuple[str, float]]:
        """The likeliest classes with their probabilities, the first first.

        Raises:
            ValueError: It is a map of scores.
        """
        if self.values.ndim != 1:
            raise ValueError(f"values has shape {self.values.shape}, but must be (classes,)")
        chances = np.exp(self.values - self.values.max())
        chances /= chances.sum()
        order = np.argsort(-self.values, kind="stable")[:number]
        return [(self.name_of(index), float(chances[index])) for index in order]


def run(
    model: "str | os.PathLike[str] | ExportedModel",
    inputs: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    upright: bool = True,
) -> list[Scores]:
    """Runs an exported network on images or arrays.

    Args:
        model: A file that `jaxcnn export` or `export` wrote, or what was exported.
        inputs: Images in any format that Pillow reads, prepared as the file says; or ``.npy``
            arrays of one example ``(*spatial, channels)`` or of several.
        upright: Whether photographs are turned as their EXIF orientation says.

    Returns:
        One for each example, in order.

    Raises:
        ValueError: The file is no exported network, or an input is not for it.
        OSError: A file cannot be read.

    >>> exported = jaxcnn.workflows.export("resnet8_clothing")
    >>> np.save("x.npy", np.zeros((2, 28, 28, 1), np.float32))
    >>> [scores.values.shape for scores in run(exported, "x.npy")]
    [(8,), (8,)]
    """
    from jaxcnn.export import load

    if isinstance(model, str | os.PathLike):
        if not is_exported(model) and is_model_file(model):
            raise ValueError(
                f"{os.fspath(model)} is a trained network that has not been exported: `predict` takes "
                "it as it is, `export` makes a file of it that is run"
            )
        model = load(model)
    if isinstance(inputs, str | os.PathLike):
        inputs = [inputs]
    names, batches = _read([Path(path) for path in inputs], model, upright)
    examples = [example for batch in batches for example in np.asarray(model(batch), np.float32)]
    return [
        Scores(name, example, model.class_names)
        for name, example in zip(names, examples, strict=True)
    ]


def _read(
    paths: Sequence[Path], model: "ExportedModel", upright: bool
) -> tuple[list[str], list[np.ndarray]]:
    """A name for each example, in order; and batches ``(batch, *spatial, channels)``, as few as shapes allow."""
    names: list[str] = []
    arrays: list[np.ndarray] = []
    for path in paths:
        is_array = path.suffix.lower() == ".npy"
        array = _read_array(path, model) if is_array else _read_image(path, model, upright)
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
            f"{path} has dtype {array.dtype}, but must be floating: for pixels, array / 255"
        )
    check_images(str(path), array)
    tell_unscaled(str(path), array)
    return array.astype(jnp.dtype(model.dtype))


def _read_image(path: Path, model: "ExportedModel", upright: bool) -> np.ndarray:
    try:
        from PIL import Image
    except ImportError as error:
        raise ValueError(f"{path}: images need Pillow (pip install pillow)") from error

    if model.raw:
        raise ValueError(
            f"{path} is an image, but {model.name} was exported with --raw: it takes arrays (.npy) "
            "that have been prepared as the network wants them"
        )
    *size, channels = model.input_shape[1:]
    if len(size) != 2 or not isinstance(channels, int) or channels not in MODES:
        raise ValueError(f"{path} is an image, but {model} takes arrays (.npy)")
    if (found := model.preparation) is not None:
        from jaxcnn.transfer import Preprocessing
        from jaxcnn.transfer._preprocessing import as_pixels

        ours = Preprocessing(
            found.image_size,
            found.resize,
            found.interpolation,
            (0.0,) * channels,
            (1.0,) * channels,
        )
        array = as_pixels(path, ours, upright)[None].astype(np.float32) / np.float32(255)
        return array.astype(jnp.dtype(model.dtype))
    pixels = decoded(path, channels, upright=upright)
    if all(isinstance(length, int) for length in size):
        pixels = pixels.resize((int(size[1]), int(size[0])), Image.Resampling.BILINEAR)
    array = np.asarray(pixels, np.float32) / 255
    return array.reshape(1, *array.shape[:2], -1).astype(jnp.dtype(model.dtype))
