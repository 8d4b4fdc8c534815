"""FR: Question 5, images iconiques et images naturelles.

EN: Question 5, iconic images and natural images.
"""

import numpy as np


def contrast_energy(image: np.ndarray) -> np.ndarray:
    """FR: Énergie de contraste de chaque pixel par rapport au fond.

    ``image`` : octets de 0 à 255, de forme (hauteur, largeur, canaux), au moins 2 × 2 pixels.
    Le fond d'un canal est la médiane (``np.median``) de ses pixels du bord : première et dernière
    lignes, première et dernière colonnes, chaque pixel compté une seule fois. L'énergie d'un pixel
    est la somme, sur les canaux, de ((valeur - fond) / 255)². Renvoie un tableau de flottants de
    forme (hauteur, largeur).

    EN: Contrast energy of each pixel with respect to the background.

    ``image``: bytes from 0 to 255, of shape (height, width, channels), at least 2 × 2 pixels.
    The background of a channel is the median (``np.median``) of its border pixels: first and last
    rows, first and last columns, each pixel counted once. The energy of a pixel is the sum, over
    the channels, of ((value - background) / 255)². Returns an array of floats of shape
    (height, width).
    """
    raise NotImplementedError


def window_bias(image: np.ndarray, offset: int = 0) -> float:
    """FR: Biais d'une fenêtre : sa part de l'énergie, divisée par sa part de la surface.

    ``image`` comme dans ``contrast_energy``, de hauteur h et de largeur l. La fenêtre centrale
    comprend les lignes h // 4 à h - h // 4 (exclue) et les colonnes l // 4 à l - l // 4 (exclue) ;
    ``offset`` la décale d'autant de colonnes vers la droite (vers la gauche s'il est négatif), au
    plus de l // 4. Renvoie un flottant, 1.0 si l'image ne contient aucune énergie.

    EN: Bias of a window: its share of the energy, divided by its share of the area.

    ``image`` as in ``contrast_energy``, of height h and width w. The central window has the rows
    h // 4 to h - h // 4 (excluded) and the columns w // 4 to w - w // 4 (excluded); ``offset``
    moves it by that many columns to the right (to the left when negative), at most by w // 4.
    Returns a float, 1.0 if the image has no energy at all.
    """
    raise NotImplementedError


def separability(first: np.ndarray, second: np.ndarray) -> float:
    """FR: Probabilité qu'une valeur de ``first`` dépasse une valeur de ``second``.

    ``first``, ``second`` : une mesure par image, tableaux de formes (n,) et (m,). Parmi les n × m
    paires (une valeur de chaque), celles où la première est strictement plus grande comptent
    pour 1, les égalités pour 1/2. Renvoie leur moyenne : 1.0, les deux ensembles se distinguent
    à coup sûr ; 0.5, pas du tout.

    EN: Probability that a value of ``first`` exceeds a value of ``second``.

    ``first``, ``second``: one measure per image, arrays of shapes (n,) and (m,). Among the n × m
    pairs (one value of each), those where the first is strictly greater count 1, ties count 1/2.
    Returns their mean: 1.0, the two sets can always be told apart; 0.5, not at all.
    """
    raise NotImplementedError


def bias_profile(images: np.ndarray, offsets: list[int]) -> np.ndarray:
    """FR: Biais moyen d'un ensemble d'images pour chaque décalage de la fenêtre.

    ``images`` : octets, (nombre, hauteur, largeur, canaux). Renvoie un tableau de flottants de
    forme (len(offsets),) : la moyenne sur les images de ``window_bias(image, offset)``.

    EN: Mean bias of a set of images for each offset of the window.

    ``images``: bytes, (number, height, width, channels). Returns an array of floats of shape
    (len(offsets),): the mean over the images of ``window_bias(image, offset)``.
    """
    raise NotImplementedError


def advice(train: np.ndarray, target: np.ndarray) -> str:
    """FR: Ce que les mesures conseillent à qui entraîne sur ``train`` et travaille sur ``target``.

    Deux ensembles d'images, (nombre, hauteur, largeur, canaux). Soit r le biais central moyen de
    ``train`` divisé par celui de ``target`` (on les suppose non nuls). Renvoie

    - "shift_or_slide" si r >= 1.25 : le modèle n'a vu d'objets qu'au centre, il faut décaler les
      images d'entraînement ou faire glisser le réseau sur les grandes images ;
    - "easier_target" si r <= 0.8 : les objets à traiter sont mieux centrés que ceux appris ;
    - "use_as_is" sinon : le cadrage est le même.

    EN: What the measures advise to someone who trains on ``train`` and works on ``target``.

    Two sets of images, (number, height, width, channels). Let r be the mean central bias of
    ``train`` divided by that of ``target`` (both taken to be non-zero). Returns

    - "shift_or_slide" if r >= 1.25: the model saw objects in the centre only, so shift the training
      images or slide the network over large images;
    - "easier_target" if r <= 0.8: the objects to process are better centred than the learned ones;
    - "use_as_is" otherwise: the framing is the same.
    """
    raise NotImplementedError


# FR: Ce que vous voyez et ce que vous en concluez, en quelques phrases (lu par l'enseignant).
# EN: What you see and what you conclude from it, in a few sentences (read by the teacher).
ANSWER = ""
