"""The lowering rules for CPUs: which algorithm for which shapes. One table per operation, the first that fits wins.

Each rule names the row of ``benchmarks/ops.py`` that earns it. What no rule claims is XLA's own.
The choice is made where a program is lowered for a CPU; those for GPU and TPU never come here.
"""

import math
import os
from collections.abc import Callable
from typing import Any, NamedTuple

import jax

from jaxcnn.functional._arguments import accumulator
from jaxcnn.functional._lowering import (
    _beside,
    _blocked,
    _dense,
    _depthwise,
    _grouped,
    _native,
    _native_pools,
    _native_statistics,
    _native_winograd,
    _sub_pixel,
    _volume,
    _windows,
    _xla,
)
from jaxcnn.functional._lowering._convolution import Case, Convolution, Sizes, turned
from jaxcnn.functional._lowering._native_statistics import ChannelCase
from jaxcnn.functional._lowering._windows import Pool, PoolCase

_MOST_TAPS = 128  # each becomes a slice of the program, which must compile quickly

_enabled = os.environ.get("JAXCNN_CPU_RULES", "1") != "0"


def use_cpu_rules(enabled: bool) -> None:
    """Switch the library's own lowering rules for CPUs on or off, for programs compiled from now on.

    They are on unless the environment says ``JAXCNN_CPU_RULES=0``. What `jax.jit` has compiled so
    far is forgotten when the setting changes.

    Args:
        enabled: Whether shapes that XLA's CPU backend handles slowly are computed another way.
            Results are equal up to rounding. Other platforms always run XLA's own operations.

    >>> use_cpu_rules(False)
    >>> cpu_rules_in_use()
    False
    >>> use_cpu_rules(True)
    """
    global _enabled
    if enabled != _enabled:
        _enabled = enabled
        jax.clear_caches()


def cpu_rules_in_use() -> bool:
    """Tell whether `use_cpu_rules` is on.

    >>> cpu_rules_in_use()
    True
    """
    return _enabled


class Rule(NamedTuple):
    """An algorithm, and where it is faster than XLA's.

    Attributes:
        name: What it does.
        earned_by: The row of ``benchmarks/ops.py`` that shows it.
        applies: From a `Case` (a `PoolCase`, a `ChannelCase`), whether to use it.
        compute: The algorithm.
    """

    name: str
    earned_by: str
    applies: Callable[..., bool]
    compute: Callable[..., jax.Array]


FORWARD = (
    Rule(
        "native minimal filtering",
        "3x3, 128->128",
        lambda c: _native_winograd.convolves(c) and _native_winograd.is_fast(c),
        _native_winograd.forward,
    ),
    Rule(
        "native kernel",
        "3x3, 128->128",
        lambda c: _native.convolves(c) and _native.is_fast(c),
        _native.forward,
    ),
    Rule("images side by side", "depthwise 9x9, 3 ch", _beside.takes, _beside.forward),
    Rule(
        "shift-and-add",
        "depthwise 3x3",
        lambda c: c.conv.groups > 1 and _hardly_mixes(c) and c.taps <= _MOST_TAPS,
        _depthwise.forward,
    ),
    Rule(
        "multiply-add per input channel",
        "groups 32, 1x1",
        lambda c: c.conv.groups > 1 and c.is_pointwise and c.ins <= 16,
        _grouped.pointwise,
    ),
    Rule("block-diagonal kernels", "groups 8", lambda c: c.conv.groups > 1, _grouped.forward),
    Rule(
        "matrix product",
        "1x1",
        lambda c: c.conv.groups == 1 and c.is_pointwise,
        _dense.pointwise,
    ),
    Rule(
        "sum of 2-D convolutions",
        "3-D 3x3x3, 32->64",
        lambda c: c.conv.rank == 3 and c.is_sized,
        _volume.forward,
    ),
    Rule(
        "sub-pixel convolution",
        "7x7 stride 2",
        lambda c: _spreads(c) and c.is_sized and max(c.kernel_size) >= 6,
        _sub_pixel.forward,
    ),
    Rule(
        "explicit padding",
        "1-D 41, 32->32",
        lambda c: c.conv.groups == 1 and _outgrows_the_map(c),
        _dense.padded_beforehand,
    ),
    Rule(
        "2-D convolution of height 1",
        "1-D 9, 1->64",
        lambda c: c.conv.rank == 1 and c.ins == 1,
        _dense.line,
    ),
    Rule(
        "features padded to a multiple of 32",
        "5x5, 20->50",
        lambda c: (
            c.conv.rank == 2
            and c.ins >= 8
            and c.outs > 16
            and c.outs % 8 != 0
            and -c.outs % 32 < 0.7 * c.outs
        ),
        _dense.padded_features,
    ),
)

# What no rule claims here is a convolution of the output's cotangent with the turned kernel, by FORWARD.
# The case is that convolution's.
INPUT_GRADIENT = (
    Rule(
        "native minimal filtering",
        "3x3, 128->128",
        lambda c: _native_winograd.convolves(c, turned=True) and _native_winograd.is_fast(c),
        _native_winograd.input_gradient,
    ),
    Rule(
        "native kernel",
        "transposed 4x4 stride 2, 64->64",
        lambda c: _native.convolves(c, turned=True) and _native.is_fast(c),
        _native.input_gradient,
    ),
)

KERNEL_GRADIENT = (
    Rule(
        "native minimal filtering",
        "3x3, 128->128",
        lambda c: _native_winograd.sums(c) and _native_winograd.sums_fast(c),
        _native_winograd.kernel_gradient,
    ),
    Rule(
        "native kernel",
        "3x3, 128->128",
        lambda c: _native.sums(c) and _native.sums_fast(c),
        _native.kernel_gradient,
    ),
    Rule("images side by side", "depthwise 9x9, 3 ch", _beside.sums, _beside.kernel_gradient),
    Rule(
        "reduction per tap",
        "depthwise 3x3",
        lambda c: c.conv.groups > 1 and _hardly_mixes(c) and c.taps <= _MOST_TAPS,
        _depthwise.kernel_gradient,
    ),
    Rule(
        "diagonal blocks of dense gradients",
        "groups 8",
        lambda c: c.conv.groups > 1 and c.is_concrete and set(c.conv.input_dilation) == {1},
        _grouped.kernel_gradient,
    ),
    Rule(
        "matrix product",
        "1x1",
        lambda c: c.conv.groups == 1 and c.is_pointwise,
        _dense.pointwise_kernel_gradient,
    ),
    Rule(
        "blocked matrix products",
        "3x3, 64->64",
        lambda c: (
            c.conv.groups == 1
            and c.conv.rank > 1
            and c.is_concrete
            and set(c.conv.input_dilation) == {1}
            and (c.conv.is_plain or c.ins < 16)
            and c.ins * c.kernel_size[-1] >= 8
            and c.outs >= 16
            and (c.conv.rank == 3 or min(c.ins, c.outs) <= 64 or math.prod(c.out_size) >= 2000)
        ),
        _blocked.kernel_gradient,
    ),
)

MAXIMUM = (
    Rule(
        "native kernel",
        "max pool 2x2",
        lambda c: _native_pools.takes(c) and _native_pools.maxima_are_fast(c),
        _native_pools.maximum,
    ),
    Rule(
        "elementwise maximum of taps",
        "max pool 3x3 stride 2",
        lambda c: not c.pool.tiles and c.pool.taps <= _MOST_TAPS,
        _windows.maximum,
    ),
)
SELECT_AND_GATHER = (
    Rule(
        "gather at the argmax",
        "max pool 2x2",
        lambda c: c.pool.taps <= _MOST_TAPS,
        _windows.select_and_gather,
    ),
)
SELECT_AND_SCATTER = (
    Rule(
        "native kernel",
        "max pool 2x2",
        lambda c: _native_pools.scatters(c) and _native_pools.maxima_are_fast(c),
        _native_pools.select_and_scatter,
    ),
    Rule(
        "scatter from the argmax",
        "max pool 2x2",
        lambda c: c.pool.taps <= _MOST_TAPS,
        _windows.select_and_scatter,
    ),
)
TOTAL = (
    Rule(
        "native kernel",
        "average pool 3x3 stride 2",
        lambda c: _native_pools.takes(c) and _native_pools.sums_are_fast(c),
        _native_pools.total,
    ),
    Rule(
        "sum of taps",
        "average pool 3x3 stride 2",
        lambda c: not c.pool.tiles and c.pool.taps <= _MOST_TAPS,
        _windows.total,
    ),
)
TOTAL_BACK = (
    Rule(
        "native kernel",
        "average pool 3x3 stride 2",
        lambda c: _native_pools.takes(c) and _native_pools.sums_are_fast(c),
        _native_pools.total_back,
    ),
    Rule(
        "sum over overlapping windows",
        "average pool 3x3 stride 2",
        lambda c: not c.pool.tiles and c.pool.taps <= _MOST_TAPS,
        _windows.total_back,
    ),
)
MOMENTS = (
    Rule(
        "native kernel",
        "batch norm 112x112x64",
        lambda c: _native_statistics.takes(c) and _native_statistics.are_fast(c),
        _native_statistics.moments,
    ),
)
CHANNEL_SUMS = (
    Rule(
        "native kernel",
        "batch norm 112x112x64",
        lambda c: _native_statistics.takes(c) and _native_statistics.are_fast(c),
        _native_statistics.channel_sums,
    ),
)


def _hardly_mixes(case: Case) -> bool:
    return min(case.ins, case.outs) == 1 and max(case.ins, case.outs) <= 4


def _outgrows_the_map(case: Case) -> bool:
    """Some axis of the kernel is longer than the map's, so the map is padded."""
    if not case.is_sized or set(case.conv.input_dilation) != {1}:
        return False
    extents = case.conv.extents(case.kernel_size)
    return any(k > n for k, n in zip(extents, case.map_size, strict=True))


def _spreads(case: Case) -> bool:
    conv = case.conv
    dense = conv.groups == 1 and set(conv.strides) == set(conv.kernel_dilation) == {1}
    return dense and max(conv.input_dilation) > 1


def _chosen(rules: tuple[Rule, ...], case: Any) -> Rule | None:
    return next((rule for rule in rules if rule.applies(case)), None) if _enabled else None


def forward(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Convolve on a CPU."""
    rule = _chosen(FORWARD, Case.of(conv, x, kernel.shape[:-2], kernel.shape[-1]))
    if rule is None:
        return _xla.forward(conv, x, kernel)
    return _wide(lambda x, kernel: rule.compute(conv, x, kernel), x, kernel)


def input_gradient(
    conv: Convolution, g: jax.Array, kernel: jax.Array, map_size: tuple[Any, ...]
) -> jax.Array:
    """The cotangent of the input, itself a convolution of the output's, on a CPU."""
    if all(isinstance(n, int) for n in (*map_size, *g.shape[1:-1])):
        back = conv.of_input_gradient(map_size, kernel.shape[:-2])
        ins = kernel.shape[-2] * conv.groups
        case = Case.of(back, g, kernel.shape[:-2], ins)
        rule = _chosen(INPUT_GRADIENT, case)
        if rule is not None:
            return _wide(lambda g, kernel: rule.compute(back, g, kernel, map_size), g, kernel)
        rule = _chosen(FORWARD, case)
        if rule is not None:
            return _wide(
                lambda g, kernel: rule.compute(back, g, turned(kernel, conv.groups)), g, kernel
            )
    return _xla.input_gradient(conv, g, kernel, map_size)


def kernel_gradient(conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes) -> jax.Array:
    """The cotangent of the kernel on a CPU."""
    concrete = all(isinstance(n, int) for n in x.shape)
    if _enabled and concrete and max(conv.input_dilation) > 1 and set(conv.strides) == {1}:
        # XLA is at its slowest where the input is dilated; the other way round it is not.
        exchanged = conv.with_roles_exchanged(x.shape[1:-1], kernel_size)
        return turned(kernel_gradient(exchanged, g, x, kernel_size), conv.groups)
    rule = _chosen(KERNEL_GRADIENT, Case.of(conv, x, kernel_size, g.shape[-1]))
    if rule is None:
        return _xla.kernel_gradient(conv, x, g, kernel_size)
    return _wide(lambda x, g: rule.compute(conv, x, g, kernel_size), x, g)


def maximum(pool: Pool, x: jax.Array) -> jax.Array:
    """Max pooling on a CPU."""
    rule = _chosen(MAXIMUM, PoolCase.of(pool, x))
    return _xla.reduce_max(x, *pool[:3]) if rule is None else rule.compute(pool, x)


def select_and_gather(pool: Pool, t: jax.Array, x: jax.Array) -> jax.Array:
    """The tangent of max pooling on a CPU."""
    rule = _chosen(SELECT_AND_GATHER, PoolCase.of(pool, x))
    return _xla.select_and_gather(t, x, *pool[:3]) if rule is None else rule.compute(pool, t, x)


def select_and_scatter(pool: Pool, g: jax.Array, x: jax.Array) -> jax.Array:
    """The cotangent of max pooling on a CPU."""
    rule = _chosen(SELECT_AND_SCATTER, PoolCase.of(pool, x))
    return _xla.select_and_scatter(g, x, *pool[:3]) if rule is None else rule.compute(pool, g, x)


def total(pool: Pool, x: jax.Array, divisor: float) -> jax.Array:
    """Sums of windows, divided, on a CPU."""
    rule = _chosen(TOTAL, PoolCase.of(pool, x))
    return _xla.divided_sum(x, divisor, *pool) if rule is None else rule.compute(pool, x, divisor)


def total_back(pool: Pool, g: jax.Array, map_size: tuple[Any, ...]) -> jax.Array:
    """For every pixel, the sum over the windows that see it, on a CPU."""
    shape = (g.shape[0], *map_size, g.shape[-1])
    rule = _chosen(TOTAL_BACK, PoolCase.of(pool, jax.ShapeDtypeStruct(shape, g.dtype)))
    if rule is None:
        return _xla.reduce_sum_back(g, map_size, *pool)
    return rule.compute(pool, g, map_size)


def moments(x: jax.Array) -> jax.Array:
    """Mean and biased variance of each channel on a CPU."""
    rule = _chosen(MOMENTS, ChannelCase(x.shape, x.dtype))
    return _xla.moments(x) if rule is None else rule.compute(x)


def channel_sums(g: jax.Array, x: jax.Array, mean: jax.Array) -> jax.Array:
    """For each channel the sum of ``g``, and that of ``g * (x - mean)``, on a CPU."""
    rule = _chosen(CHANNEL_SUMS, ChannelCase(x.shape, x.dtype))
    return _xla.channel_sums(g, x, mean) if rule is None else rule.compute(g, x, mean)


def _wide(function: Callable[..., jax.Array], *operands: jax.Array) -> jax.Array:
    """Compute in float32 what is given in 16 bits, and round once."""
    dtype = operands[0].dtype
    wide = accumulator(dtype)
    return function(*(x.astype(wide) for x in operands)).astype(dtype)
