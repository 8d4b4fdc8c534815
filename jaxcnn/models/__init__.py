"""Networks of the course and a registry of their names.

::

    model = jaxcnn.models.create_model("resnet18", num_classes=2, seed=0)
    jaxcnn.models.intermediates(model, images, ["features.layer3"])
"""

from ._intermediates import intermediates, layer_names
from ._lenet import LeNet, LeNet5
from ._network import Network
from ._registry import create_model, list_models
from ._resnet import ResNet
from ._vgg import VGG

__all__ = [
    "VGG",
    "LeNet",
    "LeNet5",
    "Network",
    "ResNet",
    "create_model",
    "intermediates",
    "layer_names",
    "list_models",
]
