"""FR: Question 4, combien de zéros autour.

EN: Question 4, how many zeros around.
"""

import numpy as np

# FR: Les noms que donnent les bibliothèques au nombre de zéros ajoutés.
# EN: The names that libraries give to the number of zeros added.
PADDINGS = ("valid", "same", "full", "causal")


def zeros_around(taps: int, padding: str) -> tuple[int, int]:
    """FR: Nombre de zéros à ajouter avant et après un signal, pour un noyau de ``taps`` coefficients.

    ``padding`` vaut ``"valid"``, ``"same"``, ``"full"`` ou ``"causal"``. Si ``"same"`` demande un
    nombre impair de zéros, celui de plus va APRÈS. Renvoie deux entiers (avant, après).

    EN: Number of zeros to add before and after a signal, for a kernel of ``taps`` taps.

    ``padding`` is ``"valid"``, ``"same"``, ``"full"`` or ``"causal"``. Where ``"same"`` takes an
    odd number of zeros, the one more goes AFTER. Returns two integers (before, after).
    """
    raise NotImplementedError


def output_length(length: int, taps: int, padding: str) -> int:
    """FR: Nombre de sorties d'un noyau de ``taps`` coefficients sur ``length`` échantillons.

    ``padding`` comme pour ``zeros_around``. Renvoie un entier.

    EN: Number of outputs of a kernel of ``taps`` taps on ``length`` samples.

    ``padding`` as for ``zeros_around``. Returns an integer.
    """
    raise NotImplementedError


def pad(signal: np.ndarray, before: int, after: int) -> np.ndarray:
    """FR: Le signal avec ``before`` zéros devant et ``after`` zéros derrière.

    ``signal`` est de forme (longueur,). Renvoie un tableau de flottants.

    EN: The signal with ``before`` zeros in front and ``after`` zeros behind.

    ``signal`` has shape (length,). Returns an array of floats.
    """
    raise NotImplementedError


def correlate_valid(signal: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """FR: Fournie : la corrélation croisée de la question 2, sans zéros ni biais.

    EN: Given: the cross-correlation of question 2, without zeros or bias.
    """
    starts = range(len(signal) - len(kernel) + 1)
    return np.array([np.sum(signal[i : i + len(kernel)] * kernel) for i in starts], np.float32)


def correlate(signal: np.ndarray, kernel: np.ndarray, padding: str) -> np.ndarray:
    """FR: Corrélation croisée d'un signal complété par les zéros que nomme ``padding``.

    ``signal`` : (longueur,) ; ``kernel`` : (coefficients,). Renvoie un tableau de flottants de
    ``output_length`` sorties.

    EN: Cross-correlation of a signal that has received the zeros ``padding`` names.

    ``signal``: (length,); ``kernel``: (taps,). Returns an array of floats of ``output_length``
    outputs.
    """
    raise NotImplementedError


def correlate2d_valid(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """FR: Fournie : la corrélation croisée de la question 3, sans zéros.

    EN: Given: the cross-correlation of question 3, without zeros.
    """
    kh, kw = kernel.shape
    rows, columns = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    y = [
        [np.sum(image[i : i + kh, j : j + kw] * kernel) for j in range(columns)]
        for i in range(rows)
    ]
    return np.array(y, np.float32)


def correlate2d(image: np.ndarray, kernel: np.ndarray, padding: str) -> np.ndarray:
    """FR: De même pour une image : ``padding`` vaut ``"valid"``, ``"same"`` ou ``"full"``.

    ``image`` : (hauteur, largeur) ; ``kernel`` : (hauteur du noyau, largeur du noyau). Chaque axe
    reçoit les zéros que demande la taille du noyau le long de cet axe : avant (en haut, à gauche)
    et après (en bas, à droite). Renvoie un tableau de flottants.

    EN: The same for an image: ``padding`` is ``"valid"``, ``"same"`` or ``"full"``.

    ``image``: (height, width); ``kernel``: (kernel height, kernel width). Each axis receives the
    zeros that the kernel's size along that axis takes: before (above, on the left) and after
    (below, on the right). Returns an array of floats.
    """
    raise NotImplementedError
