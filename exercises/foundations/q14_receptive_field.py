"""FR: Question 14, jusqu'où voit un neurone.

Le long d'un axe, une couche est une paire (taille du noyau, pas) ; ``layers`` est une liste de couches,
la plus proche de l'image d'abord. Un pooling compte comme un noyau de la taille de sa fenêtre. Rien
n'est ajouté aux bords.

EN: Question 14, how far a neuron sees.

Along one axis a layer is a pair (kernel size, stride); ``layers`` is a list of layers, the one next to
the image first. A pooling counts as a kernel of the size of its window. Nothing is added at the borders.
"""

import numpy as np


def field_jump(layers: list[tuple[int, int]]) -> int:
    """FR: Nombre de pixels entre ce que voient deux neurones voisins de la dernière couche.

    Sans couche, les neurones sont les pixels : 1. Renvoie un entier.

    EN: Number of pixels between what two neighbouring neurons of the last layer see.

    Without a layer the neurons are the pixels: 1. Returns an integer.
    """
    raise NotImplementedError


def field_size(layers: list[tuple[int, int]]) -> int:
    """FR: Nombre de pixels, du premier au dernier compris, que voit un neurone de la dernière couche.

    Sans couche : 1. Renvoie un entier.

    EN: Number of pixels, from the first to the last included, that a neuron of the last layer sees.

    Without a layer: 1. Returns an integer.
    """
    raise NotImplementedError


def pixels_seen(layers: list[tuple[int, int]], neuron: int) -> tuple[int, int]:
    """FR: Le premier et le dernier pixel que voit un neurone.

    ``neuron`` : son numéro dans la dernière couche. Pixels et neurones sont numérotés à partir de 0.
    Renvoie deux entiers, (premier, dernier).

    EN: The first and the last pixel that a neuron sees.

    ``neuron``: its number in the last layer. Pixels and neurons are numbered from 0. Returns two
    integers, (first, last).
    """
    raise NotImplementedError


def layers_needed(kernel: int, size: int) -> int:
    """FR: Le plus petit nombre de couches de pas 1 qui voient au moins ``size`` pixels.

    Toutes ont un noyau de taille ``kernel``, au moins 2. Renvoie un entier, 0 quand ``size`` vaut 1.

    EN: The smallest number of layers of stride 1 that see at least ``size`` pixels.

    All have a kernel of size ``kernel``, at least 2. Returns an integer, 0 where ``size`` is 1.
    """
    raise NotImplementedError


def paths(layers: list[tuple[int, int]], neuron: int, pixels: int) -> np.ndarray:
    """FR: Par combien de chemins chaque pixel atteint-il un neurone ?

    Un chemin choisit dans chaque couche un poids du noyau : de la couche j à la suivante, le neurone n
    est atteint par n · pas, n · pas + 1, …, n · pas + noyau − 1. ``pixels`` : nombre de pixels de
    l'axe, où tient tout ce que voit ``neuron``. Renvoie des entiers (pixels,).

    EN: By how many paths does each pixel reach a neuron?

    A path chooses one weight of the kernel in each layer: from layer j to the next, neuron n is
    reached by n · stride, n · stride + 1, …, n · stride + kernel − 1. ``pixels``: number of pixels of
    the axis, which holds all that ``neuron`` sees. Returns integers (pixels,).
    """
    raise NotImplementedError
