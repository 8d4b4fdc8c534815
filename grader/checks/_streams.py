"""Random streams: one for each check and purpose, none of which tells anything of another or of the seed.

What a student's code is sent can be seen by it, and a generator's state can be computed from what it drew.  So
arguments, hidden answers and drawn tasks never come from one generator, and no generator starts from the seed
itself: each is keyed by BLAKE2b (RFC 7693) with the seed as key and the check and the purpose as message.
"""

import hashlib

import numpy as np

__all__ = ["SEED_BITS", "Streams", "checked_seed", "seed_id"]

SEED_BITS = 128


class Streams:
    """The streams of one check; called with a purpose, it gives that purpose's generator.

    Two calls with the same purpose give the same numbers: a second stream needs a second name.
    """

    def __init__(self, seed: int, check: str) -> None:
        """Key the streams.

        Args:
            seed: of the run, secret.
            check: what tells the check apart from all others of the course.
        """
        self._key, self._check = _key(seed), check

    def __call__(self, purpose: str) -> np.random.Generator:
        """The generator of one purpose of this check: "arguments", "answers", ..."""
        return np.random.default_rng(self.number(purpose))

    def of_run(self, purpose: str) -> np.random.Generator:
        """A generator that is the same in every check of the run."""
        return np.random.default_rng(self._digest("run", purpose))

    def number(self, purpose: str) -> int:
        """256 bits, for what wants a number to start from."""
        return self._digest("check", self._check, purpose)

    def _digest(self, *message: str) -> int:
        # Lengths first: no two messages may read alike once they are joined.
        parts = [text.encode() for text in message]
        framed = b"".join(len(part).to_bytes(8, "little") + part for part in parts)
        digest = hashlib.blake2b(framed, key=self._key, digest_size=32, person=b"grader.streams")
        return int.from_bytes(digest.digest(), "little")


def seed_id(seed: int) -> str:
    """What names a seed without telling it (64 bits, hexadecimal)."""
    return hashlib.blake2b(key=_key(seed), digest_size=8, person=b"grader.seed_id").hexdigest()


def checked_seed(seed: int) -> int:
    """The seed, if it is one.

    Raises:
        ValueError: for a number that is negative or longer than 128 bits.
    """
    if not 0 <= seed < 2**SEED_BITS:
        raise ValueError(f"seed (={seed}) must be a number from 0 to 2**{SEED_BITS} - 1")
    return seed


def _key(seed: int) -> bytes:
    return checked_seed(seed).to_bytes(SEED_BITS // 8, "little")
