"""Settings of the process that change speed and nothing else.

>>> use_cpu_rules(True)
"""

import ctypes
import sys

import jax

from jaxcnn.functional._lowering import (
    cpu_rules_in_use,
    native_kernels_in_use,
    use_cpu_rules,
    use_native_kernels,
)
from jaxcnn.native import native

__all__ = [
    "cpu_rules_in_use",
    "describe",
    "keep_freed_memory",
    "native_kernels_in_use",
    "use_cpu_rules",
    "use_native_kernels",
]

# Parameters of glibc's mallopt.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8
_EVERYTHING = 2**31 - 1


def describe() -> str:
    """What computes convolutions on a CPU in this process, and why; three lines for people.

    >>> print(describe())  # doctest: +ELLIPSIS
    JAX ...
    lowering rules for CPUs: on
    native kernels: ...
    """
    found = native()
    kernels = f"{found.kind or 'none'} ({found.why})"
    if found.kind and not (native_kernels_in_use() and cpu_rules_in_use()):
        kernels = f"off; there would be {kernels}"
    rules = "on" if cpu_rules_in_use() else "off"
    return f"JAX {jax.__version__}\nlowering rules for CPUs: {rules}\nnative kernels: {kernels}"


def keep_freed_memory() -> bool:
    """Lets the C library keep freed memory for the next array, instead of giving it back.

    By default, glibc returns large blocks to Linux as soon as they are free, and each new array is
    made of pages that Linux must find and clear first. For operations that hardly compute, that
    takes longer than the operation, and half of a train step is not unheard of. The price is a
    process that stays as large as it has been. Call it once, before JAX computes anything: threads
    that have allocated memory go on as before. The commands of ``jaxcnn`` that compute do.

    Returns:
        Whether it was possible: on Linux with glibc.

    Source: ``man 3 mallopt``.

    >>> keep_freed_memory() in (True, False)
    True
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # musl has none
        return False
    settings = (
        *((_MMAP_THRESHOLD, _EVERYTHING), (_TRIM_THRESHOLD, _EVERYTHING), (_TOP_PAD, 2**26)),
        # JAX runs programs on threads of its own, whose arenas hold 64 MB: what is larger would go back all the same.
        (_ARENA_MAX, 1),
    )
    taken = [mallopt(name, value) == 1 for name, value in settings]
    return all(taken)
