"""FR: Question 8, un réseau entièrement convolutif.

Une image a la forme (hauteur, largeur, canaux). Un petit réseau ``net`` est un dictionnaire :

- ``"trunk"`` : liste de (noyau, biais), des convolutions suivies de ReLU et d'un pooling 2 × 2 ;
- ``"padding"`` : nombre de zéros que chacune ajoute de chaque côté ;
- ``"shape"`` : forme (h, w, c) de ce que le tronc donne pour une image de la taille prévue ;
- ``"head"`` : liste de (poids, biais), des couches denses avec une ReLU entre deux ;
- ``"window"``, ``"stride"`` : côté (en pixels) des images prévues, et nombre de pixels de l'image
  qui séparent deux positions voisines en sortie du tronc.

EN: Question 8, a fully convolutional network.

Images have the shape (height, width, channels). A small network ``net`` is a dictionary:

- ``"trunk"``: list of (kernel, bias), convolutions followed by ReLU and a 2 × 2 max pooling;
- ``"padding"``: number of zeros that each of them adds on each side;
- ``"shape"``: shape (h, w, c) of what the trunk gives for an image of the planned size;
- ``"head"``: list of (weights, bias), dense layers with a ReLU between two of them;
- ``"window"``, ``"stride"``: side (in pixels) of the planned images, and number of pixels of the
  image between two neighbouring positions at the end of the trunk.
"""

from typing import Any

import jax
import numpy as np
from flax import nnx

sliding_windows = np.lib.stride_tricks.sliding_window_view


def features(image: np.ndarray, net: dict) -> np.ndarray:
    """FR: Ce que le tronc donne pour une image de n'importe quelle taille (donné).

    EN: What the trunk gives for an image of any size (given).
    """
    border = net["padding"]
    for kernel, bias in net["trunk"]:
        padded = np.pad(image, ((border, border), (border, border), (0, 0)))
        windows = sliding_windows(padded, kernel.shape[:2], axis=(0, 1))
        image = np.maximum(np.einsum("ijchw,hwcf->ijf", windows, kernel) + bias, 0)
        rows, columns = image.shape[0] // 2, image.shape[1] // 2
        image = image[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2, -1).max(axis=(1, 3))
    return image


def classify(image: np.ndarray, net: dict) -> np.ndarray:
    """FR: Les scores (classes,) du réseau d'origine, pour une image de la taille prévue (donné).

    EN: The scores (classes,) of the original network, for an image of the planned size (given).
    """
    x = features(image, net).reshape(-1)
    for weights, bias in net["head"][:-1]:
        x = np.maximum(x @ weights + bias, 0)
    weights, bias = net["head"][-1]
    return x @ weights + bias


def convolutional_head(head: list[tuple], shape: tuple) -> list[tuple]:
    """FR: Les couches denses d'une tête, changées en convolutions.

    ``head`` : liste de (poids (n, m), biais (m,)). La première couche reçoit une carte de forme
    ``shape`` = (h, w, c) mise à plat (lignes, colonnes, puis canaux), chacune des suivantes reçoit
    les neurones de la précédente. Renvoie la liste des (noyau, biais) : le premier noyau a la forme
    (h, w, c, m), les suivants (1, 1, n, m). Les biais ne changent pas.

    EN: The dense layers of a head, turned into convolutions.

    ``head``: list of (weights (n, m), bias (m,)). The first layer receives a map of shape
    ``shape`` = (h, w, c), flattened (rows, columns, then channels), each of the others receives the
    units of the one before. Returns the list of (kernel, bias): the first kernel has the shape
    (h, w, c, m), the others (1, 1, n, m). The biases do not change.
    """
    raise NotImplementedError


def score_map(feature_map: np.ndarray, layers: list[tuple]) -> np.ndarray:
    """FR: La carte de scores : les convolutions de la tête, appliquées à une carte quelconque.

    ``feature_map`` : (H, W, c). ``layers`` : ce que renvoie ``convolutional_head``. Des
    convolutions « valid » de pas 1, avec une ReLU entre deux et aucune après la dernière. Renvoie
    (H - h + 1, W - w + 1, classes).

    EN: The map of scores: the convolutions of the head, applied to a map of any size.

    ``feature_map``: (H, W, c). ``layers``: what ``convolutional_head`` returns. "Valid"
    convolutions with stride 1, with a ReLU between two of them and none after the last. Returns
    (H - h + 1, W - w + 1, classes).
    """
    raise NotImplementedError


def map_shape(image_shape: tuple, window: int, stride: int) -> tuple[int, int]:
    """FR: Nombre de lignes et de colonnes de la carte de scores d'une image.

    ``image_shape`` : (hauteur, largeur) en pixels. Une fenêtre de ``window`` × ``window`` pixels se
    déplace de ``stride`` pixels et reste dans l'image. Renvoie (lignes, colonnes) ; 0 le long d'un
    axe plus court que la fenêtre.

    EN: Number of rows and columns of the score map of an image.

    ``image_shape``: (height, width) in pixels. A window of ``window`` × ``window`` pixels moves by
    ``stride`` pixels and stays inside the image. Returns (rows, columns); 0 along an axis that is
    shorter than the window.
    """
    raise NotImplementedError


def sliding_scores(image: np.ndarray, net: dict) -> np.ndarray:
    """FR: La même carte, à l'ancienne : le réseau d'origine appliqué fenêtre après fenêtre.

    Découpez dans ``image`` toutes les fenêtres de ``net["window"]`` pixels de côté, tous les
    ``net["stride"]`` pixels, et donnez chacune à ``classify``. Renvoie (lignes, colonnes, classes).

    EN: The same map, the old way: the original network applied window after window.

    Cut out of ``image`` all windows of side ``net["window"]``, every ``net["stride"]`` pixels, and
    give each one to ``classify``. Returns (rows, columns, classes).
    """
    raise NotImplementedError


def largest_gap(image: np.ndarray, net: dict) -> float:
    """FR: La plus grande différence, en valeur absolue, entre les deux cartes.

    D'un côté ``sliding_scores``, de l'autre la tête convolutive appliquée une seule fois à
    ``features(image, net)``. Renvoie un flottant.

    EN: The largest difference, in absolute value, between the two maps.

    On one side ``sliding_scores``, on the other the convolutional head applied once to
    ``features(image, net)``. Returns a float.
    """
    raise NotImplementedError


def locate(scores: np.ndarray, label: int, window: int, stride: int) -> tuple[int, int, int, int]:
    """FR: La fenêtre de l'image qui ressemble le plus à une classe.

    ``scores`` : (lignes, colonnes, classes). Cherche la position du plus grand score de la classe
    ``label`` (la première en lisant ligne après ligne s'il y en a plusieurs). Renvoie, en pixels de
    l'image, (haut, gauche, bas, droite) de sa fenêtre, ``bas`` et ``droite`` exclus :
    ``image[haut:bas, gauche:droite]`` est cette fenêtre.

    EN: The window of the image that looks most like a class.

    ``scores``: (rows, columns, classes). Finds the position of the largest score of the class
    ``label`` (the first one, reading row after row, if there are several). Returns, in pixels of the
    image, (top, left, bottom, right) of its window, ``bottom`` and ``right`` excluded:
    ``image[top:bottom, left:right]`` is that window.
    """
    raise NotImplementedError


def vgg_score_map(model: Any, image: np.ndarray, shape: tuple) -> np.ndarray:
    """FR: La carte de scores d'un vrai VGG, sur une image plus grande que prévu.

    ``model`` : un réseau VGG de ``jaxcnn.models``. ``model.features`` prend un lot d'images
    (nombre, hauteur, largeur, 3) ; ``model.classifier`` se parcourt couche par couche, et ses
    couches denses sont des ``nnx.Linear`` (poids ``kernel``, biais ``bias``), avec une ReLU entre
    deux (son dropout est à ignorer). ``shape`` : (h, w, c), la carte pour laquelle la tête est
    faite. ``image`` : (hauteur, largeur, 3). Renvoie (lignes, colonnes, classes).

    EN: The score map of a real VGG, on a larger image than planned.

    ``model``: a VGG network of ``jaxcnn.models``. ``model.features`` takes a batch of images
    (number, height, width, 3); ``model.classifier`` can be iterated over layer by layer, and its
    dense layers are ``nnx.Linear`` (weights ``kernel``, bias ``bias``), with a ReLU between two of
    them (ignore its dropout). ``shape``: (h, w, c), the map the head is made for. ``image``:
    (height, width, 3). Returns (rows, columns, classes).
    """
    raise NotImplementedError
