"""Between a running training and what a checkpoint holds."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ._checkpoint import from_numbers, to_numbers
from ._job import Job, Position
from ._model_state import Arrays, TrainState

_FORMAT = 1
_MAY_CHANGE = {"epochs"}  # more of them than planned is the usual wish

Best = tuple[Arrays, Arrays] | None


def take(
    job: Job, state: TrainState, best: Best, position: Position
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """All arrays by name, and all other facts."""
    named = _named(job, state, best)
    facts = {
        "format": _FORMAT,
        "settings": job.settings.to_dict(),
        "batches": len(job.source),
        "groups": list(job.groups),
        "position": dataclasses.asdict(position),
    }
    return {name: to_numbers(array) for name, array in named.items()}, facts


def restore(
    saved: tuple[dict[str, Any], dict[str, Any]],
    job: Job,
    fresh: TrainState,
    make_position: Callable[..., Position],
) -> tuple[TrainState, Best, Position]:
    """The training that was saved, on the devices of this job.

    Raises:
        ValueError: It was one of another model, of other settings, or of other data.
    """
    arrays, facts = saved
    _check_same(job, facts)
    position = make_position(**facts["position"])
    has_best = position.best_loss is not None
    likes = _named(job, fresh, (fresh.trainable, fresh.others) if has_best else None)
    if arrays.keys() != likes.keys():
        name = min(arrays.keys() ^ likes.keys())
        has, lacks = "the model", "the checkpoint"
        if name in arrays:
            has, lacks = lacks, has
        raise ValueError(
            f"{has} has {name}, {lacks} has not: the checkpoint is of another model or optimizer"
        )
    restored = [from_numbers(name, arrays[name], like) for name, like in likes.items()]
    # JAX sorts the keys of a dictionary; the order of the names is that of the arrays.
    found = dict(zip(likes, job.placement.replicate(restored), strict=True))
    state = TrainState(
        _under("trainable", found),
        _under("others", found),
        jax.tree.unflatten(jax.tree.structure(fresh.optimizer), _under("optimizer", found)),
        job.placement.replicate(jnp.int32(position.step)),
        job.placement.replicate(jnp.bool_(True)),
    )
    best = (_under("best", found), _under("best_others", found)) if has_best else None
    return state, best, position


def _named(job: Job, state: TrainState, best: Best) -> dict[str, jax.Array]:
    trained, _, others = job.blueprint.names
    moments, _ = jax.tree_util.tree_flatten_with_path(state.optimizer)
    parts = {
        "trainable": (trained, state.trainable),
        "others": (others, state.others),
        "optimizer": ([jax.tree_util.keystr(path) for path, _ in moments], [a for _, a in moments]),
        "best": (trained, best[0]) if best else ((), ()),
        "best_others": (others, best[1]) if best else ((), ()),
    }
    return {
        f"{part}:{name}": array
        for part, (names, arrays) in parts.items()
        for name, array in zip(names, arrays, strict=True)
    }


def _under(part: str, named: dict[str, jax.Array]) -> Arrays:
    return [array for name, array in named.items() if name.startswith(f"{part}:")]


def _check_same(job: Job, facts: dict[str, Any]) -> None:
    if facts.get("format") != _FORMAT:
        raise ValueError(
            f"the checkpoint has format {facts.get('format')}, but must have {_FORMAT}"
        )
    before, now = facts["settings"], job.settings.to_dict()
    for name, value in now.items():
        if name not in _MAY_CHANGE and before.get(name) != value:
            raise ValueError(
                f"{name} (={value!r}) must be {before.get(name)!r}, as in the checkpoint that "
                "training goes on from"
            )
    if facts.get("groups", []) != list(job.groups):
        raise ValueError(
            f"groups (={list(job.groups)}) must be {facts.get('groups', [])}, as in the checkpoint "
            "that training goes on from"
        )
    if facts["batches"] != len(job.source):
        raise ValueError(
            f"data has {len(job.source)} batches, but must have {facts['batches']} as when the "
            "checkpoint was taken"
        )
