"""FR: Sommes.

EN: Sums.
"""

import numpy as np

ANSWER = ""


def count(size: int, step: int) -> int:
    """FR: Nombre de multiples de ``step`` dans ``range(size)``.

    EN: Number of multiples of ``step`` in ``range(size)``.
    """
    raise NotImplementedError


def row_sums(x: np.ndarray) -> np.ndarray:
    """FR: Somme de chaque ligne de ``x`` (lignes, colonnes).

    EN: Sum of each row of ``x`` (rows, columns).
    """
    raise NotImplementedError


def secret(x: np.ndarray) -> float:
    """FR: Moyenne de ``x``.

    EN: Mean of ``x``.
    """
    raise NotImplementedError
