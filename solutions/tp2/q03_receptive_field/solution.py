"""FR: Question 3, ce que voit un neurone.

EN: Question 3, what a neuron sees.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np


def network(image: jax.Array, layers: list[dict]) -> jax.Array:
    """FR: Fourni : des convolutions à un canal, l'une après l'autre.

    ``image`` est de forme (hauteur, largeur). Chaque couche est un dictionnaire : ``"weights"``
    (hauteur du filtre, largeur du filtre) et les entiers ``"stride"``, ``"dilation"`` et
    ``"padding"``, valables sur les deux axes. Renvoie la carte de la dernière couche, de forme
    (hauteur de sortie, largeur de sortie).

    EN: Given: convolutions with one channel, one after the other.

    ``image`` has shape (height, width). Each layer is a dictionary: ``"weights"`` (filter height,
    filter width) and the integers ``"stride"``, ``"dilation"`` and ``"padding"``, valid along both
    axes. Returns the map of the last layer, of shape (output height, output width).
    """
    weights = [jnp.asarray(layer["weights"]) for layer in layers]
    settings = tuple((layer["stride"], layer["dilation"], layer["padding"]) for layer in layers)
    return convolve(jnp.asarray(image), weights, settings)


@partial(jax.jit, static_argnames="settings")
def convolve(x: jax.Array, weights: list[jax.Array], settings: tuple) -> jax.Array:
    """FR: Fourni : le calcul de ``network``, compilé en une seule fois.

    EN: Given: the computation of ``network``, compiled in one piece.
    """
    for kernel, (stride, dilation, padding) in zip(weights, settings, strict=True):
        x = jax.lax.conv_general_dilated(
            x[None, None],
            kernel[None, None],
            window_strides=(stride, stride),
            padding=((padding, padding), (padding, padding)),
            rhs_dilation=(dilation, dilation),
        )[0, 0]
    return x


def field_jump(layers: list[dict]) -> int:
    """FR: Distance, en pixels de l'image, entre les centres de deux neurones voisins.

    ``layers`` décrit les couches le long d'un axe, de la première à la dernière : des
    dictionnaires d'entiers ``"kernel"``, ``"stride"``, ``"dilation"`` et ``"padding"``. Renvoie un
    entier, pour les neurones de la dernière couche (1 pour une liste vide).

    EN: Distance, in image pixels, between the centres of two neighbouring neurons.

    ``layers`` describes the layers along one axis, from first to last: dictionaries of integers
    ``"kernel"``, ``"stride"``, ``"dilation"`` and ``"padding"``. Returns an integer, for the
    neurons of the last layer (1 for an empty list).
    """
    # BEGIN SOLUTION
    jump = 1
    for layer in layers:
        jump *= layer["stride"]
    return jump
    # END SOLUTION


def field_size(layers: list[dict]) -> int:
    """FR: Taille du champ réceptif d'un neurone de la dernière couche, en pixels, sur un axe.

    Mêmes ``layers`` que ``field_jump``. Le champ va du premier au dernier pixel dont le neurone
    peut dépendre, trous de la dilatation compris, comme si l'image était infinie. Renvoie un
    entier (1 pour une liste vide).

    EN: Size of the receptive field of a neuron of the last layer, in pixels, along one axis.

    Same ``layers`` as ``field_jump``. The field runs from the first to the last pixel on which the
    neuron can depend, the holes of dilation included, as if the image were infinite. Returns an
    integer (1 for an empty list).
    """
    # BEGIN SOLUTION
    size = 1
    for depth, layer in enumerate(layers):
        size += layer["dilation"] * (layer["kernel"] - 1) * field_jump(layers[:depth])
    return size
    # END SOLUTION


def field_offset(layers: list[dict]) -> float:
    """FR: Coordonnée, en pixels de l'image, du centre du champ du premier neurone.

    Mêmes ``layers`` que ``field_jump``. Le centre du pixel numéro n a pour coordonnée n : un champ
    qui couvre les pixels 0 et 1 est centré en 0,5. La coordonnée peut être négative. Renvoie un
    flottant, pour le neurone numéro 0 de la dernière couche (0.0 pour une liste vide).

    EN: Coordinate, in image pixels, of the centre of the first neuron's field.

    Same ``layers`` as ``field_jump``. The centre of pixel number n has coordinate n: a field that
    covers pixels 0 and 1 is centred on 0.5. The coordinate can be negative. Returns a float, for
    neuron number 0 of the last layer (0.0 for an empty list).
    """
    # BEGIN SOLUTION
    offset = 0.0
    for depth, layer in enumerate(layers):
        half = layer["dilation"] * (layer["kernel"] - 1) / 2
        offset += (half - layer["padding"]) * field_jump(layers[:depth])
    return offset
    # END SOLUTION


def seen_pixels(layers: list[dict], neuron: int, image_size: int) -> tuple[int, int]:
    """FR: Premier et dernier pixels de l'image que voit un neurone, sur un axe.

    Mêmes ``layers`` que ``field_jump``. ``neuron`` est le numéro du neurone dans la dernière
    couche, ``image_size`` le nombre de pixels de l'axe. Les pixels qui tomberaient hors de l'image
    ne comptent pas. Renvoie deux entiers ``(premier, dernier)``, tous deux compris.

    EN: First and last image pixels that a neuron sees, along one axis.

    Same ``layers`` as ``field_jump``. ``neuron`` is the neuron's number in the last layer,
    ``image_size`` the number of pixels of the axis. Pixels that would fall outside the image do
    not count. Returns two integers ``(first, last)``, both included.
    """
    # BEGIN SOLUTION
    centre = field_offset(layers) + neuron * field_jump(layers)
    reach = (field_size(layers) - 1) / 2
    return max(0, round(centre - reach)), min(image_size - 1, round(centre + reach))
    # END SOLUTION


def pixels_by_gradient(
    layers: list[dict], image: jax.Array, position: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """FR: Le rectangle de pixels dont un neurone dépend vraiment, trouvé en dérivant.

    ``layers`` et ``image`` sont ceux de ``network`` ; ``position`` = (ligne, colonne) du neurone
    dans la carte de la dernière couche. Renvoie quatre entiers ``((première ligne, dernière
    ligne), (première colonne, dernière colonne))``, tous compris : le plus petit rectangle qui
    contient tous les pixels où le gradient du neurone n'est pas nul.

    EN: The rectangle of pixels on which a neuron really depends, found by differentiating.

    ``layers`` and ``image`` are those of ``network``; ``position`` = (row, column) of the neuron
    in the map of the last layer. Returns four integers ``((first row, last row), (first column,
    last column))``, all included: the smallest rectangle that contains all the pixels where the
    neuron's gradient is not zero.
    """
    # BEGIN SOLUTION
    row, column = position

    def neuron(x: jax.Array) -> jax.Array:
        return network(x, layers)[row, column]

    rows, columns = np.nonzero(np.asarray(jax.grad(neuron)(jnp.asarray(image))))
    return (int(rows.min()), int(rows.max())), (int(columns.min()), int(columns.max()))
    # END SOLUTION


def blocks_needed(block: list[dict], object_size: int) -> int:
    """FR: Combien de fois répéter un bloc de couches pour voir un objet en entier.

    ``block`` est une liste de couches comme celle de ``field_jump`` ; le réseau est ce bloc répété
    n fois. Renvoie le plus petit n pour lequel le champ d'un neurone de la dernière couche mesure
    au moins ``object_size`` pixels. Le champ grandit à chaque répétition.

    EN: How many times to repeat a block of layers in order to see a whole object.

    ``block`` is a list of layers like that of ``field_jump``; the network is this block repeated n
    times. Returns the smallest n for which the field of a neuron of the last layer measures at
    least ``object_size`` pixels. The field grows with each repetition.
    """
    # BEGIN SOLUTION
    repetitions = 0
    while field_size(block * repetitions) < object_size:
        repetitions += 1
    return repetitions
    # END SOLUTION


# FR: Réponse libre, lue par l'enseignant : que peut reconnaître un neurone de la première couche,
# FR: de la deuxième, d'une couche profonde ? Qu'est-ce qui fait grandir le champ réceptif ?
# EN: Free answer, read by the teacher: what can a neuron of the first layer recognise, of the
# EN: second, of a deep layer? What makes the receptive field grow?
# BEGIN SOLUTION
ANSWER = """
Un neurone de la première couche voit une fenêtre de la taille du filtre : un bord, une couleur. À
la deuxième couche, deux filtres 3 × 3 voient déjà 5 × 5 pixels, assez pour un coin ou une courbe.
Plus loin, les champs couvrent des parties d'objets, puis des objets entiers. Chaque couche de pas
1 ajoute toujours le même nombre de pixels ; un pas ou un pooling double ce que les couches
suivantes ajoutent, et la croissance devient exponentielle. Le gradient rappelle que le champ est
une borne : des poids nuls rétrécissent ce que le neurone regarde vraiment.

A neuron of the first layer sees a window of the filter's size: an edge, a colour. In the second
layer, two 3 × 3 filters already see 5 × 5 pixels, enough for a corner or a curve. Further on,
fields cover parts of objects, then whole objects. Every layer of stride 1 keeps adding the same
number of pixels; a stride or a pooling doubles what the following layers add, and growth becomes
exponential. The gradient is a reminder that the field is a bound: zero weights shrink what the
neuron really looks at.
"""
# END SOLUTION
