"""Numbers of one's own for an author: the proof tries every value, and a package has the cases of every set."""

import io
import re
import zipfile

import pytest

from grader.authoring import RecordingError, check_course, new_course, pack_course, write_stubs
from grader.checks._public import PublicCases, public_sets
from grader.course import number_sets, numbers_of, read_course, read_stub, with_numbers
from grader.grading import grade
from grader.results import Verdict


def _edit(own, name: str, old: str, new: str) -> None:
    path = own / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    write_stubs(read_course(own))


def _proved(own) -> dict[str, str]:
    """What is claimed of the question, with its problems."""
    return {one.claim: one.problem for one in check_course(read_course(own), seed=5, isolation=0)}


# ------------------------------------------------------------------------------------ the proof


def test_every_value_of_every_number_is_tried(own):
    claims = _proved(own)
    assert not any(claims.values())
    assert "the numbers stand in solution.py" in claims
    tried = [re.fullmatch(r"the reference gets full marks with (.*)", claim) for claim in claims]
    assert [match[1] for match in tried if match] == [
        "KERNEL = 5, STRIDE = 2",
        "KERNEL = 7, STRIDE = 3",
    ]
    assert "the stub gets nothing with KERNEL = 7, STRIDE = 3" in claims


def test_a_solution_that_is_right_for_its_own_numbers_alone_is_found_out(own):
    solution = "q01_positions/solution.py"
    _edit(own, solution, "return (size - KERNEL)", "assert KERNEL < 7\n    return (size - KERNEL)")
    problems = {claim: problem for claim, problem in _proved(own).items() if problem}
    assert list(problems) == ["the reference gets full marks with KERNEL = 7, STRIDE = 3"]


def test_a_check_that_the_stub_passes_for_some_number_is_found_out(own):
    checks = "q01_positions/checks.py"
    old = "    agree(student.padded, reference.padded, size)"
    _edit(own, checks, old, f"    if reference.KERNEL != 5:\n    {old}")
    problems = {claim: problem for claim, problem in _proved(own).items() if problem}
    assert problems == {"the stub gets nothing with KERNEL = 5, STRIDE = 2": "q01.padded: passed"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("KERNEL = 3  # pixels", "KERNEL = 4", "KERNEL = 4 is no value"),
        ("KERNEL = 3  # pixels", "KERNEL = 2 + 1", "must be set once"),
        ("STRIDE = 1", "STRIDE = 1\nSTRIDE = 1", "must be set once"),
        (
            "STRIDE = 1\n",
            "# BEGIN SOLUTION\nSTRIDE = 1\n# END SOLUTION\n",
            "STRIDE is set in a marked",
        ),
    ],
)
def test_a_solution_in_which_numbers_cannot_be_put_is_found_out(own, old, new, says):
    _edit(own, "q01_positions/solution.py", old, new)
    problems = {claim: problem for claim, problem in _proved(own).items() if problem}
    assert list(problems) == ["the numbers stand in solution.py"]
    assert says in problems["the numbers stand in solution.py"]


def test_a_new_course_takes_numbers(tmp_path):
    """What ``grader course new`` makes, with the factor that its question is about drawn."""
    folder = new_course(tmp_path, "mine", "scaled", languages=["en"]).path
    for path in sorted(folder.rglob("*.*")):
        text = path.read_text()
        path.write_text(re.sub(r'TO WRITE: [^"\n]*', "written", text))
    _edit(folder, "course.toml", "points = 1 ", "numbers = {FACTOR = [2, 3]}\npoints = 1 ")
    solution = "q01_scaled/solution.py"
    _edit(folder, solution, "import numpy as np\n", "import numpy as np\n\nFACTOR = 2\n")
    _edit(folder, solution, "return factor * x", "return FACTOR * factor * x")
    course = read_course(folder)
    question = course.questions[0]
    stub = with_numbers(question, read_stub(course, question), {"FACTOR": 3}).decode()
    answer = stub.replace("raise NotImplementedError", "return 3 * factor * x")
    (tmp_path / question.file).write_text(answer)
    assert grade(course, tmp_path, seed=1, isolation=0).score == 1
    (tmp_path / question.file).write_text(answer.replace("FACTOR = 3", "FACTOR = 2"))
    assert grade(course, tmp_path, seed=1, isolation=0).score == 0


# ------------------------------------------------------------------------------------ the package


@pytest.fixture
def unpacked(own, tmp_path):
    """What students get: the course in it, and the folder of their files."""
    packed = pack_course(read_course(own))
    with zipfile.ZipFile(io.BytesIO(packed.students)) as archive:
        archive.extractall(tmp_path)
    return read_course(tmp_path / "own" / "course"), tmp_path / "own" / "exercises"


def test_a_package_draws_as_its_course_does(own, unpacked):
    course, students = read_course(own), unpacked[0]
    for student in ("s1234", "ada1", "bob2"):
        question = course.questions[0]
        drawn = numbers_of(students, students.questions[0], student)
        assert drawn == numbers_of(course, question, student)


def test_a_package_has_cases_for_every_set_of_numbers(unpacked, solved):
    course, folder = unpacked
    question = course.questions[0]
    assert (question.points, question.elsewhere) == (4, 0)
    stub = read_stub(course, question)
    for numbers in ({"KERNEL": 3, "STRIDE": 1}, {"KERNEL": 7, "STRIDE": 2}):
        answer = solved(with_numbers(question, stub, numbers).decode())
        (folder / "own" / question.file).write_text(answer)
        result = grade(course, folder, seed=1, language="en", isolation=0)
        assert (result.score, result.public, result.questions[0].numbers) == (4, True, numbers)
    wrong = answer.replace("// STRIDE + 1", "// STRIDE")
    (folder / "own" / question.file).write_text(wrong)
    check = grade(course, folder, seed=1, language="en", isolation=0).questions[0].checks[0]
    assert (check.verdict, check.mistake) == (Verdict.FAILED, "one_less")
    (folder / "own" / question.file).write_text(answer.replace("KERNEL = 7", "KERNEL = 9"))
    question_result = grade(course, folder, seed=1, language="en", isolation=0).questions[0]
    assert question_result.score == 0
    assert "KERNEL = 9 is no value" in question_result.checks[0].message


def test_the_answers_of_a_set_are_those_for_its_numbers(unpacked):
    course, _ = unpacked
    question = course.questions[0]
    sets = public_sets(question)
    assert list(sets.values()) == list(number_sets(question))
    names = {path.name for path in (course.path / question.folder).glob("*.bin")}
    assert names == set(sets)
    for name, numbers in sets.items():
        cases = PublicCases.from_bytes((course.path / question.folder / name).read_bytes())
        calls = [call for check in cases.checks for call in check.calls]
        assert [check.name for check in cases.checks] == ["positions", "padded", "outputs"]
        for call in calls:
            if call.function == "positions":
                (size,) = call.args
                assert call.expected == len(
                    range(0, size - numbers["KERNEL"] + 1, numbers["STRIDE"])
                )


def test_a_check_that_some_numbers_leave_out_is_left_out_for_all(own):
    old = "    agree(student.padded, reference.padded, size)"
    new = f"{old}\n    if reference.KERNEL == 7:\n        student.padded(size).integer()"
    _edit(own, "q01_positions/checks.py", old, new)
    packed = pack_course(read_course(own))
    assert packed.public == {"q01": 3}
    assert packed.unrecorded == ()


def test_a_check_that_fails_for_some_numbers_is_named_with_them(own):
    _edit(
        own,
        "q01_positions/solution.py",
        "return (size - KERNEL)",
        "assert STRIDE < 3\n    return (size - KERNEL)",
    )
    with pytest.raises(RecordingError, match=r"with KERNEL = 3, STRIDE = 3: q01\.positions fails"):
        pack_course(read_course(own))


def test_where_too_many_sets_can_be_drawn_there_are_no_public_cases(own, tmp_path):
    _edit(own, "course.toml", "STRIDE = [1, 2, 3]", "STRIDE = [1, 2, 3, 4, 5, 6]")
    packed = pack_course(read_course(own))
    assert (packed.public, packed.unrecorded) == ({"q01": 0}, ("q01",))
    with zipfile.ZipFile(io.BytesIO(packed.students)) as archive:
        archive.extractall(tmp_path)
    course = read_course(tmp_path / "own" / "course")
    question = course.questions[0]
    assert (question.points, question.elsewhere) == (0, 4)
    answer = tmp_path / "own" / "exercises" / "own" / question.file
    answer.write_text(answer.read_text().replace("raise NotImplementedError", "return size"))
    result = grade(course, answer.parent, seed=1, language="en", isolation=0)
    assert [check.verdict for check in result.questions[0].checks] == [Verdict.PASSED]
