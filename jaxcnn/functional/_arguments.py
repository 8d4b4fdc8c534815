"""Checks of arguments that every function shares, so that each rule is written once.

All messages name the argument, its value and the rule. Sizes may be symbolic
(`jax.export.symbolic_shape`): a rule that cannot be decided then is not enforced.
"""

import math
import operator
from collections.abc import Sequence
from typing import Any

import jax
import jax.core
import jax.numpy as jnp
import numpy as np

MAX_RANK = 3


def an_int(name: str, value: Any, minimum: int) -> int:
    """Return ``value`` as an int of at least ``minimum``; bool and float are refused."""
    rule = f"must be an int of at least {minimum}"
    if isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} (={value!r}) {rule}, not a bool")
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} (={value!r}) {rule}") from None
    if number < minimum:
        raise ValueError(f"{name} (={value!r}) {rule}")
    return number


def per_axis(name: str, value: Any, rank: int, *, minimum: int = 1) -> tuple[int, ...]:
    """Return one int per spatial axis from an int (all axes alike) or a sequence of ints."""
    if not isinstance(value, (tuple, list)):
        return (an_int(name, value, minimum),) * rank
    if len(value) != rank:
        raise ValueError(
            f"{name} (={value!r}) must be one int or one per spatial axis: "
            f"{rank} expected, {len(value)} given"
        )
    return tuple(an_int(f"{name}[{axis}]", entry, minimum) for axis, entry in enumerate(value))


def a_choice(name: str, value: Any, known: Sequence[str]) -> str:
    """Return ``value`` in lower case if it is one of ``known``."""
    if isinstance(value, str) and value.lower() in known:
        return value.lower()
    raise ValueError(f"{name} (={value!r}) must be one of {', '.join(map(repr, known))}")


def an_array(name: str, value: Any) -> jax.Array:
    """Return a NumPy or JAX array as a JAX array; lists and scalars are refused."""
    if not (isinstance(value, (jax.Array, np.ndarray)) or hasattr(value, "__jax_array__")):
        raise ValueError(f"{name} must be an array, not {type(value).__name__} (={value!r:.60})")
    return jnp.asarray(value)


def a_float_array(name: str, value: Any) -> jax.Array:
    """Return ``value`` as a JAX array of a floating dtype."""
    array = an_array(name, value)
    if not jnp.issubdtype(array.dtype, jnp.floating):
        raise ValueError(
            f"{name} has dtype {array.dtype}, but must be floating: "
            f"convert it first, for instance {name}.astype('float32')"
        )
    return array


def same_dtype(**arrays: jax.Array | None) -> None:
    """Refuse arrays of different dtypes: nothing is promoted silently."""
    dtypes = {name: str(array.dtype) for name, array in arrays.items() if array is not None}
    if len(set(dtypes.values())) > 1:
        found = ", ".join(f"{name}: {dtype}" for name, dtype in dtypes.items())
        raise ValueError(f"{' and '.join(dtypes)} must have one dtype ({found}): cast one of them")


def check_rank(name: str, array: jax.Array, rank: int) -> None:
    """Require ``(*batch, *spatial, channels)`` with ``rank`` spatial axes of at least one pixel."""
    if array.ndim < rank + 1:
        raise ValueError(
            f"{name} has shape {array.shape}, but needs at least {rank + 1} axes: "
            f"any batch axes, {rank} spatial, then channels"
        )
    if any(known_below(size, 1) for size in array.shape[-rank - 1 :]):
        raise ValueError(
            f"{name} has shape {array.shape}, but its spatial sizes and channels must be at least 1"
        )


def rank_of_window(name: str, window: Any, x: jax.Array) -> int:
    """Return the number of spatial axes that a pooling window covers.

    A sequence has one entry per axis; an int stands for all spatial axes of an input with
    exactly one batch axis.
    """
    if isinstance(window, (tuple, list)):
        rank, rule = len(window), "must have one int per spatial axis"
    else:
        rank = x.ndim - 2
        rule = (
            "as one value stands for all spatial axes of (batch, *spatial, channels), "
            f"but x has shape {x.shape}: give one value per spatial axis"
        )
    if not 1 <= rank <= MAX_RANK:
        raise ValueError(f"{name} (={window!r}) {rule}; 1 to {MAX_RANK} spatial axes are supported")
    check_rank("x", x, rank)
    return rank


def channels_first(shape: Sequence[Any], features: Any) -> str:
    """Return the cure where ``features`` channels stand in PyTorch's place, else nothing."""
    if len(shape) < 3 or shape[1] != features:
        return ""
    return "; channels come last here: jnp.moveaxis(x, 1, -1)"


def one_batch_axis(x: jax.Array, rank: int) -> tuple[jax.Array, tuple[int, ...]]:
    """Merge the batch axes of ``(*batch, *spatial, channels)``; return them too."""
    batch = x.shape[: x.ndim - rank - 1]
    if len(batch) == 1:
        return x, batch
    return x.reshape(math.prod(batch), *x.shape[len(batch) :]), batch


def split_batch_axis(x: jax.Array, batch: tuple[int, ...]) -> jax.Array:
    """Undo `one_batch_axis` on a result."""
    return x if len(batch) == 1 else x.reshape(*batch, *x.shape[1:])


def known_below(size: Any, bound: Any) -> bool:
    """Tell whether ``size < bound`` for sure; undecidable for symbolic sizes means no."""
    try:
        return bool(size < bound)
    except jax.errors.InconclusiveDimensionOperation:
        return False


def clipped(size: Any) -> Any:
    """Return ``max(size, 0)``, also for a symbolic size."""
    return max(size, 0) if isinstance(size, int) else jax.core.max_dim(size, 0)


def accumulator(dtype: Any) -> Any:
    """Return the dtype to sum in: float32 for the 16-bit ones, else the dtype itself."""
    return jnp.float32 if jnp.finfo(dtype).bits < 32 else dtype
