"""FR: Question 9, entraîner à partir de rien.

Une image a la forme (hauteur, largeur, canaux), en float32 ; un lot d'images a un axe de plus, devant.
Les classes sont les entiers 0, 1, ... Un réseau ``model`` arrive avec des poids tirés au hasard.

EN: Question 9, training from scratch.

Images have the shape (height, width, channels), in float32; a batch of images has one more axis, in
front. Classes are the integers 0, 1, ... A network ``model`` arrives with random weights.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

BATCH = 20
MOMENTUM = 0.9
CENTRE = 0.3  # about the mean of the images: a network learns faster when its inputs surround zero


def cross_entropy(scores: jax.Array, labels: jax.Array) -> jax.Array:
    """FR: Entropie croisée moyenne d'un lot.

    ``scores`` : (nombre, classes), les sorties du réseau, avant tout softmax. ``labels`` : (nombre,),
    les bonnes classes. La perte d'une image est l'opposé du logarithme (naturel) de la probabilité que
    le softmax de ses scores donne à la bonne classe. Renvoie la moyenne sur le lot, un scalaire JAX.
    Des scores de plusieurs milliers doivent donner une perte finie et juste, et son gradient aussi.

    EN: Mean cross-entropy of a batch.

    ``scores``: (number, classes), what the network puts out, before any softmax. ``labels``:
    (number,), the right classes. The loss of an image is minus the (natural) logarithm of the
    probability that the softmax of its scores gives to the right class. Returns the mean over the
    batch, a JAX scalar. Scores of several thousand must give a loss that is finite and right, and so
    must its gradient.
    """
    # BEGIN SOLUTION
    logarithms = jax.nn.log_softmax(scores)
    return -jnp.take_along_axis(logarithms, labels[:, None], axis=1).mean()
    # END SOLUTION


def accuracy(scores: np.ndarray, labels: np.ndarray) -> float:
    """FR: Part des images dont la bonne classe a le plus grand score.

    ``scores`` : (nombre, classes). ``labels`` : (nombre,). Le premier des plus grands scores l'emporte
    s'ils sont plusieurs. Renvoie un flottant entre 0 et 1.

    EN: Share of the images whose right class has the largest score.

    ``scores``: (number, classes). ``labels``: (number,). The first of the largest scores wins if there
    are several. Returns a float between 0 and 1.
    """
    # BEGIN SOLUTION
    return float(np.mean(np.argmax(scores, axis=1) == labels))
    # END SOLUTION


def batches(order: np.ndarray, size: int) -> np.ndarray:
    """FR: Les lots d'une époque.

    ``order`` : (nombre,), les numéros des images dans l'ordre où elles passent. Le premier lot prend
    les ``size`` premiers numéros, le deuxième les ``size`` suivants, et ainsi de suite ; s'il en reste
    trop peu pour un lot entier, ils ne servent pas. Renvoie (lots, size), des entiers.

    EN: The batches of an epoch.

    ``order``: (number,), the numbers of the images in the order in which they pass. The first batch
    takes the first ``size`` numbers, the second the next ``size``, and so on; if too few are left for a
    whole batch they are not used. Returns (batches, size), integers.
    """
    # BEGIN SOLUTION
    count = len(order) // size
    return order[: count * size].reshape(count, size)
    # END SOLUTION


def momentum_step(
    parameters: Any, gradients: Any, velocity: Any, rate: float, momentum: float
) -> tuple[Any, Any]:
    """FR: Une mise à jour avec inertie.

    ``parameters``, ``gradients``, ``velocity`` : trois arbres (dictionnaires imbriqués de tableaux, ou
    tout autre arbre de JAX) de même structure. Pour chaque feuille, de paramètre p, gradient g et
    vitesse v :

        v' = momentum * v + g        p' = p - rate * v'

    Renvoie (nouveaux paramètres, nouvelles vitesses), deux arbres de la même structure.

    EN: One update with momentum.

    ``parameters``, ``gradients``, ``velocity``: three trees (nested dictionaries of arrays, or any
    other tree of JAX) of equal structure. For each leaf, with parameter p, gradient g and velocity v:

        v' = momentum * v + g        p' = p - rate * v'

    Returns (new parameters, new velocities), two trees of that structure.
    """
    # BEGIN SOLUTION
    velocity = jax.tree.map(lambda v, g: momentum * v + g, velocity, gradients)
    parameters = jax.tree.map(lambda p, v: p - rate * v, parameters, velocity)
    return parameters, velocity
    # END SOLUTION


@partial(jax.jit, static_argnames="graph")
def scores_of(graph: Any, parameters: Any, rest: Any, images: jax.Array) -> jax.Array:
    """FR: Les scores (nombre, classes) d'un réseau (donné).

    ``graph, parameters, rest = nnx.split(model, nnx.Param, ...)`` sépare un réseau en sa structure, ses
    poids (un arbre) et ce qui n'est pas un poids.

    EN: The scores (number, classes) of a network (given).

    ``graph, parameters, rest = nnx.split(model, nnx.Param, ...)`` takes a network apart: its structure,
    its weights (a tree), and what is not a weight.
    """
    return nnx.merge(graph, parameters, rest)(images - CENTRE)


@partial(jax.jit, static_argnames="graph")
def step(
    graph: Any,
    parameters: Any,
    rest: Any,
    velocity: Any,
    images: jax.Array,
    labels: jax.Array,
    rate: float,
) -> tuple[Any, Any]:
    """FR: Une étape d'entraînement sur un lot : nouveaux poids, nouvelles vitesses (donné).

    Il est compilé une fois par forme de ``images`` : gardez des lots de même taille.

    EN: One training step on a batch: new weights, new velocities (given).

    It is compiled once for each shape of ``images``: keep your batches of one size.
    """

    def loss(parameters: Any) -> jax.Array:
        return cross_entropy(nnx.merge(graph, parameters, rest)(images - CENTRE), labels)

    return momentum_step(parameters, jax.grad(loss)(parameters), velocity, rate, MOMENTUM)


# BEGIN SOLUTION
RATE = 0.03
# END SOLUTION


def train(model: Any, images: np.ndarray, labels: np.ndarray, steps: int, seed: int) -> Any:
    """FR: Entraîne un réseau et le renvoie.

    ``model`` : un réseau neuf ; il ne doit pas être modifié. ``images``, ``labels`` : (nombre, hauteur,
    largeur, canaux) et (nombre,), au moins ``BATCH`` images. ``steps`` : nombre d'étapes, sur des lots de
    ``BATCH`` images tirés au hasard par un générateur de graine ``seed`` ; à chaque époque un nouvel
    ordre. Le choix du taux d'apprentissage, constant ou non, est le vôtre, celui de la méthode aussi. Le
    même appel donne toujours le même réseau ; avec ``steps`` = 0, celui qui est arrivé. Renvoie un réseau
    de même structure, dont toutes les couches ont appris : c'est lui, et non vos réponses, qui est
    ensuite interrogé sur de nouvelles images, par ``scores_of``. ``nnx.merge(graph, parameters, rest)``
    remonte un réseau.

    EN: Trains a network and returns it.

    ``model``: a new network; it must not be changed. ``images``, ``labels``: (number, height, width,
    channels) and (number,), at least ``BATCH`` images. ``steps``: number of steps, on batches of
    ``BATCH`` images drawn at random by a generator with the seed ``seed``; each epoch in a new order.
    The learning rate, constant or not, is your choice, and so is the method. The same call always gives
    the same network; with ``steps`` = 0, the one that came. Returns a network of the same structure, all
    of whose layers have learned: it is this network, not answers of yours, that is then asked about new
    images, by ``scores_of``. ``nnx.merge(graph, parameters, rest)`` puts a network together again.
    """
    # BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    graph, parameters, rest = nnx.split(model, nnx.Param, ...)
    velocity = jax.tree.map(jnp.zeros_like, parameters)
    waiting: list[np.ndarray] = []
    for done in range(steps):
        if not waiting:
            waiting = list(batches(rng.permutation(len(labels)), BATCH))
        chosen = waiting.pop()
        rate = RATE * (1 - done / steps)
        batch = images[chosen], labels[chosen]
        parameters, velocity = step(graph, parameters, rest, velocity, *batch, rate)
    return nnx.merge(graph, parameters, rest)
    # END SOLUTION


def learning_curve(
    model: Any,
    images: np.ndarray,
    labels: np.ndarray,
    held_out: np.ndarray,
    held_out_labels: np.ndarray,
    sizes: list[int],
    steps: int,
    seed: int,
) -> np.ndarray:
    """FR: La justesse en fonction du nombre d'images d'entraînement.

    Pour chaque n de ``sizes``, repart de ``model`` tel qu'il est arrivé et l'entraîne comme
    ``train``, avec les mêmes ``steps`` et ``seed``, sur les n premières images seulement.
    ``held_out``, ``held_out_labels`` : des images qui ne servent jamais à l'entraînement, et leurs
    classes. Renvoie (len(sizes), 2) en flottants : la justesse sur ces n images d'entraînement, puis
    la justesse sur les images mises de côté.

    EN: Accuracy as a function of the number of training images.

    For each n of ``sizes``, starts again from ``model`` as it came and trains it as
    ``train`` does, with the same ``steps`` and ``seed``, on the first n images only.
    ``held_out``, ``held_out_labels``: images that never serve for training, and their classes. Returns
    (len(sizes), 2) floats: the accuracy on these n training images, then the accuracy on the images
    that were held out.
    """
    # BEGIN SOLUTION
    rows = []
    for n in sizes:
        trained = train(model, images[:n], labels[:n], steps, seed)
        parts = nnx.split(trained, nnx.Param, ...)
        seen = accuracy(scores_of(*parts, images)[:n], labels[:n])
        rows.append((seen, accuracy(scores_of(*parts, held_out), held_out_labels)))
    return np.array(rows)
    # END SOLUTION


def diagnosis(curve: np.ndarray, goal: float) -> str:
    """FR: Ce que dit une courbe d'apprentissage.

    ``curve`` : ce que renvoie ``learning_curve``, au moins deux lignes, du plus petit nombre d'images
    au plus grand. ``goal`` : la justesse que l'on vise. Dans l'ordre, renvoie

    - "underfits" si la dernière ligne n'atteint pas ``goal`` sur les images d'entraînement : le réseau
      n'apprend même pas ce qu'il voit, d'autres images n'y changeront rien ;
    - "more_images" si, sur la dernière ligne, la justesse d'entraînement dépasse de plus de 0,1 celle
      des images mises de côté, et si cette dernière a progressé (strictement) depuis l'avant-dernière
      ligne ;
    - "enough" sinon : davantage d'images n'apporteraient plus grand-chose.

    EN: What a learning curve says.

    ``curve``: what ``learning_curve`` returns, at least two rows, from the smallest number of images to
    the largest. ``goal``: the accuracy that is aimed at. In this order, returns

    - "underfits" if the last row does not reach ``goal`` on the training images: the network does not
      even learn what it sees, other images will not change that;
    - "more_images" if, in the last row, training accuracy exceeds that of the held-out images by more
      than 0.1, and if the latter has risen (strictly) since the row before;
    - "enough" otherwise: more images would not bring much.
    """
    # BEGIN SOLUTION
    (_, before), (train, held_out) = curve[-2], curve[-1]
    if train < goal:
        return "underfits"
    if train - held_out > 0.1 and held_out > before:
        return "more_images"
    return "enough"
    # END SOLUTION


# FR: Peut-on entraîner un réseau avec si peu d'images ? Ce que montrent vos mesures, en quelques phrases
# FR: (lu par l'enseignant).
# EN: Can a network be trained on so few images? What your measurements show, in a few sentences (read by
# EN: the teacher).
# BEGIN SOLUTION
ANSWER = """
On peut, mais mal. Avec 20 images le réseau les récite toutes et reconnaît à peine les autres ; avec 240,
l'écart reste de quinze à vingt points et la justesse sur les autres monte encore, loin de ce que ferait le
même réseau avec des milliers d'images. Avec des classes tirées au sort il apprend tout aussi bien ses 20
images : une justesse d'entraînement parfaite ne prouve rien.

It can, but badly. With 20 images the network recites all of them and hardly recognises others; with 240 a
gap of fifteen to twenty points is left, and accuracy on the others still rises, far from what the same
network would do with thousands of images. With classes drawn by tossing a coin it learns its 20 images just
as well: a perfect accuracy in training proves nothing.
"""
# END SOLUTION
