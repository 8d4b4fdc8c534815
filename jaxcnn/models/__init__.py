"""Networks of the course and a registry of their names.

::

    model = jaxcnn.models.create_model("resnet18", num_classes=2, seed=0)
    jaxcnn.models.intermediates(model, images, ["features.layer3"])
"""

from ._convnet import CifarConvNet, ConvNet1d, ConvNet3d
from ._efficientnet import EfficientNetLite
from ._inception import InceptionV1
from ._inception_time import InceptionTime
from ._intermediates import intermediates, layer_names
from ._lenet import LeNet, LeNet5
from ._mobilenet import MobileNetV2
from ._network import Network
from ._registry import create_model, list_models
from ._resnet import ResNet
from ._series import FCN, ResNet1d
from ._vgg import VGG
from ._vit import VisionTransformer

__all__ = [
    "FCN",
    "VGG",
    "CifarConvNet",
    "ConvNet1d",
    "ConvNet3d",
    "EfficientNetLite",
    "InceptionTime",
    "InceptionV1",
    "LeNet",
    "LeNet5",
    "MobileNetV2",
    "Network",
    "ResNet",
    "ResNet1d",
    "VisionTransformer",
    "create_model",
    "intermediates",
    "layer_names",
    "list_models",
]
