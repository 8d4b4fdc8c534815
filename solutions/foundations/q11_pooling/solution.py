"""FR: Question 11, réduire une carte par pooling.

EN: Question 11, shrinking a map by pooling.
"""

import numpy as np


def pooled_size(size: int, window: int, stride: int) -> int:
    """FR: Nombre de fenêtres le long d'un axe.

    ``size`` : pixels de l'axe ; ``window`` : pixels d'une fenêtre, au plus ``size`` ; ``stride`` :
    pixels d'une fenêtre à la suivante. Une fenêtre qui dépasserait du bord ne compte pas. Renvoie
    un entier.

    EN: Number of windows along one axis.

    ``size``: pixels of the axis; ``window``: pixels of a window, at most ``size``; ``stride``:
    pixels from one window to the next. A window that would stick out of the border does not count.
    Returns an integer.
    """
    # BEGIN SOLUTION
    return (size - window) // stride + 1
    # END SOLUTION


def max_pool(x: np.ndarray, window: int, stride: int) -> np.ndarray:
    """FR: Le plus grand nombre de chaque fenêtre.

    ``x`` : image (hauteur, largeur, canaux), en flottants. Une fenêtre de ``window`` × ``window``
    pixels avance de ``stride`` pixels dans les deux directions, sans rien ajouter autour de
    l'image. Chaque canal est traité à part. Renvoie des flottants (hauteur de sortie, largeur de
    sortie, canaux).

    EN: The largest number of each window.

    ``x``: image (height, width, channels), of floats. A window of ``window`` × ``window`` pixels
    advances by ``stride`` pixels in both directions, with nothing added around the image. Each
    channel is treated by itself. Returns floats (output height, output width, channels).
    """
    # BEGIN SOLUTION
    rows = pooled_size(x.shape[0], window, stride)
    columns = pooled_size(x.shape[1], window, stride)
    y = np.zeros((rows, columns, x.shape[2]), x.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            y[i, j] = x[top : top + window, left : left + window].max(axis=(0, 1))
    return y
    # END SOLUTION


def avg_pool(x: np.ndarray, window: int, stride: int) -> np.ndarray:
    """FR: La moyenne de chaque fenêtre, au lieu de son maximum.

    Mêmes arguments et même forme que ``max_pool``. Renvoie des flottants.

    EN: The mean of each window, instead of its maximum.

    Same arguments and same shape as ``max_pool``. Returns floats.
    """
    # BEGIN SOLUTION
    rows = pooled_size(x.shape[0], window, stride)
    columns = pooled_size(x.shape[1], window, stride)
    y = np.zeros((rows, columns, x.shape[2]), x.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            y[i, j] = x[top : top + window, left : left + window].mean(axis=(0, 1))
    return y
    # END SOLUTION


def min_pool(x: np.ndarray, window: int, stride: int) -> np.ndarray:
    """FR: Le plus petit nombre de chaque fenêtre ; ``max_pool`` peut servir.

    Mêmes arguments et même forme que ``max_pool``. Renvoie des flottants.

    EN: The smallest number of each window; ``max_pool`` may help.

    Same arguments and same shape as ``max_pool``. Returns floats.
    """
    # BEGIN SOLUTION
    return -max_pool(-x, window, stride)
    # END SOLUTION


def global_pool(x: np.ndarray, kind: str) -> np.ndarray:
    """FR: Un seul nombre par canal, quelle que soit la taille de l'image.

    ``x`` : image (hauteur, largeur, canaux) ; ``kind`` : "max" pour le maximum de tout le canal,
    "avg" pour sa moyenne. Renvoie des flottants (canaux,).

    EN: A single number per channel, whatever the size of the image.

    ``x``: image (height, width, channels); ``kind``: "max" for the maximum of the whole channel,
    "avg" for its mean. Returns floats (channels,).
    """
    # BEGIN SOLUTION
    return x.max(axis=(0, 1)) if kind == "max" else x.mean(axis=(0, 1))
    # END SOLUTION
