"""An exported model: a program, its weights beside it, and what is known about both."""

import functools
from os import PathLike
from pathlib import Path
from typing import Any

import jax
import jax.export

from jaxcnn.functional._arguments import an_array

from ._file import write
from ._metadata import Metadata


class ExportedModel:
    """A network that runs without its code, on each of the platforms it was exported for.

    Made by `export_model` and `load`.

    Attributes:
        program: The ``jax.export.Exported``, a function of ``(weights, images)``.
        weights: Its weights, a tuple of arrays.
        name: Name of the network.
        class_names: One for each class, or None.
        input_shape: ``(batch, *spatial, channels)``; a free size has a name instead of a number.
        smallest: Of each size of ``input_shape``, the least that the network accepts.
        output_shape: Shape of the scores, whose free sizes depend on those of the input.
        dtype, output_dtype: Types of the images and of the scores.
        platforms: Those that it runs on, such as ``("cpu", "cuda", "tpu")``.
        versions: Versions of jaxcnn, jax and flax that it was made with.
        preparation: How photos become the pixels that it takes; None where that is not known.
        raw: Whether it takes what the network itself takes, and no pixels.

    >>> from jaxcnn.export import export_model
    >>> from jaxcnn.models import create_model
    >>> exported = export_model(create_model("lenet5", seed=0), name="lenet5")
    >>> exported
    ExportedModel('lenet5', (batch, 32, 32, 1) float32 -> (batch, 10) float32, cpu cuda tpu)
    >>> exported(jnp.zeros((3, 32, 32, 1))).shape
    (3, 10)
    """

    def __init__(
        self, program: jax.export.Exported, weights: tuple[Any, ...], metadata: Metadata
    ) -> None:
        self.program = program
        self.weights = weights
        self._metadata = metadata
        self.name = metadata.name
        self.class_names = metadata.class_names
        self.input_shape = metadata.input_shape
        self.smallest = metadata.smallest
        self.output_shape = metadata.output_shape
        self.dtype = metadata.dtype
        self.output_dtype = metadata.output_dtype
        self.platforms = metadata.platforms
        self.versions = metadata.versions
        self.preparation = metadata.preparation
        self.raw = metadata.raw

    def __call__(self, images: Any) -> jax.Array:
        """Computes the scores; each new shape is compiled once.

        Args:
            images: ``(batch, *spatial, channels)`` as in ``input_shape``, of type ``dtype``.

        Returns:
            Scores of ``output_shape``, for a classifier ``(batch, classes)`` before softmax.

        Raises:
            ValueError: The images have another shape or type, the model was not exported for the
                platform that this process computes on, or it was exported without weights.
        """
        images = an_array("images", images)
        if not self._metadata.accepts(images.shape):
            raise ValueError(
                f"images has shape {images.shape}, but must be {self._metadata.expected()}"
                + (", at least one image" if images.shape[:1] == (0,) else "")
            )
        if str(images.dtype) != self.dtype:
            raise ValueError(
                f"images has dtype {images.dtype}, but must be {self.dtype}: convert it first, for "
                f"instance images.astype({self.dtype!r})"
            )
        self._check_platform()
        self.check_concrete()
        return self._compiled(self._on_device, images)

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the model to a file, which is replaced whole or not at all.

        Args:
            path: The file, such as ``lenet.jaxcnn``.

        Raises:
            ValueError: The model was exported without weights.
            OSError: The file cannot be written.
        """
        self.check_concrete()
        write(Path(path), self.program, self.weights, self._metadata)

    def check_concrete(self) -> None:
        """Refuses a model that was exported from abstract weights."""
        if any(isinstance(weight, jax.ShapeDtypeStruct) for weight in self.weights):
            raise ValueError(
                f"model (={self.name}) must have weights to be run or saved, but was exported from "
                "an abstract one (nnx.eval_shape)"
            )

    @property
    def metadata(self) -> Metadata:
        """What stands in the file about the model."""
        return self._metadata

    @functools.cached_property
    def _compiled(self) -> Any:
        return jax.jit(self.program.call)

    @functools.cached_property
    def _on_device(self) -> tuple[jax.Array, ...]:
        # Not copied where the device is the CPU; the host's copy is let go where it is not.
        with jax.ensure_compile_time_eval():  # also when first called under jit
            self.weights = tuple(jax.device_put(self.weights))
        return self.weights

    def _check_platform(self) -> None:
        backend = jax.default_backend()
        usable = {"gpu": ("cuda", "rocm")}.get(backend, (backend,))
        if not set(usable) & set(self.platforms):
            raise ValueError(
                f"platforms (={self.platforms}) must include {' or '.join(usable)}, which this "
                f"process computes on: export {self.name} for it"
            )

    def __repr__(self) -> str:
        output = ", ".join(map(str, self.output_shape))
        return (
            f"ExportedModel({self.name!r}, {self._metadata.expected()} {self.dtype} -> ({output}) "
            f"{self.output_dtype}, {' '.join(self.platforms)})"
        )
