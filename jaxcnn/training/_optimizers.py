"""Optimisers and learning rates, made of optax's parts."""

from collections.abc import Callable
from typing import Any

import jax
import optax

from ._settings import Settings


def make_schedule(settings: Settings, updates: int) -> Callable[[Any], Any]:
    """The learning rate over a training.

    Args:
        settings: ``learning_rate``, ``schedule`` and ``warmup`` are used.
        updates: Number of updates in the whole training.

    Returns:
        A function from the number of updates made so far to the learning rate.

    >>> rate = make_schedule(Settings(learning_rate=0.5, warmup=0.5, schedule="linear"), 8)
    >>> [float(rate(update)) for update in (0, 2, 4, 6, 8)]
    [0.0, 0.25, 0.5, 0.25, 0.0]
    """
    top = settings.learning_rate
    rising = round(settings.warmup * updates)
    falling = max(updates - rising, 1)
    if settings.schedule == "cosine":
        fall = optax.cosine_decay_schedule(top, falling)
    elif settings.schedule == "linear":
        fall = optax.linear_schedule(top, 0.0, falling)
    elif settings.schedule == "step":
        drops = {falling // 2: 0.1, falling * 3 // 4: 0.1}
        fall = optax.piecewise_constant_schedule(top, drops)
    else:
        fall = optax.constant_schedule(top)
    if not rising:
        return fall
    return optax.join_schedules([optax.linear_schedule(0.0, top, rising), fall], [rising])


def make_optimizer(settings: Settings, updates: int) -> optax.GradientTransformation:
    """The optimiser that ``settings`` describe, accumulation of gradients left out.

    Args:
        settings: How to train.
        updates: Number of updates in the whole training, for the schedule.

    Returns:
        An optax optimiser.

    >>> optimizer = make_optimizer(Settings(optimizer="sgd", clip=1.0), updates=100)
    >>> _ = optimizer.init([jax.numpy.ones((3, 3))])
    """
    rate = make_schedule(settings, updates)
    decay = settings.weight_decay
    parts: list[optax.GradientTransformation] = []
    if settings.clip is not None:
        parts.append(optax.clip_by_global_norm(settings.clip))
    if decay and settings.optimizer != "adamw":
        parts.append(optax.add_decayed_weights(decay, mask=_kernels))
    if settings.optimizer == "sgd":
        parts.append(optax.sgd(rate, settings.momentum or None, nesterov=settings.momentum > 0))
    elif settings.optimizer == "rmsprop":
        parts.append(optax.rmsprop(rate, momentum=settings.momentum or None))
    elif settings.optimizer == "adamw":
        parts.append(optax.adamw(rate, weight_decay=decay, mask=_kernels))
    else:
        parts.append(optax.adam(rate))
    return optax.chain(*parts)


def _kernels(parameters: Any) -> Any:
    return jax.tree.map(lambda array: array.ndim > 1, parameters)
