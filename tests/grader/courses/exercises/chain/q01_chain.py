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
    raise NotImplementedError


def size(n: int) -> int:
    """FR: La taille.

    EN: The size.
    """
    raise NotImplementedError


def total(numbers: list[int]) -> int:
    """FR: Le total.

    EN: The total.
    """
    raise NotImplementedError


def twin(n: int) -> int:
    """FR: Le saut encore, autrement.

    EN: The jump again, in another way.
    """
    raise NotImplementedError
