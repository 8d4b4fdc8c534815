"""FR: Question 16, adapter un VGG.

Les réseaux sont ceux de ``jaxcnn.models``, en mode évaluation : ``model.features``, des convolutions,
puis ``model.classifier``, la tête. Les images ont la forme (nombre, hauteur, largeur, canaux), en
float32, telles que le réseau les prend ; les étiquettes valent 0 ou 1.

EN: Question 16, adapting a VGG.

The networks are those of ``jaxcnn.models``, in evaluation mode: ``model.features``, convolutions,
then ``model.classifier``, the head. Images have the shape (number, height, width, channels), in
float32, as the network takes them; labels are 0 or 1.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxcnn.functional import conv
from jaxcnn.models import intermediates


def activations(model: Any, images: np.ndarray, name: str) -> np.ndarray:
    """FR: Ce que calcule une couche, par paquets de 60 images, compilé une seule fois (donné).

    ``name`` : "features", "classifier", ou un nom de ``jaxcnn.models.layer_names(model)``. Renvoie un
    tableau (nombre, ...).

    EN: What a layer computes, in batches of 60 images, compiled only once (given).

    ``name``: "features", "classifier", or a name from ``jaxcnn.models.layer_names(model)``. Returns
    an array (number, ...).
    """
    graph, state = nnx.split(model)
    parts = []
    for start in range(0, len(images), 60):
        part = images[start : start + 60]
        full = np.pad(part, [(0, 60 - len(part)), (0, 0), (0, 0), (0, 0)])
        parts.append(np.asarray(_activations(graph, name, state, full))[: len(part)])
    return np.concatenate(parts)


@partial(jax.jit, static_argnames=("graph", "name"))
def _activations(graph: Any, name: str, state: Any, images: jax.Array) -> jax.Array:
    return intermediates(nnx.merge(graph, state), images, name)[name]


def parameter_counts(model: Any) -> dict[str, int]:
    """FR: Où sont les paramètres d'un VGG ?

    Les couches denses de ``model.classifier`` sont ses ``nnx.Linear`` (``kernel``, ``bias``). Renvoie
    {"features": ceux des convolutions, "hidden": ceux des couches denses sauf la dernière,
    "last": ceux de la dernière}. Poids et biais comptent tous.

    EN: Where are the parameters of a VGG?

    The dense layers of ``model.classifier`` are its ``nnx.Linear`` (``kernel``, ``bias``). Returns
    {"features": those of the convolutions, "hidden": those of the dense layers but the last,
    "last": those of the last}. Weights and biases all count.
    """
    # BEGIN SOLUTION
    *hidden, last = (_count(layer) for layer in model.classifier if isinstance(layer, nnx.Linear))
    return {"features": _count(model.features), "hidden": sum(hidden), "last": last}
    # END SOLUTION


# BEGIN SOLUTION
def _count(part: Any) -> int:
    return sum(leaf.size for leaf in jax.tree.leaves(nnx.state(part, nnx.Param)))


# END SOLUTION


def learned_anew(model: Any, classes: int, whole_head: bool) -> int:
    """FR: Combien de paramètres partent de zéro, quand on change la tête pour ``classes`` classes ?

    Si ``whole_head``, toutes les couches denses sont refaites, avec les mêmes largeurs sauf la
    dernière ; sinon, seule la dernière l'est. Renvoie un entier.

    EN: How many parameters start from nothing when the head is changed for ``classes`` classes?

    If ``whole_head``, all dense layers are made anew, with the same widths but for the last; if not,
    only the last one is. Returns an integer.
    """
    # BEGIN SOLUTION
    counts, last = parameter_counts(model), model.classifier[-1]
    return (last.in_features + 1) * classes + (counts["hidden"] if whole_head else 0)
    # END SOLUTION


def head_on(planned: tuple, image: tuple, blocks: list[tuple]) -> str:
    """FR: Ce que fait la tête dense, devant une image d'une autre taille.

    ``planned``, ``image`` : (hauteur, largeur) prévue, et celle de l'image. ``blocks`` : comme pour
    ``jaxcnn.models.VGG``, un (canaux, nombre de convolutions) par bloc ; les convolutions gardent la
    taille, chaque bloc finit par un pooling 2 × 2 qui la divise par deux, vers le bas. Renvoie

    - "same" si la carte finale a la hauteur et la largeur prévues ;
    - "scrambled" si elle a une autre forme, mais, mise à plat, la même longueur : la tête calcule, et
      chaque poids y reçoit le pixel d'un autre ;
    - "fails" sinon.

    EN: What the dense head does when it meets an image of another size.

    ``planned``, ``image``: (height, width) planned, and that of the image. ``blocks``: as for
    ``jaxcnn.models.VGG``, a (channels, number of convolutions) for each block; convolutions keep the
    size, each block ends with a 2 × 2 maximum that halves it, rounded down. Returns

    - "same" if the final map has the planned height and width;
    - "scrambled" if it has another shape but, flattened, the same length: the head computes, and each
      weight receives another one's pixel;
    - "fails" otherwise.
    """
    # BEGIN SOLUTION
    factor = 2 ** len(blocks)
    (a, b), (c, d) = [(rows // factor, columns // factor) for rows, columns in (planned, image)]
    if (a, b) == (c, d):
        return "same"
    return "scrambled" if a * b == c * d else "fails"
    # END SOLUTION


def dropout(x: np.ndarray, uniform: np.ndarray, rate: float, train: bool) -> np.ndarray:
    """FR: Le dropout « inversé », celui des bibliothèques d'aujourd'hui.

    ``uniform`` : de la forme de ``x``, des nombres tirés entre 0 et 1 ; une valeur est gardée là où
    uniform >= rate, mise à zéro ailleurs. À l'entraînement, ce qui est gardé est divisé par la
    probabilité de l'être, si bien que la moyenne ne change pas. À l'évaluation, rien ne change.

    EN: "Inverted" dropout, that of today's libraries.

    ``uniform``: of the shape of ``x``, numbers drawn between 0 and 1; a value is kept where
    uniform >= rate, set to zero elsewhere. In training, what is kept is divided by its probability of
    being kept, so that the mean does not change. In evaluation, nothing changes.
    """
    # BEGIN SOLUTION
    return np.where(uniform >= rate, x / (1 - rate), 0).astype(x.dtype) if train else x
    # END SOLUTION


def adapt_first_layer(kernel: np.ndarray, channels: int) -> np.ndarray:
    """FR: Le noyau de la première convolution, pour des images d'un autre nombre de canaux.

    ``kernel`` : (h, w, 3, filtres), entraîné sur des images en couleurs. Renvoie (h, w, channels,
    filtres), tel qu'une image grise, dont tous les canaux sont égaux, donne la même réponse qu'avant :

    - ``channels`` = 1 : la somme sur les canaux d'entrée ;
    - ``channels`` >= 3 : les trois canaux d'origine d'abord ; chaque canal ajouté reçoit leur
      moyenne ; puis tout est multiplié par 3 / channels.

    EN: The kernel of the first convolution, for images with another number of channels.

    ``kernel``: (h, w, 3, filters), learned on colour images. Returns (h, w, channels, filters), such
    that a grey image, whose channels are all equal, gives the same response as before:

    - ``channels`` = 1: the sum over input channels;
    - ``channels`` >= 3: the three original channels first; each added channel receives their mean;
      then everything is multiplied by 3 / channels.
    """
    # BEGIN SOLUTION
    if channels == 1:
        return kernel.sum(axis=2, keepdims=True)
    added = np.repeat(kernel.mean(axis=2, keepdims=True), channels - 3, axis=2)
    return np.concatenate([kernel, added], axis=2) * kernel.dtype.type(3 / channels)
    # END SOLUTION


def trained_parts(step: int, parts: list[str], every: int, most: int) -> list[str]:
    """FR: Le dégel progressif : les parties que l'on entraîne à l'étape ``step``.

    ``parts`` : de l'entrée vers la tête. Pendant les ``every`` premières étapes (0 à every - 1), la
    dernière partie seule est ouverte ; toutes les ``every`` étapes, celle qui la précède s'ouvre aussi,
    jusqu'à ``most`` parties ouvertes. Renvoie leurs noms, de l'entrée vers la tête.

    EN: Gradual unfreezing: the parts that are trained at step ``step``.

    ``parts``: from the input to the head. During the first ``every`` steps (0 to every - 1) only the
    last part is open; every ``every`` steps, the one before opens as well, up to ``most`` open parts.
    Returns their names, from the input to the head.
    """
    # BEGIN SOLUTION
    number = min(1 + step // every, most, len(parts))
    return parts[len(parts) - number :]
    # END SOLUTION


# BEGIN SOLUTION
BATCH, PEAK, FACTOR = 32, 0.01, 0.3


@jax.jit
def _fit_head(x: jax.Array, y: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Softmax regression on standardised features, by full-batch descent from zeros."""
    centre, spread = x.mean(axis=0), x.std() + 1e-6
    x = (x - centre) / spread

    def loss(parameters: tuple) -> jax.Array:
        weights, bias = parameters
        errors = optax.softmax_cross_entropy_with_integer_labels(x @ weights + bias, y)
        return errors.mean() + 1e-3 * (weights**2).sum()

    def move(_: int, state: tuple) -> tuple:
        parameters, velocity = state
        velocity = jax.tree.map(lambda v, g: 0.9 * v + g, velocity, jax.grad(loss)(parameters))
        return jax.tree.map(lambda p, v: p - 0.03 * v, parameters, velocity), velocity

    zeros = (jnp.zeros((x.shape[1], 2)), jnp.zeros(2))
    (weights, bias), _ = jax.lax.fori_loop(0, 500, move, (zeros, zeros))
    return weights / spread, bias - centre @ weights / spread


@partial(jax.jit, static_argnames=("graph",))
def _step(
    graph: Any, trained: tuple, rest: Any, velocity: tuple, rates: list, x: jax.Array, y: jax.Array
) -> tuple:
    """One step of descent with momentum for the last layer and for the hidden ones."""

    def loss(trained: tuple) -> jax.Array:
        logits = nnx.merge(graph, *trained, rest)(x)
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()

    gradient = jax.grad(loss)(trained)
    velocity = jax.tree.map(lambda v, g: 0.9 * v + g, velocity, gradient)
    moved = [
        jax.tree.map(lambda p, v, rate=rate: p - rate * v, group, speed)
        for group, speed, rate in zip(trained, velocity, rates, strict=True)
    ]
    return tuple(moved), velocity


@partial(jax.jit, static_argnames=("graph",))
def _run(graph: Any, state: Any, x: jax.Array) -> jax.Array:
    return nnx.merge(graph, state)(x)


# END SOLUTION


def fine_tune(model: Any, images: np.ndarray, labels: np.ndarray, steps: int, seed: int) -> Any:
    """FR: Adapte le VGG à deux classes, et le renvoie.

    Remplacez la dernière couche dense, ``model.classifier[-1]``, par une neuve à deux sorties, et
    apprenez-la d'abord seule. Puis ouvrez doucement les couches denses qui la précèdent (elles ont
    presque tous les paramètres), en ``steps`` étapes d'une trentaine d'images, tirées par un générateur
    de graine ``seed`` : dès la première étape ou peu à peu, mais qu'elles soient ouvertes au plus tard au
    tiers des étapes. Le même appel donne le même réseau, une autre graine en donne un autre.

    Les convolutions restent gelées et reviennent égales au bit près : ce qu'elles donnent se calcule
    une fois pour toutes. Avec ``steps`` = 0, seule la dernière couche est neuve. ``model`` vous
    appartient, il peut être modifié. Renvoie un réseau de même structure, à la dernière couche
    près : c'est lui que l'on regarde, et que l'on interroge sur de nouvelles images.

    EN: Adapts the VGG to two classes, and returns it.

    Replace the last dense layer, ``model.classifier[-1]``, by a new one with two outputs, and learn it
    on its own first. Then gently open the dense layers before it (they have nearly all parameters), in
    ``steps`` steps of thirty images or so, drawn by a generator with the seed ``seed``: from the first
    step on or little by little, but let them be open after a third of the steps at the latest. The
    same call gives the same network, another seed another one.

    The convolutions stay frozen and come back equal to the last bit: what they give can be computed
    once and for all. With ``steps`` = 0 only the last layer is new. ``model`` is yours, it may be
    changed. Returns a network of the same structure but for its last layer: this network is looked
    at, and asked about new images.
    """
    # BEGIN SOLUTION
    maps, head = activations(model, images, "features"), model.classifier
    known = _run(*nnx.split(head[:-1]), maps)
    number = str(len(head) - 1)
    head[-1] = nnx.Linear(head[-1].in_features, 2, rngs=nnx.Rngs(seed))
    head[-1].kernel[...], head[-1].bias[...] = _fit_head(known, jnp.asarray(labels))

    last = nnx.All(nnx.Param, lambda path, _: str(path[1]) in (number, "fc"))
    graph, *trained, rest = nnx.split(head, last, nnx.Param, ...)
    trained = tuple(trained)
    velocity = jax.tree.map(jnp.zeros_like, trained)
    rng = np.random.default_rng(seed)
    for n in range(steps):
        hidden_too = "hidden" in trained_parts(n, ["hidden", "last"], max(1, steps // 3), 2)
        rate = PEAK * (1 - n / steps)
        rates = [rate, rate * FACTOR * hidden_too]
        rows = rng.choice(len(labels), min(BATCH, len(labels)), replace=False)
        trained, velocity = _step(graph, trained, rest, velocity, rates, maps[rows], labels[rows])
    model.classifier = nnx.merge(graph, *trained, rest)
    return model
    # END SOLUTION


def wide_scores(
    model: Any, weights: np.ndarray, bias: np.ndarray, image: np.ndarray, shape: tuple
) -> np.ndarray:
    """FR: La carte de scores d'un VGG adapté, sur une image plus grande que prévu.

    La tête de ``model`` garde ses couches denses, avec une ReLU après chacune, sauf la dernière, que
    remplace la couche apprise : ``weights`` (n, classes), ``bias`` (classes,). ``shape`` : (h, w, c),
    la carte pour laquelle la tête est faite. ``image`` : (hauteur, largeur, canaux). Comme à la
    question 8, la première couche dense devient une convolution h × w, les autres des convolutions
    1 × 1, toutes « valid ». Renvoie (lignes, colonnes, classes).
    ``conv(x, noyau, biais, padding="valid")`` est importée.

    EN: The score map of an adapted VGG, on an image larger than planned.

    The head of ``model`` keeps its dense layers, with a ReLU after each, but for the last one, which
    the learned layer replaces: ``weights`` (n, classes), ``bias`` (classes,). ``shape``: (h, w, c),
    the map the head is made for. ``image``: (height, width, channels). As in question 8, the first
    dense layer becomes an h × w convolution, the others 1 × 1 convolutions, all of them "valid".
    Returns (rows, columns, classes). ``conv(x, kernel, bias, padding="valid")`` is imported.
    """
    # BEGIN SOLUTION
    hidden = [layer for layer in model.classifier if isinstance(layer, nnx.Linear)][:-1]
    layers = [(layer.kernel[...], layer.bias[...]) for layer in hidden]
    x = jax.jit(model.features)(image[np.newaxis])[0]
    for kernel, offset in [*layers, (weights, bias)]:
        x = conv(x, jnp.reshape(kernel, (*shape, -1)), offset, padding="valid")
        x = x if kernel is weights else nnx.relu(x)
        shape = (1, 1, kernel.shape[1])
    return np.asarray(x)
    # END SOLUTION


def find_kind(scores: np.ndarray, kind: int, window: int, stride: int) -> tuple:
    """FR: Où, dans l'image, est une classe ?

    ``scores`` : (lignes, colonnes, classes), deux classes au moins. L'évidence d'une classe, à une
    position, est son score moins le plus grand des autres. Cherche la position où celle de ``kind``
    est la plus grande (la première, ligne après ligne). Renvoie, en pixels, (haut, gauche, bas,
    droite) de la fenêtre de côté ``window`` qui commence là, une position valant ``stride`` pixels ;
    ``bas`` et ``droite`` sont exclus.

    EN: Where in the image is a class?

    ``scores``: (rows, columns, classes), two classes at least. The evidence for a class, at a position, is
    its score minus the largest of the others. Finds the position where that of ``kind`` is largest
    (the first one, row after row). Returns, in pixels, (top, left, bottom, right) of the window of
    side ``window`` that starts there, one position being ``stride`` pixels; ``bottom`` and ``right``
    are excluded.
    """
    # BEGIN SOLUTION
    evidence = scores[:, :, kind] - np.delete(scores, kind, axis=2).max(axis=2)
    row, column = np.unravel_index(np.argmax(evidence), evidence.shape)
    top, left = int(row) * stride, int(column) * stride
    return top, left, top + window, left + window
    # END SOLUTION


# FR: Ce que vous observez et ce que vous en concluez, en quelques phrases (lu par l'enseignant).
# EN: What you observe and what you conclude from it, in a few sentences (read by the teacher).
# BEGIN SOLUTION
ANSWER = """
Dans un VGG, l'essentiel des paramètres est dans la première couche dense, qui fixe aussi la taille des
images. La refaire demanderait d'apprendre des dizaines de milliers de poids sur 240 images : on la garde,
on ne remplace que la dernière couche, et on ajuste doucement le reste de la tête. Les convolutions
gelées se calculent une fois. Changées en convolutions, les mêmes couches denses cherchent dans une grande image.

In a VGG most parameters are in the first dense layer, which also fixes the size of the images. To make it
anew would mean learning tens of thousands of weights from 240 images: it is kept, only the last layer is
replaced, and the rest of the head is tuned gently. Frozen convolutions are computed once. Made into
convolutions, the same dense layers search a large image.
"""
# END SOLUTION
