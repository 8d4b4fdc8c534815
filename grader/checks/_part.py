"""Which part of the answers is wrong, where it is always the same and the rest is right."""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from grader.checks._attempts import Attempt
from grader.checks._compare import comparable, compare, tolerances
from grader.checks._pieces import kind_of, wrong_entries

__all__ = ["Said", "wrong_part"]

_LEAST = 8  # distinct cases, wrong ones and such as could have shown another part to be wrong
_WORDS = 8  # different answers of a function that chooses among a few
_LARGEST = 2**14  # entries of one answer
_AXES = 4
_SIDE = 3  # entries along an axis, for its ends to be told from what lies between


class Said(NamedTuple):
    """A sentence that holds for all cases, and what fills it."""

    key: str
    facts: Mapping[str, object]


def wrong_part(attempts: Iterable[Attempt]) -> Said | None:
    """The part that the wrong answers have in common; None where there is none, or there are too few cases.

    Args:
        attempts: all cases of one check.
    """
    cases: dict[str, Attempt] = {}
    for attempt in attempts:
        if attempt.fault is not None or attempt.dropped:
            return None
        cases.setdefault(repr((attempt.args, attempt.kwargs)), attempt)
    found = list(cases.values())
    if sum(a.wrong for a in found) < _LEAST or len({a.function for a in found}) > 1:
        return None
    return _of_words(found) or _of_lists(found) or _of_entries(found) or _of_arrays(found)


def _is_word(value: Any) -> bool:
    return value is None or isinstance(value, (str, bool))


def _of_words(cases: Sequence[Attempt]) -> Said | None:
    """One word, of a few: the one that is never said, or always."""
    expected = [a.expected for a in cases]
    if not all(map(_is_word, expected)) or not all(_is_word(a.got) for a in cases):
        return None
    words, given = dict.fromkeys(expected), {a.got for a in cases}
    if not 2 <= len(words) <= _WORDS:
        return None
    if len(given) == 1:
        return Said("always_answers", {"value": repr(given.pop())})
    never = [word for word in words if word not in given and expected.count(word) >= _LEAST]
    if len(never) != 1:
        return None
    return Said("never_answers", {"value": repr(never[0]), "count": expected.count(never[0])})


def _of_lists(cases: Sequence[Attempt]) -> Said | None:
    """Lists that choose among a few words: the only word that is wrongly in them, or wrongly not."""
    pairs = [(a.got, a.expected) for a in cases]
    for value in itertools.chain(*pairs):
        if not isinstance(value, (list, tuple)) or not all(isinstance(w, str) for w in value):
            return None
    words = dict.fromkeys(itertools.chain(*(wanted for _, wanted in pairs)))
    wrong = {word for got, wanted in pairs for word in set(got) ^ set(wanted)}
    if len(words) < 3 or len(wrong) != 1:
        return None
    word = wrong.pop()
    if any(
        [w for w in got if w != word] != [w for w in wanted if w != word] for got, wanted in pairs
    ):
        return None
    here = sum(word in got for got, _ in pairs)
    key = {0: "word_never_in", len(pairs): "word_always_in"}.get(here, "word_wrong")
    return Said(key, {"value": repr(word)})


def _of_entries(cases: Sequence[Attempt]) -> Said | None:
    """Answers of several entries, as many in all cases: the only one that is wrong."""
    keys = _keys(cases[0].expected)
    if len(keys) < 2 or any(_keys(v) != keys for a in cases for v in (a.got, a.expected)):
        return None
    wrong = {
        key: [a for a in cases if compare(a.got[key], a.expected[key], *a.tolerances) is not None]
        for key in keys
    }
    places = [key for key, those in wrong.items() if those]
    if len(places) != 1:
        return None
    others = [key for key in keys if key != places[0]]
    if not any(_varies([a.expected[key] for a in cases]) for key in others):
        return None  # that they are right is no news
    return Said("only_entry_wrong", {"place": f"[{places[0]!r}]"})


def _keys(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return sorted(value)
    return list(range(len(value))) if isinstance(value, (list, tuple)) else []


def _varies(values: Sequence[Any]) -> bool:
    return len({repr(np.asarray(v).tolist() if hasattr(v, "__array__") else v) for v in values}) > 1


def _of_arrays(cases: Sequence[Attempt]) -> Said | None:
    """Arrays: a border, a row, a column, a channel; or that what is wrong was never written."""
    pairs = []
    for attempt in cases:
        got, expected = attempt.got, attempt.expected
        if not isinstance(got, np.ndarray) or not hasattr(expected, "__array__"):
            return None
        expected = np.asarray(expected)
        if not comparable(got, expected) or expected.size > _LARGEST:
            return None
        if kind_of(expected.dtype) not in "iuf":
            return None
        wrong = wrong_entries(got, expected, *tolerances(got, expected, *attempt.tolerances))
        pairs.append((got, expected, wrong))
    rank = pairs[0][1].ndim
    if not 1 <= rank <= _AXES or any(expected.ndim != rank for _, expected, _ in pairs):
        return None
    for key, facts, part in _parts(rank):
        if _holds(pairs, part):
            return Said(key, facts)
    return _unwritten(pairs)


_Pairs = list[tuple[np.ndarray, np.ndarray, np.ndarray]]
_Part = Callable[[tuple[int, ...]], np.ndarray | None]


def _parts(rank: int) -> Iterable[tuple[str, dict[str, object], _Part]]:
    """Parts of an array, the smallest first."""
    for axis in range(rank):
        for index, name in ((0, "0"), (-1, "-1")):
            yield "only_index_wrong", {"axis": axis, "index": name}, _slice(axis, index, True)
    if rank >= 2:
        axes = (1, 2) if rank == _AXES else (0, 1)
        yield "only_border_wrong", {}, _border(axes, True)
        yield "only_inside_wrong", {}, _border(axes, False)
    for axis in range(rank):
        for index, name in ((0, "0"), (-1, "-1")):
            yield "only_index_right", {"axis": axis, "index": name}, _slice(axis, index, False)


def _slice(axis: int, index: int, inside: bool) -> _Part:
    def part(shape: tuple[int, ...]) -> np.ndarray | None:
        if shape[axis] < 2:
            return None
        chosen = np.zeros(shape, bool)
        np.moveaxis(chosen, axis, 0)[index] = True
        return chosen if inside else ~chosen

    return part


def _border(axes: tuple[int, int], inside: bool) -> _Part:
    def part(shape: tuple[int, ...]) -> np.ndarray | None:
        if min(shape[axis] for axis in axes) < _SIDE:
            return None
        chosen = np.ones(shape, bool)
        middle: list[Any] = [slice(None)] * len(shape)
        for axis in axes:
            middle[axis] = slice(1, -1)
        chosen[tuple(middle)] = False
        return chosen if inside else ~chosen

    return part


def _holds(pairs: _Pairs, part: _Part) -> bool:
    """Whether only this part is ever wrong, nearly all of it, and the rest could have been."""
    told = touched = 0
    for _, expected, wrong in pairs:
        chosen = part(expected.shape)
        if chosen is None:
            if wrong.any():
                return False
            continue
        if wrong[~chosen].any():
            return False
        if wrong.any():
            rest = expected[~chosen]
            told += bool(len(rest) and rest.any())
            touched += 2 * int(wrong[chosen].sum()) >= int(chosen.sum())
    return told >= _LEAST and touched >= _LEAST


def _unwritten(pairs: _Pairs) -> Said | None:
    """What is wrong is 0 wherever it is, and other entries are right."""
    cases = [(got, wrong) for got, expected, wrong in pairs if wrong.any()]
    right = sum(bool((expected[~wrong] != 0).any()) for _, expected, wrong in pairs if wrong.any())
    if len(cases) < _LEAST or right < _LEAST or any(got[wrong].any() for got, wrong in cases):
        return None
    return Said("zero_where_wrong", {})
