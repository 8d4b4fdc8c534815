"""Reads an exported model."""

from os import PathLike
from pathlib import Path

from ._artifact import ExportedModel
from ._file import read


def load(path: str | PathLike[str]) -> ExportedModel:
    """Reads an exported model; its code is not needed, and nothing is compiled yet.

    Args:
        path: A file that `ExportedModel.save` wrote. Its program runs in this process: load only
            files whose author you trust.

    Returns:
        The `ExportedModel`, to be called with images.

    Raises:
        ArtifactError: The file is something else, damaged, or of a newer version.
        OSError: It cannot be read.

    >>> from jaxcnn.export import export_model
    >>> from jaxcnn.models import create_model
    >>> export_model(create_model("lenet5", seed=0), name="lenet5").save("lenet5.jaxcnn")
    >>> load("lenet5.jaxcnn")(jnp.zeros((2, 32, 32, 1))).shape
    (2, 10)
    """
    return ExportedModel(*read(Path(path)))
