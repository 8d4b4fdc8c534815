"""FR: Question 2, glisser le long d'un signal.

EN: Question 2, sliding along a signal.
"""

import numpy as np


def positions(length: int, taps: int) -> int:
    """FR: Nombre d'endroits où un noyau tient tout entier dans un signal.

    ``length`` : nombre d'échantillons du signal ; ``taps`` : nombre de coefficients du noyau, au
    plus ``length``. Le noyau avance d'un échantillon à la fois. Renvoie un entier.

    EN: Number of places where a kernel fits entirely inside a signal.

    ``length``: number of samples of the signal; ``taps``: number of taps of the kernel, at most
    ``length``. The kernel advances by one sample at a time. Returns an integer.
    """
    raise NotImplementedError


def correlate(signal: np.ndarray, kernel: np.ndarray, bias: float = 0.0) -> np.ndarray:
    """FR: La réponse d'un noyau à chaque endroit d'un signal.

    ``signal`` est de forme (longueur,), ``kernel`` de forme (coefficients,). La sortie n° i est la
    réponse au morceau de ``signal`` qui commence à l'échantillon i : la somme de ses produits avec
    le noyau, posé tel quel, plus ``bias``. Seuls comptent les endroits où le noyau tient tout
    entier. Renvoie un tableau de flottants.

    EN: The response of a kernel at every place of a signal.

    ``signal`` has shape (length,), ``kernel`` shape (taps,). Output i is the response to the piece
    of ``signal`` that starts at sample i: the sum of its products with the kernel, laid down as it
    is, plus ``bias``. Only places where the kernel fits entirely count. Returns an array of floats.
    """
    raise NotImplementedError


def moving_average(signal: np.ndarray, taps: int) -> np.ndarray:
    """FR: La moyenne de ``taps`` échantillons voisins, à chaque endroit où il y en a autant.

    Renvoie un tableau de flottants, à calculer par ``correlate`` avec le noyau qui convient.

    EN: The mean of ``taps`` neighbouring samples, at every place where there are so many.

    Returns an array of floats, to be computed by ``correlate`` with the kernel that does it.
    """
    raise NotImplementedError


def find_pattern(signal: np.ndarray, kernel: np.ndarray) -> int:
    """FR: Où le motif cherché par ``kernel`` est le plus marqué.

    Renvoie l'indice, dans ``signal``, du PREMIER échantillon du morceau dont la réponse est la plus
    grande ; à égalité, le morceau le plus à gauche.

    EN: Where the pattern that ``kernel`` looks for is most marked.

    Returns the index, in ``signal``, of the FIRST sample of the piece whose response is largest;
    of several equal ones, the leftmost piece.
    """
    raise NotImplementedError
