"""Checks of a loader's arguments."""

import numpy as np

MOST_WORKERS = 256


def check_int(name: str, value: int, least: int, most: int) -> None:
    """Refuses what is no int, or out of range."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise ValueError(f"{name} (={value!r}) must be an int")
    if not least <= value <= most:
        raise ValueError(f"{name} (={value!r}) must be from {least} to {most}")


def check_shard(shard: tuple[int, int], batch_size: int, full: bool) -> None:
    """Refuses a share of a loader that is none, or that would leave hosts with unequal numbers."""
    index, count = shard
    if not 0 <= index < count:
        raise ValueError(f"shard (={shard!r}) must be (number, count) with 0 <= number < count")
    if count > 1 and (batch_size % count or not full):
        raise ValueError(
            f"shard (={shard!r}) needs drop_last=True or fill_last=True and a batch_size (={batch_size}) that "
            f"{count} divides, so that all hosts get as many examples"
        )
