"""FR: Une autre.

EN: Another.
"""


def double(n: int) -> int:
    """FR: Deux fois ``n``.

    EN: Twice ``n``.
    """
    # BEGIN SOLUTION
    return 2 * n
    # END SOLUTION
