"""Convolution and its two gradients as JAX primitives.

The three are bilinear, and the gradient of each with respect to either operand is another of the
three: derivatives of any order, forward or reverse, never leave them, so that each has its own
fast lowering on a CPU. Elsewhere they lower to what XLA has.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
from jax.interpreters import ad, batching

from jaxcnn.functional._lowering import _rules, _xla
from jaxcnn.functional._lowering._convolution import Convolution, Sizes, with_explicit_padding
from jaxcnn.functional._lowering._define import equally_varying, lower, primitive


def convolve(
    x: jax.Array,
    kernel: jax.Array,
    *,
    strides: Sequence[int],
    padding: Sequence[tuple[Any, Any]],
    input_dilation: Sequence[int],
    kernel_dilation: Sequence[int],
    feature_group_count: int,
    precision: Any,
) -> jax.Array:
    """Cross-correlate ``(batch, *spatial, in)`` with ``(*spatial, in/groups, out)``.

    Products of bfloat16 and float16 are summed in float32 and rounded once.
    """
    conv = Convolution(
        tuple(strides),
        tuple((low, high) for low, high in padding),
        tuple(input_dilation),
        tuple(kernel_dilation),
        feature_group_count,
        precision,
    )
    # No platform's convolution takes symbolic padding ("same", stride, symbolic size); lax.pad does.
    if not all(isinstance(amount, int) for pair in conv.padding for amount in pair):
        x, conv = with_explicit_padding(x, conv)
    return _forward.bind(*equally_varying(x, kernel), conv=conv)


_forward = primitive(
    "conv",
    lambda x, kernel, *, conv: (
        x.shape[0],
        *conv.output_size(x.shape[1:-1], kernel.shape[:-2]),
        kernel.shape[-1],
    ),
)
_input_gradient = primitive(
    "conv_input_gradient",
    lambda g, kernel, *, conv, map_size: (
        g.shape[0],
        *map_size,
        kernel.shape[-2] * conv.groups,
    ),
)
_kernel_gradient = primitive(
    "conv_kernel_gradient",
    lambda x, g, *, conv, kernel_size: (
        *kernel_size,
        x.shape[-1] // conv.groups,
        g.shape[-1],
    ),
    first_axis=False,
)

lower(
    _forward,
    lambda x, kernel, *, conv: _xla.forward(conv, x, kernel),
    lambda x, kernel, *, conv: _rules.forward(conv, x, kernel),
)
lower(
    _input_gradient,
    lambda g, kernel, *, conv, map_size: _xla.input_gradient(conv, g, kernel, map_size),
    lambda g, kernel, *, conv, map_size: _rules.input_gradient(conv, g, kernel, map_size),
)
lower(
    _kernel_gradient,
    lambda x, g, *, conv, kernel_size: _xla.kernel_gradient(conv, x, g, kernel_size),
    lambda x, g, *, conv, kernel_size: _rules.kernel_gradient(conv, x, g, kernel_size),
)


def _to_input(g: Any, kernel: Any, conv: Convolution, map_size: Sequence[Any]) -> jax.Array:
    operands = equally_varying(g, kernel)
    return _input_gradient.bind(*operands, conv=conv, map_size=tuple(map_size))


def _to_kernel(x: Any, g: Any, conv: Convolution, kernel_size: Sequence[int]) -> jax.Array:
    operands = equally_varying(x, g)
    return _kernel_gradient.bind(*operands, conv=conv, kernel_size=tuple(kernel_size))


def _to_output(x: Any, kernel: Any, conv: Convolution) -> jax.Array:
    return _forward.bind(*equally_varying(x, kernel), conv=conv)


# A rule gets the cotangent of the result and the two operands, of which it replaces one.
ad.defbilinear(
    _forward,
    lambda g, x, kernel, *, conv: _to_input(g, kernel, conv, x.aval.shape[1:-1]),
    lambda g, x, kernel, *, conv: _to_kernel(x, g, conv, kernel.aval.shape[:-2]),
)
ad.defbilinear(
    _input_gradient,
    lambda dx, g, kernel, *, conv, map_size: _to_output(dx, kernel, conv),
    lambda dx, g, kernel, *, conv, map_size: _to_kernel(dx, g, conv, kernel.aval.shape[:-2]),
)
ad.defbilinear(
    _kernel_gradient,
    lambda dk, x, g, *, conv, kernel_size: _to_input(g, dk, conv, x.aval.shape[1:-1]),
    lambda dk, x, g, *, conv, kernel_size: _to_output(x, dk, conv),
)


# A mapped axis joins the batch, or, where the kernel is mapped too, the groups

Axis = int | None


def _into_batch(x: jax.Array, axis: int) -> jax.Array:
    x = jnp.moveaxis(x, axis, 0)
    return x.reshape(x.shape[0] * x.shape[1], *x.shape[2:])


def _out_of_batch(y: jax.Array, count: int) -> jax.Array:
    return y.reshape(count, y.shape[0] // count, *y.shape[1:])


def _into_channels(x: jax.Array, axis: int, groups: int = 1) -> jax.Array:
    """Channels ``(groups, mapped, features / groups)`` in one axis."""
    x = jnp.moveaxis(x, axis, -1)
    x = x.reshape(*x.shape[:-2], groups, x.shape[-2] // groups, x.shape[-1])
    return x.swapaxes(-1, -2).reshape(*x.shape[:-3], -1)


def _out_of_channels(y: jax.Array, count: int, groups: int = 1) -> jax.Array:
    y = y.reshape(*y.shape[:-1], groups, count, y.shape[-1] // (groups * count))
    y = jnp.moveaxis(y, -2, 0)
    return y.reshape(*y.shape[:-2], -1)


def _mapped(x: jax.Array, axis: Axis, count: int) -> tuple[jax.Array, int]:
    return (x, axis) if axis is not None else (jnp.broadcast_to(x, (count, *x.shape)), 0)


def _grouped(conv: Convolution, count: int) -> Convolution:
    return replace(conv, groups=conv.groups * count)


def _count(operands: Sequence[jax.Array], axes: Sequence[Axis]) -> int:
    return next(x.shape[a] for x, a in zip(operands, axes, strict=True) if a is not None)


def _vmap_forward(
    operands: Sequence[jax.Array], axes: Sequence[Axis], *, conv: Convolution
) -> tuple[jax.Array, int]:
    (x, kernel), (x_axis, kernel_axis), count = operands, axes, _count(operands, axes)
    if kernel_axis is None:
        assert x_axis is not None
        return _out_of_batch(_to_output(_into_batch(x, x_axis), kernel, conv), count), 0
    if x_axis is None:
        kernel = _into_channels(kernel, kernel_axis, conv.groups)
        return _out_of_channels(_to_output(x, kernel, conv), count, conv.groups), 0
    x, kernel = _into_channels(x, x_axis), _into_channels(kernel, kernel_axis)
    return _out_of_channels(_to_output(x, kernel, _grouped(conv, count)), count), 0


def _vmap_input_gradient(
    operands: Sequence[jax.Array],
    axes: Sequence[Axis],
    *,
    conv: Convolution,
    map_size: tuple[Any, ...],
) -> tuple[jax.Array, int]:
    (g, kernel), (g_axis, kernel_axis), count = operands, axes, _count(operands, axes)
    if kernel_axis is None:
        assert g_axis is not None
        return _out_of_batch(_to_input(_into_batch(g, g_axis), kernel, conv, map_size), count), 0
    g, g_axis = _mapped(g, g_axis, count)
    g, kernel = _into_channels(g, g_axis), _into_channels(kernel, kernel_axis)
    return _out_of_channels(_to_input(g, kernel, _grouped(conv, count), map_size), count), 0


def _vmap_kernel_gradient(
    operands: Sequence[jax.Array],
    axes: Sequence[Axis],
    *,
    conv: Convolution,
    kernel_size: Sizes,
) -> tuple[jax.Array, int]:
    (x, g), (x_axis, g_axis), count = operands, axes, _count(operands, axes)
    if x_axis is None:
        assert g_axis is not None
        g = _into_channels(g, g_axis, conv.groups)
        return _out_of_channels(_to_kernel(x, g, conv, kernel_size), count, conv.groups), 0
    g, g_axis = _mapped(g, g_axis, count)
    x, g = _into_channels(x, x_axis), _into_channels(g, g_axis)
    return _out_of_channels(_to_kernel(x, g, _grouped(conv, count), kernel_size), count), 0


batching.primitive_batchers[_forward] = _vmap_forward
batching.primitive_batchers[_input_gradient] = _vmap_input_gradient
batching.primitive_batchers[_kernel_gradient] = _vmap_kernel_gradient
