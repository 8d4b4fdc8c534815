"""FR: Question 11, obtenir plus de données.

Une image a la forme (hauteur, largeur, canaux), en float32, de valeurs comprises entre 0 et 1 ; un lot
d'images a un axe de plus, devant. Une position est une paire (ligne, colonne).

EN: Question 11, more data by augmentation.

Images have the shape (height, width, channels), in float32, with values between 0 and 1; a batch of
images has one more axis, in front. A position is a pair (row, column).
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

BATCH = 40
MOMENTUM = 0.9
MOST = 4  # pixels
CENTRE = 0.3  # about the mean of the images: a network learns faster when its inputs surround zero


def flip(images: jax.Array, chosen: jax.Array) -> jax.Array:
    """FR: Le reflet de certaines images, gauche et droite échangées.

    ``images`` : (nombre, hauteur, largeur, canaux). ``chosen`` : (nombre,), des booléens. Les images
    choisies sont retournées, les autres restent telles quelles. À écrire avec ``jax.numpy``, sans test
    Python sur les valeurs, pour pouvoir être compilé. Renvoie un lot de la même forme.

    EN: The mirror image of some images, left and right exchanged.

    ``images``: (number, height, width, channels). ``chosen``: (number,), booleans. The chosen images
    are mirrored, the others stay as they are. To be written with ``jax.numpy``, without a Python test
    on values, so that it can be compiled. Returns a batch of the same shape.
    """
    # BEGIN SOLUTION
    return jnp.where(chosen[:, None, None, None], images[:, :, ::-1], images)
    # END SOLUTION


def shift(images: jax.Array, down: jax.Array, right: jax.Array) -> jax.Array:
    """FR: Des images décalées d'un nombre entier de pixels.

    ``images`` : (nombre, hauteur, largeur, canaux). ``down``, ``right`` : (nombre,), des entiers ; le
    contenu de l'image i descend de ``down[i]`` lignes et va à droite de ``right[i]`` colonnes (monte,
    va à gauche s'ils sont négatifs). Ce qui sort est perdu ; ce qui se découvre répète le pixel le plus
    proche du bord. Avec ``jax.numpy``, compilable. Renvoie un lot de la même forme.

    EN: Images shifted by a whole number of pixels.

    ``images``: (number, height, width, channels). ``down``, ``right``: (number,), integers; the
    contents of image i move down by ``down[i]`` rows and to the right by ``right[i]`` columns (up, to
    the left when negative). What leaves is lost; what is uncovered repeats the nearest pixel of the
    edge. With ``jax.numpy``, can be compiled. Returns a batch of the same shape.
    """
    # BEGIN SOLUTION
    number, height, width = images.shape[:3]
    rows = jnp.clip(jnp.arange(height) - down[:, None], 0, height - 1)
    columns = jnp.clip(jnp.arange(width) - right[:, None], 0, width - 1)
    return images[jnp.arange(number)[:, None, None], rows[:, :, None], columns[:, None, :]]
    # END SOLUTION


def movement(angle: float, zoom: float, shear: float) -> np.ndarray:
    """FR: La matrice d'une rotation, d'un agrandissement et d'un cisaillement.

    Elle s'applique à un écart au centre, le vecteur (lignes, colonnes). Dans l'ordre où elles agissent
    sur l'image : agrandissement par ``zoom``, puis cisaillement, qui ajoute ``shear`` fois les lignes
    aux colonnes, puis rotation de ``angle`` degrés, qui mène (0, 1), à droite, vers (-sin, cos) : le
    sens contraire des aiguilles d'une montre, à l'écran. Renvoie un tableau de flottants (2, 2).

    EN: The matrix of a rotation, an enlargement and a shear.

    It applies to an offset from the centre, the vector (rows, columns). In the order in which they act
    on the image: enlargement by ``zoom``, then shear, which adds ``shear`` times the rows to the
    columns, then rotation by ``angle`` degrees, which takes (0, 1), to the right, to (-sin, cos):
    counter-clockwise on the screen. Returns an array of floats (2, 2).
    """
    # BEGIN SOLUTION
    radians = np.deg2rad(angle)
    sine, cosine = np.sin(radians), np.cos(radians)
    rotation = np.array([[cosine, -sine], [sine, cosine]])
    return rotation @ np.array([[1.0, 0.0], [shear, 1.0]]) * zoom
    # END SOLUTION


def affine(image: jax.Array, matrix: jax.Array) -> jax.Array:
    """FR: Une image transformée autour de son centre.

    ``image`` : (hauteur, largeur, canaux). ``matrix`` : (2, 2), inversible ; le contenu qui est à
    l'écart e du centre ((hauteur - 1) / 2, (largeur - 1) / 2) va à l'écart ``matrix @ e``. Chaque pixel
    du résultat va donc chercher sa valeur à la position qu'occupait son contenu, ramenée dans l'image
    si elle en sort, et la calcule à partir des quatre pixels voisins par interpolation bilinéaire.
    Renvoie un tableau de la même forme.

    EN: An image transformed about its centre.

    ``image``: (height, width, channels). ``matrix``: (2, 2), invertible; the contents at the offset e
    from the centre ((height - 1) / 2, (width - 1) / 2) go to the offset ``matrix @ e``. So each pixel
    of the result fetches its value at the position where its contents were, brought back into the image
    if it lies outside, and computes it from the four pixels around by bilinear interpolation. Returns
    an array of the same shape.
    """
    # BEGIN SOLUTION
    height, width = image.shape[:2]
    last = jnp.array([height - 1, width - 1])
    grid = jnp.stack(jnp.meshgrid(jnp.arange(height), jnp.arange(width), indexing="ij"), axis=-1)
    source = (grid - last / 2) @ jnp.linalg.inv(matrix).T + last / 2
    row, column = jnp.moveaxis(jnp.clip(source, 0, last), -1, 0)
    top, left = jnp.floor(row).astype(int), jnp.floor(column).astype(int)
    bottom, right = jnp.minimum(top + 1, height - 1), jnp.minimum(left + 1, width - 1)
    below, beside = (row - top)[..., None], (column - left)[..., None]
    upper = (1 - beside) * image[top, left] + beside * image[top, right]
    lower = (1 - beside) * image[bottom, left] + beside * image[bottom, right]
    return (1 - below) * upper + below * lower
    # END SOLUTION


def augment(key: jax.Array, images: jax.Array) -> jax.Array:
    """FR: Un lot d'images, chacune modifiée au hasard.

    ``key`` : une clé de ``jax.random``, la seule source de hasard. Chaque image est retournée avec une
    probabilité de 1/2, puis décalée (``shift``) d'un nombre entier de lignes et d'un nombre entier de
    colonnes, tirés indépendamment et uniformément entre -``MOST`` et ``MOST``, bornes comprises.
    Compilable. Renvoie un lot de même forme et de même type.

    EN: A batch of images, each changed at random.

    ``key``: a key of ``jax.random``, the only source of chance. Each image is mirrored with probability
    1/2, then shifted (``shift``) by a whole number of rows and a whole number of columns, drawn
    independently and uniformly between -``MOST`` and ``MOST``, both included. Can be compiled. Returns
    a batch of the same shape and type.
    """
    # BEGIN SOLUTION
    mirrored, moved = jax.random.split(key)
    images = flip(images, jax.random.bernoulli(mirrored, shape=images.shape[:1]))
    down, right = jax.random.randint(moved, (2, len(images)), -MOST, MOST + 1)
    return shift(images, down, right)
    # END SOLUTION


@partial(jax.jit, static_argnames="graph")
def scores_of(graph: Any, parameters: Any, rest: Any, images: jax.Array) -> jax.Array:
    """FR: Les scores (nombre, classes) d'un réseau séparé par ``nnx.split`` (donné).

    EN: The scores (number, classes) of a network taken apart by ``nnx.split`` (given).
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
    """FR: Une étape d'entraînement sur un lot, avec inertie : nouveaux poids, nouvelles vitesses (donné).

    ``graph, parameters, rest = nnx.split(model, nnx.Param, ...)`` ; au début, les vitesses sont
    ``jax.tree.map(jnp.zeros_like, parameters)``.

    EN: One training step on a batch, with momentum: new weights, new velocities (given).

    ``graph, parameters, rest = nnx.split(model, nnx.Param, ...)``; at the start the velocities are
    ``jax.tree.map(jnp.zeros_like, parameters)``.
    """

    def loss(parameters: Any) -> jax.Array:
        logarithms = jax.nn.log_softmax(nnx.merge(graph, parameters, rest)(images - CENTRE))
        return -jnp.take_along_axis(logarithms, labels[:, None], axis=1).mean()

    gradients = jax.grad(loss)(parameters)
    velocity = jax.tree.map(lambda v, g: MOMENTUM * v + g, velocity, gradients)
    return jax.tree.map(lambda p, v: p - rate * v, parameters, velocity), velocity


# BEGIN SOLUTION
RATE = 0.05
_augment = jax.jit(augment)
# END SOLUTION


def train(
    model: Any, images: np.ndarray, labels: np.ndarray, steps: int, seed: int, augmented: bool
) -> Any:
    """FR: Entraîne un réseau, avec ou sans augmentation, et le renvoie.

    ``model`` : un réseau neuf, de structure quelconque ; il ne doit pas être modifié. ``images``,
    ``labels`` : au moins ``BATCH`` images et leurs classes, 0 ou 1. ``steps`` : nombre d'étapes, chacune
    sur un lot de ``BATCH`` images tirées au hasard ; si ``augmented`` est vrai, chaque lot passe d'abord
    par ``augment``, avec une clé neuve à chaque étape. Le taux d'apprentissage, constant ou non, est votre
    choix, la méthode aussi. ``seed`` fixe tout le hasard : le même appel donne le même réseau, une autre
    graine donne d'autres tirages ; avec ``steps`` = 0 revient celui qui est arrivé. Renvoie un réseau de
    même structure, dont toutes les couches ont appris : c'est lui qui est ensuite interrogé sur de
    nouvelles images, par ``scores_of``, sans augmentation. ``nnx.merge(graph, parameters, rest)``
    remonte un réseau.

    EN: Trains a network, with or without augmentation, and returns it.

    ``model``: a new network, of any structure; it must not be changed. ``images``, ``labels``: at least
    ``BATCH`` images and their classes, 0 or 1. ``steps``: number of steps, each on a batch of ``BATCH``
    images drawn at random; if ``augmented`` is true each batch first goes through ``augment``, with a
    new key at each step. The learning rate, constant or not, is your choice, and so is the method.
    ``seed`` settles all chance: the same call gives the same network, another seed gives other draws;
    with ``steps`` = 0 the one that came is returned. Returns a network of the same structure, all of
    whose layers have learned: it is this one that is then asked about new images, by ``scores_of``,
    without augmentation. ``nnx.merge(graph, parameters, rest)`` puts a network together again.
    """
    # BEGIN SOLUTION
    rng, key = np.random.default_rng(seed), jax.random.key(seed)
    graph, parameters, rest = nnx.split(model, nnx.Param, ...)
    velocity = jax.tree.map(jnp.zeros_like, parameters)
    waiting = np.zeros(0, int)
    for done in range(steps):
        if len(waiting) < BATCH:
            waiting = rng.permutation(len(labels))
        chosen, waiting = waiting[:BATCH], waiting[BATCH:]
        batch = images[chosen]
        if augmented:
            batch = _augment(jax.random.fold_in(key, done), batch)
        rate = RATE * (1 - (done / steps) ** 2)
        parameters, velocity = step(graph, parameters, rest, velocity, batch, labels[chosen], rate)
    return nnx.merge(graph, parameters, rest)
    # END SOLUTION


def gain(
    model: Any,
    images: np.ndarray,
    labels: np.ndarray,
    held_out: np.ndarray,
    held_out_labels: np.ndarray,
    steps: int,
    seeds: list[int],
) -> np.ndarray:
    """FR: Mesure ce qu'apporte l'augmentation, une fois par graine.

    Pour chaque graine, deux entraînements de ``model`` tel qu'il est arrivé, par ``train`` : sans, puis
    avec augmentation. ``held_out``, ``held_out_labels`` : des images mises de côté, et leurs classes ;
    elles ne servent pas à l'entraînement et ne sont pas augmentées. Renvoie (len(seeds), 2) en
    flottants : la part des images mises de côté bien classées, sans augmentation, puis avec.

    EN: Measures what augmentation brings, once for each seed.

    For each seed, two training runs of ``model`` as it came, by ``train``: without augmentation, then
    with it. ``held_out``, ``held_out_labels``: images that were held out, and their classes; they do
    not serve for training and are not augmented. Returns (len(seeds), 2) floats: the share of the
    held-out images that are classified rightly, without augmentation, then with it.
    """

    # BEGIN SOLUTION
    def share(seed: int, augmented: bool) -> float:
        trained = train(model, images, labels, steps, seed, augmented)
        scores = scores_of(*nnx.split(trained, nnx.Param, ...), held_out)
        return float(np.mean(np.argmax(scores, axis=1) == held_out_labels))

    return np.array([[share(seed, False), share(seed, True)] for seed in seeds])
    # END SOLUTION


def worth_it(plain: np.ndarray, augmented: np.ndarray) -> str:
    """FR: Ce que ces mesures permettent d'affirmer.

    ``plain``, ``augmented`` : (n,), n >= 2, la justesse sans et avec augmentation pour les mêmes n
    graines. Soient d les n différences (avec moins sans), m leur moyenne et s leur écart type estimé
    (somme des carrés divisée par n - 1) ; l'erreur type de m est s / racine de n. Renvoie "yes" si m
    dépasse deux erreurs types, "no" si -m les dépasse, "unclear" sinon.

    EN: What these measurements allow to say.

    ``plain``, ``augmented``: (n,), n >= 2, accuracy without and with augmentation for the same n seeds.
    Let d be the n differences (with minus without), m their mean and s their estimated standard
    deviation (sum of squares divided by n - 1); the standard error of m is s / square root of n.
    Returns "yes" if m exceeds two standard errors, "no" if -m does, "unclear" otherwise.
    """
    # BEGIN SOLUTION
    differences = augmented - plain
    mean = differences.mean()
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    if mean > 2 * error:
        return "yes"
    return "no" if -mean > 2 * error else "unclear"
    # END SOLUTION


# FR: Ce que l'augmentation apporte, sur quelles images, et laquelle serait nuisible pour d'autres données,
# FR: en quelques phrases (lu par l'enseignant).
# EN: What augmentation brings, on which images, and which one would do harm on other data, in a few
# EN: sentences (read by the teacher).
# BEGIN SOLUTION
ANSWER = """
Rien sur des images cadrées comme celles d'entraînement (0,82 sans et avec), beaucoup sur des images qui
ont bougé (0,60 sans, 0,80 avec) : sans elle, le réseau n'avait vu les vêtements qu'à leur place. L'augmentation lui
dit ce qui ne change pas la classe ; un reflet serait nuisible pour des lettres ou des chiffres (b et d, 2 et
5), une forte rotation aussi (6 et 9).

Nothing on images framed like those of the training (0.82 without and with), much on images that have moved
(0.60 without, 0.80 with): without it the network had only seen garments in their place. Augmentation tells
it what does not change the class; a mirror would do harm to letters or digits (b and d, 2 and 5), and so
would a large rotation (6 and 9).
"""
# END SOLUTION
