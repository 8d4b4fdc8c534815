"""FR: Question 8, plusieurs canaux, plusieurs filtres.

EN: Question 8, many channels, many filters.
"""

import numpy as np


def parameters(kernel_height: int, kernel_width: int, in_channels: int, filters: int) -> int:
    """FR: Nombre de paramètres d'une couche de convolution : poids et biais.

    ``filters`` filtres de ``kernel_height`` × ``kernel_width`` pixels, sur une entrée de
    ``in_channels`` canaux ; chaque filtre a un biais. Renvoie un entier.

    EN: Number of parameters of a convolution layer: weights and biases.

    ``filters`` filters of ``kernel_height`` × ``kernel_width`` pixels, on an input of
    ``in_channels`` channels; every filter has one bias. Returns an integer.
    """
    raise NotImplementedError


def network_parameters(in_channels: int, layers: list[tuple[int, int]]) -> int:
    """FR: Nombre de paramètres de plusieurs couches de convolution à la suite.

    L'image a ``in_channels`` canaux ; chaque couche est un couple (taille de ses filtres carrés,
    nombre de filtres). Les cartes d'une couche sont les canaux de la suivante. Renvoie un entier.

    EN: Number of parameters of several convolution layers, one after the other.

    The image has ``in_channels`` channels; each layer is a pair (size of its square filters, number
    of filters). The maps of a layer are the channels of the next. Returns an integer.
    """
    raise NotImplementedError


def one_filter(image: np.ndarray, kernel: np.ndarray, bias: float = 0.0) -> np.ndarray:
    """FR: La carte d'un seul filtre sur une image à plusieurs canaux.

    ``image`` : (hauteur, largeur, canaux) ; ``kernel`` : (hauteur du filtre, largeur du filtre,
    canaux). Ni zéros autour, ni retournement, pas de 1. Renvoie un tableau de flottants
    (hauteur de sortie, largeur de sortie) : il n'y a plus de canaux.

    EN: The map of a single filter on an image of several channels.

    ``image``: (height, width, channels); ``kernel``: (filter height, filter width, channels).
    Neither zeros around nor a flip, a stride of 1. Returns an array of floats (output height,
    output width): there are no channels any more.
    """
    raise NotImplementedError


def convolution(
    image: np.ndarray, kernel: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """FR: Une couche de convolution entière : toutes les cartes, le pas, les zéros, les biais.

    ``image`` : (hauteur, largeur, canaux) ; ``kernel`` : (hauteur du filtre, largeur du filtre,
    canaux, nombre de filtres) ; ``bias`` : (nombre de filtres,). ``padding`` zéros sont ajoutés
    sur chacun des quatre côtés, puis les filtres avancent de ``stride`` pixels. Renvoie un tableau
    de flottants (hauteur de sortie, largeur de sortie, nombre de filtres).

    EN: A whole convolution layer: all maps, the stride, the zeros, the biases.

    ``image``: (height, width, channels); ``kernel``: (filter height, filter width, channels, number
    of filters); ``bias``: (number of filters,). ``padding`` zeros are added on each of the four
    sides, then the filters advance by ``stride`` pixels. Returns an array of floats (output height,
    output width, number of filters).
    """
    raise NotImplementedError


def pointwise(image: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """FR: La convolution 1 × 1 : en chaque pixel, un mélange de ses canaux.

    ``image`` : (hauteur, largeur, canaux) ; ``weights`` : (canaux, nombre de filtres) ; ``bias`` :
    (nombre de filtres,). Renvoie un tableau de flottants (hauteur, largeur, nombre de filtres).

    EN: The 1 × 1 convolution: in each pixel, a mixture of its channels.

    ``image``: (height, width, channels); ``weights``: (channels, number of filters); ``bias``:
    (number of filters,). Returns an array of floats (height, width, number of filters).
    """
    raise NotImplementedError
