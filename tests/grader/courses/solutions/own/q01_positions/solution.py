"""How often a kernel fits."""

KERNEL = 3  # pixels
STRIDE = 1

HALF = KERNEL // 2  # follows from it


def positions(size: int) -> int:
    """How often the kernel fits into ``size`` pixels."""
    # BEGIN SOLUTION
    return (size - KERNEL) // STRIDE + 1
    # END SOLUTION


def padded(size: int) -> int:
    """Pixels with half a kernel on each side."""
    # BEGIN SOLUTION
    return size + 2 * HALF
    # END SOLUTION


def outputs(size: int) -> int:
    """Positions over ``size`` pixels that were padded before."""
    # BEGIN SOLUTION
    return positions(padded(size))
    # END SOLUTION
