"""Checks of the arguments that augmentations share."""

import math
import numbers
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.functional._arguments import (
    MAX_RANK,
    a_float_array,
    an_int,
    check_rank,
    known_below,
    per_axis,
)


def images(x: Any, rank: Any = 2) -> tuple[jax.Array, tuple[int, ...], tuple[int, ...]]:
    """Return ``x``, its batch axes and its spatial sizes."""
    x = a_float_array("x", x)
    rank = an_int("rank", rank, 1)
    if rank > MAX_RANK:
        raise ValueError(f"rank (={rank}) must be from 1 to {MAX_RANK}, the number of spatial axes")
    check_rank("x", x, rank)
    return x, x.shape[: -rank - 1], x.shape[-rank - 1 : -1]


def one_key(key: Any) -> jax.Array:
    """Return ``key`` if it is one key of `jax.random`, of the new or the old style."""
    if isinstance(key, (jax.Array, np.ndarray)):
        if jnp.issubdtype(key.dtype, jax.dtypes.prng_key) and key.ndim == 0:
            return jnp.asarray(key)
        if key.dtype == jnp.uint32 and key.ndim == 1:
            return jnp.asarray(key)
        found = f"an array of shape {key.shape} and dtype {key.dtype}"
    else:
        found = f"{type(key).__name__} (={key!r:.60})"
    raise ValueError(f"key must be one key, as jax.random.key(0) or one of a split, not {found}")


def a_number(
    name: str,
    value: Any,
    low: float,
    high: float,
    *,
    open_start: bool = False,
    open_end: bool = False,
) -> float:
    """Return a Python or NumPy number from ``low`` to ``high``, or without that end."""
    number = _as_float(value)
    if number is not None and math.isfinite(number):
        enough = number > low if open_start else number >= low
        if enough and (number < high if open_end else number <= high):
            return number
    start = f"{'above' if open_start else 'of at least'} {low:g}"
    limit = f" and {'below' if open_end else 'at most'} {high:g}" if high < math.inf else ""
    raise ValueError(f"{name} (={value!r}) must be a finite number {start}{limit}")


def _as_float(value: Any) -> float | None:
    if isinstance(value, (bool, np.bool_)):
        return None
    if isinstance(value, numbers.Real) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return float(value)
    return None


def a_number_per_axis(name: str, value: Any, high: float, *, open_end: bool = False):
    """Return one number from 0 to ``high`` per spatial axis; one number means a 2-D image."""
    if not isinstance(value, (tuple, list)):
        return (a_number(name, value, 0, high, open_end=open_end),) * 2
    if not 1 <= len(value) <= MAX_RANK:
        raise ValueError(
            f"{name} (={value!r}) must be a number, or one per spatial axis: 1 to {MAX_RANK}"
        )
    return tuple(
        a_number(f"{name}[{axis}]", entry, 0, high, open_end=open_end)
        for axis, entry in enumerate(value)
    )


def parameter(
    name: str,
    value: Any,
    batch: Sequence[int],
    own: tuple[int, ...] = (),
    *,
    dtype: Any = jnp.float32,
    above: float | None = None,
    least: float | None = None,
    most: float | None = None,
) -> jax.Array:
    """Return a parameter as ``(*batch, *own)``: given once for all images, or for each image.

    Values are checked where they are known, which those of JAX's arrays may not be.
    """
    known = not isinstance(value, jax.Array) and not _holds_arrays(value)
    array = jnp.asarray(np.asarray(value)) if known else jnp.asarray(value)
    whole = jnp.issubdtype(dtype, jnp.integer)
    kinds = (jnp.integer,) if whole else (jnp.integer, jnp.floating)
    if not any(jnp.issubdtype(array.dtype, kind) for kind in kinds):
        rule = "integers" if whole else "numbers"
        raise ValueError(f"{name} has dtype {array.dtype}, but must hold {rule}")
    if known:
        _check_values(name, np.asarray(value), above, least, most)
    return per_image(name, array.astype(dtype), batch, own)


def per_image(
    name: str, array: jax.Array, batch: Sequence[int], own: tuple[int, ...] = ()
) -> jax.Array:
    """Give every image its own ``own``, from one for all or one for each."""
    batch = tuple(batch)
    if array.shape not in (own, (*batch, *own)):
        raise ValueError(
            f"{name} has shape {array.shape}, but must have {own} for all images alike, or "
            f"{(*batch, *own)}, one for each image"
        )
    return jnp.broadcast_to(array, (*batch, *own))


def _check_values(
    name: str,
    values: np.ndarray,
    above: float | None,
    least: float | None,
    most: float | None,
) -> None:
    rule = None
    if not np.all(np.isfinite(values)):
        rule = "finite"
    elif above is not None and not np.all(values > above):
        rule = f"above {above:g}"
    elif least is not None and not np.all(values >= least):
        rule = f"at least {least:g}"
    elif most is not None and not np.all(values <= most):
        rule = f"at most {most:g}"
    if rule:
        raise ValueError(f"{name} (={values.tolist()!r:.60}) must be {rule}")


def _holds_arrays(value: Any) -> bool:
    """Tell whether a list has JAX arrays in it, which may be known only on the device."""
    if isinstance(value, (tuple, list)):
        return any(map(_holds_arrays, value))
    return isinstance(value, jax.Array)


def axes_of(name: str, value: Any) -> int:
    """Return how many spatial axes a parameter with one entry per axis speaks of."""
    shape = jnp.asarray(value).shape
    if not shape or not 1 <= shape[-1] <= MAX_RANK:
        raise ValueError(
            f"{name} has shape {shape}, but its last axis must hold one entry per spatial axis: "
            f"1 to {MAX_RANK}"
        )
    return shape[-1]


def a_shape(name: str, value: Any, x: jax.Array) -> tuple[int, ...]:
    """Return the sizes of a window inside the images; an int means a square of a 2-D image."""
    rank = len(value) if isinstance(value, (tuple, list)) else 2
    if not 1 <= rank <= MAX_RANK:
        raise ValueError(
            f"{name} (={value!r}) must be an int, or one per spatial axis: 1 to {MAX_RANK}"
        )
    sizes = images(x, rank)[2]
    shape = per_axis(name, value, rank)
    if any(known_below(size, part) for size, part in zip(sizes, shape, strict=True)):
        raise ValueError(
            f"{name} (={value!r}) must not be larger than the image: x has shape {x.shape}, "
            f"so its spatial axes are {sizes}"
        )
    return shape
