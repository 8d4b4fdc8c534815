"""Pure functions on arrays: padding, convolution, pooling, augmentation; no Flax, no state.

Arrays are channels last, ``(*batch, *spatial, channels)``, with 1 to 3 spatial axes and any number
of batch axes; kernels are ``(*kernel_size, in_features // groups, out_features)``. Every function
can be jitted, differentiated to any order and vmapped, works in float32, bfloat16 and float16, and
raises `ValueError` for a wrong call: dtypes are never promoted, shapes never reinterpreted.
"""

from jaxcnn.functional._adaptive import adaptive_avg_pool, adaptive_max_pool
from jaxcnn.functional._augment import (
    adjust_brightness,
    adjust_contrast,
    affine_transform,
    compose,
    course_augmentation,
    crop,
    cutmix,
    cutout,
    flip,
    mixup,
    random_affine,
    random_brightness,
    random_contrast,
    random_crop,
    random_cutmix,
    random_cutout,
    random_flip,
    random_mixup,
    random_rotation,
    random_shear,
    random_shift,
    random_zoom,
    rotate,
    shear,
    shift,
    zoom,
)
from jaxcnn.functional._conv import conv
from jaxcnn.functional._conv_transpose import conv_transpose
from jaxcnn.functional._global import global_avg_pool, global_max_pool
from jaxcnn.functional._lp_pool import lp_pool
from jaxcnn.functional._padding import explicit_padding, pad
from jaxcnn.functional._patches import fold, unfold
from jaxcnn.functional._pooling import avg_pool, max_pool, min_pool
from jaxcnn.functional._separable import depthwise_conv, separable_conv
from jaxcnn.functional._sizes import (
    conv_output_size,
    conv_transpose_output_size,
    pool_output_size,
)
from jaxcnn.functional._unpool import max_unpool

__all__ = [
    "adaptive_avg_pool",
    "adaptive_max_pool",
    "adjust_brightness",
    "adjust_contrast",
    "affine_transform",
    "avg_pool",
    "compose",
    "conv",
    "conv_output_size",
    "conv_transpose",
    "conv_transpose_output_size",
    "course_augmentation",
    "crop",
    "cutmix",
    "cutout",
    "depthwise_conv",
    "explicit_padding",
    "flip",
    "fold",
    "global_avg_pool",
    "global_max_pool",
    "lp_pool",
    "max_pool",
    "max_unpool",
    "min_pool",
    "mixup",
    "pad",
    "pool_output_size",
    "random_affine",
    "random_brightness",
    "random_contrast",
    "random_crop",
    "random_cutmix",
    "random_cutout",
    "random_flip",
    "random_mixup",
    "random_rotation",
    "random_shear",
    "random_shift",
    "random_zoom",
    "rotate",
    "separable_conv",
    "shear",
    "shift",
    "unfold",
    "zoom",
]
