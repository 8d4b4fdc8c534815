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
    # BEGIN SOLUTION
    starts = jnp.arange(x.shape[0] - width + 1)
    return x[starts[:, None] + jnp.arange(width)[None, :]].mean(axis=1)
    # END SOLUTION


class Scale(nnx.Module):
    """FR: Multiplie par un paramètre ``weight`` de forme (n,), initialement 1.

    EN: Multiplies by a parameter ``weight`` of shape (n,), initially 1.
    """

    def __init__(self, n: int, *, rngs: nnx.Rngs):
        # BEGIN SOLUTION
        self.weight = nnx.Param(jnp.ones((n,)))
        # END SOLUTION

    def __call__(self, x: jax.Array) -> jax.Array:
        # BEGIN SOLUTION
        return x * self.weight[...]
        # END SOLUTION


def apply(network, x: jax.Array) -> jax.Array:
    """FR: ``network`` appliqué deux fois à ``x``.

    EN: ``network`` applied twice to ``x``.
    """
    # BEGIN SOLUTION
    return network(network(x))
    # END SOLUTION
