"""FR: Question 9, des canaux qui ne se mélangent pas.

EN: Question 9, channels that do not mix.
"""

import numpy as np


def parameters(kernel: int, in_channels: int, filters: int, groups: int) -> int:
    """FR: Nombre de paramètres d'une convolution groupée : poids et biais.

    ``filters`` filtres carrés de ``kernel`` × ``kernel`` ; ``in_channels`` canaux partagés en
    ``groups`` groupes égaux, et les filtres de même (``groups`` divise les deux nombres). Chaque
    filtre a un biais. Renvoie un entier.

    EN: Number of parameters of a grouped convolution: weights and biases.

    ``filters`` square filters of ``kernel`` × ``kernel``; ``in_channels`` channels, shared out into
    ``groups`` equal groups, and so are the filters (``groups`` divides both numbers). Every filter
    has one bias. Returns an integer.
    """
    # BEGIN SOLUTION
    return filters * (kernel * kernel * (in_channels // groups) + 1)
    # END SOLUTION


def convolution(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """FR: Fournie : la convolution de la question 8, sans zéros ni biais et de pas 1.

    ``image`` : (hauteur, largeur, canaux) ; ``kernel`` : (hauteur, largeur, canaux, filtres).

    EN: Given: the convolution of question 8, without zeros or biases and with a stride of 1.

    ``image``: (height, width, channels); ``kernel``: (height, width, channels, filters).
    """
    kh, kw, _, filters = kernel.shape
    y = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1, filters), np.float32)
    for i, j, f in np.ndindex(y.shape):
        y[i, j, f] = np.sum(image[i : i + kh, j : j + kw] * kernel[..., f])
    return y


def grouped(image: np.ndarray, kernel: np.ndarray, groups: int) -> np.ndarray:
    """FR: Convolution groupée : les premiers filtres lisent les premiers canaux, et ainsi de suite.

    ``image`` : (hauteur, largeur, canaux) ; ``kernel`` : (hauteur du filtre, largeur du filtre,
    canaux / groups, nombre de filtres). Le premier groupe est fait des canaux / groups premiers
    canaux, que lisent les filtres / groups premiers filtres. Ni zéros, ni biais, pas de 1. Renvoie
    un tableau de flottants (hauteur de sortie, largeur de sortie, nombre de filtres), où les cartes
    sont dans l'ordre des filtres.

    EN: Grouped convolution: the first filters read the first channels, and so on.

    ``image``: (height, width, channels); ``kernel``: (filter height, filter width, channels /
    groups, number of filters). The first group is made of the first channels / groups channels,
    which the first filters / groups filters read. No zeros, no biases, a stride of 1. Returns an
    array of floats (output height, output width, number of filters), whose maps are in the order of
    the filters.
    """
    # BEGIN SOLUTION
    depth, share = image.shape[2] // groups, kernel.shape[3] // groups
    parts = [
        convolution(
            image[..., g * depth : (g + 1) * depth], kernel[..., g * share : (g + 1) * share]
        )
        for g in range(groups)
    ]
    return np.concatenate(parts, axis=-1)
    # END SOLUTION


def depthwise(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """FR: Convolution par canal : chaque canal a son propre filtre, et ne rencontre aucun autre canal.

    ``image`` : (hauteur, largeur, canaux) ; ``kernel`` : (hauteur du filtre, largeur du filtre,
    canaux). Renvoie un tableau de flottants (hauteur de sortie, largeur de sortie, canaux).

    EN: Depthwise convolution: each channel has a filter of its own, and meets no other channel.

    ``image``: (height, width, channels); ``kernel``: (filter height, filter width, channels).
    Returns an array of floats (output height, output width, channels).
    """
    # BEGIN SOLUTION
    return grouped(image, kernel[:, :, None], image.shape[2])
    # END SOLUTION


def separable(image: np.ndarray, kernel: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """FR: Convolution séparable en profondeur : par canal, puis 1 × 1.

    ``kernel`` comme pour ``depthwise`` ; ``weights`` : (canaux, nombre de filtres), les poids de la
    convolution 1 × 1 qui mélange ensuite les canaux, sans biais. Renvoie un tableau de flottants
    (hauteur de sortie, largeur de sortie, nombre de filtres).

    EN: Depthwise separable convolution: depthwise, then 1 × 1.

    ``kernel`` as for ``depthwise``; ``weights``: (channels, number of filters), the weights of the
    1 × 1 convolution that then mixes the channels, without a bias. Returns an array of floats
    (output height, output width, number of filters).
    """
    # BEGIN SOLUTION
    return depthwise(image, kernel) @ weights
    # END SOLUTION


def separable_weights(kernel: int, in_channels: int, filters: int) -> int:
    """FR: Nombre de poids d'une convolution séparable en profondeur, SANS biais.

    ``kernel`` × ``kernel`` pixels, ``in_channels`` canaux, ``filters`` cartes. Renvoie un entier.

    EN: Number of weights of a depthwise separable convolution, WITHOUT biases.

    ``kernel`` × ``kernel`` pixels, ``in_channels`` channels, ``filters`` maps. Returns an integer.
    """
    # BEGIN SOLUTION
    return kernel * kernel * in_channels + in_channels * filters
    # END SOLUTION


def share(kernel: int, in_channels: int, filters: int) -> float:
    """FR: La part des poids d'une convolution ordinaire qui reste quand on la remplace par une séparable.

    Les deux sans biais, avec les mêmes tailles : 0,25 veut dire quatre fois moins de poids. Renvoie
    un flottant.

    EN: The share of an ordinary convolution's weights that is left when a separable one replaces it.

    Both without biases and of the same sizes: 0.25 means four times fewer weights. Returns a float.
    """
    # BEGIN SOLUTION
    ordinary = kernel * kernel * in_channels * filters
    return separable_weights(kernel, in_channels, filters) / ordinary
    # END SOLUTION
