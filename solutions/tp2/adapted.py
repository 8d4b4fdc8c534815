"""What is looked at on a pretrained network that a student adapted to two classes: facts about its weights, no claims.

A new head takes the place of the last layer; what is frozen comes back equal bit by bit.  That an open layer learned
is seen on its whole change, whatever the method and the batches were: a gentle training adds descents of single
images, and none of them the wrong way round.  Noise, or another scale, is no such sum.  Near a minimum, where descents
of single images point against each other, this says little of the sign: the answers on new images do.
"""

from functools import partial
from typing import Any

import jax
import numpy as np
from flax import nnx

from grader.checks import Network, built, expect, weights
from jaxcnn.models import layer_names

from .tasks import Task, scores_of
from .trained import parameters_of, require_moved, require_same

ROOM = 32  # entries for each image from which noise hardly looks like a sum of descents
# Least cosine of a change and such a sum, on the small ResNet. Descent, momentum, Adam, AdamW, RMSprop on heads found
# in four ways, 30 and 60 steps, four draws: 0.37 to 1, and 0.26 where the rate was so large that the network was
# ruined. Noise, another scale: at most 0.13.
GENTLE = 0.2
SOUGHT = 100  # steps towards the nearest sum of descents


def for_two_classes(given: Network) -> Any:
    """A network of our own like the one that was given, but for a last dense layer for two classes."""
    model = nnx.clone(built(given))
    model.classifier[-1] = nnx.Linear(model.classifier[-1].in_features, 2, rngs=nnx.Rngs(0))
    return model


def head_of(model: Any) -> list[str]:
    """The dotted paths of the arrays of a network's last layer."""
    last = model.classifier[-1]
    (path,) = (path for path, module in nnx.iter_modules(model) if module is last)
    prefix = "".join(f"{part}." for part in path)
    return [name for name in weights(model) if name.startswith(prefix)]


def after(cut: str, model: Any) -> list[str]:
    """The dotted paths of the parameters of all layers that come after one, a name from ``layer_names``."""
    layers = layer_names(model)
    prefixes = tuple(layer + "." for layer in layers[layers.index(cut) + 1 :])
    plain = {name: name.replace(".layers.", ".") for name in parameters_of(model)}
    return [name for name, readable in plain.items() if readable.startswith(prefixes)]


def classes(model: Any, task: Task) -> np.ndarray:
    """What a network that came back says of a task's new images: (new,), their classes."""
    small = task.new_images.shape[1] <= 32
    return scores_of(model, task.new_images, size=200 if small else 32).argmax(axis=1)


def kernels_of(names: list[str]) -> list[str]:
    """Those of some arrays that are weights of convolutions and dense layers."""
    return [name for name in names if name.endswith(".kernel")]


def require_head_alone(original: Any, model: Any, **text: str) -> None:
    """Requires all arrays but those of the last layer to be as they were, bit by bit.

    Args:
        original: the network as it was given, but for its last layer.
        model: the network that came back.
        text: ``fr`` and ``en``, said when one is not.
    """
    require_same(original, model, set(weights(original)) - set(head_of(original)), **text)


def require_frozen(original: Any, model: Any, cut: str) -> None:
    """Requires all statistics, and all that comes before a cut, to be as they were, bit by bit.

    Args:
        original: the network as it was given, but for its last layer.
        model: the network that came back.
        cut: the last layer that is frozen, a name from ``layer_names``.
    """
    statistics = [name for name in weights(original) if name.endswith((".mean", ".var"))]
    require_same(
        original,
        model,
        statistics,
        fr="Des statistiques de normalisations ont changé : après model.train(), chaque passe les met à jour. En mode "
        "évaluation elles sont gelées, partout.",
        en="Statistics of normalisations have changed: after model.train() each pass updates them. In evaluation mode "
        "they are frozen, everywhere.",
    )
    require_same(
        original,
        model,
        set(weights(original)) - set(after(cut, original)),
        fr=f"Des tableaux gelés ont changé : tout ce qui précède {cut}, elle comprise, doit revenir égal au bit près.",
        en=f"Frozen arrays have changed: all that comes before {cut}, itself included, must come back equal to the "
        "last bit.",
    )


def require_open_moved(before: Any, model: Any, cut: str) -> None:
    """Requires the weights of each layer after a cut to have changed.

    Args:
        before: the network when its layers began to move.
        model: the network that came back.
        cut: the last layer that is frozen, a name from ``layer_names``.
    """
    require_moved(
        before,
        model,
        kernels_of(after(cut, model)),
        fr=f"Des couches ouvertes n'ont pas bougé : après {cut}, toutes s'entraînent, la tête comprise.",
        en=f"Some open layers have not moved: after {cut} all of them are trained, the head included.",
    )


def telling(model: Any, names: list[str], number: int) -> list[str]:
    """Those of some arrays that are large enough to tell learning from so many images from noise."""
    return sorted(name for name in names if weights(model)[name].size >= ROOM * number)


def require_descent_in(
    name: str, before: Any, after: Any, images: np.ndarray, labels: np.ndarray
) -> None:
    """Requires the whole change of an array to be, for a good part, a sum of descents of the images.

    The gradient of any batch is a sum of those of its images, so it does not matter how batches were drawn: the change
    is compared with the sum of descents that is nearest to it.

    Args:
        name: of the array that is to have learned, one of :func:`telling`.
        before: the network when it began to move.
        after: the network that came back, which saw no other images.
        images: (number, height, width, channels), as the network takes them.
        labels: (number,).
    """
    change = weights(after)[name].astype(np.float64) - weights(before)[name]
    share = _share(gradients_of_each(before, images, labels, name), change.ravel())
    expect(
        share >= GENTLE,
        fr="Une couche ouverte a changé, mais pas en descendant la pente : une étape d'entraînement retranche le "
        "gradient de l'entropie croisée de quelques images, et la somme de ces déplacements y ressemble encore "
        "(cosinus de 0,4 à 1 selon la méthode). Le gradient est-il celui de ces images et de ces classes ? Est-il "
        "retranché ?",
        en="An open layer has changed, but not by going downhill: a training step subtracts the gradient of the "
        "cross-entropy of a few images, and the sum of these steps still looks like it (cosine of 0.4 to 1, depending "
        "on the method). Is it the gradient of these images and labels? Is it subtracted?",
        layer=name,
        cosine=round(share, 3),
    )


def gradients_of_each(model: Any, images: np.ndarray, labels: np.ndarray, name: str) -> np.ndarray:
    """The gradient of each image's own cross-entropy for one array of a network: (number, entries)."""
    looked_at = nnx.All(nnx.Param, lambda path, _: ".".join(map(str, path)) == name)
    graph, part, rest = nnx.split(model, looked_at, ...)
    (found,) = jax.tree.leaves(_gradients(graph, part, rest, images, labels))
    return np.asarray(found).reshape(len(images), -1)


@partial(jax.jit, static_argnames="graph")
def _gradients(graph: Any, part: Any, rest: Any, images: jax.Array, labels: jax.Array) -> Any:
    def loss(part: Any, image: jax.Array, label: jax.Array) -> jax.Array:
        return -jax.nn.log_softmax(nnx.merge(graph, part, rest)(image[None]))[0, label]

    # One after the other: gradients of a batch's convolutions, apart for each image, are slow to compile and to run.
    return jax.lax.map(lambda example: jax.grad(loss)(part, *example), (images, labels))


def _share(slopes: np.ndarray, change: np.ndarray) -> float:
    """The largest cosine of a change and a sum of descents, none of them counted negatively; nearly the largest.

    Non-negative least squares by accelerated projected descent: A. Beck and M. Teboulle, *A fast iterative
    shrinkage-thresholding algorithm*, 2009, section 4.
    """
    length = float(np.linalg.norm(change))
    if not length:
        return 0.0
    scale = 1 / np.maximum(np.linalg.norm(slopes, axis=1).astype(np.float64), 1e-30)
    alike = (slopes @ slopes.T) * np.outer(scale, scale)
    wanted = -(slopes @ (change / length).astype(slopes.dtype)) * scale
    rate = 1 / np.linalg.norm(alike)  # at most one over its largest eigenvalue, and cheap
    parts = ahead = np.zeros(len(slopes))
    pace = 1.0
    for _ in range(SOUGHT):
        moved = np.maximum(ahead - rate * (alike @ ahead - wanted), 0)
        following = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead = moved + (pace - 1) / following * (moved - parts)
        parts, pace = moved, following
    size = float(np.sqrt(parts @ alike @ parts))
    return float(wanted @ parts) / size if size else 0.0
