"""Optimisers and learning rates, made of optax's parts."""

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
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
    return optax.chain(*_clip(settings), *_rule(settings, make_schedule(settings, updates)))


def make_grouped_optimizer(
    settings: Settings,
    updates: int,
    starts: Sequence[int],
    rates: Sequence[float],
    awake: Collection[int],
    optimizer: optax.GradientTransformation | None = None,
) -> optax.GradientTransformation:
    """An optimiser whose arrays have rates of their own, and are updated from some update on.

    What is asleep costs nothing and does not change, nor does its part of the optimiser's state,
    whose structure is the same whatever is awake.

    Args:
        settings: How to train.
        updates: Number of updates in the whole training, for the schedule.
        starts: For each array, the number of updates before its first.
        rates: For each array, the factor of the learning rate.
        awake: Those of ``starts`` whose arrays are updated.
        optimizer: Instead of the one that ``settings`` describe.
    """
    schedule = make_schedule(settings, updates)

    def rule(start: int) -> optax.GradientTransformation:
        if optimizer is not None:
            return optimizer
        return optax.chain(*_rule(settings, lambda update: schedule(update + start)))

    labels = [str(start) for start in starts]
    rules: dict[Hashable, optax.GradientTransformation] = {
        str(start): rule(start) if start in awake else _asleep(rule(start))
        for start in sorted(set(starts))
    }
    clip = _clip(settings) if optimizer is None else []
    return optax.chain(*clip, optax.partition(rules, labels), _factors(rates))


def _clip(settings: Settings) -> list[optax.GradientTransformation]:
    return [] if settings.clip is None else [optax.clip_by_global_norm(settings.clip)]


def _rule(settings: Settings, rate: Callable[[Any], Any]) -> list[optax.GradientTransformation]:
    decay = settings.weight_decay
    parts: list[optax.GradientTransformation] = []
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
    return parts


def _asleep(optimizer: optax.GradientTransformation) -> optax.GradientTransformation:
    """No updates, and the state of the optimiser as it is."""

    def update(updates: Any, state: Any, params: Any = None) -> Any:
        return jax.tree.map(jnp.zeros_like, updates), state

    return optax.GradientTransformation(optimizer.init, update)


def _factors(rates: Sequence[float]) -> optax.GradientTransformation:
    def scale(updates: Any, _: Any) -> Any:
        return [update * rate for update, rate in zip(updates, rates, strict=True)]

    return optax.stateless(scale)


def _kernels(parameters: Any) -> Any:
    return jax.tree.map(lambda array: array.ndim > 1, parameters)
