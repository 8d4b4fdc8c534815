"""Which examples of a batch one process reads, where several share each batch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """One process's rows of every batch.

    A batch is cut into ``parts`` equal pieces, in its order; this process has those numbered
    ``first`` to ``last - 1``.

    Attributes:
        first, last: The pieces.
        parts: How many there are for all processes.
        size: Examples that a batch is cut as if it had; what a shorter one lacks is at its end.
            None: as many as it has.

    >>> [Share(part, part + 1, 2).rows(8) for part in range(2)]
    [slice(0, 4, None), slice(4, 8, None)]
    """

    first: int = 0
    last: int = 1
    parts: int = 1
    size: int | None = None

    def rows(self, number: int) -> slice:
        """Those of a batch of ``number`` examples; it may have fewer of them."""
        whole = number if self.size is None else self.size
        return slice(whole * self.first // self.parts, whole * self.last // self.parts)
