"""FR: Question 6, avancer de plusieurs pixels : le pas.

EN: Question 6, advancing by several pixels: the stride.
"""

import numpy as np


def output_size(size: int, kernel: int, padding: int, stride: int) -> int:
    """FR: Nombre de positions d'un noyau le long d'un axe.

    ``size`` pixels, complétés par ``padding`` zéros de CHAQUE côté ; un noyau de ``kernel`` pixels
    y avance de ``stride``. Une dernière position incomplète ne compte pas. Renvoie un entier.

    EN: Number of positions of a kernel along an axis.

    ``size`` pixels, with ``padding`` zeros added on EACH side; a kernel of ``kernel`` pixels
    advances by ``stride``. A last, incomplete position does not count. Returns an integer.
    """
    raise NotImplementedError


def left_over(size: int, kernel: int, padding: int, stride: int) -> int:
    """FR: Nombre de cases, au bout de l'axe complété, que la dernière position laisse à sa droite.

    Mêmes arguments que ``output_size`` ; les zéros de droite sont des cases comme les autres.
    Renvoie un entier.

    EN: Number of cells, at the end of the padded axis, that the last position leaves on its right.

    Same arguments as ``output_size``; the zeros on the right are cells like the others. Returns an
    integer.
    """
    raise NotImplementedError


def input_sizes(output: int, kernel: int, padding: int, stride: int) -> list[int]:
    """FR: Toutes les tailles d'entrée qui donnent ``output`` positions, de la plus petite à la plus grande.

    C'est la question inverse de ``output_size``, avec les mêmes noms ; ``padding`` est plus petit
    que la moitié de ``kernel``. Renvoie une liste d'entiers.

    EN: All input sizes that give ``output`` positions, from the smallest to the largest.

    This is ``output_size`` asked backwards, with the same names; ``padding`` is less than half of
    ``kernel``. Returns a list of integers.
    """
    raise NotImplementedError


def correlate2d(
    image: np.ndarray, kernel: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """FR: Corrélation croisée d'une image, qui avance de ``stride`` pixels dans les deux directions.

    ``image`` : (hauteur, largeur) ; ``kernel`` : (hauteur du noyau, largeur du noyau). ``padding``
    zéros sont d'abord ajoutés sur chacun des quatre côtés. Renvoie un tableau de flottants.

    EN: Cross-correlation of an image that advances by ``stride`` pixels in both directions.

    ``image``: (height, width); ``kernel``: (kernel height, kernel width). ``padding`` zeros are
    first added on each of the four sides. Returns an array of floats.
    """
    raise NotImplementedError


def shrink(image: np.ndarray, factor: int) -> np.ndarray:
    """FR: Une image réduite : chaque pixel est la moyenne d'un carré de ``factor`` × ``factor`` pixels.

    Les carrés sont juxtaposés ; un carré incomplet, à droite ou en bas, est laissé. ``image`` :
    (hauteur, largeur). À calculer par ``correlate2d``. Renvoie un tableau de flottants.

    EN: An image made smaller: each pixel is the mean of a square of ``factor`` × ``factor`` pixels.

    The squares lie side by side; an incomplete one, on the right or below, is left out. ``image``:
    (height, width). To be computed by ``correlate2d``. Returns an array of floats.
    """
    raise NotImplementedError
