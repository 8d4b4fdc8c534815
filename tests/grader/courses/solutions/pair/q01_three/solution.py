"""FR: Trois fonctions.

EN: Three functions.
"""

import numpy as np


def first(x: np.ndarray) -> np.ndarray:
    """FR: ``x`` plus un.

    EN: ``x`` plus one.
    """
    # BEGIN SOLUTION
    return x + 1
    # END SOLUTION


def second(x: np.ndarray) -> np.ndarray:
    """FR: ``x`` plus un.

    EN: ``x`` plus one.
    """
    # BEGIN SOLUTION
    return x + 1
    # END SOLUTION


def third(x: np.ndarray) -> np.ndarray:
    """FR: ``x`` plus un.

    EN: ``x`` plus one.
    """
    # BEGIN SOLUTION
    return x + 1
    # END SOLUTION
