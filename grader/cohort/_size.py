"""How many submissions are graded at a time: as many as the machine has cores and memory for."""

from grader.machine import free_bytes, usable_cores

__all__ = ["pool_size"]

# A process that grades (JAX, the references) and the workers of one submission, measured on the practical.
_MIB_EACH = 1_600


def pool_size(cores: float | None = None, memory_mib: float | None = None) -> int:
    """At least one.

    Args:
        cores: that may be used; by default those of this process, and of its container.
        memory_mib: that is free; by default the machine's, and what its container leaves.
    """
    cores = usable_cores() if cores is None else cores
    memory_mib = free_bytes() / 2**20 if memory_mib is None else memory_mib
    return max(1, int(min(cores, memory_mib // _MIB_EACH)))
