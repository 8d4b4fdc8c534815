"""FR: Question 12, adapter un réseau préentraîné.

Les images sont des tableaux NumPy (nombre, hauteur, largeur, canaux) ; ``model`` est un réseau de
``jaxcnn.models`` en mode évaluation : ``model.features`` puis ``model.classifier``, dont la dernière
couche, ``model.classifier[-1]``, est une ``nnx.Linear`` (poids ``kernel``, biais ``bias``).

EN: Question 12, adapting a pretrained network.

Images are NumPy arrays (number, height, width, channels); ``model`` is a network of
``jaxcnn.models`` in evaluation mode: ``model.features``, then ``model.classifier``, whose last layer,
``model.classifier[-1]``, is an ``nnx.Linear`` (weights ``kernel``, bias ``bias``).
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx


def prepare(images: np.ndarray, mean: list[float], std: list[float]) -> np.ndarray:
    """FR: Des photos telles que le réseau les attend.

    ``images`` : octets de 0 à 255, (nombre, hauteur, largeur, c), où c vaut 1 (gris) ou 3. ``mean``
    et ``std`` : trois nombres chacun, la moyenne et l'écart type de chaque canal **sur les images
    avec lesquelles le réseau a été entraîné**, à l'échelle où le blanc vaut 1. Ramène les octets
    entre 0 et 1, répète le canal d'une image grise pour en faire trois, puis soustrait à chaque canal
    sa moyenne et le divise par son écart type. Renvoie (nombre, hauteur, largeur, 3) en float32.

    EN: Photos as the network expects them.

    ``images``: bytes from 0 to 255, (number, height, width, c), where c is 1 (grey) or 3. ``mean``
    and ``std``: three numbers each, mean and standard deviation of each channel **over the images
    the network was trained on**, on the scale where white is 1. Brings the bytes between 0 and 1,
    repeats the channel of a grey image to make three, then subtracts its mean from each channel and
    divides by its standard deviation. Returns (number, height, width, 3) in float32.
    """
    # BEGIN SOLUTION
    pixels = images.astype(np.float32) / 255
    coloured = np.broadcast_to(pixels, (*pixels.shape[:-1], 3))
    return ((coloured - np.array(mean)) / np.array(std)).astype(np.float32)
    # END SOLUTION


def batches(number: int, size: int) -> list[tuple[int, int]]:
    """FR: Comment découper ``number`` images en lots d'au plus ``size``.

    Renvoie les (début, fin) des lots, fin exclue, dans l'ordre. Tous les lots sont pleins, sauf
    peut-être le dernier ; aucun n'est vide, aucune image n'est oubliée ni prise deux fois.

    EN: How to divide ``number`` images into batches of at most ``size``.

    Returns the (start, stop) of the batches, stop excluded, in order. All batches are full, except
    perhaps the last; none is empty, no image is left out or taken twice.
    """
    # BEGIN SOLUTION
    return [(start, min(start + size, number)) for start in range(0, number, size)]
    # END SOLUTION


# BEGIN SOLUTION
@partial(jax.jit, static_argnames="graph")
def _features(graph: Any, state: Any, x: jax.Array) -> jax.Array:
    model = nnx.merge(graph, state)
    x = model.features(x)
    for layer in list(model.classifier)[:-1]:
        x = layer(x)
    return x


# END SOLUTION
def extract(model: Any, images: np.ndarray, size: int) -> np.ndarray:
    """FR: Les caractéristiques : ce que reçoit la dernière couche dense, tout le reste étant calculé.

    Avec un VGG, le reste comprend les couches cachées de ``model.classifier`` et leurs ReLU. Ne calcule
    jamais plus de ``size`` images à la fois. Renvoie (nombre, caractéristiques) en float32.

    EN: The features: what the last dense layer receives, once everything before it is computed.

    With a VGG, everything includes the hidden layers of ``model.classifier`` and their ReLU. Never
    computes more than ``size`` images at a time. Returns (number, features) in float32.
    """
    # BEGIN SOLUTION
    graph, state = nnx.split(model)
    found = []
    for start, stop in batches(len(images), size):
        batch = images[start:stop]
        missing = [(0, size - len(batch))] + [(0, 0)] * (batch.ndim - 1)
        full = np.pad(batch, missing)  # one shape, one compilation
        found.append(np.asarray(_features(graph, state, full))[: len(batch)])
    return np.concatenate(found)
    # END SOLUTION


def head_loss(
    features: np.ndarray, labels: np.ndarray, weights: np.ndarray, bias: np.ndarray
) -> float:
    """FR: L'entropie croisée de la tête, en moyenne sur les images.

    ``features`` : (nombre, f). ``labels`` : (nombre,), les classes, des entiers à partir de 0.
    ``weights`` : (f, classes), ``bias`` : (classes,). Pour une image, les scores sont
    features @ weights + bias, et la perte est log(somme des exp(scores)) moins le score de la bonne
    classe, en logarithme naturel. Des scores de plusieurs centaines sont permis : l'exponentielle ne
    doit pas déborder. Renvoie un flottant.

    EN: The cross-entropy of the head, averaged over the images.

    ``features``: (number, f). ``labels``: (number,), the classes, integers from 0. ``weights``:
    (f, classes), ``bias``: (classes,). For one image the scores are features @ weights + bias, and
    the loss is log(sum of exp(scores)) minus the score of the right class, with the natural
    logarithm. Scores of several hundred are allowed: the exponential must not overflow. Returns a
    float.
    """
    # BEGIN SOLUTION
    scores = features @ weights + bias
    scores = scores - scores.max(axis=1, keepdims=True)
    right = scores[np.arange(len(labels)), labels]
    return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - right))
    # END SOLUTION


def train_head(
    features: np.ndarray, labels: np.ndarray, num_classes: int, steps: int, learning_rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """FR: Entraîne une tête linéaire par descente de gradient.

    Part de poids et de biais nuls. Fait ``steps`` étapes ; chacune calcule le gradient de ``head_loss``
    sur **toutes** les images et le retranche, multiplié par ``learning_rate``, des poids et du biais.
    Renvoie (poids (f, num_classes), biais (num_classes,)).

    EN: Trains a linear head by gradient descent.

    Starts from weights and biases of zero. Takes ``steps`` steps; each computes the gradient of
    ``head_loss`` over **all** images and subtracts it, times ``learning_rate``, from the weights and
    the bias. Returns (weights (f, num_classes), bias (num_classes,)).
    """
    # BEGIN SOLUTION
    weights = np.zeros((features.shape[1], num_classes), np.float32)
    bias = np.zeros(num_classes, np.float32)
    target = np.eye(num_classes, dtype=np.float32)[labels]
    for _ in range(steps):
        scores = features @ weights + bias
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        error = (shares / shares.sum(axis=1, keepdims=True) - target) / len(labels)
        weights = weights - learning_rate * features.T @ error
        bias = bias - learning_rate * error.sum(axis=0)
    return weights, bias
    # END SOLUTION


def replace_head(model: Any, weights: np.ndarray, bias: np.ndarray) -> Any:
    """FR: Un nouveau réseau : le même, mais dont la dernière couche dense est celle-ci.

    ``weights`` : (f, classes), ``bias`` : (classes,). Le nombre de classes peut changer. ``model``
    ne doit pas être modifié : travaillez sur ``nnx.clone(model)``. Renvoie le nouveau réseau, dont
    la dernière couche est une ``nnx.Linear``.

    EN: A new network: the same, except that its last dense layer is this one.

    ``weights``: (f, classes), ``bias``: (classes,). The number of classes may change. ``model`` must
    not be modified: work on ``nnx.clone(model)``. Returns the new network, whose last layer is an
    ``nnx.Linear``.
    """
    # BEGIN SOLUTION
    adapted = nnx.clone(model)
    head = nnx.Linear(*weights.shape, rngs=nnx.Rngs(0))
    head.kernel[...] = jnp.asarray(weights)
    head.bias[...] = jnp.asarray(bias)
    adapted.classifier[-1] = head
    return adapted
    # END SOLUTION


def operated(
    model: Any, weights: np.ndarray, bias: np.ndarray, images: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """FR: Les scores du nouveau réseau, puis ceux de l'ancien **après** l'opération (donné).

    EN: The scores of the new network, then those of the old one **after** surgery (given).
    """
    adapted = replace_head(model, weights, bias)
    return np.asarray(adapted(images)), np.asarray(model(images))


# BEGIN SOLUTION
def _count(module: Any) -> int:
    return sum(int(leaf.size) for leaf in jax.tree.leaves(nnx.state(module, nnx.Param)))


# END SOLUTION
def trainable_parameters(model: Any, num_classes: int) -> tuple[int, int]:
    """FR: Ce qu'il y a à apprendre quand la dernière couche est remplacée par une à ``num_classes``.

    Renvoie deux entiers : le nombre de paramètres de la nouvelle couche (poids et biais), qui sont
    les seuls à apprendre si le reste est gelé ; et celui de tout le réseau adapté. Les moyennes et
    les variances des normalisations ne s'apprennent pas par gradient : seuls les ``nnx.Param``
    comptent.

    EN: What there is to learn when the last layer is replaced by one with ``num_classes`` outputs.

    Returns two integers: the number of parameters of the new layer (weights and bias), which are
    the only ones to learn when the rest is frozen; and that of the whole adapted network. The means
    and variances of normalisations are not learned by gradient: only ``nnx.Param`` counts.
    """
    # BEGIN SOLUTION
    last = model.classifier[-1]
    head = (last.in_features + 1) * num_classes
    return head, _count(model) - _count(last) + head
    # END SOLUTION


def training_costs(base: int, head: int, images: int, epochs: int) -> tuple[int, int, int]:
    """FR: Le nombre d'opérations de trois façons d'adapter un réseau.

    Un passage avant d'une image coûte ``base`` opérations dans le tronc et ``head`` dans la tête ;
    un passage arrière coûte deux fois le passage avant des couches qu'il traverse. On entraîne
    ``epochs`` époques sur ``images`` images. Renvoie trois entiers :

    - tout est entraîné : avant et arrière dans tout le réseau ;
    - le tronc est gelé : on le calcule à chaque fois, mais l'arrière s'arrête à la tête ;
    - le tronc est gelé et ses caractéristiques sont calculées une fois pour toutes, puis gardées.

    EN: The number of operations of three ways to adapt a network.

    One forward pass of an image costs ``base`` operations in the trunk and ``head`` in the head; a
    backward pass costs twice the forward pass of the layers it goes through. Training takes
    ``epochs`` epochs over ``images`` images. Returns three integers:

    - everything is trained: forward and backward in the whole network;
    - the trunk is frozen: it is computed each time, but the backward pass stops at the head;
    - the trunk is frozen and its features are computed once and for all, then kept.
    """
    # BEGIN SOLUTION
    seen = images * epochs
    return 3 * seen * (base + head), seen * (base + 3 * head), images * base + 3 * seen * head
    # END SOLUTION


def adapt(model: Any, images: np.ndarray, labels: np.ndarray) -> Any:
    """FR: Apprend deux classes sur quelques images, et renvoie le réseau adapté.

    ``model`` a été entraîné sur d'autres classes. ``images`` sont déjà préparées pour lui ;
    ``labels`` : (nombre,), 0 ou 1. Gelez le réseau, entraînez une nouvelle tête sur ses
    caractéristiques (500 étapes suffisent largement), et greffez-la : renvoie un réseau de même
    structure, dont la dernière couche a deux sorties et dont tous les autres tableaux, statistiques
    des normalisations comprises, sont égaux au bit près à ceux de ``model``. C'est lui que l'on
    interroge ensuite sur des images que vous ne voyez pas, et il reçoit les caractéristiques telles
    quelles : si vous les avez centrées et réduites, la tête greffée doit en tenir compte.

    EN: Learns two classes from a few images, and returns the adapted network.

    ``model`` was trained on other classes. ``images`` are already prepared for it; ``labels``:
    (number,), 0 or 1. Freeze the network, train a new head on its features (500 steps are more than
    enough), and graft it: returns a network of the same structure, whose last layer has two outputs
    and all of whose other arrays, statistics of normalisations included, equal those of ``model`` to
    the last bit. It is this network that is then asked about images that you never see, and it takes
    the features as they are: if you have centred and scaled them, the grafted head must account for
    it.
    """
    # BEGIN SOLUTION
    known = extract(model, images, 60)
    centre, scale = known.mean(axis=0), known.std(axis=0) + 1e-3
    weights, bias = train_head((known - centre) / scale, labels, 2, 200, 0.5)
    weights = weights / scale[:, np.newaxis]
    return replace_head(model, weights, bias - centre @ weights)
    # END SOLUTION


# FR: Pourquoi cela marche-t-il avec si peu d'images, et quand cela ne marcherait-il pas ? Que
# FR: gagne-t-on à geler ? En quelques phrases (lu par l'enseignant).
# EN: Why does it work with so few images, and when would it not? What does freezing bring? In a few
# EN: sentences (read by the teacher).
# BEGIN SOLUTION
ANSWER = """
Le réseau a appris sur d'autres vêtements des caractéristiques (contours, textures, formes) qui
servent aussi à ceux-ci : il ne reste que 130 paramètres à apprendre, ce que 240 images
permettent sans surapprentissage, et le problème est convexe. Geler évite les passages arrière et
permet de ne calculer les caractéristiques qu'une fois. Cela échouerait si les images n'avaient rien
de commun avec celles de l'entraînement, ou si elles étaient préparées autrement.

The network has learned, on other garments, features (edges, textures, shapes) that serve these as well: only
130 parameters are left to learn, which 240 images allow without over-fitting, and the problem is convex.
Freezing saves the backward passes, and lets the features be computed only once. It would fail if the images
had nothing in common with those of the training, or if they were prepared in another way.
"""
# END SOLUTION
