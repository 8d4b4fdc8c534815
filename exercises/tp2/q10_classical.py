"""FR: Question 10, les méthodes classiques.

Les images sont des tableaux float32 (nombre, hauteur, largeur, canaux), telles que les réseaux les
prennent ; les étiquettes, des entiers 0 ou 1.

EN: Question 10, classical methods.

Images are float32 arrays (number, height, width, channels), as networks take them; labels are
integers, 0 or 1.
"""

from functools import partial
from typing import Any

import jax
import numpy as np
from flax import nnx
from sklearn.ensemble import RandomForestClassifier
from sklearn.svm import SVC

from jaxcnn.models import Network, intermediates

CELL, BINS = 7, 9


@partial(jax.jit, static_argnames=("graph", "layer"))
def layer_output(graph: Any, state: Any, images: jax.Array, layer: str) -> jax.Array:
    """FR: Ce que calcule la couche ``layer`` d'un réseau (donné).

    ``graph, state = nnx.split(model)``. Compilée une fois par forme de ``images``.

    EN: What the layer ``layer`` of a network computes (given).

    ``graph, state = nnx.split(model)``. Compiled once for each shape of ``images``.
    """
    return intermediates(nnx.merge(graph, state), images, [layer])[layer]


def vectors(images: np.ndarray) -> np.ndarray:
    """FR: Les pixels de chaque image, mis en une ligne.

    Renvoie un tableau (nombre, hauteur × largeur × canaux) : ligne après ligne, dans chaque ligne
    pixel après pixel, les canaux d'un pixel côte à côte.

    EN: The pixels of each image, laid out in one line.

    Returns an array (number, height × width × channels): row after row, in each row pixel after
    pixel, the channels of a pixel side by side.
    """
    raise NotImplementedError


def standardise(train: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """FR: Les deux tableaux, chaque colonne centrée et réduite.

    ``train`` (n, d), ``new`` (m, d). De chaque colonne on retranche la moyenne puis on divise par
    l'écart type (celui de ``np.std``, qui divise par n), tous deux mesurés sur ``train`` seul, pour
    les deux tableaux. Une colonne constante dans ``train`` est seulement centrée. Renvoie les deux
    tableaux, de mêmes formes, dans l'ordre (``train``, ``new``).

    EN: Both arrays, each column centred and scaled.

    ``train`` (n, d), ``new`` (m, d). From each column the mean is subtracted, then it is divided by
    the standard deviation (that of ``np.std``, which divides by n), both measured on ``train``
    alone, for both arrays. A column that is constant in ``train`` is only centred. Returns the two
    arrays, of the same shapes, in the order (``train``, ``new``).
    """
    raise NotImplementedError


def orientations(images: np.ndarray, cell: int = CELL, bins: int = BINS) -> np.ndarray:
    """FR: Histogrammes des orientations du gradient, cellule par cellule.

    Pour chaque image :

    1. niveaux de gris : la moyenne des canaux ;
    2. gradient : gx d'un pixel = son voisin de droite moins son voisin de gauche, gy = son voisin
       du dessous moins celui du dessus ; gx = 0 dans la première et la dernière colonne, gy = 0
       dans la première et la dernière ligne ;
    3. orientation : l'angle de (gx, gy), ``np.arctan2(gy, gx)``, ramené modulo pi dans [0, pi) (un
       bord clair-sombre et un bord sombre-clair comptent alors pour le même) ; elle tombe dans la
       case k = 0 ... ``bins`` - 1 telle que k pi / ``bins`` <= angle < (k + 1) pi / ``bins`` ;
    4. cellules : des carrés de ``cell`` pixels de côté, sans recouvrement, depuis le coin supérieur
       gauche ; les pixels qui n'en remplissent pas une entière, à droite et en bas, sont ignorés ;
    5. dans chaque cellule, chaque pixel ajoute à la case de son orientation la longueur de son
       gradient, la racine de gx² + gy² ;
    6. tous les histogrammes de l'image, mis bout à bout (cellules ligne après ligne), sont divisés
       par la norme euclidienne de l'ensemble ; une image uniforme reste à zéro.

    Renvoie un tableau de flottants (nombre, cellules × ``bins``).

    EN: Histograms of the orientations of the gradient, cell by cell.

    For each image:

    1. grey levels: the mean of the channels;
    2. gradient: gx of a pixel = its right neighbour minus its left neighbour, gy = its neighbour
       below minus the one above; gx = 0 in the first and last column, gy = 0 in the first and last
       row;
    3. orientation: the angle of (gx, gy), ``np.arctan2(gy, gx)``, taken modulo pi into [0, pi) (so
       that light-to-dark and dark-to-light edges count as the same); it falls in the bin
       k = 0 ... ``bins`` - 1 such that k pi / ``bins`` <= angle < (k + 1) pi / ``bins``;
    4. cells: squares with a side of ``cell`` pixels, without overlap, from the upper left corner;
       pixels that do not fill a whole one, at the right and at the bottom, are ignored;
    5. in each cell, each pixel adds the length of its gradient, the root of gx² + gy², to the bin
       of its orientation;
    6. all the histograms of the image, end to end (cells row after row), are divided by the
       Euclidean norm of the whole; a plain image stays at zero.

    Returns an array of floats (number, cells × ``bins``).
    """
    raise NotImplementedError


def network_features(model: Network, images: np.ndarray, layer: str, batch: int = 60) -> np.ndarray:
    """FR: Ce qu'une couche d'un réseau calcule pour chaque image, mis en une ligne.

    Donnez les images au réseau par lots de ``batch`` : toutes à la fois ne tiendraient pas toujours
    en mémoire. ``layer_output`` calcule un lot ; le dernier peut être incomplet, aucune image ne
    doit se perdre. Renvoie un tableau float32 (nombre, caractéristiques), l'image i à la ligne i.

    EN: What a layer of a network computes for each image, laid out in one line.

    Give the images to the network in batches of ``batch``: all at once would not always fit in
    memory. ``layer_output`` computes one batch; the last may be incomplete, no image must be lost.
    Returns a float32 array (number, features), image i in row i.
    """
    raise NotImplementedError


def svm_predict(train: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    """FR: Les classes de nouvelles images, par une machine à vecteurs de support.

    ``train`` (n, d) : des images décrites par d nombres, quels qu'ils soient ; ``labels`` (n,) ;
    ``new`` (m, d). Standardisez, puis ``SVC`` avec ``C=10`` et le noyau gaussien (son choix par
    défaut). Renvoie un tableau d'entiers (m,), des 0 et des 1.

    EN: The classes of new images, by a support vector machine.

    ``train`` (n, d): images described by d numbers, whatever they are; ``labels`` (n,); ``new``
    (m, d). Standardise, then ``SVC`` with ``C=10`` and the Gaussian kernel (its default). Returns an
    array of integers (m,), zeros and ones.
    """
    raise NotImplementedError


def forest_predict(train: np.ndarray, labels: np.ndarray, new: np.ndarray, seed: int) -> np.ndarray:
    """FR: Les classes de nouvelles images, par une forêt aléatoire de 100 arbres.

    Arguments et résultat comme pour ``svm_predict`` ; ``RandomForestClassifier`` tire ses arbres au
    sort : ``random_state=seed`` rend le tirage reproductible.

    EN: The classes of new images, by a random forest of 100 trees.

    Arguments and result as for ``svm_predict``; ``RandomForestClassifier`` draws its trees at
    random: ``random_state=seed`` makes the draw repeatable.
    """
    raise NotImplementedError


def compare(
    model: Network,
    layer: str,
    images: np.ndarray,
    labels: np.ndarray,
    held_out: np.ndarray,
    held_out_labels: np.ndarray,
    seed: int,
) -> dict[str, dict[str, float]]:
    """FR: La justesse de chaque méthode, pour chaque description des images.

    On apprend sur ``images`` et ``labels``, on juge sur ``held_out`` et ``held_out_labels``.
    Renvoie ``{"svm": {...}, "forest": {...}}`` ; chacun des deux dictionnaires a les clés
    "pixels" (``vectors``), "orientations" (``orientations``, avec ``CELL`` et ``BINS``) et
    "features" (``network_features`` de la couche ``layer``), et des flottants entre 0 et 1 pour
    valeurs. La forêt reçoit ``seed``.

    EN: The accuracy of each method, for each description of the images.

    Learn from ``images`` and ``labels``, judge on ``held_out`` and ``held_out_labels``. Returns
    ``{"svm": {...}, "forest": {...}}``; both dictionaries have the keys "pixels" (``vectors``),
    "orientations" (``orientations``, with ``CELL`` and ``BINS``) and "features"
    (``network_features`` of the layer ``layer``), and floats between 0 and 1 as values. The forest
    gets ``seed``.
    """
    raise NotImplementedError


def mcnemar(first_right: np.ndarray, second_right: np.ndarray) -> float:
    """FR: La statistique de McNemar de deux classifieurs jugés sur les mêmes images.

    ``first_right``, ``second_right`` : booléens (n,), vrai où le classifieur a répondu juste. Soit
    b le nombre d'images que seul le premier réussit, c celui des images que seul le second
    réussit. Renvoie max(|b - c| - 1, 0)² / (b + c), un flottant (le - 1 est la correction de
    continuité) ; 0.0 si b + c = 0.

    EN: McNemar's statistic of two classifiers judged on the same images.

    ``first_right``, ``second_right``: booleans (n,), true where the classifier is right. Let b be
    the number of images that only the first gets right, c of those that only the second gets
    right. Returns max(|b - c| - 1, 0)² / (b + c), a float (the - 1 is the correction for
    continuity); 0.0 if b + c = 0.
    """
    raise NotImplementedError


def better(first_right: np.ndarray, second_right: np.ndarray) -> str:
    """FR: Lequel des deux classifieurs les mesures permettent de préférer.

    Arguments de ``mcnemar``. Renvoie "undecided" si la statistique est inférieure à 3,84 (le hasard
    seul la dépasse une fois sur vingt), sinon "first" ou "second", celui qui a le plus de réponses
    justes.

    EN: Which of two classifiers the measurements allow to prefer.

    Arguments of ``mcnemar``. Returns "undecided" if the statistic is below 3.84 (chance alone
    exceeds it one time in twenty), otherwise "first" or "second", the one with more right answers.
    """
    raise NotImplementedError


# FR: Que choisiriez-vous pour 240 images, et qu'est-ce qui vous l'a appris ? Quelques phrases, avec
# FR: vos chiffres (lu par l'enseignant).
# EN: What would you choose for 240 images, and what taught you so? A few sentences, with your
# EN: figures (read by the teacher).
ANSWER = ""
