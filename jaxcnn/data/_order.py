"""The order of the examples of an epoch: a function of the seed, on every machine and version."""

import numpy as np

_STEP = 0x9E3779B97F4A7C15
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_ALL = 2**64 - 1


def shuffled(count: int, seed: int, epoch: int) -> np.ndarray:
    """A permutation of 0 to count - 1 that seed and epoch determine.

    NumPy's own permutations may change between its versions, so a run could not be resumed after
    an upgrade. Here each index gets a key of 64 bits by the finaliser of SplitMix64, and the keys
    are sorted.

    Source: G. Steele, D. Lea, C. Flood, *Fast splittable pseudorandom number generators*, 2014.
    """
    state = int(_mixed(np.array([seed & _ALL], np.uint64))[0]) + (epoch + 1) * _STEP
    start = _mixed(np.array([state & _ALL], np.uint64))
    steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_STEP)
    return np.argsort(_mixed(start + steps), kind="stable")


def filled(order: np.ndarray, batch_size: int) -> np.ndarray:
    """An order that goes on with its own first examples until the last batch is full."""
    return np.resize(order, -(-len(order) // batch_size) * batch_size)


def _mixed(z: np.ndarray) -> np.ndarray:
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))
