"""FR: Question 16, LeNet assemblé couche par couche.

Une couche est un dictionnaire, dont ``"kind"`` est l'un de ces cinq mots :

- ``{"kind": "conv", "filters": 20, "kernel": 5, "padding": 2}`` : 20 filtres de 5 × 5, de pas 1, 2 zéros
  ajoutés de chaque côté ;
- ``{"kind": "relu"}`` : les nombres négatifs deviennent 0 ;
- ``{"kind": "pool", "window": 2}`` : max pooling, fenêtres juxtaposées ;
- ``{"kind": "flatten"}`` : l'image devient un vecteur, ligne après ligne, canaux en dernier ;
- ``{"kind": "dense", "units": 500}`` : 500 neurones, reliés à toutes les entrées.

EN: Question 16, LeNet assembled layer by layer.

A layer is a dictionary, whose ``"kind"`` is one of these five words:

- ``{"kind": "conv", "filters": 20, "kernel": 5, "padding": 2}``: 20 filters of 5 × 5, of stride 1, 2 zeros
  added on each side;
- ``{"kind": "relu"}``: negative numbers become 0;
- ``{"kind": "pool", "window": 2}``: max pooling, windows side by side;
- ``{"kind": "flatten"}``: the image becomes a vector, row after row, channels last;
- ``{"kind": "dense", "units": 500}``: 500 neurons, connected to all inputs.
"""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, padding: int) -> np.ndarray:
    """FR: Fournie : la convolution de pas 1 d'une image (hauteur, largeur, canaux).

    EN: Given: the convolution of stride 1 of an image (height, width, channels).
    """
    x = np.pad(x, ((padding, padding), (padding, padding), (0, 0)))
    patches = sliding_window_view(x, kernel.shape[:2], axis=(0, 1))
    return np.einsum("ijcuv,uvcf->ijf", patches, kernel, optimize=True) + bias


def max_pool(x: np.ndarray, window: int) -> np.ndarray:
    """FR: Fournie : le max pooling d'une image, fenêtres juxtaposées.

    EN: Given: the max pooling of an image, windows side by side.
    """
    windows = sliding_window_view(x, (window, window), axis=(0, 1))[::window, ::window]
    return windows.max(axis=(-2, -1))


def output_shape(layer: dict[str, Any], shape: tuple[int, ...]) -> tuple[int, ...]:
    """FR: La forme de ce que produit une couche.

    ``shape`` : la forme de son entrée, (hauteur, largeur, canaux) ou, après ``flatten``, (nombre,).
    Renvoie un tuple d'entiers.

    EN: The shape of what a layer produces.

    ``shape``: the shape of its input, (height, width, channels) or, after ``flatten``, (number,).
    Returns a tuple of integers.
    """
    raise NotImplementedError


def parameter_count(layer: dict[str, Any], shape: tuple[int, ...]) -> int:
    """FR: Le nombre de paramètres d'une couche, poids et biais.

    ``shape`` : la forme de son entrée. Renvoie un entier, 0 pour une couche sans paramètre.

    EN: The number of parameters of a layer, weights and biases.

    ``shape``: the shape of its input. Returns an integer, 0 for a layer without parameters.
    """
    raise NotImplementedError


def lenet() -> list[dict[str, Any]]:
    """FR: Les couches de LeNet, dans l'ordre où l'image les traverse.

    Deux fois : convolution 5 × 5 qui garde la taille (20 filtres, puis 50), ReLU, pooling 2. Puis
    aplatir, une couche dense de 500, ReLU, une couche dense de 10. Renvoie la liste des dix
    dictionnaires.

    EN: The layers of LeNet, in the order in which the image crosses them.

    Twice: a 5 × 5 convolution that keeps the size (20 filters, then 50), ReLU, pooling 2. Then
    flatten, a dense layer of 500, ReLU, a dense layer of 10. Returns the list of the ten
    dictionaries.
    """
    raise NotImplementedError


def summary(
    layers: list[dict[str, Any]], shape: tuple[int, ...]
) -> list[tuple[tuple[int, ...], int]]:
    """FR: Le tableau d'un réseau : pour chaque couche, la forme de sa sortie et ses paramètres.

    ``shape`` : la forme de l'image. Renvoie une liste de paires (forme, nombre), une par couche.

    EN: The table of a network: for each layer, the shape of its output and its parameters.

    ``shape``: the shape of the image. Returns a list of pairs (shape, number), one per layer.
    """
    raise NotImplementedError


def apply_layer(
    layer: dict[str, Any], weights: dict[str, np.ndarray] | None, x: np.ndarray
) -> np.ndarray:
    """FR: Ce que produit une couche.

    ``weights`` : None pour une couche sans paramètre, sinon ``{"kernel": …, "bias": …}`` ; le noyau
    d'une convolution est (hauteur, largeur, canaux, filtres), celui d'une couche dense (entrées,
    neurones). Renvoie des flottants.

    EN: What a layer produces.

    ``weights``: None for a layer without parameters, otherwise ``{"kernel": …, "bias": …}``; the
    kernel of a convolution is (height, width, channels, filters), that of a dense layer (inputs,
    neurons). Returns floats.
    """
    raise NotImplementedError


def forward(
    layers: list[dict[str, Any]], weights: list[dict[str, np.ndarray] | None], x: np.ndarray
) -> np.ndarray:
    """FR: Ce que produit tout un réseau, d'une couche à l'autre.

    ``weights`` : un élément par couche, comme dans ``apply_layer``. Renvoie la sortie de la dernière
    couche.

    EN: What a whole network produces, from layer to layer.

    ``weights``: one item per layer, as in ``apply_layer``. Returns the output of the last layer.
    """
    raise NotImplementedError
