"""FR: Question 2, ce qu'apporte la convolution.

EN: Question 2, what convolution brings.
"""

import numpy as np

# FR: Ce que l'on pourrait affirmer ; seules vos mesures diront ce qui est soutenu.
# EN: What one might claim; only your measurements will say what is supported.
CLAIMS = (
    "fewer_weights",
    "conv_is_equivariant",
    "dense_is_equivariant",
    "conv_is_invariant",
    "conv_is_more_accurate",
)

# FR: Au-dessous, une erreur relative n'est plus qu'un arrondi.
# EN: Below this, a relative error is mere rounding.
TOLERANCE = 1e-3


def conv_layer(image: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """FR: Fournie : une convolution à bords circulaires.

    ``image`` (hauteur, largeur, canaux) et ``weights`` (3, 3, canaux, filtres) donnent
    (hauteur, largeur, filtres).

    EN: Given: a convolution with circular borders.

    ``image`` (height, width, channels) and ``weights`` (3, 3, channels, filters) give
    (height, width, filters).
    """
    rows, columns = weights.shape[:2]
    return sum(
        np.roll(image, (rows // 2 - u, columns // 2 - v), axis=(0, 1)) @ weights[u, v]
        for u in range(rows)
        for v in range(columns)
    )


def dense_layer(image: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """FR: Fournie : une couche dense dont la sortie est rangée comme des cartes.

    ``image`` (hauteur, largeur, canaux) et ``weights`` (hauteur * largeur * canaux,
    hauteur * largeur * filtres) donnent (hauteur, largeur, filtres).

    EN: Given: a dense layer whose output is arranged as maps.

    ``image`` (height, width, channels) and ``weights`` (height * width * channels,
    height * width * filters) give (height, width, filters).
    """
    height, width, _ = image.shape
    return (image.reshape(-1) @ weights).reshape(height, width, -1)


# FR: Fourni : une couche par son nom ; LAYERS[layer](image, weights) l'applique.
# EN: Given: a layer by its name; LAYERS[layer](image, weights) applies it.
LAYERS = {"conv": conv_layer, "dense": dense_layer}


def weight_counts(
    height: int, width: int, in_channels: int, kernel: int, filters: int
) -> dict[str, int]:
    """FR: Nombre de poids, SANS les biais, de trois couches qui ont la même sortie.

    L'entrée mesure ``height`` × ``width`` × ``in_channels``, la sortie ``height`` × ``width`` ×
    ``filters``. Renvoie un dictionnaire de trois entiers :

    - ``"dense"`` : chaque sortie regarde toute l'entrée ;
    - ``"local"`` : chaque sortie regarde une fenêtre de ``kernel`` × ``kernel`` pixels (tous
      canaux compris), avec des poids qui lui sont propres. Au bord, la fenêtre compte entière ;
    - ``"conv"`` : la même fenêtre, mais les poids d'un filtre servent à toutes les positions.

    EN: Number of weights, WITHOUT biases, of three layers with the same output.

    The input measures ``height`` × ``width`` × ``in_channels``, the output ``height`` × ``width``
    × ``filters``. Returns a dictionary of three integers:

    - ``"dense"``: every output looks at the whole input;
    - ``"local"``: every output looks at a window of ``kernel`` × ``kernel`` pixels (with all
      their channels) through weights of its own. At the border the window counts in full;
    - ``"conv"``: the same window, but a filter's weights serve at every position.
    """
    # BEGIN SOLUTION
    positions = height * width
    window = kernel * kernel * in_channels
    return {
        "dense": positions * in_channels * positions * filters,
        "local": window * positions * filters,
        "conv": window * filters,
    }
    # END SOLUTION


def savings(
    height: int, width: int, in_channels: int, kernel: int, filters: int
) -> dict[str, float]:
    """FR: Par combien chacune des deux idées divise le nombre de poids.

    Renvoie un dictionnaire de deux flottants : ``"locality"``, le facteur gagné en passant de la
    couche dense à la couche locale, et ``"sharing"``, celui gagné de la couche locale à la
    convolution. Un facteur de 10 signifie dix fois moins de poids.

    EN: By how much each of the two ideas divides the number of weights.

    Returns a dictionary of two floats: ``"locality"``, the factor gained from the dense layer to
    the local layer, and ``"sharing"``, the one gained from the local layer to the convolution.
    A factor of 10 means ten times fewer weights.
    """
    # BEGIN SOLUTION
    counts = weight_counts(height, width, in_channels, kernel, filters)
    return {
        "locality": counts["dense"] / counts["local"],
        "sharing": counts["local"] / counts["conv"],
    }
    # END SOLUTION


def equivariance_error(
    layer: str, weights: np.ndarray, image: np.ndarray, shift: tuple[int, int]
) -> float:
    """FR: À quel point la réponse de la couche manque de se déplacer avec l'image.

    ``layer`` est une clé de ``LAYERS`` ; ``image`` est de forme (hauteur, largeur, canaux) ;
    ``shift`` = (vers le bas, vers la droite), en pixels. Décaler veut dire : décalage circulaire
    des deux premiers axes, ce qui sort d'un côté rentre de l'autre. Renvoie le flottant
    ||f(décalée) - décalage de f(image)|| / ||f(image)||, où f est la couche et ||.|| la racine de
    la somme des carrés de tous les nombres.

    EN: How far the layer's response is from moving along with the image.

    ``layer`` is a key of ``LAYERS``; ``image`` has shape (height, width, channels); ``shift`` =
    (down, right), in pixels. To shift means: a circular shift of the first two axes, what leaves
    on one side comes back on the other. Returns the float
    ||f(shifted) - shift of f(image)|| / ||f(image)||, where f is the layer and ||.|| the square
    root of the sum of the squares of all numbers.
    """
    # BEGIN SOLUTION
    apply = LAYERS[layer]
    response = apply(image, weights)
    moved_input = apply(np.roll(image, shift, axis=(0, 1)), weights)
    moved_output = np.roll(response, shift, axis=(0, 1))
    return float(np.linalg.norm(moved_input - moved_output) / np.linalg.norm(response))
    # END SOLUTION


def invariance_error(
    layer: str, weights: np.ndarray, image: np.ndarray, shift: tuple[int, int]
) -> float:
    """FR: À quel point la réponse de la couche change quand l'image est décalée.

    Mêmes arguments et même norme que ``equivariance_error``. Renvoie le flottant
    ||f(décalée) - f(image)|| / ||f(image)||.

    EN: How much the layer's response changes when the image is shifted.

    Same arguments and same norm as ``equivariance_error``. Returns the float
    ||f(shifted) - f(image)|| / ||f(image)||.
    """
    # BEGIN SOLUTION
    apply = LAYERS[layer]
    response = apply(image, weights)
    moved_input = apply(np.roll(image, shift, axis=(0, 1)), weights)
    return float(np.linalg.norm(moved_input - response) / np.linalg.norm(response))
    # END SOLUTION


def supported_claims(conv: dict[str, float], dense: dict[str, float]) -> list[str]:
    """FR: Les affirmations de ``CLAIMS`` que ces mesures soutiennent.

    ``conv`` et ``dense`` sont deux dictionnaires de mesures : ``"weights"`` (nombre de poids),
    ``"equivariance_error"`` et ``"invariance_error"``. Une couche est dite équivariante
    (invariante) quand son erreur est strictement inférieure à ``TOLERANCE``. Renvoie la liste des
    affirmations soutenues, dans l'ordre de ``CLAIMS`` ; une affirmation que rien ne mesure n'est
    pas soutenue.

    EN: The claims of ``CLAIMS`` that these measurements support.

    ``conv`` and ``dense`` are two dictionaries of measurements: ``"weights"`` (number of
    weights), ``"equivariance_error"`` and ``"invariance_error"``. A layer is called equivariant
    (invariant) when its error is strictly below ``TOLERANCE``. Returns the list of the supported
    claims, in the order of ``CLAIMS``; a claim that nothing measures is not supported.
    """
    # BEGIN SOLUTION
    supported = {
        "fewer_weights": conv["weights"] < dense["weights"],
        "conv_is_equivariant": conv["equivariance_error"] < TOLERANCE,
        "dense_is_equivariant": dense["equivariance_error"] < TOLERANCE,
        "conv_is_invariant": conv["invariance_error"] < TOLERANCE,
        "conv_is_more_accurate": False,
    }
    return [claim for claim in CLAIMS if supported[claim]]
    # END SOLUTION


# FR: Réponse libre, lue par l'enseignant : qu'apporte la convolution par rapport à la couche
# FR: dense, et que n'apporte-t-elle pas ? Appuyez-vous sur vos mesures.
# EN: Free answer, read by the teacher: what does convolution bring over a dense layer, and what
# EN: does it not bring? Build on your measurements.
# BEGIN SOLUTION
ANSWER = """
Une convolution a bien moins de poids qu'une couche dense, pour deux raisons : chaque sortie ne
regarde qu'une petite fenêtre (localité), et les mêmes poids servent à toutes les positions
(partage). Leur nombre ne dépend plus de la taille de l'image. Le partage rend aussi la couche
équivariante : si l'image se décale, la carte se décale d'autant, sans qu'il faille l'apprendre.
Elle n'est pas pour autant invariante : sa sortie change quand l'image bouge. Et nos mesures ne
disent rien de la justesse d'un classifieur.

A convolution has far fewer weights than a dense layer, for two reasons: every output only looks
at a small window (locality), and the same weights serve at all positions (sharing). Their number
no longer depends on the size of the image. Sharing also makes the layer equivariant: when the
image shifts, the map shifts by as much, with nothing to learn. It is not invariant for all that:
its output changes when the image moves. And our measurements say nothing about the accuracy of a
classifier.
"""
# END SOLUTION
