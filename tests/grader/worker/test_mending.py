"""Versions of a function with one edit each: what slips they take back, and what they cannot do."""

import ast
import copy
import textwrap
from collections import Counter

import pytest

from grader import wire
from grader.worker import _mending
from grader.worker._edits import edits
from grader.worker._mending import mended
from grader.worker._operations import Operations


@pytest.fixture
def versions(tmp_path):
    """The rows of all edits of ``f`` in a source, on some cases."""

    def rows(source: str, *cases: tuple, chosen: list[int] | None = None) -> list[list]:
        file = tmp_path / "work.py"
        file.write_text(textwrap.dedent(source), encoding="utf-8")
        names = {"__file__": str(file)}
        exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), names)
        given = [(list(case), {}) for case in cases]
        return mended(names, "f", given, chosen, copy.deepcopy, Operations.as_array)

    return rows


def _lines(rows, *wanted):
    """Where edits lie that give these answers."""
    return Counter(line for _, line, _, answers in rows if answers == [[w] for w in wanted])


@pytest.mark.parametrize(
    ("source", "cases", "line"),
    [
        # What was meant: the sum of n odd numbers, largest gap, ... each with one slip.
        ("def f(n):\n    s = 0\n    for i in range(n):\n        s += i\n        return s", {3: 3, 0: None, 5: 10}, 5),
        ("def f(n):\n    s = 1\n    for i in range(n):\n        s += i\n    return s", {3: 3, 1: 0, 5: 10}, 2),
        ("def f(n):\n    s = 0\n    for i in range(n - 1):\n        s += i\n    return s", {3: 3, 1: 0, 5: 10}, 3),
        ("def f(n):\n    s = 0\n    for i in range(n):\n        s = i\n    return s", {3: 3, 1: 0, 5: 10}, 4),
        ("def f(n):\n    if n < 3:\n        return 'few'\n    return 'many'", {2: "few", 3: "few", 4: "many"}, 2),
        ("def f(n):\n    return n > 2 or n < 7", {1: False, 5: True, 9: False}, 2),
        ("def f(n):\n    a, b = n, 7\n    return a // b", {1: 7, 3: 2, 7: 1}, 3),
        ("def f(n):\n    return n / 2", {1: 0, 3: 1, 4: 2}, 2),
        ("def f(n):\n    top = max(n, 4)\n    return top", {1: 1, 3: 3, 9: 4}, 2),
        ("def f(n):\n    if n > 3:\n        return 'a'\n    elif n > 5:\n        pass\n    return n", {4: 4, 9: 9}, 2),
        ("def f(n):\n    a = []\n    if n > 2:\n        a += [2]\n    elif n > 5:\n        a += [5]\n    return a",
         {1: [], 3: [2], 7: [2, 5]}, 5),
        ("def f(n):\n    if n > 2:\n        n *= 2\n    elif n > 3:\n        n *= 3\n    elif n > 4:\n        n *= 5\n"
         "    return n", {1: 1, 3: 90, 4: 120}, 4),
        ("def f(n):\n    a = [0, 0]\n    a[1] == n\n    return a", {1: [0, 1], 4: [0, 4]}, 3),
        ("def f(n):\n    return (n)", {1: (1,), 2: (2,)}, 2),
        ("def f(n):\n    m = n\n    n = 2 * n\n    return m + n", {1: 4, 3: 12, 5: 20}, 2),
    ],
)  # fmt: skip
def test_one_edit_takes_a_slip_back(versions, source, cases, line):
    right = {n: answer for n, answer in cases.items() if answer is not None}
    found = _lines(versions(source, *((n,) for n in right)), *right.values())
    assert line in found


def test_the_function_is_as_it_was_after_all_edits():
    source = "def f(a, b=(1, 2), *c):\n" + textwrap.indent(
        textwrap.dedent(
            """
            'Of no use.'
            out = [x for x in a if x] + list(c)
            for i, j in b:
                if i < j and not out:
                    out[i:] = a.T[0, 1]
                elif 'x' in out:
                    break
                else:
                    out += max(i, j, key=lambda k: -k)
            while out:
                out.pop()
            return out if a else (b, 1.5)
            """
        ),
        "    ",
    )
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    before, seen, number = ast.dump(function, include_attributes=True), set(), 0
    for _ in edits(function):
        number += 1
        seen.add(ast.dump(function))
    assert ast.dump(function, include_attributes=True) == before
    assert len(seen) > 0.8 * number > 100


def test_edits_have_the_same_numbers_each_time(versions):
    source = "def f(a, b):\n    while b > 9:\n        a, b = 1, 1\n    return a - b"
    every = versions(source, (5, 3))
    some = [row[0] for row in every if row[3] == [[8]]]
    assert some
    again = versions(source, (5, 3), (1, 1), chosen=some)
    assert [row[:3] for row in again] == [row[:3] for row in every if row[0] in some]
    assert all(row[3] == [[8], [2]] for row in again)


def test_what_goes_on_for_ever_ends(versions):
    source = "def f(n):\n    while n > 0:\n        n -= 1\n    return n"
    assert _lines(versions(source, (3,)), 0)


def test_too_much_work_in_all_is_refused(versions, monkeypatch):
    monkeypatch.setattr(_mending, "_ALL_STEPS", 1_000)
    with pytest.raises(wire.Refused):
        versions("def f(n):\n    while n > 0:\n        n -= 1\n    return n", (3,))


def test_what_an_edit_does_to_its_arguments_is_not_seen_by_the_next(versions):
    rows = versions("def f(a):\n    a.append(1)\n    return len(a)", ([],))
    assert {answer[0] for *_, [answer] in rows if answer and type(answer[0]) is int} <= {
        -1,
        0,
        1,
        2,
    }


@pytest.mark.parametrize(
    "source",
    [
        "def f(n):\n    yield n",
        "import functools\n@functools.cache\ndef f(n):\n    return n",
        "f = lambda n: n",
        "def f(n):\n    return n\ndef f(n):\n    return n + 1",
    ],
)
def test_only_a_plain_function_is_edited(versions, source):
    assert versions(source, (1,)) == []


def test_large_and_strange_answers_are_none(versions):
    rows = versions("def f(n):\n    return [n] * 10**6 if n else object()", (0,), (1,))
    assert all(len(answer) == 0 or len(str(answer)) < 10**5 for *_, both in rows for answer in both)
