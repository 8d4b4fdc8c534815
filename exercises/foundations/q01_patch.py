"""FR: Question 1, un filtre regarde un carré d'image.

EN: Question 1, a filter looks at a patch of an image.
"""

import numpy as np


def response(patch: np.ndarray, kernel: np.ndarray, bias: float = 0.0) -> float:
    """FR: La réponse d'un filtre à un morceau d'image.

    ``patch`` et ``kernel`` ont la même forme (hauteur, largeur). Chaque pixel est multiplié par le
    poids qui est posé sur lui, les produits sont additionnés, et ``bias`` est ajouté une fois.
    Renvoie un flottant.

    EN: The response of a filter to a patch of an image.

    ``patch`` and ``kernel`` have the same shape (height, width). Each pixel is multiplied by the
    weight that lies on it, the products are added up, and ``bias`` is added once. Returns a float.
    """
    raise NotImplementedError


def neuron(patch: np.ndarray, kernel: np.ndarray, bias: float = 0.0) -> float:
    """FR: La réponse, suivie de la non-linéarité ReLU : ce qui est négatif devient 0.

    Mêmes arguments que ``response``. Renvoie un flottant.

    EN: The response, followed by the nonlinearity ReLU: what is negative becomes 0.

    Same arguments as ``response``. Returns a float.
    """
    raise NotImplementedError


def favourite_patch(kernel: np.ndarray) -> np.ndarray:
    """FR: Le morceau d'image qui donne au filtre sa plus grande réponse.

    Les pixels d'une image vont de 0 (noir) à 1 (blanc). Là où un poids est nul, le pixel ne compte
    pas : choisissez 0. Renvoie un tableau de flottants de la forme de ``kernel``.

    EN: The patch that gives the filter its largest response.

    Pixels of an image go from 0 (black) to 1 (white). Where a weight is zero the pixel does not
    count: choose 0. Returns an array of floats of the shape of ``kernel``.
    """
    raise NotImplementedError


def response_range(kernel: np.ndarray, bias: float = 0.0) -> tuple[float, float]:
    """FR: La plus petite et la plus grande réponse possibles.

    Parmi tous les morceaux d'image dont les pixels vont de 0 à 1, biais compris et sans ReLU.
    Renvoie deux flottants (plus petite, plus grande).

    EN: The smallest and the largest response there can be.

    Among all patches whose pixels go from 0 to 1, with the bias and without ReLU. Returns two
    floats (smallest, largest).
    """
    raise NotImplementedError


def best_filter(patch: np.ndarray, kernels: np.ndarray) -> int:
    """FR: Lequel de plusieurs filtres répond le plus fort.

    ``kernels`` est de forme (nombre de filtres, hauteur, largeur) : ``kernels[0]`` est le premier
    filtre. Il n'y a pas de biais. Renvoie le numéro, à partir de 0, du filtre dont la réponse à
    ``patch`` est la plus grande ; à égalité, le premier de ceux-là.

    EN: Which of several filters responds most.

    ``kernels`` has shape (number of filters, height, width): ``kernels[0]`` is the first filter.
    There is no bias. Returns the number, from 0 on, of the filter whose response to ``patch`` is
    the largest; of several equal ones the first.
    """
    raise NotImplementedError
