"""FR: Question 1, le carré.

EN: Question 1, the square.
"""


def square(x: int) -> int:
    """FR: Le carré de ``x``, un entier.

    EN: The square of ``x``, an integer.
    """
    raise NotImplementedError


def cubes(numbers: list[int]) -> list[int]:
    """FR: Les cubes.

    EN: The cubes.
    """
    raise NotImplementedError
