"""FR: Question 1, la chaîne.

EN: Question 1, the chain.
"""


def given(n: int) -> int:
    """FR: Donnée.

    EN: Given.
    """
    return n


def jump(n: int) -> int:
    """FR: Le saut.

    EN: The jump.
    """
    # BEGIN SOLUTION
    return 3 * given(n) + 1
    # END SOLUTION


def size(n: int) -> int:
    """FR: La taille.

    EN: The size.
    """
    # BEGIN SOLUTION
    return jump(n) + jump(n + 1)
    # END SOLUTION


def total(numbers: list[int]) -> int:
    """FR: Le total.

    EN: The total.
    """
    # BEGIN SOLUTION
    return _sum(numbers)
    # END SOLUTION


def twin(n: int) -> int:
    """FR: Le saut encore, autrement.

    EN: The jump again, in another way.
    """
    # BEGIN SOLUTION
    return n + n + n + 1
    # END SOLUTION


# BEGIN SOLUTION
def _sum(numbers):
    return sum(size(n) for n in numbers)


# END SOLUTION
