"""How often a kernel fits."""

KERNEL = 3  # pixels
STRIDE = 1

HALF = KERNEL // 2  # follows from it


def positions(size: int) -> int:
    """How often the kernel fits into ``size`` pixels."""
    raise NotImplementedError


def padded(size: int) -> int:
    """Pixels with half a kernel on each side."""
    raise NotImplementedError


def outputs(size: int) -> int:
    """Positions over ``size`` pixels that were padded before."""
    raise NotImplementedError
