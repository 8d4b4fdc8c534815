"""Predicts the classes of photos with a trained network."""

import importlib.util
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from flax import nnx

from jaxcnn.transfer import preprocess

from ._networks import load_network
from ._prepared import plain


@dataclass(frozen=True)
class Prediction:
    """The prediction for one photo.

    Attributes:
        image: The file.
        probabilities: ``(classes,)``, one for each class; None where the file could not be read.
        class_names: Their names, or None.
        error: Why the file could not be read, or None.

    >>> Prediction("a.png", np.array([0.25, 0.75]), ("ant", "bee")).top(1)
    [('bee', 0.75)]
    """

    image: str
    probabilities: np.ndarray | None = None
    class_names: tuple[str, ...] | None = None
    error: str | None = None

    def top(self, number: int = 5) -> list[tuple[str, float]]:
        """The likeliest classes with their probabilities, the first first; none where there was an error."""
        if self.probabilities is None:
            return []
        order = np.argsort(-self.probabilities, kind="stable")[:number]
        names = self.class_names
        return [
            (names[index] if names else f"class {index}", float(self.probabilities[index]))
            for index in order
        ]


def predict(
    model: Any,
    images: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    weights: str | os.PathLike[str] | None = None,
    classes: int | None = None,
    upright: bool = True,
) -> list[Prediction]:
    """Predicts the classes of photos; one that cannot be read does not keep the others from theirs.

    Args:
        model: A file that `jaxcnn.transfer.save_model` wrote, a network with published weights, or
            a network itself, which is run in evaluation mode and left as it is.
        images: Files in any format that Pillow reads.
        weights: A file of weights of the named network.
        classes: Number of classes of these weights.
        upright: Whether photographs are turned as their EXIF orientation says.

    Returns:
        One for each photo, in order.

    Raises:
        ValueError: There is no such network, or it is not one for photos.
        OSError: Its weights cannot be had.

    >>> [found] = predict("resnet8_clothing", "missing.png")
    >>> found.error
    'No such file or directory'
    """
    if isinstance(images, str | os.PathLike):
        images = [images]
    named = model is None or isinstance(model, str | os.PathLike)
    network: Any = (
        load_network(model, weights=weights, classes=classes) if named else nnx.clone(model)
    )
    network.eval()  # or each photo would be normalised by itself
    if importlib.util.find_spec("PIL") is None:
        raise ValueError("photos need Pillow: pip install pillow")
    rule = network.preprocessing or plain(network.input_shape)
    run = nnx.jit(lambda network, x: jax.nn.softmax(network(x).astype("float32"), axis=-1))
    found = []
    for image in images:
        path = os.fspath(image)
        try:
            x = preprocess(path, rule, upright=upright)
        except OSError as error:
            found.append(Prediction(path, error=_reason(path, error)))
        else:
            chances = np.asarray(run(network, x)[0])
            found.append(Prediction(path, chances, network.class_names))
    return found


def _reason(path: str, error: OSError) -> str:
    from PIL import UnidentifiedImageError

    if os.path.isdir(path):  # which Windows calls a file that must not be read
        return "is a folder: name the photos in it"
    if isinstance(error.__cause__, UnidentifiedImageError):
        return "is no image that Pillow reads"
    return error.strerror or str(error).removeprefix(f"{path} ")
