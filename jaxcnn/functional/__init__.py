"""Pure functions on arrays: padding, convolution, pooling; no Flax, no state.

Arrays are channels last, ``(*batch, *spatial, channels)``, with 1 to 3 spatial axes and any number
of batch axes; kernels are ``(*kernel_size, in_features // groups, out_features)``. Every function
can be jitted, differentiated to any order and vmapped, works in float32, bfloat16 and float16, and
raises `ValueError` for a wrong call: dtypes are never promoted, shapes never reinterpreted.
"""

from jaxcnn.functional._adaptive import adaptive_avg_pool, adaptive_max_pool
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
    "avg_pool",
    "conv",
    "conv_output_size",
    "conv_transpose",
    "conv_transpose_output_size",
    "depthwise_conv",
    "explicit_padding",
    "fold",
    "global_avg_pool",
    "global_max_pool",
    "lp_pool",
    "max_pool",
    "max_unpool",
    "min_pool",
    "pad",
    "pool_output_size",
    "separable_conv",
    "unfold",
]
