"""FR: Question 17, une étape d'entraînement.

EN: Question 17, a training step.
"""

import numpy as np


def statistics(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """FR: La moyenne et l'écart type de chaque canal, sur tout l'ensemble d'apprentissage.

    ``images`` : (nombre, hauteur, largeur, canaux). L'écart type est la racine de la moyenne des carrés
    des écarts à la moyenne. Renvoie deux tableaux de flottants (canaux,) : moyennes, écarts types.

    EN: The mean and the standard deviation of each channel, over the whole training set.

    ``images``: (number, height, width, channels). The standard deviation is the square root of the mean
    of the squared differences from the mean. Returns two arrays of floats (channels,): means, standard
    deviations.
    """
    raise NotImplementedError


def normalise(images: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """FR: Des images dont chaque canal est centré, puis réduit.

    ``images`` : (nombre, hauteur, largeur, canaux), de l'apprentissage ou du test ; ``mean``,
    ``deviation`` : (canaux,), ce que ``statistics`` a trouvé sur l'apprentissage, écarts types non
    nuls. Renvoie des flottants de la même forme.

    EN: Images each of whose channels is centred, then scaled.

    ``images``: (number, height, width, channels), of the training or of the test set; ``mean``,
    ``deviation``: (channels,), what ``statistics`` found on the training set, deviations not zero.
    Returns floats of the same shape.
    """
    raise NotImplementedError


def softmax(scores: np.ndarray) -> np.ndarray:
    """FR: Des scores aux probabilités.

    ``scores`` : (nombre, classes), de taille quelconque : 1000 ne doit pas déborder. Renvoie des
    flottants (nombre, classes), dont chaque ligne est positive et de somme 1.

    EN: From scores to probabilities.

    ``scores``: (number, classes), of any magnitude: 1000 must not overflow. Returns floats (number,
    classes), each row of which is positive and adds up to 1.
    """
    raise NotImplementedError


def cross_entropy(scores: np.ndarray, labels: np.ndarray) -> float:
    """FR: La perte : moyenne, sur les exemples, de −log (probabilité de la bonne classe).

    ``scores`` : (nombre, classes) ; ``labels`` : (nombre,), des entiers, la bonne classe de chaque
    exemple. Le logarithme est népérien. Renvoie un flottant.

    EN: The loss: mean, over the examples, of −log (probability of the right class).

    ``scores``: (number, classes); ``labels``: (number,), integers, the right class of each example.
    The logarithm is the natural one. Returns a float.
    """
    raise NotImplementedError


def score_gradient(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """FR: Le gradient de ``cross_entropy`` par rapport aux scores.

    Mêmes arguments. Renvoie des flottants (nombre, classes).

    EN: The gradient of ``cross_entropy`` with respect to the scores.

    Same arguments. Returns floats (number, classes).
    """
    raise NotImplementedError


def momentum_step(
    weights: np.ndarray, velocity: np.ndarray, gradient: np.ndarray, rate: float, momentum: float
) -> tuple[np.ndarray, np.ndarray]:
    """FR: Une étape de descente avec inertie.

    La vitesse devient ``momentum`` · vitesse + gradient ; les poids reculent ensuite de ``rate`` fois
    la *nouvelle* vitesse. Les tableaux reçus ne sont pas modifiés. Renvoie (poids, vitesse).

    EN: One step of descent with momentum.

    The velocity becomes ``momentum`` · velocity + gradient; then the weights go back by ``rate`` times
    the *new* velocity. The arrays received are not changed. Returns (weights, velocity).
    """
    raise NotImplementedError


def train(
    x: np.ndarray, labels: np.ndarray, classes: int, steps: int, rate: float, momentum: float
) -> np.ndarray:
    """FR: Entraîne une couche dense sans biais : scores = x · W.

    ``x`` : (nombre, entrées) ; ``labels`` : (nombre,). W (entrées, classes) et sa vitesse partent de
    zéro. À chaque étape, sur tous les exemples : scores, gradient des scores G, gradient de W
    (xᵀ · G), puis ``momentum_step``. Renvoie W après ``steps`` étapes.

    EN: Trains a dense layer without bias: scores = x · W.

    ``x``: (number, inputs); ``labels``: (number,). W (inputs, classes) and its velocity start from
    zero. In each step, on all examples: scores, gradient of the scores G, gradient of W (xᵀ · G), then
    ``momentum_step``. Returns W after ``steps`` steps.
    """
    raise NotImplementedError
