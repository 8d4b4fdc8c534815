"""Which line an edit makes a function right on: one, or none is told."""

import pytest

from grader import grade
from grader.checks._attempts import Attempt
from grader.checks._where import cases_for_edits, common_line
from grader.results import Verdict
from grader.session import Fault


def _attempts(count=20, wrong=lambda n: n % 2 == 0):
    for n in range(1, count + 1):
        attempt = Attempt("f", [], (n,), {}, n * n, (None, None))
        attempt.wrong = wrong(n)
        yield attempt


def _asking(versions, asked=None):
    """Answers like a worker that has these versions: number -> (line, makes_up, function)."""

    def ask(cases, chosen):
        if asked is not None:
            asked.append((len(cases), chosen))
        return [
            [number, line, makes_up, [[f(*case.args)] for case in cases]]
            for number, (line, makes_up, f) in versions.items()
            if chosen is None or number in chosen
        ]

    return ask


RIGHT, WRONG, ONCE = (lambda n: n * n), (lambda n: n + 1), (lambda n: 4)  # 4: right for n = 2 only


@pytest.mark.parametrize(
    ("versions", "line"),
    [
        ({0: (7, False, WRONG), 1: (8, False, RIGHT)}, 8),
        ({0: (7, False, RIGHT), 1: (7, True, RIGHT)}, 7),
        ({0: (7, False, RIGHT), 1: (8, False, RIGHT)}, None),  # either would do
        ({0: (7, False, RIGHT), 1: (8, True, RIGHT)}, 7),  # the other one only makes up for it
        ({0: (8, True, RIGHT)}, 8),
        ({0: (7, False, ONCE), 1: (8, False, RIGHT)}, 8),
        ({0: (7, False, ONCE)}, None),
        ({}, None),
    ],
)
def test_one_line_or_none(versions, line):
    cases = cases_for_edits(_attempts())
    assert common_line(cases, _asking(versions)) == line


def test_all_edits_are_tried_on_one_case_and_few_on_all():
    asked = []
    versions = dict.fromkeys(range(100), (7, False, WRONG)) | {100: (9, False, RIGHT)}
    cases = cases_for_edits(_attempts())
    assert common_line(cases, _asking(versions, asked)) == 9
    assert asked[0] == (1, None)
    assert asked[-1] == (20, [100])


@pytest.mark.parametrize(
    "rows",
    [
        None,
        [[1, 2]],
        [[1, "7", False, [[4]]]],
        [[1, 7, False, []]],
        [[1, 7, False, [4]]],
        [[1, 7, 1, [[4]]]],
        [[1, 7, False, [[{"a": 4}]]]],
        [[1, 7, False, [[4]]]] * 4_000,
    ],
)
def test_what_a_worker_makes_up_is_no_line(rows):
    assert common_line(cases_for_edits(_attempts()), lambda cases, chosen: rows) is None


def test_too_few_cases_tell_nothing():
    assert cases_for_edits(_attempts(6)) == []
    assert cases_for_edits(_attempts(20, wrong=lambda n: n == 1)) == []


def test_cases_that_cannot_be_repeated_are_left_out():
    attempts = list(_attempts())
    attempts[1].fault = Fault(Verdict.TIMEOUT, call="f(2)")
    attempts[3].steps = [["jit", {}]]
    attempts[5].dropped = True
    attempts[7].args = (object(),)
    attempts[9].fault = Fault(Verdict.EXCEPTION, call="f(10)")
    tried = [case.args for case in cases_for_edits(attempts)]
    assert tried[0] == (10,)  # the smallest of those that were wrong
    assert not {(2,), (4,), (6,)} & set(tried)


_CHECKS = """
from hypothesis import strategies as st
from grader.checks import agree, check, forall


@check(points=3, fr="Carrés", en="Squares")
@forall(examples=5, x=st.integers(-9, 9))
def test_square(student, reference, x):
    agree(student.square, reference.square, x)
"""


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("y = x * x\n    return y + 1", "Line 3, where a single change is enough for all cases tried: return y + 1"),
        ("y = x * x\n    y += 1 if x > 100 else x * x + 7 * x\n    print('noise')\n    return y + 3", None),
        ("return open('never').read()", None),
    ],
)  # fmt: skip
def test_the_report_says_on_which_line(maths, tmp_path, body, told):
    (maths / "q01_square" / "checks.py").write_text(_CHECKS, encoding="utf-8")
    work = tmp_path / "work"
    work.mkdir()
    (work / "q01_square.py").write_text(f"def square(x):\n    {body}\n", encoding="utf-8")
    result = grade(str(maths), work, questions=["q01"], language="en", isolation=0, seed=1)
    (check,) = result.questions[0].checks
    assert check.verdict in (Verdict.FAILED, Verdict.EXCEPTION)
    if told is None:
        assert "Where to look?" not in check.message
    else:
        assert told in check.message, check.message
