"""Networks that are quick to have: small variants of every kind, and listed ones without weights."""

import functools

from flax import nnx

from jaxcnn.models import create_model


@functools.cache
def listed(name):
    """A listed network without weights."""
    return nnx.eval_shape(lambda: create_model(name))


BLOCKS = ((1, 8, 1, 1), (2, 8, 2, 2))

SMALL = {
    "lenet": {"image_size": 8},
    "lenet5": {"image_size": 16},
    "cifar10_convnet": {"widths": (4, 6), "hidden": (8,), "image_size": 8},
    "vgg11_bn": {"blocks": ((4, 1), (8, 1)), "hidden": (16,), "image_size": 8},
    "resnet18": {"layers": (1, 1), "widths": (4, 8), "image_size": 32},
    "resnext50_32x4d": {
        "layers": (1, 1), "widths": (4, 8), "groups": 2, "width_per_group": 32, "image_size": 32,
    },
    "resnet8": {"layers": (1, 1), "widths": (4, 8), "image_size": 8},
    "mobilenet_v2": {"blocks": BLOCKS, "stem": 8, "last": 16, "image_size": 16},
    "inception_v1": {
        "stem": (4, 6), "stages": [[(2, 2, 4, 2, 3, 2)]], "image_size": 32, "dropout": 0.0,
    },
    "efficientnet_lite0": {
        "blocks": [(*block, 5) for block in BLOCKS], "stem": 8, "last": 16, "image_size": 17,
    },
    "vit_cifar": {
        "width": 8, "depth": 1, "num_heads": 2, "mlp": 16, "patch_size": 4, "image_size": (8, 12),
    },
    "fcn": {"filters": (4, 6), "kernel_sizes": (8, 3), "length": 20},
    "resnet1d": {"filters": (4, 6), "length": 20},
    "inception_time": {
        "filters": 3, "kernel_sizes": (8, 5), "bottleneck": 2, "blocks": 1, "length": 20,
    },
    "convnet1d": {"widths": (4, 6), "length": 20},
    "convnet3d": {"widths": (4, 6), "video_size": (4, 8, 4)},
}  # fmt: skip
OF_EACH_CLASS = [name for name in SMALL if name not in ("resnet8", "resnext50_32x4d")]
