"""Pairs of the same network here and in PyTorch: small ones, and those of real size."""

from jaxcnn.models._inception import STAGES
from jaxcnn.models._mobilenet import BLOCKS as MOBILE_BLOCKS

from ..models import torch_mobile, torch_resnet, torch_vgg

_SMALL_VGG = ((4, 1), (6, 2))
_MOBILE = ((1, 8, 1, 1), (2, 16, 2, 2))
_LITE = ((1, 8, 1, 1, 3), (2, 16, 2, 2, 5))
_WIDTHS = (2, 2, 4, 2, 3, 2)

# name -> (listed network, its arguments, the PyTorch module)
SMALL = {
    "vgg": (
        "vgg16",
        {"blocks": _SMALL_VGG, "hidden": (16, 12), "image_size": 12},
        lambda: torch_vgg.VGG(_SMALL_VGG, (16, 12), 5, 3, False),
    ),
    "vgg without dropout": (
        "vgg16",
        {"blocks": _SMALL_VGG, "hidden": (16, 12), "image_size": 12, "dropout": 0.0},
        lambda: torch_vgg.VGG(_SMALL_VGG, (16, 12), 5, 3, False),
    ),
    "vgg_bn": (
        "vgg16_bn",
        {"blocks": _SMALL_VGG, "hidden": (), "image_size": 12},
        lambda: torch_vgg.VGG(_SMALL_VGG, (), 5, 3, True),
    ),
    "resnet": (
        "resnet18",
        {"layers": (1, 2), "widths": (4, 8), "image_size": 33},
        lambda: torch_resnet.Network((4, 8), 5, layers=(1, 2)),
    ),
    "resnext": (
        "resnext50_32x4d",
        {
            "layers": (1, 1),
            "widths": (4, 8),
            "groups": 4,
            "width_per_group": 32,
            "image_size": 33,
        },
        lambda: torch_resnet.Network(
            (4, 8), 5, "bottleneck", groups=4, inner=(8, 16), layers=(1, 1)
        ),
    ),
    "mobilenet_v2": (
        "mobilenet_v2",
        {"blocks": _MOBILE, "stem": 8, "last": 16, "image_size": 20},
        lambda: torch_mobile.MobileNetV2(_MOBILE, 8, 16, 5),
    ),
    "inception_v1": (
        "inception_v1",
        {"stem": (4, 6), "stages": [[_WIDTHS]] * 2, "image_size": 32},
        lambda: torch_mobile.GoogLeNet((4, 6), [[_WIDTHS]] * 2, 5),
    ),
    "efficientnet_lite0": (
        "efficientnet_lite0",
        {"blocks": _LITE, "stem": 8, "last": 16, "image_size": 20},
        lambda: torch_mobile.EfficientNetLite(_LITE, 8, 16, 5),
    ),
}

_VGG16 = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
_STAGES = (64, 128, 256, 512)
REAL_SIZE = {
    "vgg16": lambda: torch_vgg.VGG(_VGG16, (4096, 4096), 1000, 7, False),
    "vgg16_bn": lambda: torch_vgg.VGG(_VGG16, (4096, 4096), 1000, 7, True),
    "resnet18": lambda: torch_resnet.Network(_STAGES, 1000, layers=(2, 2, 2, 2)),
    "resnet50": lambda: torch_resnet.Network(
        _STAGES, 1000, "bottleneck", inner=_STAGES, layers=(3, 4, 6, 3)
    ),
    "resnext50_32x4d": lambda: torch_resnet.Network(
        _STAGES, 1000, "bottleneck", 32, (128, 256, 512, 1024), (3, 4, 6, 3)
    ),
    "mobilenet_v2": lambda: torch_mobile.MobileNetV2(MOBILE_BLOCKS, 32, 1280, 1000),
    "inception_v1": lambda: torch_mobile.GoogLeNet((64, 192), STAGES, 1000),
}
