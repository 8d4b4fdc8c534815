"""Question 4, what pooling is for."""

from collections.abc import Callable
from functools import partial, reduce

import jax
import jax.numpy as jnp
import numpy as np

CLAIMS = (
    "stride_saves_multiplications",
    "stride_forgives_shifts",
    "window_forgives_shifts",
    "pooling_removes_all_sensitivity",
    "pooling_shrinks_the_next_filters",
)
CLEARLY_LOWER = 0.9
ZERO = 1e-3


def reduced(combine: Callable, x: jax.Array, window: int, stride: int) -> jax.Array:
    """Along rows, then along columns: both operations are separable."""
    for axis in (0, 1):
        stop = x.shape[axis] - window + 1
        x = reduce(
            combine,
            [jax.lax.slice_in_dim(x, d, d + stop, stride, axis) for d in range(window)],
        )
    return x


@partial(jax.jit, static_argnums=(1, 2))
def fast_max(x: jax.Array, window: int, stride: int) -> jax.Array:
    return reduced(jnp.maximum, x, window, stride)


@partial(jax.jit, static_argnums=(1, 2))
def sensitivity(image: jax.Array, window: int, stride: int) -> jax.Array:
    shifted = jnp.stack([jnp.roll(image, s, axis=a) for s in (1, -1) for a in (0, 1)])
    f = partial(reduced, jnp.maximum, window=window, stride=stride)
    difference = jax.vmap(f)(shifted) - f(image)
    return jnp.sqrt((difference**2).sum((1, 2, 3))).mean() / jnp.sqrt((f(image) ** 2).sum())


def max_pool(x: np.ndarray, window: int, stride: int) -> np.ndarray:
    """Max pooling of one image."""
    return np.asarray(fast_max(x, window, stride)).astype(x.dtype)


def avg_pool(x: np.ndarray, window: int, stride: int) -> np.ndarray:
    """Average pooling of one image: the mean of every window instead of its maximum."""
    return np.asarray(reduced(jnp.add, jnp.asarray(x, float), window, stride)) / window**2


def shift_sensitivity(images: np.ndarray, window: int, stride: int) -> float:
    """How much max pooling lets the output change when the image moves by one pixel."""
    images = jnp.asarray(images, jnp.float32)
    return float(jax.vmap(lambda image: sensitivity(image, window, stride))(images).mean())


def multiplications(
    height: int, width: int, channels: int, window: int, stride: int, kernel: int, filters: int
) -> int:
    """Number of multiplications of the convolution that follows a pooling."""
    positions = ((height - window) // stride + 1) * ((width - window) // stride + 1)
    return positions * filters * channels * kernel**2


def supported_claims(
    plain: dict[str, float], strided: dict[str, float], pooled: dict[str, float]
) -> list[str]:
    """The claims of ``CLAIMS`` that three experiments support."""

    def less(a: dict, b: dict, what: str, factor: float = 1.0) -> bool:
        return a[what] < factor * b[what]

    supported = (
        less(strided, plain, "multiplications"),
        less(strided, plain, "sensitivity", CLEARLY_LOWER),
        less(pooled, strided, "sensitivity", CLEARLY_LOWER),
        pooled["sensitivity"] < ZERO,
        less(pooled, plain, "weights"),
    )
    return [claim for claim, yes in zip(CLAIMS, supported, strict=True) if yes]


ANSWER = "Measured, and concluded from the figures."
