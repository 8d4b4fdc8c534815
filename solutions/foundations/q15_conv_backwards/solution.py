"""FR: Question 15, la convolution à rebours : trois gradients à la main.

La perte est un nombre L ; ``upstream`` est son gradient par rapport à la sortie de la couche, de la
forme de cette sortie.

EN: Question 15, convolution backwards: three gradients by hand.

The loss is a number L; ``upstream`` is its gradient with respect to the output of the layer, of the
shape of that output.
"""

import numpy as np


def conv2d(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """FR: Fournie : la convolution de pas 1, sans rien autour de l'image.

    ``x`` : (hauteur, largeur, canaux) ; ``kernel`` : (hauteur du filtre, largeur du filtre, canaux,
    filtres) ; ``bias`` : (filtres,). Renvoie (hauteur de sortie, largeur de sortie, filtres).

    EN: Given: the convolution of stride 1, with nothing around the image.

    ``x``: (height, width, channels); ``kernel``: (filter height, filter width, channels, filters);
    ``bias``: (filters,). Returns (output height, output width, filters).
    """
    high, wide, _, filters = kernel.shape
    y = np.zeros((x.shape[0] - high + 1, x.shape[1] - wide + 1, filters))
    for i, j in np.ndindex(y.shape[:2]):
        y[i, j] = np.tensordot(x[i : i + high, j : j + wide], kernel, axes=3) + bias
    return y


def bias_gradient(upstream: np.ndarray) -> np.ndarray:
    """FR: Le gradient de L par rapport aux biais.

    ``upstream`` : (hauteur de sortie, largeur de sortie, filtres). Renvoie des flottants (filtres,).

    EN: The gradient of L with respect to the biases.

    ``upstream``: (output height, output width, filters). Returns floats (filters,).
    """
    # BEGIN SOLUTION
    return upstream.sum(axis=(0, 1))
    # END SOLUTION


def kernel_gradient(x: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    """FR: Le gradient de L par rapport aux filtres.

    ``x`` : (hauteur, largeur, canaux) ; ``upstream`` : (hauteur de sortie, largeur de sortie,
    filtres). La taille du filtre se déduit de ces formes. Renvoie des flottants (hauteur du filtre,
    largeur du filtre, canaux, filtres).

    EN: The gradient of L with respect to the filters.

    ``x``: (height, width, channels); ``upstream``: (output height, output width, filters). The size
    of the filter follows from these shapes. Returns floats (filter height, filter width, channels,
    filters).
    """
    # BEGIN SOLUTION
    rows, columns, filters = upstream.shape
    high, wide = x.shape[0] - rows + 1, x.shape[1] - columns + 1
    gradient = np.zeros((high, wide, x.shape[2], filters))
    for u, v in np.ndindex(high, wide):
        met = x[u : u + rows, v : v + columns]
        gradient[u, v] = np.einsum("ijc,ijf->cf", met, upstream)
    return gradient
    # END SOLUTION


def input_gradient(kernel: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    """FR: Le gradient de L par rapport à l'image.

    ``kernel`` : (hauteur du filtre, largeur du filtre, canaux, filtres) ; ``upstream`` : (hauteur de
    sortie, largeur de sortie, filtres). Renvoie des flottants de la forme de l'image (hauteur,
    largeur, canaux).

    EN: The gradient of L with respect to the image.

    ``kernel``: (filter height, filter width, channels, filters); ``upstream``: (output height,
    output width, filters). Returns floats of the shape of the image (height, width, channels).
    """
    # BEGIN SOLUTION
    high, wide, channels, _ = kernel.shape
    rows, columns, _ = upstream.shape
    gradient = np.zeros((rows + high - 1, columns + wide - 1, channels))
    for i, j in np.ndindex(rows, columns):
        gradient[i : i + high, j : j + wide] += kernel @ upstream[i, j]
    return gradient
    # END SOLUTION


def finite_difference(
    x: np.ndarray,
    kernel: np.ndarray,
    bias: np.ndarray,
    upstream: np.ndarray,
    place: tuple[int, int, int, int],
    step: float,
) -> float:
    """FR: Une entrée du gradient des filtres, sans aucune formule : en essayant.

    La perte est ici L = somme(``upstream`` · ``conv2d(x, kernel, bias)``). ``place`` désigne un poids du
    filtre. Renvoie (L₊ − L₋) / (2 · ``step``), un flottant, où L₊ et L₋ sont les pertes quand ce
    poids est augmenté, puis diminué, de ``step``. ``kernel`` ne doit pas être modifié.

    EN: One entry of the gradient of the filters, without any formula: by trying.

    The loss is L = sum(``upstream`` · ``conv2d(x, kernel, bias)``) here. ``place`` names one weight of
    the filter. Returns (L₊ − L₋) / (2 · ``step``), a float, where L₊ and L₋ are the losses where that
    weight is increased, then decreased, by ``step``. ``kernel`` must not be changed.
    """

    # BEGIN SOLUTION
    def loss(change: float) -> float:
        moved = kernel.astype(float)
        moved[place] += change
        return float(np.sum(upstream * conv2d(x, moved, bias)))

    return (loss(step) - loss(-step)) / (2 * step)
    # END SOLUTION
