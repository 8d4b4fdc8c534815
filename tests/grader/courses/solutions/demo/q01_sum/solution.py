"""FR: Sommes.

EN: Sums.
"""

import numpy as np

# BEGIN SOLUTION
ANSWER = "One number instead of many."
# END SOLUTION


def count(size: int, step: int) -> int:
    """FR: Nombre de multiples de ``step`` dans ``range(size)``.

    EN: Number of multiples of ``step`` in ``range(size)``.
    """
    # BEGIN SOLUTION
    return (size + step - 1) // step
    # END SOLUTION


def row_sums(x: np.ndarray) -> np.ndarray:
    """FR: Somme de chaque ligne de ``x`` (lignes, colonnes).

    EN: Sum of each row of ``x`` (rows, columns).
    """
    # BEGIN SOLUTION
    return x.sum(axis=1)
    # END SOLUTION


def secret(x: np.ndarray) -> float:
    """FR: Moyenne de ``x``.

    EN: Mean of ``x``.
    """
    # BEGIN SOLUTION
    return float(x.mean())
    # END SOLUTION
