"""The proof of a course: a sound course has no finding, and each fault is one finding that names it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.authoring import Finding, check_course, write_stubs
from grader.course import read_course

Fault = Callable[[Path], object]


def _prove(folder: Path, *questions: str) -> list[Finding]:
    return list(check_course(read_course(folder), questions=questions or None, seed=5))


def _problems(folder: Path, *questions: str) -> list[Finding]:
    return [finding for finding in _prove(folder, *questions) if finding.problem]


def _edit(name: str, old: str, new: str) -> Fault:
    """A fault made by replacing text in one file of question 1."""

    def spoil(course: Path) -> None:
        path = course / "q01_square" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return spoil


def _append(name: str, text: str) -> Fault:
    def spoil(course: Path) -> None:
        with open(course / "q01_square" / name, "a", encoding="utf-8") as stream:
            stream.write(text)

    return spoil


def _with_stubs(spoil: Fault) -> Fault:
    """The same fault, with the stubs cut anew after it."""

    def both(course: Path) -> None:
        spoil(course)
        write_stubs(read_course(course))

    return both


def _rewrite(name: str, text: str) -> Fault:
    return lambda course: (course / "q01_square" / name).write_text(text, encoding="utf-8")


def _remove(name: str) -> Fault:
    return lambda course: (course / "q01_square" / name).unlink()


def _mistake(name: str, body: str, of: str = "square") -> Fault:
    text = f'\n\n@mistake(of="{of}", fr="F", en="E")\ndef {name}(x):\n    {body}\n'
    return _append("mistakes.py", text)


def test_so_many_mistakes_of_each_function_are_tried_as_were_asked_for(maths):
    for number in range(2, 6):
        _mistake(f"power_{number}", f"return x * x + {number}")(maths)
    course = read_course(maths)

    def tried(most):
        found = check_course(course, questions=["q01"], seed=5, mistakes=most)
        return [f.claim.split()[1] for f in found if f.claim.endswith("caught and named")]

    everything = tried(None)
    assert {f"power_{number}" for number in range(2, 6)} < set(everything)
    some = tried(2)
    assert set(some) < set(everything)
    assert 1 < sum(name in some for name in everything) < len(everything)
    assert tried(50) == everything


def test_a_mistake_that_only_some_seeds_show_is_found_by_drawing_again(maths):
    """Wrong for one number of a hundred and one, twenty cases show it on a fifth of the seeds."""
    _mistake("wrong_at_7", "return x * x + (x == 7)")(maths)
    found = check_course(read_course(maths), questions=["q01"], seed=5, draws=12)
    shown = {
        f.claim.split()[1]: f.problem for f in found if f.claim.endswith("in each of 12 draws")
    }
    assert set(shown) == {"doubled", "squares", "wrong_at_7"}
    missed = re.match(r"in (\d+) of them no case", shown.pop("wrong_at_7"))
    assert 4 <= int(missed[1]) <= 12
    assert not any(shown.values())


def test_a_sound_course_is_proved(maths):
    runs: list[tuple[int, int]] = []
    course = read_course(maths)
    findings = list(check_course(course, seed=5, on_run=lambda *at: runs.append(at)))
    assert not [finding for finding in findings if finding.problem]
    assert runs == [(0, 3), (1, 3), (2, 3), (3, 3)]
    claims = [finding.claim for finding in findings if finding.question == "q01"]
    assert claims == [
        "statement, three hints and commentary (fr)",
        "hints for each function to write (fr)",
        "statement, three hints and commentary (en)",
        "hints for each function to write (en)",
        "nothing is left to write",
        "solution.py holds a solution",
        "the stub is in sync, in each language",
        "checks.py declares checks",
        "mistakes.py declares mistakes",
        "the points of the checks add up",
        "the reference gets full marks",
        "the reference needs at most a fifth of its time",
        "the cases have nothing in common that was not accepted",
        "the stub gets nothing",
        "mistake doubled is caught and named",
        "mistake squares is caught and named",
    ]


_BEFORE_GRADING: dict[str, tuple[Fault, str, str]] = {
    "a hint file is missing": (_remove("hints.en.md"), "commentary (en)", "hints.en.md is missing"),
    "a statement is empty": (_rewrite("statement.fr.md", "\n"), "(fr)", "statement.fr.md is empty"),
    "a statement is no text": (
        lambda course: (course / "q01_square/statement.fr.md").write_bytes(b"\xff"),
        "(fr)",
        "statement.fr.md cannot be read",
    ),
    "a level of hints is missing": (
        _rewrite("hints.fr.md", "## 1\na\n## 2\nb\n"),
        "commentary (fr)",
        "it has ## 1, ## 2",
    ),
    "a level of hints is empty": (
        _rewrite("hints.fr.md", "## 1\na\n## 2\n\n## 3\nb\n"),
        "commentary (fr)",
        "nothing under ## 2",
    ),
    "a commentary is missing": (
        _remove("commentary.fr.md"),
        "commentary (fr)",
        "commentary.fr.md is missing",
    ),
    "a function has no hint": (
        _edit("hints.en.md", "- `square`", "- square"),
        "each function to write (en)",
        "no item that begins with - `square`:",
    ),
    "a hint is for a function that is not to be written": (
        _edit("hints.en.md", "- `square`: a", "- `sqare`, `square`: a"),
        "each function to write (en)",
        "a hint for sqare",
    ),
    "the solution is missing": (_remove("solution.py"), "solution", "solution.py is missing"),
    "the solution is no Python": (
        _append("solution.py", "def ("),
        "holds a solution",
        r"solution.py, line \d+: SyntaxError",
    ),
    "the solution does not load": (
        _append("solution.py", "\n\nx = 1 / 0\n"),
        "holds a solution",
        r"solution.py, line \d+: ZeroDivisionError: division by zero",
    ),
    "the solution imports what students lack": (
        _with_stubs(
            _edit("solution.py", "\n\n\ndef square", "\nimport grader.wire\n\n\ndef square")
        ),
        "holds a solution",
        "cannot import grader.wire",
    ),
    "a function is defined twice": (
        _append("solution.py", "\n\ndef square(x):\n    return 0\n"),
        "holds a solution",
        "defines square twice",
    ),
    "markers do not pair up": (
        _edit("solution.py", "    # END SOLUTION\n\n\ndef cubes", "\n\ndef cubes"),
        "the stub is in sync",
        "line .*inside a region begun at line",
    ),
    "the stub was edited by hand": (
        lambda course: (course.parents[1] / "exercises/maths/q01_square.py").write_text("x = 1\n"),
        "the stub is in sync",
        "q01_square.py differs .* `grader course stubs`",
    ),
    "the stub was never cut": (
        lambda course: (course.parents[1] / "exercises/maths/q01_square.py").unlink(),
        "the stub is in sync",
        "q01_square.py is missing",
    ),
    "a docstring is in one language": (
        _with_stubs(_edit("solution.py", "EN: The cubes", "The cubes")),
        "in each language",
        "docstring of cubes",
    ),
    "the checks are no Python": (
        _append("checks.py", "def ("),
        "declares checks",
        r"checks.py, line \d+: SyntaxError",
    ),
    "there are no checks": (_rewrite("checks.py", "\n"), "declares checks", "no test"),
    "a test is no check": (
        _append("checks.py", "\n\ndef test_free(student):\n    pass\n"),
        "declares checks",
        "test_free has no @check",
    ),
    "two checks have one id": (
        _edit("checks.py", "def test_sign", "def test_square"),
        "declares checks",
        "test_square twice: check ids must be unique",
    ),
    "a check has no French title": (
        _edit("checks.py", 'fr="Les cubes"', 'fr=" "'),
        "declares checks",
        "test_cubes has no title in 'fr'",
    ),
    "a check needs a later one": (
        _edit("checks.py", 'needs=("square",)', 'needs=("cubes",)'),
        "declares checks",
        "test_sign needs 'cubes', which is no earlier check",
    ),
    "the mistakes are no Python": (
        _append("mistakes.py", "def ("),
        "declares mistakes",
        r"mistakes.py, line \d+: SyntaxError",
    ),
    "two mistakes have one name": (
        _mistake("doubled", "return 0"),
        "declares mistakes",
        "doubled twice",
    ),
    "a mistake stands for nothing": (
        _mistake("other", "return 0", of="sqare"),
        "declares mistakes",
        "other is a mistake of 'sqare', which solution.py does not define",
    ),
    "a mistake has no English text": (
        _edit("mistakes.py", 'en="You double."', 'en=""'),
        "declares mistakes",
        "doubled has no text in 'en'",
    ),
    "mistakes import another file of the course": (
        lambda course: _edit(
            "mistakes.py", "from . import solution", "from . import checks, solution"
        )(course),
        "declares mistakes",
        "import only `from . import solution`",
    ),
}


@pytest.mark.parametrize("name", _BEFORE_GRADING)
def test_a_fault_of_the_files_is_one_finding_before_anything_is_graded(maths, monkeypatch, name):
    spoil, claim, problem = _BEFORE_GRADING[name]
    monkeypatch.setattr("grader.authoring._proof.grade_files", _graded_as_sound)
    spoil(maths)
    (finding,) = _problems(maths, "q01")
    assert finding.question == "q01"
    assert claim in finding.claim
    assert re.search(problem, finding.problem)


def _graded_as_sound(course, files, **options):
    """Stands for the grading of a course whose texts alone may be at fault."""
    from grader.results import CheckResult, Isolation, QuestionResult, Result, Verdict

    result = Result(
        course=course.id,
        version="",
        seed=0,
        seed_id="",
        started="",
        isolation=Isolation(0, "process", ()),
    )
    for file in files:
        stub = b"raise NotImplementedError" in file.content
        named = [name for name in ("doubled", "squares") if f"= {name}".encode() in file.content]
        verdict = Verdict.FAILED if stub or named else Verdict.PASSED
        checks = [
            CheckResult(id=f"q01.{n}", title="", verdict=verdict, max_points=1, mistake=n)
            for n in named or ["a"]
        ]
        result.questions.append(QuestionResult(id="q01", title="", max_score=1, checks=checks))
    return result


_BY_GRADING: dict[str, tuple[Fault, str, str]] = {
    "points do not add up": (
        lambda course: (course / "course.toml").write_text(
            (course / "course.toml")
            .read_text(encoding="utf-8")
            .replace("points = 3", "points = 4"),
            encoding="utf-8",
        ),
        "the points of the checks add up",
        "^the checks are worth 3 points, the question 4$",
    ),
    "the reference is wrong": (
        _edit("checks.py", "reference.cubes, numbers", "lambda n: [7], numbers"),
        "the reference gets full marks",
        "q01.cubes: failed: ",
    ),
    "a check raises": (
        _edit("checks.py", "    y = student.square(x).integer()", "    y = 1 / 0"),
        "the reference gets full marks",
        "q01.sign: grader_error: ZeroDivisionError: division by zero",
    ),
    "a check passes without work": (
        _edit("checks.py", "    agree(student.cubes, reference.cubes, numbers)", "    pass"),
        "the stub gets nothing",
        "q01.cubes: passed",
    ),
    "a mistake is not caught": (
        _mistake("far_away", "return x * x if abs(x) < 99 else 0"),
        "mistake far_away is caught and named",
        "every check passes",
    ),
    "a mistake is taken for another": (
        _mistake("added", "return x + x"),
        "mistake added is caught and named",
        "it is taken for doubled",
    ),
    "a mistake does what no check compares": (
        _edit(
            "checks.py", "agree(student.square, reference.square, x)", "assert_square(student, x)"
        ),
        "the reference gets full marks",
        "q01.square: grader_error: NameError",
    ),
}


@pytest.mark.parametrize("name", _BY_GRADING)
def test_a_fault_that_grading_shows_is_named(maths, name):
    spoil, claim, problem = _BY_GRADING[name]
    spoil(maths)
    findings = _problems(maths, "q01")
    assert claim == findings[0].claim
    assert re.search(problem, findings[0].problem)
    # A check that asks for nothing also misses the mistakes that it was there for.
    assert len(findings) == (2 if name == "a check passes without work" else 1)


def test_a_budget_that_the_reference_nearly_fills_is_a_finding_of_its_own(maths):
    slow = (
        "import time\n    end = time.process_time() + (0.6 if x == 0 else 0)\n"
        "    while time.process_time() < end:\n        pass\n    return x * x"
    )
    _edit("solution.py", "return x * x", slow)(maths)
    manifest = maths / "course.toml"
    text = re.sub("seconds = .*", "seconds = 1.0", manifest.read_text(encoding="utf-8"))
    manifest.write_text(text, encoding="utf-8")
    findings = _prove(maths, "q01")
    (finding,) = (finding for finding in findings if finding.problem)
    assert finding.claim == "the reference needs at most a fifth of its time"
    said = r"^q01.\w+ takes \d+% of it; seconds \(=1\) must be at least \d(\.\d)?$"
    assert re.search(said, finding.problem)
    assert "mistake doubled is caught and named" in [finding.claim for finding in findings]


def test_a_fault_of_one_question_leaves_the_others_proved(maths):
    _append("solution.py", "def (")(maths)
    findings = _prove(maths)
    assert [finding.question for finding in findings if finding.problem] == ["q01"]
    assert "mistake squared is caught and named" in [finding.claim for finding in findings]


def test_mistakes_that_get_in_each_others_way_are_tried_alone(maths):
    # While squares are doubled, the cubes, which are made of them, are wrong in another way.
    _edit("solution.py", "[n**3 for n in numbers]", "[n * square(n) for n in numbers]")(maths)
    _edit(
        "mistakes.py",
        "[solution.square(n) for n in numbers]",
        "[n + solution.square(n) for n in numbers]",
    )(maths)
    assert not _problems(maths, "q01")


def test_a_question_that_the_course_does_not_have_is_refused(maths):
    with pytest.raises(KeyError, match="q09"):
        _prove(maths, "q09")


# -------------------------------------------------------------------------------- what is never tried


def test_what_all_cases_have_in_common_must_be_accepted(maths):
    _edit("checks.py", "st.integers(-50, 50)", "st.integers(-50, 50).map(lambda n: 2 * n)")(maths)
    (finding,) = _problems(maths, "q01")
    assert finding.claim == "the cases have nothing in common that was not accepted"
    assert "square: x % 2 == 0" in finding.problem
    accepted = maths / "q01_square/accepted.toml"
    accepted.write_text('[square]\n"x % 2 == 0" = ""\n')
    assert len(_problems(maths, "q01")) == 1  # a reason is asked for
    accepted.write_text('[square]\n"x % 2 == 0" = "odd numbers are for the next question"\n')
    assert _problems(maths, "q01") == []


def test_what_is_accepted_must_be_readable(maths):
    (maths / "q01_square/accepted.toml").write_text("[square\n")
    (finding,) = _problems(maths, "q01")
    assert "accepted.toml cannot be read" in finding.problem


def test_a_folder_of_answers_is_tried(maths, tmp_path):
    answers = tmp_path / "answers/q02"
    answers.mkdir(parents=True)
    (answers / "ok_adds.py").write_text("def double(x):\n    return x + x\n")
    (answers / "ok_not.py").write_text("def double(x):\n    return x + 1\n")
    (answers / "off_by_one.py").write_text("def double(x):\n    return 2 * x + 1\n")
    (answers / "unseen.py").write_text("def double(x):\n    return 2 * x if x < 99 else 0\n")
    course = read_course(maths)
    found = check_course(course, questions=["q02"], seed=5, wrong=tmp_path / "answers")
    told = {f.claim: f.problem for f in found if ".py " in f.claim and f.claim[0] in "ou"}
    assert set(told) == {
        "ok_adds.py gets full marks",
        "ok_not.py gets full marks",
        "off_by_one.py is caught",
        "unseen.py is caught",
    }
    assert [claim for claim, problem in told.items() if problem] == [
        "ok_not.py gets full marks",
        "unseen.py is caught",
    ]
    assert told["unseen.py is caught"] == "every check passes"
