"""FR: Question 15, adapter un ResNet.

Les réseaux sont ceux de ``jaxcnn.models``, en mode évaluation. Les images ont la forme (nombre,
hauteur, largeur, canaux), en float32, telles que le réseau les prend ; les étiquettes valent 0 ou 1.

EN: Question 15, adapting a ResNet.

The networks are those of ``jaxcnn.models``, in evaluation mode. Images have the shape (number,
height, width, channels), in float32, as the network takes them; labels are 0 or 1.
"""

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxcnn.functional import conv
from jaxcnn.models import intermediates, layer_names

EPSILON = 1e-5


def activations(model: Any, images: np.ndarray, names: tuple) -> dict[str, np.ndarray]:
    """FR: Ce que calculent des couches, par paquets de 60 images, compilé une seule fois (donné).

    ``names`` : des noms de ``layer_names(model)``. Renvoie un tableau (nombre, ...) pour chacun.

    EN: What some layers compute, in batches of 60 images, compiled only once (given).

    ``names``: names from ``layer_names(model)``. Returns an array (number, ...) for each of them.
    """
    graph, state = nnx.split(model)
    parts = []
    for start in range(0, len(images), 60):
        part = images[start : start + 60]
        full = np.pad(part, [(0, 60 - len(part)), (0, 0), (0, 0), (0, 0)])
        found = _activations(graph, tuple(names), state, full)
        parts.append({name: np.asarray(found[name])[: len(part)] for name in names})
    return {name: np.concatenate([part[name] for part in parts]) for name in names}


@partial(jax.jit, static_argnames=("graph", "names"))
def _activations(graph: Any, names: tuple, state: Any, images: jax.Array) -> dict[str, jax.Array]:
    return intermediates(nnx.merge(graph, state), images, names)


def batch_norm(
    x: np.ndarray,
    scale: np.ndarray,
    bias: np.ndarray,
    mean: np.ndarray,
    var: np.ndarray,
    train: bool,
    momentum: float = 0.9,
) -> tuple:
    """FR: La normalisation par lot, dans ses deux modes.

    ``x`` : (nombre, hauteur, largeur, canaux) ; les quatre suivants : (canaux,).

    - ``train`` faux (gelée) : normalise par ``mean`` et ``var``, qui ne changent pas ;
    - ``train`` vrai : normalise chaque canal par la moyenne et la variance du lot, prises sur toutes
      les images et toutes les positions (variance divisée par le nombre de valeurs). Les nouvelles
      statistiques valent momentum * anciennes + (1 - momentum) * celles du lot.

    Normaliser : scale * (x - moyenne) / racine(variance + EPSILON) + bias. Renvoie (y, mean, var).

    EN: Batch normalisation, in both of its modes.

    ``x``: (number, height, width, channels); the four that follow: (channels,).

    - ``train`` false (frozen): normalises by ``mean`` and ``var``, which do not change;
    - ``train`` true: normalises each channel by the mean and variance of the batch, taken over all
      images and all positions (variance divided by the number of values). The new statistics are
      momentum * old ones + (1 - momentum) * those of the batch.

    Normalising: scale * (x - mean) / sqrt(variance + EPSILON) + bias. Returns (y, mean, var).
    """
    # BEGIN SOLUTION
    centre, spread = mean, var
    if train:
        centre, spread = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
        mean = momentum * mean + (1 - momentum) * centre
        var = momentum * var + (1 - momentum) * spread
    y = scale * (x - centre) / np.sqrt(spread + EPSILON) + bias
    return y, mean, var
    # END SOLUTION


def residual_block(x: np.ndarray, block: dict) -> np.ndarray:
    """FR: Un bloc résiduel, normalisations gelées.

    Chemin principal : convolution 3 × 3 ``block["conv1"]`` de pas ``block["stride"]``,
    normalisation ``block["bn1"]``, ReLU, convolution 3 × 3 ``block["conv2"]`` de pas 1,
    normalisation ``block["bn2"]``. Les deux convolutions ajoutent un zéro de chaque côté. Raccourci :
    ``x`` lui-même si ``block["projection"]`` vaut None ; sinon c'est une paire (noyau, bn), une
    convolution 1 × 1 du même pas que la première, sans zéros, suivie de sa normalisation. Le bloc
    renvoie la ReLU de la somme des deux. Chaque bn est un quadruplet (scale, bias, mean, var).
    ``conv(x, noyau, strides=..., padding=...)`` est importée.

    EN: A residual block, its normalisations frozen.

    Main path: 3 × 3 convolution ``block["conv1"]`` with stride ``block["stride"]``, normalisation
    ``block["bn1"]``, ReLU, 3 × 3 convolution ``block["conv2"]`` with stride 1, normalisation
    ``block["bn2"]``. Both convolutions add one zero on each side. Shortcut: ``x`` itself if
    ``block["projection"]`` is None; otherwise that is a pair (kernel, bn), a 1 × 1 convolution with
    the stride of the first, without zeros, followed by its normalisation. The block returns the
    ReLU of the sum of the two. Each bn is a quadruple (scale, bias, mean, var).
    ``conv(x, kernel, strides=..., padding=...)`` is imported.
    """
    # BEGIN SOLUTION
    x = np.asarray(x)
    y = np.asarray(conv(x, block["conv1"], strides=block["stride"], padding=1))
    y = np.maximum(batch_norm(y, *block["bn1"], train=False)[0], 0)
    y = np.asarray(conv(y, block["conv2"], padding=1))
    y = batch_norm(y, *block["bn2"], train=False)[0]
    shortcut = x
    if block["projection"] is not None:
        kernel, statistics = block["projection"]
        shortcut = np.asarray(conv(x, kernel, strides=block["stride"], padding=0))
        shortcut = batch_norm(shortcut, *statistics, train=False)[0]
    return np.maximum(y + shortcut, 0)
    # END SOLUTION


def chain_jacobian(jacobians: np.ndarray, residual: bool) -> np.ndarray:
    """FR: Ce que devient la dérivée à travers une chaîne de blocs.

    ``jacobians`` : (blocs, n, n), la jacobienne du chemin principal F de chaque bloc, du premier
    (côté image) au dernier. Un bloc calcule F(x), ou x + F(x) si ``residual``. Renvoie la
    jacobienne (n, n) de la sortie du dernier bloc par rapport à l'entrée du premier.

    EN: What becomes of the derivative through a chain of blocks.

    ``jacobians``: (blocks, n, n), the Jacobian of the main path F of each block, from the first
    (next to the image) to the last. A block computes F(x), or x + F(x) if ``residual``. Returns the
    Jacobian (n, n) of the output of the last block with respect to the input of the first.
    """
    # BEGIN SOLUTION
    identity = np.eye(jacobians.shape[1], dtype=jacobians.dtype)
    total = identity
    for jacobian in jacobians:
        total = (identity + jacobian if residual else jacobian) @ total
    return total
    # END SOLUTION


def is_open(paths: list[str], stages: list[str], depth: int) -> list[bool]:
    """FR: Quels tableaux du réseau s'entraînent, quand les ``depth`` derniers étages sont ouverts ?

    ``paths`` : noms pointés, comme "features.layer3.0.bn1.scale". ``stages`` : préfixes pointés, de
    l'entrée vers la tête, comme ["features.layer1", ..., "classifier"]. Un tableau appartient à un
    étage si son chemin commence par ce préfixe, composante par composante : "features.layer12.0.bias"
    n'appartient pas à "features.layer1". Les ``depth`` derniers étages sont ouverts (0 : aucun). Les
    statistiques, dont la dernière composante est "mean" ou "var", ne s'entraînent jamais. Renvoie un
    booléen par chemin, dans l'ordre.

    EN: Which arrays of the network are trained when the last ``depth`` stages are open?

    ``paths``: dotted names, such as "features.layer3.0.bn1.scale". ``stages``: dotted prefixes, from
    the input to the head, such as ["features.layer1", ..., "classifier"]. An array belongs to a stage
    if its path begins with that prefix, component by component: "features.layer12.0.bias" does not
    belong to "features.layer1". The last ``depth`` stages are open (0: none). The statistics, whose
    last component is "mean" or "var", are never trained. Returns one boolean per path, in order.
    """
    # BEGIN SOLUTION
    opened = tuple(stage + "." for stage in stages[len(stages) - depth :])
    return [path.startswith(opened) and not path.endswith((".mean", ".var")) for path in paths]
    # END SOLUTION


def update(
    parameters: dict,
    velocity: dict,
    gradients: dict,
    opened: dict,
    rate: float,
    momentum: float = 0.9,
    decay: float = 0.01,
) -> tuple[dict, dict]:
    """FR: Une étape de descente qui ne touche pas à ce qui est gelé.

    Quatre dictionnaires de mêmes clés (les chemins) : des tableaux, sauf ``opened``, des booléens.
    Pour un tableau ouvert :

        v' = momentum * v + g + decay * p
        p' = p - rate * v'

    Un tableau fermé et sa vitesse restent égaux au bit près, quels que soient ``g`` et ``v``. Renvoie
    les nouveaux (parameters, velocity), avec toutes les clés, sans modifier ceux qui sont donnés.

    EN: One descent step that leaves alone what is frozen.

    Four dictionaries with the same keys (the paths): arrays, but for ``opened``, booleans. For an
    open array:

        v' = momentum * v + g + decay * p
        p' = p - rate * v'

    A closed array and its velocity stay equal to the last bit, whatever ``g`` and ``v`` are. Returns
    the new (parameters, velocity), with all keys, without changing those that are given.
    """
    # BEGIN SOLUTION
    parameters, velocity = dict(parameters), dict(velocity)
    for path in [path for path in parameters if opened[path]]:
        pull = gradients[path] + decay * parameters[path]
        velocity[path] = momentum * velocity[path] + pull
        parameters[path] = parameters[path] - rate * velocity[path]
    return parameters, velocity
    # END SOLUTION


def updated(
    parameters: dict, velocity: dict, gradients: dict, opened: dict, rate: float
) -> tuple[tuple, tuple]:
    """FR: Ce que renvoie ``update``, puis ce que sont **après** elle ceux qu'on lui a donnés (donné).

    EN: What ``update`` returns, then what it was given, as that is **afterwards** (given).
    """
    new = update(parameters, velocity, gradients, opened, rate)
    return new, (parameters, velocity)


def layer_rates(stages: list[str], peak: float, factor: float) -> dict[str, float]:
    """FR: Un taux d'apprentissage par étage : plus on approche de l'image, plus il est petit.

    ``stages`` : de l'entrée vers la tête. Le dernier étage a ``peak``, chaque étage ``factor`` fois
    (factor < 1) celui qui le suit. Renvoie un dictionnaire étage -> taux.

    EN: One learning rate per stage: the nearer to the image, the smaller.

    ``stages``: from the input to the head. The last stage has ``peak``, each stage ``factor`` times
    (factor < 1) that of the one after it. Returns a dictionary stage -> rate.
    """
    # BEGIN SOLUTION
    last = len(stages) - 1
    return {stage: peak * factor ** (last - number) for number, stage in enumerate(stages)}
    # END SOLUTION


def schedule(n: int, steps: int, warmup: int, peak: float) -> float:
    """FR: Taux d'apprentissage de l'étape numéro ``n`` (de 0 à steps - 1) : échauffement, puis cosinus.

    Les ``warmup`` premiers taux montent en ligne droite : peak / warmup pour n = 0, et ``peak`` pour
    n = warmup - 1. Ensuite, une demi-période de cosinus : ``peak`` pour n = warmup, et elle
    atteindrait 0 pour n = steps. ``warmup`` peut être nul ; warmup < steps.

    EN: Learning rate of step number ``n`` (from 0 to steps - 1): a warm-up, then a cosine.

    The first ``warmup`` steps rise in a straight line: peak / warmup for n = 0, and ``peak`` for
    n = warmup - 1. Then half a period of a cosine: ``peak`` for n = warmup, and it would reach 0 for
    n = steps. ``warmup`` may be zero; warmup < steps.
    """
    # BEGIN SOLUTION
    if n < warmup:
        return peak * (n + 1) / warmup
    return peak * (1 + math.cos(math.pi * (n - warmup) / (steps - warmup))) / 2
    # END SOLUTION


# BEGIN SOLUTION
BATCH, PEAK, FACTOR = 32, 0.005, 0.3


@jax.jit
def _fit_head(x: jax.Array, y: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Softmax regression on standardised features, by full-batch descent from zeros."""
    centre, spread = x.mean(axis=0), x.std() + 1e-6
    x = (x - centre) / spread

    def loss(parameters: tuple) -> jax.Array:
        weights, bias = parameters
        errors = optax.softmax_cross_entropy_with_integer_labels(x @ weights + bias, y)
        return errors.mean() + 1e-4 * (weights**2).sum()

    def move(_: int, state: tuple) -> tuple:
        parameters, velocity = state
        velocity = jax.tree.map(lambda v, g: 0.9 * v + g, velocity, jax.grad(loss)(parameters))
        return jax.tree.map(lambda p, v: p - 0.1 * v, parameters, velocity), velocity

    zeros = (jnp.zeros((x.shape[1], 2)), jnp.zeros(2))
    (weights, bias), _ = jax.lax.fori_loop(0, 500, move, (zeros, zeros))
    return weights / spread, bias - centre @ weights / spread


@partial(jax.jit, static_argnames=("graph",))
def _step(
    graph: Any, trained: tuple, rest: Any, velocity: tuple, rates: list, x: jax.Array, y: jax.Array
) -> tuple:
    """One step of descent with momentum for the open groups, each with its own rate."""

    def loss(trained: tuple) -> jax.Array:
        logits = nnx.merge(graph, *trained, rest)(x)  # evaluation mode: statistics are frozen
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()

    gradient = jax.grad(loss)(trained)
    velocity = jax.tree.map(lambda v, g: 0.9 * v + g, velocity, gradient)
    moved = [
        jax.tree.map(lambda p, v, rate=rate: p - rate * v, group, speed)
        for group, speed, rate in zip(trained, velocity, rates, strict=True)
    ]
    return tuple(moved), velocity


def _belongs(path: tuple, stages: list[str]) -> bool:
    name = ".".join(str(part) for part in path if part != "layers")
    return is_open([name], stages, len(stages))[0]


# END SOLUTION


def fine_tune(
    model: Any, cut: str, images: np.ndarray, labels: np.ndarray, steps: int, seed: int
) -> Any:
    """FR: Adapte le réseau à deux classes, et le renvoie.

    Une nouvelle tête d'abord, apprise seule sur tout le reste gelé : remplacez la dernière couche,
    ``model.classifier[-1]``, par une ``nnx.Linear`` à deux sorties. Puis, en ``steps`` étapes à faible
    taux d'apprentissage, elle et les couches qui suivent ``cut``, un nom de ``layer_names(model)``.
    Chaque étape voit une trentaine d'images, tirées par un générateur de graine ``seed`` : le même
    appel donne le même réseau, une autre graine en donne un autre.

    Tout ce qui précède, ``cut`` compris, revient égal au bit près, et les statistiques de toutes
    les normalisations aussi ; dans les couches ouvertes, leurs ``scale`` et ``bias`` peuvent
    s'entraîner ou non. Avec ``steps`` = 0, seule la tête est neuve. ``model`` vous appartient, il
    peut être modifié. Renvoie un réseau de même structure, à la dernière couche près : c'est lui que
    l'on regarde, et que l'on interroge sur de nouvelles images.

    EN: Adapts the network to two classes, and returns it.

    A new head first, learned on its own with all the rest frozen: replace the last layer,
    ``model.classifier[-1]``, by an ``nnx.Linear`` with two outputs. Then, in ``steps`` steps at a low
    learning rate, the head and the layers that come after ``cut``, a name from
    ``layer_names(model)``. Each step sees thirty images or so, drawn by a generator with the seed
    ``seed``: the same call gives the same network, another seed another one.

    All that comes before, ``cut`` included, comes back equal to the last bit, and so do the
    statistics of all normalisations; in the open layers, their ``scale`` and ``bias`` may be trained
    or not. With ``steps`` = 0 only the head is new. ``model`` is yours, it may be changed. Returns a
    network of the same structure but for its last layer: this network is looked at, and asked
    about new images.
    """
    # BEGIN SOLUTION
    names = layer_names(model)
    (known,) = activations(model, images, names[-2:-1]).values()  # what the last layer receives
    weights, bias = _fit_head(known, jnp.asarray(labels))
    model.classifier[-1] = nnx.Linear(*weights.shape, rngs=nnx.Rngs(seed))
    model.classifier[-1].kernel[...], model.classifier[-1].bias[...] = weights, bias

    stages = names[names.index(cut) + 1 :]
    graph, *trained, rest = nnx.split(
        model,
        nnx.All(nnx.Param, lambda path, _: _belongs(path, names[-1:])),
        nnx.All(nnx.Param, lambda path, _: _belongs(path, stages)),
        ...,
    )
    trained = tuple(trained)
    velocity = jax.tree.map(jnp.zeros_like, trained)
    factors = layer_rates(["body", "head"], 1.0, FACTOR)
    rng = np.random.default_rng(seed)
    for n in range(steps):
        rows = rng.choice(len(labels), min(BATCH, len(labels)), replace=False)
        rate = schedule(n, steps, steps // 10, PEAK)
        rates = [rate * factors["head"], rate * factors["body"]]
        trained, velocity = _step(graph, trained, rest, velocity, rates, images[rows], labels[rows])
    return nnx.merge(graph, *trained, rest)
    # END SOLUTION


# FR: Ce que vous observez et ce que vous en concluez, en quelques phrases (lu par l'enseignant).
# EN: What you observe and what you conclude from it, in a few sentences (read by the teacher).
# BEGIN SOLUTION
ANSWER = """
Une tête neuve envoie d'abord des gradients quelconques : l'apprendre seule, sur des caractéristiques
gelées, protège les filtres préentraînés. Ouvrir ensuite le dernier étage, à faible taux, n'apporte que
peu quand la nouvelle tâche ressemble à l'ancienne, et peut nuire avec 120 images par classe. Les
statistiques des normalisations doivent rester gelées : de petits lots les déplaceraient, et avec elles
les sorties de couches que l'on croyait intactes.

A new head first sends gradients of any kind: learning it alone, on frozen features, protects the pretrained
filters. To open the last stage afterwards, at a low rate, brings little where the new task is like the old
one, and may do harm with 120 images of each class. The statistics of the normalisations must stay frozen:
small batches would move them, and with them the outputs of layers that one believed untouched.
"""
# END SOLUTION
