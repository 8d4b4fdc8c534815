"""FR: Question 12, le pooling à rebours : où va le gradient.

EN: Question 12, pooling backwards: where the gradient goes.
"""

import numpy as np


def winners(x: np.ndarray, window: int, stride: int) -> np.ndarray:
    """FR: La place, dans l'image, du plus grand nombre de chaque fenêtre.

    ``x`` : image (hauteur, largeur, canaux). Fenêtres de ``window`` × ``window`` pixels, de pas
    ``stride``, qui tiennent tout entières dans l'image. Renvoie des entiers (hauteur de sortie,
    largeur de sortie, canaux, 2) : la ligne et la colonne du maximum, comptées dans l'image.
    Quand plusieurs pixels de la fenêtre sont à égalité, c'est le premier dans le sens de la lecture
    (ligne après ligne, chacune de gauche à droite).

    EN: The place, in the image, of the largest number of each window.

    ``x``: image (height, width, channels). Windows of ``window`` × ``window`` pixels, of stride
    ``stride``, that fit entirely inside the image. Returns integers (output height, output width,
    channels, 2): row and column of the maximum, counted in the image. Where several pixels of the
    window are equal it is the first in reading order (row after row, each from left to right).
    """
    # BEGIN SOLUTION
    height, width, channels = x.shape
    rows, columns = (height - window) // stride + 1, (width - window) // stride + 1
    places = np.zeros((rows, columns, channels, 2), int)
    for i, j, c in np.ndindex(rows, columns, channels):
        top, left = i * stride, j * stride
        block = x[top : top + window, left : left + window, c]
        u, v = divmod(int(block.argmax()), window)
        places[i, j, c] = top + u, left + v
    return places
    # END SOLUTION


def max_pool_backward(x: np.ndarray, upstream: np.ndarray, window: int, stride: int) -> np.ndarray:
    """FR: Le gradient de la perte par rapport à l'entrée d'un max pooling.

    ``upstream`` : le gradient par rapport à la sortie du pooling, de sa forme (hauteur de sortie,
    largeur de sortie, canaux). Les autres arguments sont ceux de ``winners``, qui peut servir. Renvoie des
    flottants de la forme de ``x``. En cas d'égalité, tout va au pixel que donne ``winners``.

    EN: The gradient of the loss with respect to the input of a max pooling.

    ``upstream``: the gradient with respect to the output of the pooling, of its shape (output
    height, output width, channels). The other arguments are those of ``winners``, which may help. Returns floats
    of the shape of ``x``. Where there is a tie, all goes to the pixel that ``winners`` gives.
    """
    # BEGIN SOLUTION
    gradient = np.zeros(x.shape, np.float32)
    places = winners(x, window, stride)
    for i, j, c in np.ndindex(upstream.shape):
        row, column = places[i, j, c]
        gradient[row, column, c] += upstream[i, j, c]
    return gradient
    # END SOLUTION


def avg_pool_backward(
    shape: tuple[int, int, int], upstream: np.ndarray, window: int, stride: int
) -> np.ndarray:
    """FR: Le gradient de la perte par rapport à l'entrée d'un pooling moyen.

    ``shape`` : la forme (hauteur, largeur, canaux) de l'entrée, dont les valeurs ne jouent aucun
    rôle. ``upstream``, ``window`` et ``stride`` : comme dans ``max_pool_backward``. Renvoie des
    flottants de forme ``shape``.

    EN: The gradient of the loss with respect to the input of an average pooling.

    ``shape``: the shape (height, width, channels) of the input, whose values play no part.
    ``upstream``, ``window`` and ``stride``: as in ``max_pool_backward``. Returns floats of shape
    ``shape``.
    """
    # BEGIN SOLUTION
    gradient = np.zeros(shape, np.float32)
    for i, j in np.ndindex(upstream.shape[:2]):
        top, left = i * stride, j * stride
        gradient[top : top + window, left : left + window] += upstream[i, j] / window**2
    return gradient
    # END SOLUTION
