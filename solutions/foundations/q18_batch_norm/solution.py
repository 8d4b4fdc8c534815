"""FR: Question 18, la normalisation par lot.

``x`` est un lot de cartes (nombre, hauteur, largeur, canaux) ; ``scale``, ``shift``, moyennes et variances
ont une valeur par canal : (canaux,).

EN: Question 18, batch normalisation.

``x`` is a batch of maps (number, height, width, channels); ``scale``, ``shift``, means and variances have one
value per channel: (channels,).
"""

import numpy as np


def batch_statistics(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """FR: Moyenne et variance de chaque canal, sur tout le lot et toutes les positions.

    La variance est la moyenne des carrés des écarts à la moyenne. Renvoie deux tableaux de flottants
    (canaux,) : moyennes, variances.

    EN: Mean and variance of each channel, over the whole batch and all positions.

    The variance is the mean of the squared differences from the mean. Returns two arrays of floats
    (channels,): means, variances.
    """
    # BEGIN SOLUTION
    return x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    # END SOLUTION


def batch_norm_train(
    x: np.ndarray, scale: np.ndarray, shift: np.ndarray, epsilon: float
) -> np.ndarray:
    """FR: La couche pendant l'entraînement : avec les statistiques du lot lui-même.

    Chaque canal est centré, divisé par la racine de (variance + ``epsilon``), multiplié par son
    ``scale``, puis augmenté de son ``shift``. Renvoie des flottants de la forme de ``x``.

    EN: The layer in training: with the statistics of the batch itself.

    Each channel is centred, divided by the square root of (variance + ``epsilon``), multiplied by its
    ``scale``, then increased by its ``shift``. Returns floats of the shape of ``x``.
    """
    # BEGIN SOLUTION
    mean, variance = batch_statistics(x)
    return scale * (x - mean) / np.sqrt(variance + epsilon) + shift
    # END SOLUTION


def update_running(
    running_mean: np.ndarray, running_variance: np.ndarray, x: np.ndarray, rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """FR: Les statistiques glissantes, après un lot de plus.

    Chacune devient (1 − ``rate``) fois l'ancienne plus ``rate`` fois celle du lot. La variance du lot
    est ici estimée sans biais : la somme des carrés est divisée par n − 1, où n est le nombre de valeurs
    d'un canal (nombre × hauteur × largeur). Renvoie (moyennes, variances).

    EN: The running statistics, after one more batch.

    Each becomes (1 − ``rate``) times the old one plus ``rate`` times that of the batch. The variance of
    the batch is the unbiased estimate here: the sum of squares is divided by n − 1, where n is the number
    of values of a channel (number × height × width). Returns (means, variances).
    """
    # BEGIN SOLUTION
    mean, variance = batch_statistics(x)
    n = x.size // x.shape[-1]
    unbiased = variance * n / (n - 1)
    return (
        (1 - rate) * running_mean + rate * mean,
        (1 - rate) * running_variance + rate * unbiased,
    )
    # END SOLUTION


def batch_norm_eval(
    x: np.ndarray,
    scale: np.ndarray,
    shift: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    epsilon: float,
) -> np.ndarray:
    """FR: La couche en évaluation : avec les statistiques glissantes, quel que soit le lot.

    Même calcul que ``batch_norm_train``, avec ``mean`` et ``variance`` telles qu'elles sont données.

    EN: The layer in evaluation: with the running statistics, whatever the batch.

    Same computation as ``batch_norm_train``, with ``mean`` and ``variance`` as they are given.
    """
    # BEGIN SOLUTION
    return scale * (x - mean) / np.sqrt(variance + epsilon) + shift
    # END SOLUTION


def fold(
    kernel: np.ndarray,
    bias: np.ndarray,
    scale: np.ndarray,
    shift: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    epsilon: float,
) -> tuple[np.ndarray, np.ndarray]:
    """FR: Une convolution qui fait à elle seule la convolution et la normalisation qui la suit.

    ``kernel`` : (hauteur, largeur, canaux d'entrée, filtres) ; ``bias`` et les statistiques (filtres,).
    En évaluation, la normalisation multiplie chaque carte par un nombre et lui en ajoute un autre :
    les poids et les biais de la convolution peuvent s'en charger. Renvoie (filtres, biais), de mêmes
    formes.

    EN: One convolution that does both the convolution and the normalisation after it.

    ``kernel``: (height, width, input channels, filters); ``bias`` and the statistics (filters,). In
    evaluation the normalisation multiplies each map by one number and adds another to it: the weights
    and biases of the convolution can do that. Returns (filters, biases), of the same shapes.
    """
    # BEGIN SOLUTION
    factor = scale / np.sqrt(variance + epsilon)
    return kernel * factor, (bias - mean) * factor + shift
    # END SOLUTION
