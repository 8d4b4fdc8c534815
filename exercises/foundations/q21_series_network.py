"""FR: Question 21, un réseau pour des séries de toute longueur.

Une série a la forme (temps, canaux). Un réseau est un dictionnaire : ``"layers"``, la liste de ses convolutions,
chacune ``{"kernel": (taille, canaux, filtres), "bias": (filtres,)}`` ; ``"dense"``, la dernière couche,
``{"kernel": (filtres, classes), "bias": (classes,)}``. Les tailles des noyaux sont impaires.

EN: Question 21, a network for series of any length.

A series has the shape (time, channels). A network is a dictionary: ``"layers"``, the list of its convolutions, each
``{"kernel": (size, channels, filters), "bias": (filters,)}``; ``"dense"``, the last layer,
``{"kernel": (filters, classes), "bias": (classes,)}``. Kernel sizes are odd.
"""

from typing import Any

import numpy as np


def conv1d(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """FR: La convolution d'une série, de même longueur qu'elle.

    ``x`` : (temps, canaux) ; ``kernel`` : (taille impaire, canaux, filtres), non retourné ; ``bias`` :
    (filtres,). (taille − 1) / 2 zéros sont ajoutés avant la série, et autant après. Renvoie des flottants
    (temps, filtres).

    EN: The convolution of a series, of the same length.

    ``x``: (time, channels); ``kernel``: (odd size, channels, filters), not flipped; ``bias``: (filters,).
    (size − 1) / 2 zeros are added before the series, and as many after it. Returns floats (time, filters).
    """
    raise NotImplementedError


def global_average(maps: np.ndarray) -> np.ndarray:
    """FR: Une moyenne par filtre, sur tout le temps.

    ``maps`` : (temps, filtres). Renvoie des flottants (filtres,).

    EN: One mean per filter, over all of time.

    ``maps``: (time, filters). Returns floats (filters,).
    """
    raise NotImplementedError


def scores(x: np.ndarray, network: dict[str, Any]) -> np.ndarray:
    """FR: Les scores d'une série.

    Chaque convolution est suivie d'une ReLU, la dernière aussi ; puis viennent la moyenne globale et la couche
    dense, sans ReLU. Renvoie des flottants (classes,).

    EN: The scores of a series.

    Each convolution is followed by a ReLU, the last one too; then come the global average and the dense layer,
    without a ReLU. Returns floats (classes,).
    """
    raise NotImplementedError


def classify(series: list[np.ndarray], network: dict[str, Any]) -> list[int]:
    """FR: La classe de chaque série : celle du plus grand score.

    ``series`` : une liste de séries, dont les longueurs peuvent différer. Renvoie une liste d'entiers.

    EN: The class of each series: that of the largest score.

    ``series``: a list of series, whose lengths may differ. Returns a list of integers.
    """
    raise NotImplementedError


def parameter_count(network: dict[str, Any]) -> int:
    """FR: Le nombre de paramètres du réseau, poids et biais. Renvoie un entier.

    EN: The number of parameters of the network, weights and biases. Returns an integer.
    """
    raise NotImplementedError


def steps_seen(network: dict[str, Any]) -> int:
    """FR: Le nombre d'instants de la série que voit un instant de la dernière carte.

    Loin des bords. Renvoie un entier.

    EN: The number of time steps of the series that one time step of the last map sees.

    Away from the borders. Returns an integer.
    """
    raise NotImplementedError
