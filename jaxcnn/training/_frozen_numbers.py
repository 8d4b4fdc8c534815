"""Finds random numbers that compiling a function would freeze."""

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

_BATCH = 4


def check_random(name: str, function: Callable[..., Any], images: Any, classes: int) -> None:
    """Refuses a function that draws numbers outside of its key, as those of NumPy.

    Compiled, it would use the numbers of its first call in every step. What differs between two
    tracings shows it; a function that is compiled by itself is traced once, and not looked into.

    Args:
        name: ``"augment"`` or ``"mix"``, which also takes targets.
        function: It.
        images: Some images of the set.
        classes: Number of classes.

    Raises:
        ValueError: It does.
    """
    shapes = [jax.ShapeDtypeStruct((_BATCH, *images.shape[1:]), np.float32)]
    if name == "mix":
        shapes.append(jax.ShapeDtypeStruct((_BATCH, classes), np.float32))
    key = jax.random.key(0)
    try:
        # A new function each time: a known one would not be traced again.
        one, other = (
            list(_constants(jax.make_jaxpr(lambda *given: function(*given))(key, *shapes)))
            for _ in range(2)
        )
    except Exception:  # whatever is wrong is said where it is called in earnest
        return
    same = len(one) == len(other) and all(map(_equal, one, other))
    if not same:
        raise ValueError(
            f"{name} must draw its numbers from the key it is given (jax.random), but some differ "
            "between two calls with the same key: compiled, they would be the same in every step"
        )


def _constants(jaxpr: Any) -> Iterator[Any]:
    """The numbers in a traced function."""
    yield from getattr(jaxpr, "consts", ())
    inner = getattr(jaxpr, "jaxpr", jaxpr)
    for equation in inner.eqns:
        yield from (value.val for value in equation.invars if hasattr(value, "val"))
        for parameter in equation.params.values():
            for part in parameter if isinstance(parameter, tuple | list) else (parameter,):
                if hasattr(part, "eqns") or hasattr(part, "jaxpr"):
                    yield from _constants(part)


def _equal(one: Any, other: Any) -> bool:
    if jnp.issubdtype(getattr(one, "dtype", np.float32), jax.dtypes.prng_key):
        one, other = jax.random.key_data(one), jax.random.key_data(other)
    one, other = np.asarray(one), np.asarray(other)
    # By their bytes, since NaN equals NaN here.
    return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
