"""Convolutions in C++ for float32 on a CPU, called by XLA: the library, found, loaded and registered.

Compiled at installation where there is a C++ compiler (``_compile``), from ``source/``: ``kernels.cc``
for one core, once for each kind of processor, ``handlers.cc`` for what XLA calls. Everything works
without it; ``functional/_lowering/_native.py`` asks it for what it is fast at.
"""

from jaxcnn.native._library import CONV, KERNEL_GRADIENT, Native, native

__all__ = ["CONV", "KERNEL_GRADIENT", "Native", "native"]
