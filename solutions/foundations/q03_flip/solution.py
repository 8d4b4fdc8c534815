"""FR: Question 3, retourner le noyau : la vraie convolution.

EN: Question 3, flipping the kernel: true convolution.
"""

import numpy as np


def flip(kernel: np.ndarray) -> np.ndarray:
    """FR: Le noyau retourné le long de TOUS ses axes.

    ``kernel`` a un axe (coefficients,) ou deux (hauteur, largeur) : en deux dimensions, le
    coefficient en haut à gauche va en bas à droite. Renvoie un tableau de la même forme.

    EN: The kernel flipped along ALL its axes.

    ``kernel`` has one axis (taps,) or two (height, width): in two dimensions the upper left tap
    goes to the lower right. Returns an array of the same shape.
    """
    # BEGIN SOLUTION
    return np.flip(kernel)
    # END SOLUTION


def correlate2d(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """FR: Corrélation croisée d'une image : la réponse du noyau, posé tel quel, à chaque endroit.

    ``image`` est de forme (hauteur, largeur), ``kernel`` de forme (hauteur du noyau, largeur du
    noyau). Le noyau avance d'un pixel dans les deux directions et doit tenir tout entier dans
    l'image. Renvoie un tableau de flottants, une réponse par endroit.

    EN: Cross-correlation of an image: the response of the kernel, as it is, at every place.

    ``image`` has shape (height, width), ``kernel`` shape (kernel height, kernel width). The kernel
    advances by one pixel in both directions and must fit entirely inside the image. Returns an
    array of floats, one response for each place.
    """
    # BEGIN SOLUTION
    kernel_height, kernel_width = kernel.shape
    height = image.shape[0] - kernel_height + 1
    width = image.shape[1] - kernel_width + 1
    y = np.zeros((height, width), np.float32)
    for i in range(height):
        for j in range(width):
            y[i, j] = np.sum(image[i : i + kernel_height, j : j + kernel_width] * kernel)
    return y
    # END SOLUTION


def convolve2d(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """FR: Convolution au sens des mathématiciens, aux mêmes endroits que ``correlate2d``.

    Mêmes arguments et même forme de sortie ; le noyau y est retourné avant d'être posé.

    EN: Convolution as mathematicians define it, at the same places as ``correlate2d``.

    Same arguments and same shape of the output; the kernel is flipped before it is laid down.
    """
    # BEGIN SOLUTION
    return correlate2d(image, flip(kernel))
    # END SOLUTION


def convolve_full(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """FR: Convolution complète de deux suites de nombres.

    ``first`` a N nombres, ``second`` en a K ; l'une ou l'autre peut être la plus longue. La sortie
    n° i, pour i de 0 à N + K - 2, est la somme des ``first[i - a] * second[a]`` sur tous les a pour
    lesquels les deux indices existent. Renvoie un tableau de flottants de N + K - 1 nombres.

    EN: Full convolution of two sequences of numbers.

    ``first`` has N numbers, ``second`` has K; either may be the longer one. Output i, for i from 0
    to N + K - 2, is the sum of ``first[i - a] * second[a]`` over all a for which both indices
    exist. Returns an array of floats of N + K - 1 numbers.
    """
    # BEGIN SOLUTION
    y = np.zeros(len(first) + len(second) - 1, np.float32)
    for a, weight in enumerate(second):
        y[a : a + len(first)] += weight * first
    return y
    # END SOLUTION


def flip_changes_nothing(kernel: np.ndarray) -> bool:
    """FR: Si corrélation croisée et convolution donnent la même chose, QUELLE QUE SOIT l'image.

    ``kernel`` est de forme (hauteur, largeur). Renvoie un booléen.

    EN: Whether cross-correlation and convolution give the same, WHATEVER the image.

    ``kernel`` has shape (height, width). Returns a boolean.
    """
    # BEGIN SOLUTION
    return bool(np.array_equal(kernel, flip(kernel)))
    # END SOLUTION
