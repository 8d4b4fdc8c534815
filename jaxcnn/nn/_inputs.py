"""The check of an input that all layers with parameters share."""

from typing import Any

import jax

from jaxcnn.functional._arguments import a_float_array, an_array, channels_first, check_rank


def checked_input(
    x: Any, name: str, features: int, dtype: Any, *, rank: int = 0, axes: int = 1, axis: int = -1
) -> jax.Array:
    """Return ``x`` as an array after checking its axes, its channels and its dtype.

    Integers are refused unless the layer was given a ``dtype``: an image in 0..255 that was not
    scaled is a mistake more often than a wish.

    Args:
        x: ``(*batch, *spatial, features)``.
        name: The layer's argument that fixed the number of channels.
        features: Its value.
        dtype: The layer's type of computation, or None.
        rank: Number of spatial axes that the layer needs.
        axes: Number of axes that the layer needs at least, where it has no spatial ones.
        axis: The axis of the channels.

    Returns:
        ``x`` as a JAX array.

    Raises:
        ValueError: ``x`` is no array, has too few axes, other channels, or integers.

    >>> checked_input(jnp.ones((2, 3)), "in_features", 3, None).shape
    (2, 3)
    """
    x = a_float_array("x", x) if dtype is None else an_array("x", x)
    if rank:
        check_rank("x", x, rank)
    if x.ndim < axes:
        raise ValueError(f"x has shape {x.shape}, but needs at least {axes} axes, channels last")
    if x.shape[axis] != features:
        raise ValueError(
            f"x has shape {x.shape}, so {x.shape[axis]} channels, but the layer was built for "
            f"{name} (={features})" + (channels_first(x.shape, features) if axis == -1 else "")
        )
    return x
