"""FR: Lissage.

EN: Smoothing.
"""

import jax
import jax.numpy as jnp
from flax import nnx


def smooth(x: jax.Array, width: int) -> jax.Array:
    """FR: Moyenne glissante de ``x`` (n,) sur ``width`` points, sans bord.

    EN: Running mean of ``x`` (n,) over ``width`` points, no border.
    """
    raise NotImplementedError


class Scale(nnx.Module):
    """FR: Multiplie par un paramètre ``weight`` de forme (n,), initialement 1.

    EN: Multiplies by a parameter ``weight`` of shape (n,), initially 1.
    """

    def __init__(self, n: int, *, rngs: nnx.Rngs):
        raise NotImplementedError

    def __call__(self, x: jax.Array) -> jax.Array:
        raise NotImplementedError


def apply(network, x: jax.Array) -> jax.Array:
    """FR: ``network`` appliqué deux fois à ``x``.

    EN: ``network`` applied twice to ``x``.
    """
    raise NotImplementedError
