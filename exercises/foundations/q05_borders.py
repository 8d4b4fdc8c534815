"""FR: Question 5, que mettre au-delà du bord.

EN: Question 5, what lies beyond the border.
"""

import numpy as np

# FR: Les modes des bibliothèques, sauf "zeros", qui ne recopie aucun pixel.
# EN: The modes of libraries, but for "zeros", which copies no pixel.
MODES = ("reflect", "symmetric", "replicate", "circular")


def source_index(position: int, length: int, mode: str) -> int:
    """FR: Quel échantillon se trouve à une position, dans le signal prolongé.

    Le signal occupe les positions 0 à ``length - 1``, où il n'est pas changé. ``position`` va de
    ``-(length - 1)`` à ``2 * length - 2`` et ``mode`` est l'un des ``MODES``. Renvoie un entier de
    0 à ``length - 1``.

    EN: Which sample lies at a position of the continued signal.

    The signal lies at positions 0 to ``length - 1``, where it is not changed. ``position`` goes
    from ``-(length - 1)`` to ``2 * length - 2`` and ``mode`` is one of ``MODES``. Returns an
    integer from 0 to ``length - 1``.
    """
    raise NotImplementedError


def pad1d(signal: np.ndarray, before: int, after: int, mode: str) -> np.ndarray:
    """FR: Un signal prolongé de ``before`` échantillons devant et de ``after`` derrière.

    ``signal`` : (longueur,) ; ``before`` et ``after`` sont plus petits que la longueur ; ``mode``
    est ``"zeros"`` ou l'un des ``MODES``. ``np.pad`` est mis de côté. Renvoie un tableau de flottants.

    EN: A signal continued by ``before`` samples in front and by ``after`` behind.

    ``signal``: (length,); ``before`` and ``after`` are smaller than the length; ``mode`` is
    ``"zeros"`` or one of ``MODES``. ``np.pad`` is put away. Returns an array of floats.
    """
    raise NotImplementedError


def pad2d(image: np.ndarray, rows: int, columns: int, mode: str) -> np.ndarray:
    """FR: Une image prolongée de ``rows`` lignes en haut et en bas, de ``columns`` colonnes à gauche et à droite.

    ``image`` : (hauteur, largeur, canaux). Les coins aussi suivent ``mode``, ``"zeros"`` ou l'un
    des ``MODES``, le long des deux axes ; chaque canal est prolongé à part. Renvoie un tableau de
    flottants (hauteur + 2 rows, largeur + 2 columns, canaux).

    EN: An image continued by ``rows`` rows above and below and ``columns`` columns on either side.

    ``image``: (height, width, channels). The corners, too, follow ``mode``, ``"zeros"`` or one of
    ``MODES``, along both axes; each channel is continued by itself. Returns an array of floats
    (height + 2 rows, width + 2 columns, channels).
    """
    raise NotImplementedError
