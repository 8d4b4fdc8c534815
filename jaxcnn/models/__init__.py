"""Networks of the course and a registry of their names.

::

    model = jaxcnn.models.create_model("vgg16", num_classes=2, seed=0)
"""

from ._lenet import LeNet, LeNet5
from ._registry import create_model, list_models
from ._vgg import VGG

__all__ = ["VGG", "LeNet", "LeNet5", "create_model", "list_models"]
