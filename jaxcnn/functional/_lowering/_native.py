"""The kernels of `jaxcnn.native` as lowering algorithms: their switch, and the convolutions.

A call has two results: the array, and scratch memory that XLA plans with all other memory.
"""

import contextlib
import contextvars
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.functional._arguments import accumulator
from jaxcnn.functional._lowering._convolution import Case, Convolution, Sizes
from jaxcnn.native import CONV, KERNEL_GRADIENT, native

VECTOR = 16  # floats of the widest one

_enabled = True
_serves = contextvars.ContextVar("serves", default=True)


def use_native_kernels(enabled: bool) -> None:
    """Switch the library's native kernels on or off, for programs compiled from now on.

    They are on where they were compiled and the processor has them, unless the environment says
    ``JAXCNN_NATIVE=0``. What `jax.jit` has compiled so far is forgotten when the setting changes.

    Args:
        enabled: Whether convolutions (of float32, bfloat16 and float16, summed in float32) and pools
            of float32 run in C++ on a CPU where that is faster. Results are equal up to rounding.
            Winograd's minimal filtering computes some for whoever asks for no more than the default precision
            (`jax.default_matmul_precision`): its errors are no larger, but a product is rounded with those beside it.

    >>> use_native_kernels(False)
    >>> native_kernels_in_use()
    False
    >>> use_native_kernels(True)
    """
    global _enabled
    if enabled != _enabled:
        _enabled = enabled
        jax.clear_caches()


def native_kernels_in_use() -> bool:
    """Tell whether there are native kernels here, and `use_native_kernels` is on.

    >>> native_kernels_in_use() in (True, False)
    True
    """
    return _enabled and native().kind is not None


@contextlib.contextmanager
def lowering_for(module: Any) -> Iterator[None]:
    """Tell the rules what a program is lowered for: exported or spread over devices, it stays pure.

    A call of a registered function means nothing in another process, and XLA does not split one
    over devices; inside `jax.shard_map` each device has its own.
    """
    exported = getattr(getattr(module, "lowering_parameters", None), "for_export", True)
    axes = getattr(module, "axis_context", None)
    names = frozenset(getattr(getattr(axes, "mesh", None), "axis_names", ()))
    whole = getattr(axes, "num_devices", 0) == 1 or 0 < len(names) == len(
        names & frozenset(getattr(axes, "manual_axes", ()))
    )
    token = _serves.set(not exported and whole)
    try:
        yield
    finally:
        _serves.reset(token)


def takes_kind(dtype: Any, is_concrete: bool, rank: int) -> bool:
    """Tell whether the kernels may be called in the program that is lowered, for arrays of this kind."""
    return _enabled and _serves.get() and dtype == jnp.float32 and is_concrete and rank <= 3


def convolves(case: Case, target: str = CONV, *, turned: bool = False) -> bool:
    """Tell whether the kernels take a convolution at all."""
    return _taken(case) and _scratch(_sizes(case, turned), target) is not None


def sums(case: Case, target: str = KERNEL_GRADIENT) -> bool:
    """Tell whether the kernels take a kernel gradient at all."""
    if not _taken(case) or set(case.conv.input_dilation) != {1}:
        return False
    return _scratch(_sizes(case), target) is not None


def is_fast(case: Case) -> bool:
    """Tell whether a convolution is faster in the kernels (rows of ``benchmarks/ops.py``, AVX2 and AVX-512).

    Several small matrix products are faster by the rules that follow (0.3 to 0.8 of the time).
    """
    return _fills_vectors(case) and not (case.is_pointwise and case.conv.groups > 1)


def sums_fast(case: Case) -> bool:
    """Tell whether a kernel gradient is faster in the kernels."""
    return _fills_vectors(case)


def _fills_vectors(case: Case) -> bool:
    """Vectors hold output channels: of one group, or of several small ones where their sizes allow."""
    if case.conv.groups > 1 and _share_vectors(case):
        return case.conv.groups * case.outs >= VECTOR
    return case.outs >= VECTOR // 2


def _share_vectors(case: Case) -> bool:
    return case.outs in (1, 2, 4) and case.ins <= case.outs


def _taken(case: Case) -> bool:
    # The rules widen 16 bits and round once.
    if not takes_kind(accumulator(case.dtype), case.is_concrete, case.conv.rank):
        return False
    return min(case.batch, *case.out_size, *case.map_size, case.ins, case.outs) > 0


def _scratch(sizes: tuple[int, ...], target: str) -> int | None:
    return native().scratch(sizes, target)


def _sizes(case: Case, turned: bool = False) -> tuple[int, ...]:
    """``Sizes`` of ``convolution.h``: over three axes, those that are missing of size 1."""
    conv = case.conv
    low, high = zip(*conv.padding, strict=True)
    of_axes = (
        (case.map_size, 1),
        (case.out_size, 1),
        (case.kernel_size, 1),
        (conv.strides, 1),
        (low, 0),
        (high, 0),
        (conv.input_dilation, 1),
        (conv.kernel_dilation, 1),
    )
    return (
        case.batch, conv.groups, case.ins, case.outs, *over_three_axes(of_axes), int(turned),
    )  # fmt: skip


def over_three_axes(of_axes: Iterable[tuple[Sequence[int], int]]) -> Iterator[int]:
    """Values for each axis, those of missing axes first, which are neutral."""
    for values, neutral in of_axes:
        yield from [neutral] * (3 - len(values))
        yield from values


def forward(conv: Convolution, x: jax.Array, kernel: jax.Array, target: str = CONV) -> jax.Array:
    """Convolve."""
    case = Case.of(conv, x, kernel.shape[:-2], kernel.shape[-1])
    shape = (x.shape[0], *case.out_size, kernel.shape[-1])
    return _call(target, shape, _sizes(case), x, kernel)


def input_gradient(
    back: Convolution, g: jax.Array, kernel: jax.Array, map_size: Sizes, target: str = CONV
) -> jax.Array:
    """The convolution ``back`` of the cotangent with the kernel, which is turned as it is packed."""
    ins = kernel.shape[-2] * back.groups
    case = Case.of(back, g, kernel.shape[:-2], ins)
    return _call(target, (g.shape[0], *map_size, ins), _sizes(case, turned=True), g, kernel)


def kernel_gradient(
    conv: Convolution,
    x: jax.Array,
    g: jax.Array,
    kernel_size: Sizes,
    target: str = KERNEL_GRADIENT,
) -> jax.Array:
    """Sum the products of inputs and cotangents."""
    case = Case.of(conv, x, kernel_size, g.shape[-1])
    shape = (*kernel_size, x.shape[-1] // conv.groups, g.shape[-1])
    return _call(target, shape, _sizes(case), x, g)


def _call(
    target: str, shape: tuple[int, ...], sizes: tuple[int, ...], *operands: jax.Array
) -> jax.Array:
    scratch = _scratch(sizes, target)
    assert scratch is not None, "the rule looked"
    results = (
        jax.ShapeDtypeStruct(shape, operands[0].dtype),
        jax.ShapeDtypeStruct((scratch,), operands[0].dtype),
    )
    call = jax.ffi.ffi_call(target, results)
    return call(*operands, sizes=np.array(sizes, np.int64))[0]
