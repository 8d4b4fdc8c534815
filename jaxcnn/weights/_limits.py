"""How much memory the arrays of a file may take."""

from ._errors import UnsafeFileError

_FACTOR = 8
_SPARE = 2**20


class Budget:
    """Counts the bytes of arrays before they are made.

    Bytes that the arrays of a file share (tied weights, an expanded tensor) count once for each
    array, so a small file can ask for any amount of memory.
    """

    def __init__(self, file_size: int, limit: int | None):
        self.limit = _FACTOR * file_size + _SPARE if limit is None else limit
        self.spent = 0

    def spend(self, count: int, entry: str) -> None:
        self.spent += count
        if self.spent > self.limit:
            raise UnsafeFileError(
                f"the arrays up to this one take {self.spent} bytes, more than the {self.limit} that "
                "a file of this size may have; give max_bytes to read them",
                entry=entry,
            )
