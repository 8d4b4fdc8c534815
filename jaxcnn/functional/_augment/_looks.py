"""Rotation, shear, zoom, shift and flip as maps from new pixels to old ones, and their composition.

All are about the centre of the image, rows before columns. Computed in float32, in float64 for
images of that type.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from jaxcnn.functional._augment._resample import Look


def kind_of_positions(x: jax.Array) -> jax.typing.DTypeLike:
    """The dtype that positions in ``x`` are computed in."""
    return jnp.float64 if x.dtype == jnp.float64 else jnp.float32


def about_center(matrix: jax.Array, sizes: Sequence[int], shift: jax.Array | None = None) -> Look:
    """Look at ``matrix @ (p - c) + c + shift``, with ``c`` the centre of the image."""
    middle = jnp.asarray([(size - 1) / 2 for size in sizes], matrix.dtype)
    middle = jnp.broadcast_to(middle, matrix.shape[:-1])
    return Look(matrix, middle, middle if shift is None else middle + shift)


def rotation(degrees: jax.Array) -> jax.Array:
    """``(*batch, 2, 2)``: the picture turns counter-clockwise; quarters of a turn are exact."""
    cos, sin = _cos_sin(degrees)
    return _matrix([[cos, sin], [-sin, cos]])


def shear(degrees: jax.Array) -> jax.Array:
    """``(*batch, 2, 2)``: Keras's, with a small stretch of the rows by ``1 / cos``."""
    cos, sin = _cos_sin(degrees)
    return _matrix([[cos, jnp.zeros_like(cos)], [-sin, jnp.ones_like(cos)]])


def scale(factors: jax.Array) -> jax.Array:
    """``(*batch, rank, rank)`` with ``factors`` ``(*batch, rank)`` on the diagonal."""
    return factors[..., None] * jnp.eye(factors.shape[-1], dtype=factors.dtype)


def product(*matrices: jax.Array) -> jax.Array:
    """The composition, the last applied to the new pixel first; exact for exact matrices."""
    result = matrices[0]
    for other in matrices[1:]:
        # Not a matrix product: accelerators may round the operands of one to 16 bits.
        result = (result[..., :, :, None] * other[..., None, :, :]).sum(-2)
    return result


def applied(matrix: jax.Array, vector: jax.Array) -> jax.Array:
    return (matrix * vector[..., None, :]).sum(-1)


def _matrix(rows: list[list[jax.Array]]) -> jax.Array:
    return jnp.stack([jnp.stack(row, -1) for row in rows], -2)


def _cos_sin(degrees: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Cosine and sine, exact at multiples of 90 degrees."""
    quarters = jnp.round(degrees / 90)
    rest = jnp.deg2rad(degrees - 90 * quarters)
    cos, sin = jnp.cos(rest), jnp.sin(rest)
    turn = jnp.mod(quarters, 4)
    turned_cos = jnp.where(
        turn == 0, cos, jnp.where(turn == 1, -sin, jnp.where(turn == 2, -cos, sin))
    )
    turned_sin = jnp.where(
        turn == 0, sin, jnp.where(turn == 1, cos, jnp.where(turn == 2, -sin, -cos))
    )
    return turned_cos, turned_sin
