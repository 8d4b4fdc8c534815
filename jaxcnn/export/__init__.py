"""Models as files that run anywhere: one for CPU, GPU and TPU, any batch, and any image size.

::

    from jaxcnn import export

    export.export_model(model).save("lenet.jaxcnn")
    scores = export.load("lenet.jaxcnn")(images)  # needs JAX, but not the model's code
"""

from ._artifact import ExportedModel
from ._build import export_model
from ._file import ArtifactError
from ._load import load
from ._metadata import Preparation

__all__ = ["ArtifactError", "ExportedModel", "Preparation", "export_model", "load"]
