"""FR: Question 7, une couche dense est une convolution (et réciproquement).

Une image n'a pas d'axe de lot ici : sa forme est (hauteur, largeur, canaux). Un noyau a la forme
(hauteur, largeur, canaux, neurones), et les bibliothèques calculent une corrélation croisée :
le noyau n'est pas retourné.

EN: Question 7, a dense layer is a convolution (and conversely).

Images have no batch axis here: their shape is (height, width, channels). A kernel has the shape
(height, width, channels, units), and libraries compute a cross-correlation: the kernel is not
flipped.
"""

import numpy as np


def dense(x: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """FR: La couche dense de départ (donnée) : mise à plat puis produit par les poids.

    ``x`` : (h, w, c) ; ``weights`` : (h * w * c, neurones) ; ``bias`` : (neurones,).
    La mise à plat parcourt les lignes, puis les colonnes, puis les canaux : le canal varie le
    plus vite. Renvoie (neurones,).

    EN: The dense layer to start from (given): flatten, then multiply by the weights.

    ``x``: (h, w, c); ``weights``: (h * w * c, units); ``bias``: (units,).
    Flattening runs over rows, then columns, then channels: the channel varies fastest.
    Returns (units,).
    """
    return x.reshape(-1) @ weights + bias


def kernel_from_dense(weights: np.ndarray, shape: tuple, order: str = "hwc") -> np.ndarray:
    """FR: Noyau de la convolution qui fait le travail d'une couche dense.

    ``weights`` : (h * w * c, neurones). ``shape`` : (h, w, c), l'entrée de la couche avant sa mise
    à plat. ``order`` : dans quel ordre elle a été mise à plat,

    - "hwc" : lignes, colonnes, canaux (JAX, TensorFlow) ;
    - "chw" : canaux, lignes, colonnes (PyTorch).

    Renvoie dans les deux cas un noyau de forme (h, w, c, neurones).

    EN: Kernel of the convolution that does the work of a dense layer.

    ``weights``: (h * w * c, units). ``shape``: (h, w, c), the input of the layer before it was
    flattened. ``order``: in which order it was flattened,

    - "hwc": rows, columns, channels (JAX, TensorFlow);
    - "chw": channels, rows, columns (PyTorch).

    Returns in both cases a kernel of shape (h, w, c, units).
    """
    # BEGIN SOLUTION
    height, width, channels = shape
    units = weights.shape[1]
    if order == "hwc":
        return weights.reshape(height, width, channels, units)
    return weights.reshape(channels, height, width, units).transpose(1, 2, 0, 3)
    # END SOLUTION


def dense_as_convolution(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, shape: tuple
) -> np.ndarray:
    """FR: La couche dense, appliquée à chaque fenêtre d'une image par une convolution « valid ».

    ``weights``, ``bias`` : une couche dense prévue pour des entrées de forme ``shape`` = (h, w, c),
    mises à plat dans l'ordre "hwc". ``x`` : image (H, W, c), avec H >= h et W >= w. Renvoie
    (H - h + 1, W - w + 1, neurones) : en (i, j), ce que la couche dense répond à la fenêtre h × w
    dont le coin supérieur gauche est (i, j).

    EN: The dense layer, applied to every window of an image by a "valid" convolution.

    ``weights``, ``bias``: a dense layer made for inputs of shape ``shape`` = (h, w, c), flattened
    in the order "hwc". ``x``: an image (H, W, c), with H >= h and W >= w. Returns
    (H - h + 1, W - w + 1, units): at (i, j), what the dense layer answers to the h × w window
    whose upper left corner is (i, j).
    """
    # BEGIN SOLUTION
    kernel = kernel_from_dense(weights, shape)
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(0, 1))
    return np.einsum("ijchw,hwcu->iju", windows, kernel) + bias
    # END SOLUTION


def matrix_of_convolution(kernel: np.ndarray, shape: tuple) -> np.ndarray:
    """FR: La réciproque : les poids de la couche dense qui calcule une convolution « valid ».

    ``kernel`` : (h, w, c, filtres). ``shape`` : (H, W, c), forme de l'image. Renvoie une matrice de
    forme (H * W * c, H' * W' * filtres), où H' = H - h + 1 et W' = W - w + 1, telle que
    ``x.reshape(-1) @ matrice`` soit la convolution de ``x`` mise à plat : lignes, colonnes, puis
    filtres. Un poids partagé y apparaît autant de fois que le filtre a de positions.

    EN: The converse: the weights of the dense layer that computes a "valid" convolution.

    ``kernel``: (h, w, c, filters). ``shape``: (H, W, c), the shape of the image. Returns a matrix of
    shape (H * W * c, H' * W' * filters), where H' = H - h + 1 and W' = W - w + 1, such that
    ``x.reshape(-1) @ matrix`` is the flattened convolution of ``x``: rows, columns, then filters.
    A shared weight appears in it as many times as the filter has positions.
    """
    # BEGIN SOLUTION
    height, width, channels, filters = kernel.shape
    rows, columns = shape[0] - height + 1, shape[1] - width + 1
    matrix = np.zeros((*shape, rows, columns, filters), kernel.dtype)
    for i in range(rows):
        for j in range(columns):
            matrix[i : i + height, j : j + width, :, i, j, :] = kernel
    return matrix.reshape(shape[0] * shape[1] * channels, rows * columns * filters)
    # END SOLUTION
