"""What a classifier sees at every place of a large image."""

from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from flax import nnx

from jaxcnn import analysis
from jaxcnn.functional._arguments import an_int

from ._convolutionise import convolutionise
from ._features import as_inputs
from ._preprocessing import opened


@dataclass(frozen=True, eq=False)
class ScoreMap:
    """The chances that a network gives at each position of its window.

    Attributes:
        probabilities: ``(rows, columns, classes)``.
        windows: ``(rows, columns, 4)`` integers: top, left, bottom and right edge of the part of
            the image that the position stands for, in pixels; bottom and right are beyond it.
        image_size: (height, width) of the image that these pixels are of.

    >>> square = np.array([[[0, 0, 8, 8]]])
    >>> ScoreMap(np.array([[[0.2, 0.8]]]), square, (8, 8)).best
    array([[1]])
    """

    probabilities: np.ndarray
    windows: np.ndarray
    image_size: tuple[int, int]

    @property
    def best(self) -> np.ndarray:
        """The most probable class of each position, ``(rows, columns)``."""
        return self.probabilities.argmax(-1)


def score_map(model: Any, image: Any, *, shorter_side: int | None = None) -> ScoreMap:
    """Classifies an image of any size at every position of the network's window, in one pass.

    The window has the network's ``input_shape`` and slides by its effective stride. With padded
    convolutions a position sees its real neighbours too, see `convolutionise`.

    Args:
        model: A network for images, its head of dense layers after a flattening or a global pool.
        image: A path, a Pillow image or bytes ``(height, width)`` or ``(height, width, channels)``,
            scaled as the network's ``preprocessing`` says, else to 0 to 1; or floats ``(height,
            width, channels)`` as the network takes them. Nothing is cut off.
        shorter_side: Height or width, whichever is smaller, that the image is brought to first;
            None leaves the size. Things are found where they are as large as in training.

    Returns:
        Chances and windows.

    Raises:
        ValueError: The image is smaller than the window, its channels are others, the network is
            not one for images, or its head is no chain of dense layers.

    Source: P. Sermanet et al., *OverFeat: integrated recognition, localization and detection*,
    2014, section 3.5; `convolutionise`.

    >>> from jaxcnn.models import create_model
    >>> found = score_map(create_model("lenet5", seed=0), np.zeros((40, 48), np.uint8))
    >>> found.probabilities.shape, found.windows[2, 4].tolist()
    ((3, 5, 10), [8, 16, 40, 48])
    """
    shape = tuple(getattr(model, "input_shape", ()))
    if len(shape) != 3:
        raise ValueError(f"model must be a network for images, but has input_shape {shape}")
    pixels = _pixels(image, shape[-1], shorter_side)
    height, width = pixels.shape[:2]
    if height < shape[0] or width < shape[1] or pixels.shape[2] != shape[2]:
        raise ValueError(
            f"image has shape {pixels.shape}, but must be at least {shape}, the network's window"
        )
    sliding = convolutionise(model)
    sliding.eval()
    graph, state = nnx.split(sliding)
    run = jax.jit(lambda state, x: jax.nn.softmax(nnx.merge(graph, state)(x).astype("float32")))
    chances = np.asarray(run(state, as_inputs(model, pixels[None])))[0]
    return ScoreMap(
        chances, _windows(sliding, chances.shape[:2], shape, (height, width)), (height, width)
    )


def _windows(
    sliding: Any, positions: tuple[int, ...], shape: tuple[int, ...], size: tuple[int, int]
) -> np.ndarray:
    steps = analysis.receptive_field(sliding, shape).jump
    edges = []
    for count, step, window, pixels in zip(positions, steps, shape, size, strict=False):
        start = np.minimum(np.arange(count) * round(step), pixels - window)
        edges.append((start, start + window))
    (tops, bottoms), (lefts, rights) = edges
    grid = [np.meshgrid(a, b, indexing="ij") for a, b in ((tops, lefts), (bottoms, rights))]
    return np.stack([grid[0][0], grid[0][1], grid[1][0], grid[1][1]], -1).astype(int)


def _pixels(image: Any, channels: int, shorter_side: int | None) -> np.ndarray:
    """``(height, width, channels)``: bytes, or floats that are left as they are."""
    array = image if hasattr(image, "dtype") else None
    if array is not None and np.asarray(array).dtype != np.uint8:
        array = np.asarray(array)
        if array.ndim != 3 or not np.issubdtype(array.dtype, np.floating):
            raise ValueError(
                f"image has type {array.dtype} and shape {array.shape}, but must be bytes, or floats "
                "(height, width, channels)"
            )
        if shorter_side is not None:
            raise ValueError(f"shorter_side (={shorter_side}) must not be given for floats")
        return array
    if channels not in (1, 3):
        raise ValueError(f"model must take 1 or 3 channels to read photos, but takes {channels}")
    picture = opened(image, channels)
    if shorter_side is not None:
        scale = an_int("shorter_side", shorter_side, 1) / min(picture.size)
        wanted = [max(shorter_side, round(pixels * scale)) for pixels in picture.size]
        picture = picture.resize((wanted[0], wanted[1]))
    return np.asarray(picture).reshape(picture.height, picture.width, channels)
