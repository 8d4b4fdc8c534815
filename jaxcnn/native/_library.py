"""The shared library: loaded once, its kernels chosen for this processor and registered with XLA."""

import ctypes
import functools
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jax

CONV = "jaxcnn_conv"
KERNEL_GRADIENT = "jaxcnn_conv_kernel_gradient"
WINOGRAD = "jaxcnn_conv_winograd"
WINOGRAD_KERNEL_GRADIENT = "jaxcnn_conv_winograd_kernel_gradient"
MAX_POOL = "jaxcnn_max_pool"
MAX_POOL_SCATTER = "jaxcnn_max_pool_scatter"
SUM_POOL = "jaxcnn_sum_pool"
SUM_POOL_BACK = "jaxcnn_sum_pool_back"
MOMENTS = "jaxcnn_moments"
CHANNEL_SUMS = "jaxcnn_channel_sums"
_TARGETS = (
    *(CONV, KERNEL_GRADIENT, WINOGRAD, WINOGRAD_KERNEL_GRADIENT),
    *(MAX_POOL, MAX_POOL_SCATTER, SUM_POOL, SUM_POOL_BACK),
    *(MOMENTS, CHANNEL_SUMS),
)

_FILE = Path(__file__).with_name("libjaxcnn.so")
_KINDS = {"avx512": "AVX-512", "avx2": "AVX2 and FMA", "base": "vectors of 128 bits"}  # best first


@dataclass(frozen=True)
class Native:
    """Which native kernels this process has.

    Attributes:
        kind: ``avx512``, ``avx2`` or ``base``; ``None`` where there are none.
        why: What decided, for people.
    """

    kind: str | None
    why: str

    def scratch(self, sizes: Sequence[int], target: str) -> int | None:
        """Floats of scratch memory that a convolution of these sizes needs; ``None`` if it is refused."""
        if self.kind is None:
            return None
        gradient = target in (KERNEL_GRADIENT, WINOGRAD_KERNEL_GRADIENT)
        winograd = target in (WINOGRAD, WINOGRAD_KERNEL_GRADIENT)
        floats = _loaded().jaxcnn_scratch(*_numbers(sizes), int(gradient), int(winograd))
        return floats if floats >= 0 else None

    def pools(self, sizes: Sequence[int]) -> bool:
        """Tell whether the kernels take a pool of these sizes."""
        return self.kind is not None and bool(_loaded().jaxcnn_pools(*_numbers(sizes)))

    def statistics_scratch(self, rows: int, channels: int) -> int | None:
        """Floats of scratch memory that sums over rows need; ``None`` if they are refused."""
        if self.kind is None:
            return None
        floats = _loaded().jaxcnn_statistics_scratch(rows, channels)
        return floats if floats >= 0 else None


@functools.cache
def native() -> Native:
    """The kernels of this process: loaded and registered at the first call.

    ``JAXCNN_NATIVE`` in the environment: ``0`` for none, or the name of a kind.
    """
    asked = os.environ.get("JAXCNN_NATIVE", "")
    if asked == "0":
        return Native(None, "JAXCNN_NATIVE=0")
    if asked not in ("", "1", *_KINDS):
        kinds = ", ".join(["0", "1", *_KINDS])
        raise ValueError(f"JAXCNN_NATIVE in the environment must be one of {kinds}, not {asked!r}")
    if not _FILE.is_file():
        return Native(None, _why_absent())
    try:
        library = _loaded()
        for name in _TARGETS:
            handler = jax.ffi.pycapsule(getattr(library, name))
            jax.ffi.register_ffi_target(name, handler, platform="cpu")
    except Exception as error:  # whatever a later jaxlib or another C library raises
        why = f"{_FILE.name} was refused: {(str(error) or repr(error)).splitlines()[0]}"
        warnings.warn(
            f"jaxcnn computes without its native kernels; {why} (install jaxcnn again to build them "
            "for this jaxlib)",
            RuntimeWarning,
            stacklevel=2,
        )
        return Native(None, why)
    for kind in [asked] if asked in _KINDS else _KINDS:
        if library.jaxcnn_choose(kind.encode()):
            return Native(kind, f"this processor has {_KINDS[kind]}")
    if asked in _KINDS:
        return Native(None, f"JAXCNN_NATIVE={asked}, which this processor does not have")
    return Native(None, "this processor has neither AVX-512 nor AVX2")


def _why_absent() -> str:
    """A clone shadows an installed jaxcnn, and does not take its library: that belongs to other sources."""
    if _FILE.parents[2].joinpath("pyproject.toml").is_file():
        return "not compiled in this clone: python jaxcnn/native/_compile.py does so"
    return "not compiled: no C++ compiler was found at installation"


def _numbers(sizes: Sequence[int]) -> tuple["ctypes.Array[ctypes.c_int64]", int]:
    return (ctypes.c_int64 * len(sizes))(*sizes), len(sizes)


@functools.cache
def _loaded() -> ctypes.CDLL:
    library = ctypes.CDLL(str(_FILE))
    library.jaxcnn_choose.argtypes = [ctypes.c_char_p]
    library.jaxcnn_choose.restype = ctypes.c_int
    library.jaxcnn_scratch.argtypes = [
        ctypes.POINTER(ctypes.c_int64),
        ctypes.c_int64,
        ctypes.c_int,
        ctypes.c_int,
    ]
    library.jaxcnn_scratch.restype = ctypes.c_int64
    library.jaxcnn_pools.argtypes = [ctypes.POINTER(ctypes.c_int64), ctypes.c_int64]
    library.jaxcnn_pools.restype = ctypes.c_int
    library.jaxcnn_statistics_scratch.argtypes = [ctypes.c_int64, ctypes.c_int64]
    library.jaxcnn_statistics_scratch.restype = ctypes.c_int64
    return library
