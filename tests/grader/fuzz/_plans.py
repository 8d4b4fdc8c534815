"""Which call of a check gets which junk."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from ._junk import KINDS

__all__ = ["Plan", "everything", "net", "sample"]


class Plan(NamedTuple):
    """Which call gets which junk.

    Attributes:
        kind: of the junk, of those that `_junk` names; "" for none.
        call: the number of the call of the check, from 1.
        on: whether all later calls get it too.
    """

    kind: str = ""
    call: int = 0
    on: bool = False

    def __str__(self) -> str:
        return f"{self.kind}@{self.call}{'+' if self.on else ''}"


def sample(test: str, calls: int, number: int) -> list[Plan]:
    """So many plans, the same in every run; over many checks every kind occurs.

    Args:
        test: the name of the check.
        calls: how often it calls the student's code.
        number: of plans.
    """
    rng = random.Random(test)
    kinds = rng.sample(KINDS, min(number, len(KINDS)))
    return [Plan(kind, rng.randint(1, calls), rng.random() < 0.1) for kind in kinds]


def net(calls: int, number: int) -> list[Plan]:
    """Every kind at the first call, at the last and from the first on; at each other so many kinds, in turn."""
    ends = {(1, False), (calls, False), (1, True)}
    plans = [Plan(kind, call, on) for kind in KINDS for call, on in sorted(ends)]
    turn = _around(KINDS)
    plans += [Plan(next(turn), call) for call in range(2, calls) for _ in range(number)]
    return plans


def everything(calls: int) -> list[Plan]:
    """Every kind at every call, and from the first on."""
    plans = [Plan(kind, call) for call in range(1, calls + 1) for kind in KINDS]
    return plans + [Plan(kind, 1, True) for kind in KINDS]


def _around(kinds: list[str]) -> Iterator[str]:
    while True:
        yield from kinds
