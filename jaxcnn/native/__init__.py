"""Convolutions, pools and sums of channels in C++ for float32 on a CPU, called by XLA: found, loaded, registered.

Compiled at installation where there is a C++ compiler (``_compile``), from ``source/``:

``kernels.cc``          what one core computes, compiled once for each kind of processor; in it
``vector.h``            the processor's vectors,
``dense.h``             outputs and input gradients as an indirect matrix product,
``dense_gradient.h``    kernel gradients as products of gathered pixels,
``lanes.h``             both, where several groups of few channels share a vector,
``tiles.h``             3x3 outputs, input and kernel gradients by Winograd's minimal filtering,
``windows.h``           maxima and averages of windows, and their transposes,
``channels.h``          means, variances and sums of channels;
``convolution.cc``      plans a convolution, checks its sizes and shares its work among threads,
``winograd.cc``         does so for those by minimal filtering, and leaves to it what they may not touch;
``pooling.cc``          does so for a pool, ``statistics.cc`` for the sums of batch normalisation;
``sizes.h``             what all ask of sizes;
``processor.cc``        chooses the kernels of this processor, ``threads.cc`` lets threads take part;
``handlers.cc``         is what XLA calls.

Everything works without the library; ``_native.py`` and ``_native_*.py`` of ``functional/_lowering`` ask it for
what it is fast at.
"""

from jaxcnn.native._library import (
    CHANNEL_SUMS,
    CONV,
    KERNEL_GRADIENT,
    MAX_POOL,
    MAX_POOL_SCATTER,
    MOMENTS,
    SUM_POOL,
    SUM_POOL_BACK,
    WINOGRAD,
    WINOGRAD_KERNEL_GRADIENT,
    Native,
    native,
)

__all__ = [
    "CHANNEL_SUMS",
    "CONV",
    "KERNEL_GRADIENT",
    "MAX_POOL",
    "MAX_POOL_SCATTER",
    "MOMENTS",
    "SUM_POOL",
    "SUM_POOL_BACK",
    "WINOGRAD",
    "WINOGRAD_KERNEL_GRADIENT",
    "Native",
    "native",
]
