"""FR: Question 10, des séries et des vidéos.

EN: Question 10, series and videos.
"""

import math

import numpy as np


def parameters(sizes: tuple[int, ...], in_channels: int, filters: int) -> int:
    """FR: Nombre de paramètres d'une convolution à un, deux ou trois axes : poids et biais.

    ``sizes`` : les tailles du filtre, une par axe : ``(5,)`` pour une série, ``(3, 3)`` pour une
    image, ``(2, 3, 3)`` pour une vidéo. Chaque filtre a un biais. Renvoie un entier.

    EN: Number of parameters of a convolution along one, two or three axes: weights and biases.

    ``sizes``: the sizes of the filter, one for each axis: ``(5,)`` for a series, ``(3, 3)`` for an
    image, ``(2, 3, 3)`` for a video. Every filter has one bias. Returns an integer.
    """
    raise NotImplementedError


def conv1d(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """FR: Convolution d'une série à plusieurs canaux, sans zéros autour et de pas 1.

    ``x`` : (longueur, canaux) ; ``kernel`` : (coefficients, canaux, nombre de filtres) ; ``bias`` :
    (nombre de filtres,). Pas de retournement. Renvoie un tableau de flottants (longueur de sortie,
    nombre de filtres).

    EN: Convolution of a series of several channels, without zeros around and with a stride of 1.

    ``x``: (length, channels); ``kernel``: (taps, channels, number of filters); ``bias``: (number of
    filters,). No flip. Returns an array of floats (output length, number of filters).
    """
    raise NotImplementedError


def gaussian(taps: int, sigma: float) -> np.ndarray:
    """FR: Un noyau en cloche, de somme 1.

    ``taps`` est impair. Le coefficient à la distance d du milieu est proportionnel à
    exp(-d² / (2 ``sigma``²)), et tous ensemble ont pour somme 1. Renvoie un tableau de flottants
    (taps,).

    EN: A bell-shaped kernel that adds up to 1.

    ``taps`` is odd. The tap at distance d from the middle is proportional to
    exp(-d² / (2 ``sigma``²)), and all of them add up to 1. Returns an array of floats (taps,).
    """
    raise NotImplementedError


def smooth(series: np.ndarray, taps: int, sigma: float) -> np.ndarray:
    """FR: Une série lissée par ``gaussian``, aussi longue qu'avant.

    ``series`` : (longueur,), prolongée de chaque côté par son miroir, le bord répété
    (*symmetric*, question 5) ; ``taps`` est impair, et plus petit que la longueur. Renvoie un
    tableau de flottants (longueur,).

    EN: A series smoothed by ``gaussian``, as long as before.

    ``series``: (length,), continued on each side by its mirror image, the edge repeated
    (*symmetric*, question 5); ``taps`` is odd, and less than the length. Returns an array of floats
    (length,).
    """
    raise NotImplementedError


def conv3d(video: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """FR: Convolution d'une vidéo : le filtre glisse dans le temps, vers le bas et vers la droite.

    ``video`` : (images, hauteur, largeur, canaux) ; ``kernel`` : (images du filtre, hauteur du
    filtre, largeur du filtre, canaux, nombre de filtres) ; ``bias`` : (nombre de filtres,). Ni
    zéros, ni retournement, pas de 1. Renvoie un tableau de flottants à quatre axes, les filtres en
    dernier.

    EN: Convolution of a video: the filter slides in time, down and to the right.

    ``video``: (frames, height, width, channels); ``kernel``: (filter frames, filter height, filter
    width, channels, number of filters); ``bias``: (number of filters,). No zeros, no flip, a stride
    of 1. Returns an array of floats of four axes, filters last.
    """
    raise NotImplementedError


def motion(video: np.ndarray) -> np.ndarray:
    """FR: Ce qui change d'une image à la suivante.

    ``video`` : (images, hauteur, largeur), en gris. La sortie n° t est l'image t + 1 moins l'image t.
    À calculer par ``conv3d`` avec un filtre de deux coefficients. Renvoie un tableau de flottants
    (images - 1, hauteur, largeur).

    EN: What changes from a frame to the next.

    ``video``: (frames, height, width), grey. Output t is frame t + 1 minus frame t. To be computed
    by ``conv3d`` with a filter of two taps. Returns an array of floats (frames - 1, height, width).
    """
    raise NotImplementedError
