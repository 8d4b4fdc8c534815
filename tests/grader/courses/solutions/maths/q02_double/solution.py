"""FR: Question 2.

EN: Question 2.
"""


def double(x: int) -> int:
    """FR: Le double.

    EN: The double.
    """
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION
