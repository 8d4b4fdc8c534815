"""What is looked at on a network that a student trained: facts about its weights, no claims.

The network came back as arrays and runs here, in a copy of our own.  What must not move is compared bit by bit; that
what moves was learned, by following the gradient, is seen on the first update: it goes against the gradient of the
loss at the weights that were given, whatever the method (descent, momentum, Adam: their first updates agree in sign).
"""

import functools
from collections.abc import Callable, Collection
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from grader.checks import expect, same_weights, weights

FIRST = 3  # steps within which something must move: a rate may rise from nothing
TELLING = 100  # entries from which chance does not point downhill
DOWNHILL = 0.1  # least cosine of an update and the descent; methods: 0.3 to 1, chance: 0.1 once in a thousand
LARGE = 1000  # entries from which two arrays that have nothing to do with each other look it
KIN = 0.3  # least cosine of an array and what it was; 300 steps of any method: 0.85 to 1, strangers: 0.1 at most


def require_same(
    before: Any, after: Any, names: Collection[str] | None = None, **text: str
) -> None:
    """Requires arrays of two networks to be equal bit by bit.

    Args:
        before: the network as it was.
        after: the network that came back.
        names: of the arrays; all by default.
        text: ``fr`` and ``en``, said when one is not.
    """
    old, new = weights(before), weights(after)
    looked_at = old if names is None else names  # of none, nothing is asked
    changed = [name for name in looked_at if not same_weights(old[name], new[name])]
    expect(not changed, **text, changed=changed[:3])


def require_moved(before: Any, after: Any, names: Collection[str], **text: str) -> None:
    """Requires each of some arrays to have changed: layers that learn do not stay as they were.

    Args:
        before: the network as it was.
        after: the network that came back.
        names: of the arrays.
        text: ``fr`` and ``en``, said when one is as it was.
    """
    old, new = weights(before), weights(after)
    still = [name for name in names if same_weights(old[name], new[name])]
    expect(not still, **text, unchanged=still[:3])


def require_kin(before: Any, after: Any) -> None:
    """Requires the large arrays of a trained network to descend from those that were given.

    Training moves them, but not so far that nothing is left of what they were; a network that was brought along has
    nothing in common with the one that was given.

    Args:
        before: the network before the first step.
        after: the network that came back.
    """
    old, new = weights(before), weights(after)
    alike = {
        name: _cosine(old[name], new[name])
        for name in parameters_of(before)
        if old[name].size >= LARGE and old[name].any() and new[name].any()
    }
    strange = {name: round(value, 3) for name, value in alike.items() if value < KIN}
    expect(
        not strange,
        fr="Ces couches n'ont plus rien de commun avec celles du réseau donné : c'est lui qu'il fallait entraîner.",
        en="These layers have nothing left in common with those of the network that was given: it is that one which "
        "was to be trained.",
        cosine=strange,
    )


def parameters_of(model: Any) -> list[str]:
    """The dotted paths of a network's parameters: what a gradient can move, so no statistics."""
    state = nnx.to_flat_state(nnx.state(model, nnx.Param))
    return [".".join(map(str, path)) for path, _ in state]


def require_descent(
    train: Callable[[int], Any],
    start: Any,
    images: np.ndarray,
    labels: np.ndarray,
    names: Collection[str] | None = None,
) -> None:
    """Requires the first update to follow the gradient, in every layer that is to be trained.

    Args:
        train: trains so many steps, each on all of the images, and gives the network that came back.
        start: the network before the first step.
        images: (number, height, width, channels), as the network takes them.
        labels: (number,).
        names: of the arrays that are to be trained; all parameters by default.
    """
    old, slopes = weights(start), gradient(start, images, labels)
    names = [name for name in (slopes if names is None else names) if slopes[name].size >= TELLING]
    for steps in range(1, FIRST + 1):
        new = weights(train(steps))
        update = {name: (new[name] - old[name]).astype(np.float64) for name in names}
        if any(update[name].any() for name in names):
            break
    still = [name for name in names if not update[name].any()]
    expect(
        not still,
        fr="À la première étape, certaines couches qui doivent apprendre n'ont pas bougé.",
        en="At the first step some layers that are to learn have not moved.",
        layers=still[:3],
    )
    along = {name: _cosine(update[name], -slopes[name]) for name in names if slopes[name].any()}
    wrong = {name: round(value, 3) for name, value in along.items() if value < DOWNHILL}
    expect(
        not wrong,
        fr="À la première étape, certaines couches ne descendent pas la pente : leur "
        "changement devrait être à l'opposé du gradient de l'entropie croisée (cosinus "
        "près de 1 pour une descente, nettement positif pour Adam). Le gradient est-il "
        "celui de ces images et de ces classes ? Est-il retranché ?",
        en="At the first step some layers do not go downhill: their change should be opposite to the gradient of the "
        "cross-entropy (cosine near 1 for plain descent, clearly positive for Adam). Is it the gradient of these "
        "images and labels? Is it subtracted?",
        cosine=wrong,
    )


def gradient(model: Any, images: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """The gradient of the mean cross-entropy for each parameter of a network, by dotted path."""
    parts = nnx.split(model, nnx.Param, ...)
    found = nnx.to_flat_state(_slopes(*parts, jnp.asarray(images), jnp.asarray(labels)))
    return {".".join(map(str, path)): np.asarray(leaf[...], np.float64) for path, leaf in found}


@functools.partial(jax.jit, static_argnames="graph")
def _slopes(graph: Any, parameters: Any, rest: Any, images: jax.Array, labels: jax.Array) -> Any:
    def loss(parameters: Any) -> jax.Array:
        logarithms = jax.nn.log_softmax(nnx.merge(graph, parameters, rest)(images))
        return -jnp.take_along_axis(logarithms, labels[:, None], axis=1).mean()

    return jax.grad(loss)(parameters)


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    """The cosine of the angle between two arrays; 0 where one of them is zero."""
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float((one * other).sum()) / size if size else 0.0


def require_seeded(once: Any, again: Any, other: Any) -> None:
    """Requires the seed to decide what is drawn: it does, and nothing else does.

    Args:
        once: the network that came back.
        again: the one that came back from the same call.
        other: the one that came back with another seed, all else equal.
    """
    repeated, drawn = _distance(once, again), _distance(once, other)
    expect(
        drawn > 0,
        fr="Avec une autre graine, le même réseau revient : ``seed`` doit décider des images que voit chaque étape.",
        en="With another seed the same network comes back: ``seed`` is to decide which images each step sees.",
    )
    expect(
        repeated <= drawn / 10,  # not 0: what computes on several cores may round in another order
        fr="Le même appel ne donne pas deux fois le même réseau : tout hasard doit venir de ``seed``.",
        en="The same call does not give the same network twice: all randomness must come from ``seed``.",
    )


def _distance(one: Any, other: Any) -> float:
    old, new = weights(one), weights(other)
    return float(np.sqrt(sum(((new[k] - old[k]).astype(np.float64) ** 2).sum() for k in old)))
