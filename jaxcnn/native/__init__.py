"""Convolutions in C++ for float32 on a CPU, called by XLA: the library, found, loaded and registered.

Compiled at installation where there is a C++ compiler (``_compile``), from ``source/``:

``kernels.cc``          what one core computes, compiled once for each kind of processor; in it
``vector.h``            the processor's vectors,
``dense.h``             outputs and input gradients as an indirect matrix product,
``dense_gradient.h``    kernel gradients as products of gathered pixels,
``lanes.h``             both, where several groups of few channels share a vector;
``convolution.cc``      plans a call, checks its sizes and shares its work among threads;
``handlers.cc``         is what XLA calls.

Everything works without the library; ``functional/_lowering/_native.py`` asks it for what it is fast at.
"""

from jaxcnn.native._library import CONV, KERNEL_GRADIENT, Native, native

__all__ = ["CONV", "KERNEL_GRADIENT", "Native", "native"]
