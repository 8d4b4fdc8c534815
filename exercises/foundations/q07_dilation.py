"""FR: Question 7, écarter les coefficients : la dilatation.

EN: Question 7, spreading the taps: dilation.
"""

import numpy as np


def effective_size(kernel: int, dilation: int) -> int:
    """FR: Nombre de cases que couvre, d'un bout à l'autre, un noyau dilaté.

    ``kernel`` coefficients, dont deux voisins sont à ``dilation`` cases l'un de l'autre
    (``dilation = 1`` : le noyau ordinaire). Renvoie un entier.

    EN: Number of cells that a dilated kernel covers from one end to the other.

    ``kernel`` taps, two neighbours of which are ``dilation`` cells apart (``dilation = 1``: the
    ordinary kernel). Returns an integer.
    """
    raise NotImplementedError


def output_size(size: int, kernel: int, padding: int, stride: int, dilation: int) -> int:
    """FR: Nombre de positions d'un noyau dilaté le long d'un axe.

    Comme à la question 6 : ``size`` pixels, ``padding`` zéros de CHAQUE côté, pas ``stride``, une
    dernière position incomplète ne compte pas. Renvoie un entier.

    EN: Number of positions of a dilated kernel along an axis.

    As in question 6: ``size`` pixels, ``padding`` zeros on EACH side, stride ``stride``, a last,
    incomplete position does not count. Returns an integer.
    """
    raise NotImplementedError


def dilate(kernel: np.ndarray, dilation: int) -> np.ndarray:
    """FR: Le noyau ordinaire qui fait le même travail : des zéros entre les coefficients.

    ``kernel`` : (hauteur, largeur). Il y a ``dilation - 1`` zéros entre deux voisins, dans les deux
    directions, et aucun autour. Renvoie un tableau de flottants.

    EN: The ordinary kernel that does the same work: zeros between the taps.

    ``kernel``: (height, width). There are ``dilation - 1`` zeros between two neighbours, in both
    directions, and none around. Returns an array of floats.
    """
    raise NotImplementedError


def correlate(signal: np.ndarray, kernel: np.ndarray, dilation: int) -> np.ndarray:
    """FR: Corrélation croisée dilatée d'un signal, sans zéros autour et de pas 1.

    ``signal`` : (longueur,) ; ``kernel`` : (coefficients,). La sortie n° i est la somme des
    ``signal[i + a * dilation] * kernel[a]``. Renvoie un tableau de flottants.

    EN: Dilated cross-correlation of a signal, without zeros around and with a stride of 1.

    ``signal``: (length,); ``kernel``: (taps,). Output i is the sum of
    ``signal[i + a * dilation] * kernel[a]``. Returns an array of floats.
    """
    raise NotImplementedError


def correlate2d(image: np.ndarray, kernel: np.ndarray, dilation: int) -> np.ndarray:
    """FR: De même pour une image : la dilatation est la même dans les deux directions.

    ``image`` : (hauteur, largeur) ; ``kernel`` : (hauteur du noyau, largeur du noyau). Renvoie un
    tableau de flottants.

    EN: The same for an image: the dilation is the same in both directions.

    ``image``: (height, width); ``kernel``: (kernel height, kernel width). Returns an array of
    floats.
    """
    raise NotImplementedError


def samples_seen(kernel: int, dilations: list[int]) -> list[int]:
    """FR: Les échantillons dont dépend la première sortie d'une pile de couches dilatées.

    Chaque couche a un noyau de ``kernel`` coefficients, sans zéros autour et de pas 1 ;
    ``dilations[0]`` est la dilatation de la première. Renvoie les indices, dans le signal d'entrée,
    des échantillons qui entrent dans la sortie n° 0 de la dernière couche : une liste d'entiers,
    croissante et sans répétition.

    EN: The samples that the first output of a stack of dilated layers depends on.

    Each layer has a kernel of ``kernel`` taps, without zeros around and with a stride of 1;
    ``dilations[0]`` is the dilation of the first. Returns the indices, in the input signal, of the
    samples that enter output 0 of the last layer: a list of integers, increasing and without
    repetition.
    """
    raise NotImplementedError
