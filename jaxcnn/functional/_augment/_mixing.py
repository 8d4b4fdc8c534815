"""Mixup and CutMix: one image made of two, its label of both."""

import math

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxcnn.functional._arguments import MAX_RANK, a_float_array, accumulator
from jaxcnn.functional._augment._arguments import (
    a_number,
    axes_of,
    images,
    one_key,
    parameter,
)
from jaxcnn.functional._augment._windows import inside_box


def mixup(
    x: jax.Array, labels: jax.Array, partners: ArrayLike, share: ArrayLike
) -> tuple[jax.Array, jax.Array]:
    """Blend every image with another of the batch, and their labels likewise.

    Args:
        x: ``(*batch, *spatial, channels)``, at least one batch axis.
        labels: ``(*batch, classes)``, one-hot or soft, of a floating dtype.
        partners: ``(*batch,)`` integers: the number of the other image, counted through all batch
            axes.
        share: What stays of the image itself, from 0 to 1; a number, or ``(*batch,)``.

    Returns:
        Images and labels, of the shapes and dtypes given.

    Raises:
        ValueError: A wrong rank or dtype, labels without the batch axes of ``x``, partners that
            are no images of the batch, a share known to be out of range.

    Source: Zhang et al., "mixup: beyond empirical risk minimization" (2018), section 2.

    >>> x, labels = jnp.array([0.0, 1.0]).reshape(2, 1, 1, 1), jnp.eye(2)
    >>> images, targets = mixup(x, labels, [1, 0], 0.75)
    >>> images.ravel().tolist(), targets.tolist()
    ([0.25, 0.75], [[0.75, 0.25], [0.25, 0.75]])
    """
    x, labels, batch = _labelled(x, labels)
    others = _partners(partners, batch)
    shares = parameter("share", share, batch, least=0, most=1)
    return _blend(x, _picked(x, others, batch), shares), _blend(
        labels, _picked(labels, others, batch), shares
    )


def random_mixup(
    key: jax.Array, x: jax.Array, labels: jax.Array, alpha: float = 0.2
) -> tuple[jax.Array, jax.Array]:
    """Blend every image with another of the batch, in proportions of its own.

    Args:
        key: A key of `jax.random`.
        x: ``(*batch, *spatial, channels)``, at least one batch axis.
        labels: ``(*batch, classes)``, one-hot or soft, of a floating dtype.
        alpha: Above 0. The share that stays is drawn from Beta(alpha, alpha) for each image: near
            0 or 1 for a small alpha, uniform for 1. Partners are a random permutation.

    Returns:
        Images and labels, of the shapes and dtypes given. Train with the cross-entropy of the soft
        labels.

    Raises:
        ValueError: As `mixup`, no key, or an alpha not above 0.

    Source: Zhang et al. (2018), whose experiments on ImageNet have alpha from 0.1 to 0.4; their
    code draws one share for a batch.

    >>> x, labels = jnp.arange(2.0).reshape(2, 1, 1, 1), jnp.eye(2)
    >>> images, targets = random_mixup(jax.random.key(0), x, labels)
    >>> targets.sum(-1).tolist()
    [1.0, 1.0]
    """
    x, labels, batch = _labelled(x, labels)
    order, portion = jax.random.split(one_key(key))
    return mixup(x, labels, _permuted(order, batch), _beta(portion, alpha, batch))


def cutmix(
    x: jax.Array, labels: jax.Array, partners: ArrayLike, low: ArrayLike, high: ArrayLike
) -> tuple[jax.Array, jax.Array]:
    """Paste a box of another image of the batch over every image, and mix labels by area.

    Args:
        x: ``(*batch, *spatial, channels)``, at least one batch axis.
        labels: ``(*batch, classes)``, one-hot or soft, of a floating dtype.
        partners: ``(*batch,)`` integers: the number of the other image, counted through all batch
            axes. Its box lies at the same place.
        low: The box's first pixel, ``(rank,)`` integers or ``(*batch, rank)``.
        high: The pixel after its last, likewise; parts outside the image do not count.

    Returns:
        Images and labels, of the shapes and dtypes given.

    Raises:
        ValueError: As `mixup`, or corners of another shape.

    Source: Yun et al., "CutMix: regularization strategy to train strong classifiers with
    localizable features" (2019), section 3.1.

    >>> x, labels = jnp.arange(8.0).reshape(2, 2, 2, 1), jnp.eye(2)
    >>> images, targets = cutmix(x, labels, [1, 0], (0, 0), (1, 1))
    >>> images[0, :, :, 0].tolist(), targets[0].tolist()
    ([[4.0, 1.0], [2.0, 3.0]], [0.75, 0.25])
    """
    x, labels, batch = _labelled(x, labels)
    rank = axes_of("low", low)
    if x.ndim != len(batch) + rank + 1:
        raise ValueError(
            f"low speaks of {rank} spatial axes, but x with shape {x.shape} and labels with shape "
            f"{labels.shape} has {x.ndim - len(batch) - 1}"
        )
    sizes = x.shape[-rank - 1 : -1]
    others = _partners(partners, batch)
    begin = parameter("low", low, batch, (rank,), dtype=jnp.int32)
    end = parameter("high", high, batch, (rank,), dtype=jnp.int32)
    inside = inside_box(begin, end, sizes)
    spatial = tuple(range(len(batch), inside.ndim))
    shares = 1 - inside.astype(jnp.float32).mean(spatial)
    mixed = jnp.where(inside[..., None], _picked(x, others, batch), x)
    return mixed, _blend(labels, _picked(labels, others, batch), shares)


def random_cutmix(
    key: jax.Array, x: jax.Array, labels: jax.Array, alpha: float = 1.0
) -> tuple[jax.Array, jax.Array]:
    """Paste a random box of another image of the batch over every image.

    Args:
        key: A key of `jax.random`.
        x: ``(*batch, *spatial, channels)``, at least one batch axis.
        labels: ``(*batch, classes)``, one-hot or soft, of a floating dtype.
        alpha: Above 0. The part of the image that stays is drawn from Beta(alpha, alpha) for each
            image. The box has the image's proportions, its centre lies anywhere in the image, and
            what reaches over the border is cut off; labels are mixed by what is left.

    Returns:
        Images and labels, of the shapes and dtypes given.

    Raises:
        ValueError: As `cutmix`, no key, or an alpha not above 0.

    Source: Yun et al. (2019), equation 2.

    >>> x, labels = jnp.arange(32.0).reshape(2, 4, 4, 1), jnp.eye(2)
    >>> images, targets = random_cutmix(jax.random.key(0), x, labels)
    >>> targets.sum(-1).tolist()
    [1.0, 1.0]
    """
    x, labels, batch = _labelled(x, labels)
    order, portion, place = jax.random.split(one_key(key), 3)
    rank = x.ndim - len(batch) - 1
    sizes = jnp.asarray(x.shape[-rank - 1 : -1], jnp.int32)
    side = (1 - _beta(portion, alpha, batch)) ** (1 / rank)
    box = (side[..., None] * sizes.astype(side.dtype)).astype(jnp.int32)
    low = jax.random.randint(place, (*batch, rank), 0, sizes, jnp.int32) - box // 2
    return cutmix(x, labels, _permuted(order, batch), low, low + box)


def _labelled(x: jax.Array, labels: jax.Array) -> tuple[jax.Array, jax.Array, tuple[int, ...]]:
    """Check images with their labels; return the batch axes too."""
    x = a_float_array("x", x)
    labels = _soft_labels(labels)
    batch = labels.shape[:-1]
    rank = x.ndim - len(batch) - 1
    if not batch or not 1 <= rank <= MAX_RANK or x.shape[: len(batch)] != batch:
        raise ValueError(
            f"labels has shape {labels.shape}, but must be (*batch, classes) with the one or more "
            f"batch axes of x, whose shape is {x.shape}: (*batch, *spatial, channels)"
        )
    images(x, rank)
    return x, labels, batch


def _soft_labels(labels: jax.Array) -> jax.Array:
    if hasattr(labels, "dtype") and not jnp.issubdtype(labels.dtype, jnp.floating):
        raise ValueError(
            f"labels has dtype {labels.dtype}, but must be floating, since labels are mixed: give "
            "jax.nn.one_hot(labels, classes)"
        )
    return a_float_array("labels", labels)


def _partners(partners: ArrayLike, batch: tuple[int, ...]) -> jax.Array:
    most = math.prod(batch) - 1
    others = parameter("partners", partners, batch, dtype=jnp.int32, least=0, most=most)
    return others.reshape(-1)


def _picked(array: jax.Array, others: jax.Array, batch: tuple[int, ...]) -> jax.Array:
    flat = array.reshape(-1, *array.shape[len(batch) :])
    return flat.at[others].get(mode="clip").reshape(array.shape)


def _blend(own: jax.Array, other: jax.Array, shares: jax.Array) -> jax.Array:
    wide = accumulator(own.dtype)
    part = shares.reshape(*shares.shape, *(1,) * (own.ndim - shares.ndim)).astype(wide)
    return (part * own.astype(wide) + (1 - part) * other.astype(wide)).astype(own.dtype)


def _permuted(key: jax.Array, batch: tuple[int, ...]) -> jax.Array:
    return jax.random.permutation(key, math.prod(batch)).astype(jnp.int32).reshape(batch)


def _beta(key: jax.Array, alpha: float, batch: tuple[int, ...]) -> jax.Array:
    number = a_number("alpha", alpha, 0, float("inf"), open_start=True)
    if number == 1:
        return jax.random.uniform(key, batch, jnp.float32)
    return jax.random.beta(key, number, number, batch, jnp.float32)
