"""FR: Question 19, un pas ou un pooling : ce que l'on gagne, ce que l'on perd.

EN: Question 19, a stride or a pool: what is won, what is lost.
"""

import numpy as np


def multiplications(
    height: int, width: int, channels: int, filters: int, kernel: int, stride: int
) -> int:
    """FR: Nombre de multiplications d'une convolution de pas ``stride``.

    Des cartes de ``height`` × ``width`` × ``channels`` rencontrent ``filters`` filtres de ``kernel`` ×
    ``kernel``, impair, avec (``kernel`` − 1) / 2 zéros ajoutés de chaque côté : au pas 1, la taille est
    conservée. Chaque nombre produit coûte une multiplication par poids de son filtre, même au bord.
    Renvoie un entier.

    EN: Number of multiplications of a convolution of stride ``stride``.

    Maps of ``height`` × ``width`` × ``channels`` meet ``filters`` filters of ``kernel`` × ``kernel``,
    odd, with (``kernel`` − 1) / 2 zeros added on each side: at stride 1 the size is kept. Every number
    produced costs one multiplication per weight of its filter, at the border too. Returns an integer.
    """
    raise NotImplementedError


def saving(height: int, width: int, channels: int, filters: int, kernel: int, stride: int) -> float:
    """FR: Combien de fois moins de multiplications coûte la convolution à pas.

    Première façon : une convolution de pas 1, puis un pooling de fenêtre et de pas ``stride``, qui ne
    multiplie rien. Seconde façon : la même convolution, de pas ``stride``. Renvoie le rapport du premier
    coût au second, un flottant.

    EN: How many times fewer multiplications the strided convolution costs.

    First way: a convolution of stride 1, then a pooling of window and stride ``stride``, which multiplies
    nothing. Second way: the same convolution, of stride ``stride``. Returns the ratio of the first cost to
    the second, a float.
    """
    raise NotImplementedError


def strided_map(x: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """FR: La carte d'une convolution à pas, d'une image à un canal.

    ``x`` : (hauteur, largeur) ; ``kernel`` : (hauteur, largeur), non retourné ; rien n'est ajouté autour de
    l'image. Renvoie des flottants (hauteur de sortie, largeur de sortie).

    EN: The map of a strided convolution, of an image with one channel.

    ``x``: (height, width); ``kernel``: (height, width), not flipped; nothing is added around the image.
    Returns floats (output height, output width).
    """
    raise NotImplementedError


def peaks_lost(y: np.ndarray, stride: int) -> float:
    """FR: La part des fenêtres où le pas manque la plus forte réponse.

    ``y`` : une carte (hauteur, largeur), calculée au pas 1. Elle est coupée en fenêtres juxtaposées de
    ``stride`` × ``stride`` ; celle qui dépasserait ne compte pas. Le max pooling garde le plus grand
    nombre de la fenêtre ; une convolution de pas ``stride`` n'en aurait calculé que le premier, en haut
    à gauche. Renvoie la part des fenêtres où le second est strictement plus petit que le premier, un
    flottant entre 0 et 1.

    EN: The share of the windows in which the stride misses the strongest response.

    ``y``: a map (height, width), computed at stride 1. It is cut into windows of ``stride`` × ``stride``
    side by side; one that would stick out does not count. Max pooling keeps the largest number of the
    window; a convolution of stride ``stride`` would have computed only the first of them, in the upper
    left corner. Returns the share of windows in which the latter is strictly smaller than the former, a
    float between 0 and 1.
    """
    raise NotImplementedError


def unread_pixels(size: int, kernel: int, stride: int) -> int:
    """FR: Nombre de pixels d'un axe qu'aucune position du filtre ne lit.

    ``size`` : pixels de l'axe, sans rien autour ; ``kernel`` : taille du filtre, au plus ``size`` ;
    ``stride`` : son pas. Renvoie un entier.

    EN: Number of pixels of an axis that no position of the filter reads.

    ``size``: pixels of the axis, with nothing around; ``kernel``: size of the filter, at most ``size``;
    ``stride``: its stride. Returns an integer.
    """
    raise NotImplementedError
