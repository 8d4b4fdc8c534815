"""FR: Question 13, décaler avant ou après : l'équivariance, mesurée.

EN: Question 13, shift before or after: equivariance, measured.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def layer(x: np.ndarray, kernel: np.ndarray, stride: int, window: int) -> np.ndarray:
    """FR: Fournie : une convolution, puis un max pooling.

    ``x`` : image (hauteur, largeur) ; ``kernel`` : noyau (hauteur, largeur), qui avance de
    ``stride`` sans que rien ne soit ajouté autour de l'image ; le pooling prend ensuite des fenêtres
    de ``window`` × ``window``, juxtaposées. ``window`` = 1 : pas de pooling.

    EN: Given: a convolution, then a max pooling.

    ``x``: image (height, width); ``kernel``: kernel (height, width), which advances by ``stride``
    with nothing added around the image; the pooling then takes windows of ``window`` × ``window``,
    side by side. ``window`` = 1: no pooling.
    """
    patches = sliding_window_view(x, kernel.shape)[::stride, ::stride]
    y = np.einsum("ijuv,uv->ij", patches, kernel)
    return sliding_window_view(y, (window, window))[::window, ::window].max(axis=(-2, -1))


def shift(x: np.ndarray, down: int, right: int) -> np.ndarray:
    """FR: Une image dont le contenu est décalé ; ce qui est découvert vaut 0.

    ``x`` : (hauteur, largeur). Le contenu descend de ``down`` lignes et va de ``right`` colonnes vers
    la droite ; un nombre négatif va dans l'autre sens, et aucun n'atteint la taille de l'image. Ce qui sort
    d'un côté est perdu. Renvoie un tableau de la forme de ``x``.

    EN: An image whose contents are shifted; what is uncovered is 0.

    ``x``: (height, width). The contents move down by ``down`` rows and to the right by ``right``
    columns; a negative number moves the other way, and none reaches the size of the image. What leaves on one
    side is lost. Returns an array of the shape of ``x``.
    """
    # BEGIN SOLUTION
    height, width = x.shape
    y = np.zeros_like(x)
    y[max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = x[
        max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)
    ]
    return y
    # END SOLUTION


def overlap(
    before: np.ndarray, after: np.ndarray, down: int, right: int
) -> tuple[np.ndarray, np.ndarray]:
    """FR: Les parties de deux cartes qui se correspondent.

    ``before``, ``after`` : deux cartes de même forme ; la seconde devrait être la première, décalée
    de ``down`` et ``right`` comme par ``shift``. À ``before[i, j]`` correspond donc
    ``after[i + down, j + right]``. Renvoie deux tableaux de même forme : la partie de ``before`` dont
    le correspondant existe, et ces correspondants dans ``after``.

    EN: The parts of two maps that correspond to each other.

    ``before``, ``after``: two maps of the same shape; the second should be the first, shifted by
    ``down`` and ``right`` as by ``shift``. So ``before[i, j]`` corresponds to
    ``after[i + down, j + right]``. Returns two arrays of the same shape: the part of ``before`` whose
    counterpart exists, and these counterparts in ``after``.
    """
    # BEGIN SOLUTION
    height, width = before.shape
    kept = before[max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)]
    found = after[max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)]
    return kept, found
    # END SOLUTION


def equivariance_error(
    x: np.ndarray, kernel: np.ndarray, stride: int, window: int, down: int, right: int
) -> float:
    """FR: De combien « décaler puis calculer » diffère de « calculer puis décaler ».

    Soient ``before`` la carte que ``layer`` tire de ``x``, et ``after`` celle qu'elle tire de ``x``
    décalée de ``down`` et ``right`` pixels. Un pixel de la carte en couvre ``stride * window`` de
    l'image : la carte devrait s'être décalée de ``down // (stride * window)`` lignes et de
    ``right // (stride * window)`` colonnes. Renvoie la plus grande différence, en valeur absolue,
    entre les deux parties que rend ``overlap``, que les décalages laissent assez grandes pour qu'il y
    ait quelque chose à comparer. Un flottant.

    EN: By how much "shift, then compute" differs from "compute, then shift".

    Let ``before`` be the map that ``layer`` makes of ``x``, and ``after`` the one it makes of ``x``
    shifted by ``down`` and ``right`` pixels. One pixel of the map stands for ``stride * window`` of
    the image: the map should have moved by ``down // (stride * window)`` rows and
    ``right // (stride * window)`` columns. Returns the largest difference, in absolute value,
    between the two parts that ``overlap`` gives; the shifts leave something in them to be compared.
    A float.
    """
    # BEGIN SOLUTION
    before = layer(x, kernel, stride, window)
    after = layer(shift(x, down, right), kernel, stride, window)
    pixels = stride * window
    kept, found = overlap(before, after, down // pixels, right // pixels)
    return float(np.max(np.abs(kept - found)))
    # END SOLUTION


def harmless_shifts(
    x: np.ndarray, kernel: np.ndarray, stride: int, window: int, most: int
) -> list[int]:
    """FR: Les décalages que la carte suit exactement.

    Renvoie la liste, croissante, des d de 0 à ``most`` (compris) pour lesquels l'erreur
    d'équivariance de ``x`` décalée de d lignes et de d colonnes est inférieure à 0,001.

    EN: The shifts that the map follows exactly.

    Returns the list, in increasing order, of the d from 0 to ``most`` (included) for which the
    equivariance error of ``x`` shifted by d rows and d columns is below 0.001.
    """
    # BEGIN SOLUTION
    errors = {d: equivariance_error(x, kernel, stride, window, d, d) for d in range(most + 1)}
    return [d for d, error in errors.items() if error < 1e-3]
    # END SOLUTION
