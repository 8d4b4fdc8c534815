"""FR: Question 20, des images de plus, par augmentation.

Une image a la forme (hauteur, largeur, canaux), de valeurs entre 0 et 1 ; un lot a un axe de plus, devant.

EN: Question 20, more images, by augmentation.

An image has the shape (height, width, channels), with values between 0 and 1; a batch has one more axis, in front.
"""

import numpy as np


def flip(images: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """FR: Le reflet de certaines images, gauche et droite échangées.

    ``images`` : un lot ; ``chosen`` : (nombre,), des booléens. Les images choisies sont retournées, les
    autres restent telles quelles. Le lot reçu n'est pas modifié. Renvoie un lot de même forme.

    EN: The mirror image of some images, left and right exchanged.

    ``images``: a batch; ``chosen``: (number,), booleans. The chosen images are mirrored, the others stay
    as they are. The batch received is not changed. Returns a batch of the same shape.
    """
    # BEGIN SOLUTION
    return np.where(chosen[:, None, None, None], images[:, :, ::-1], images)
    # END SOLUTION


def crop(image: np.ndarray, top: int, left: int, padding: int) -> np.ndarray:
    """FR: L'image, entourée de zéros, puis recoupée à sa taille.

    ``padding`` zéros sont ajoutés de chaque côté, en hauteur et en largeur ; on garde ensuite ``height``
    lignes à partir de la ligne ``top`` de l'image agrandie, et ``width`` colonnes à partir de la colonne
    ``left``, où (``height``, ``width``) est la taille de l'image. ``top`` et ``left`` vont de 0 à
    2 · ``padding``. Renvoie une image de la forme de ``image``.

    EN: The image, surrounded by zeros, then cut to its size again.

    ``padding`` zeros are added on each side, in height and in width; then ``height`` rows are kept from
    row ``top`` of the enlarged image on, and ``width`` columns from column ``left`` on, where (``height``,
    ``width``) is the size of the image. ``top`` and ``left`` go from 0 to 2 · ``padding``. Returns an
    image of the shape of ``image``.
    """
    # BEGIN SOLUTION
    height, width, _ = image.shape
    large = np.pad(image, ((padding, padding), (padding, padding), (0, 0)))
    return large[top : top + height, left : left + width]
    # END SOLUTION


def add_noise(image: np.ndarray, noise: np.ndarray, strength: float) -> np.ndarray:
    """FR: L'image à laquelle s'ajoute ``strength`` · ``noise``, ramenée entre 0 et 1.

    ``noise`` : de la forme de l'image. Ce qui passe sous 0 devient 0, ce qui dépasse 1 devient 1. Renvoie
    des flottants de la même forme.

    EN: The image with ``strength`` · ``noise`` added to it, brought back between 0 and 1.

    ``noise``: of the shape of the image. What falls below 0 becomes 0, what exceeds 1 becomes 1. Returns
    floats of the same shape.
    """
    # BEGIN SOLUTION
    return np.clip(image + strength * noise, 0, 1)
    # END SOLUTION


def augment(image: np.ndarray, key: int | list[int], padding: int, strength: float) -> np.ndarray:
    """FR: Une image modifiée au hasard, mais le même hasard pour la même clé.

    Le générateur est ``np.random.default_rng(key)``. Dans cet ordre, il tire :

    1. ``random()`` : l'image est retournée (gauche et droite) si ce nombre est inférieur à 0,5 ;
    2. ``integers(0, 2 * padding + 1, 2)`` : ``top`` et ``left`` de ``crop``, appliqué ensuite ;
    3. ``normal(size=image.shape)`` : le bruit de ``add_noise``, appliqué en dernier.

    Les trois tirages ont toujours lieu. Renvoie des flottants de la forme de ``image``.

    EN: An image changed at random, yet by the same chance for the same key.

    The generator is ``np.random.default_rng(key)``. In this order it draws:

    1. ``random()``: the image is mirrored (left and right) if this number is below 0.5;
    2. ``integers(0, 2 * padding + 1, 2)``: ``top`` and ``left`` of ``crop``, which comes next;
    3. ``normal(size=image.shape)``: the noise of ``add_noise``, which comes last.

    All three draws are always made. Returns floats of the shape of ``image``.
    """
    # BEGIN SOLUTION
    rng = np.random.default_rng(key)
    image = flip(image[None], np.array([rng.random() < 0.5]))[0]
    top, left = rng.integers(0, 2 * padding + 1, 2)
    image = crop(image, int(top), int(left), padding)
    return add_noise(image, rng.normal(size=image.shape), strength)
    # END SOLUTION


def augment_batch(images: np.ndarray, key: int, padding: int, strength: float) -> np.ndarray:
    """FR: Un lot dont chaque image est modifiée par un hasard à elle.

    L'image numéro n (à partir de 0) passe par ``augment`` avec la clé ``[key, n]``. Renvoie un lot de même
    forme.

    EN: A batch of which each image is changed by a chance of its own.

    Image number n (from 0) goes through ``augment`` with the key ``[key, n]``. Returns a batch of the same
    shape.
    """
    # BEGIN SOLUTION
    changed = [augment(image, [key, n], padding, strength) for n, image in enumerate(images)]
    return np.stack(changed)
    # END SOLUTION
