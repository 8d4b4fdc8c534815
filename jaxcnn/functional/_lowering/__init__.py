"""The one seam through which convolutions, pools and sums of channels reach XLA.

Everything above speaks in ``(batch, *spatial, channels)``, explicit padding pairs and one int per
axis. Below, GPU and TPU get XLA's own operations; a CPU gets, shape by shape, what was measured to
be faster there, with equal results::

    _convolution  what a convolution is: its static side, and those of its two gradients
    _xla          XLA's own operations
    _define, _bilinear, _pooling, _statistics   JAX primitives for convolution, its gradients, pools
                  and the sums of batch normalisation: derivatives of any order, vmap, one lowering per platform
    _rules        the tables: which algorithm for which shapes on a CPU, and the switch
    _native, _native_winograd, _native_pools, _native_statistics   the C++ kernels of `jaxcnn.native` as such
                  algorithms, and their switch
    _beside, _depthwise, _grouped, _dense, _volume, _sub_pixel, _blocked, _windows   the algorithms
"""

from jaxcnn.functional._lowering._bilinear import convolve
from jaxcnn.functional._lowering._native import native_kernels_in_use, use_native_kernels
from jaxcnn.functional._lowering._pooling import reduce_max, reduce_sum
from jaxcnn.functional._lowering._rules import cpu_rules_in_use, use_cpu_rules
from jaxcnn.functional._lowering._statistics import channel_spread, channel_sums, moments

__all__ = [
    "channel_spread",
    "channel_sums",
    "convolve",
    "cpu_rules_in_use",
    "moments",
    "native_kernels_in_use",
    "reduce_max",
    "reduce_sum",
    "use_cpu_rules",
    "use_native_kernels",
]
