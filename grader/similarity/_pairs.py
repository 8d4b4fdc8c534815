"""Pairs of students whose code for a question shares what is not given, and what few others have."""

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from grader.similarity._code import Code
from grader.similarity._reader import Reader

__all__ = ["Compared", "Pair", "compare"]

_GROUP = 4  # students; what more than these have is how one does it, and counts less
_LEAST = 20  # fragments of one's own, below which nothing can be said


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two students whose code for a question is alike.

    Attributes:
        question: the id.
        one: the first student's code.
        other: the second one's.
        likeness: from 0 to 1: how much of the shorter one's own code is in the other. A fragment counts in full as long
            as at most four students have it, then by the square of their number less.
        shared: fragments that both have, and nobody was given.
        only_theirs: those of them that no one else of the class has.
        lines: of each, from where to where these lie; of all shared ones where there are none.
    """

    question: str
    one: Code
    other: Code
    likeness: float
    shared: int
    only_theirs: int
    lines: tuple[tuple[int, int], tuple[int, int]]


@dataclasses.dataclass(frozen=True)
class Compared:
    """What came of a question.

    Attributes:
        pairs: the most alike first.
        compared: how many students were compared.
        short: ids of those who have too little of their own to say anything.
        unread: ids of those whose code cannot be parsed.
    """

    pairs: tuple[Pair, ...]
    compared: int
    short: tuple[str, ...]
    unread: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class _Own:
    """A student's fragments that were not given, with the line of each."""

    code: Code
    lines: Mapping[int, int]


def compare(
    question: str, codes: Iterable[Code], given: Sequence[bytes], *, at_least: float, reader: Reader
) -> Compared:
    """Compare everyone with everyone else.

    Args:
        question: the id.
        codes: of all students.
        given: code that all of them were given.
        at_least: the least likeness of a pair that is told.
        reader: parses.

    Returns:
        The pairs. Members of a group, who hand in the same files, are no pair.
    """
    known = {digest for code in given for digest, _ in reader.fragments(code) or ()}
    owned: list[_Own] = []
    short, unread = [], []
    for code in codes:
        found = reader.fragments(code.content)
        lines = {digest: line for digest, line in found or () if digest not in known}
        if found is None:
            unread.append(code.student)
        elif len(lines) < _LEAST:
            short.append(code.student)
        else:
            owned.append(_Own(code, lines))
    holders: dict[int, list[int]] = defaultdict(list)
    for number, own in enumerate(owned):
        for digest in own.lines:
            holders[digest].append(number)
    counts: defaultdict[tuple[int, int], float] = defaultdict(float)
    for numbers in holders.values():
        weight = min(1.0, (_GROUP / len(numbers)) ** 2)
        for pair in itertools.combinations(numbers, 2):
            counts[pair] += weight
    pairs = []
    for (a, b), common in counts.items():
        one, other = owned[a], owned[b]
        likeness = common / min(len(one.lines), len(other.lines))
        if likeness >= at_least and one.code.paths != other.code.paths:
            pairs.append(_pair(question, one, other, likeness, holders))
    pairs.sort(key=lambda p: (-p.likeness, -p.only_theirs, p.one.student, p.other.student))
    return Compared(tuple(pairs), len(owned), tuple(short), tuple(unread))


def _pair(
    question: str, one: _Own, other: _Own, likeness: float, holders: Mapping[int, Sequence[int]]
) -> Pair:
    shared = one.lines.keys() & other.lines.keys()
    theirs = {digest for digest in shared if len(holders[digest]) == 2}
    lines = tuple(_span(own.lines[digest] for digest in theirs or shared) for own in (one, other))
    return Pair(
        question, one.code, other.code, likeness, len(shared), len(theirs), (lines[0], lines[1])
    )


def _span(lines: Iterable[int]) -> tuple[int, int]:
    found = sorted(lines)
    return found[0], found[-1]
