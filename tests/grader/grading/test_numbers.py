"""Numbers of one's own: each file is graded by the numbers that stand in it, and none gets points by luck."""

import shutil

import msgspec
import pytest

from grader import Result, grade
from grader.course import numbers_of, read_course, read_stub, with_numbers
from grader.results import Verdict


@pytest.fixture
def graded(own, tmp_path, solved):
    """Grades a file of the course: the stub for these numbers, solved, with some text replaced."""
    course = read_course(own)
    question = course.questions[0]

    def run(numbers=None, *changes: tuple[str, str], untouched: bool = False) -> Result:
        stub = with_numbers(question, read_stub(course, question), numbers or {}).decode()
        text = stub if untouched else solved(stub)
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / question.file).write_text(text)
        return grade(course, tmp_path, seed=3, language="en", isolation=0)

    return run


def test_two_students_are_each_graded_by_their_own(own, graded):
    course = read_course(own)
    for student in ("s1234", "ada1"):
        numbers = numbers_of(course, course.questions[0], student)
        result = graded(numbers)
        assert (result.score, result.exit_status) == (4, 0)
        assert result.questions[0].numbers == numbers
        assert Result.from_json(result.to_json()) == result


def test_what_is_right_for_other_numbers_is_wrong_and_its_mistake_is_named(graded):
    wrong = graded(
        {"KERNEL": 7, "STRIDE": 3}, ("(size - KERNEL) // STRIDE + 1", "(size - 3) // 1 + 1")
    )
    verdicts = {check.id: check.verdict for check in wrong.questions[0].checks}
    assert verdicts["q01.positions"] is Verdict.FAILED
    assert verdicts["q01.padded"] is Verdict.PASSED
    less = graded({"KERNEL": 7, "STRIDE": 3}, ("// STRIDE + 1", "// STRIDE"))
    assert less.questions[0].checks[0].mistake == "one_less"


def test_a_right_helper_has_the_numbers_too(graded):
    """Where padding is wrong, what is built on it is judged with the reference's, for the student's numbers."""
    result = graded({"KERNEL": 7, "STRIDE": 2}, ("size + 2 * HALF", "size + HALF"))
    padded, outputs = (c for c in result.questions[0].checks if c.id != "q01.positions")
    assert (padded.verdict, padded.mistake) == (Verdict.FAILED, "one_side")
    assert (outputs.verdict, outputs.given) == (Verdict.PASSED, ("padded",))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("KERNEL = 5", "KERNEL = 4"), "KERNEL = 4 is no value of this question"),
        (("KERNEL = 5  # pixels\n", ""), "the line `KERNEL = …` is missing"),
        (("KERNEL = 5", "KERNEL = 10 // 2"), "KERNEL must be set once"),
        (("STRIDE = 2", "STRIDE = 2\nKERNEL = 7"), "KERNEL must be set once"),
    ],
)
def test_a_number_that_cannot_be_taken_fails_every_check_with_one_message(graded, change, says):
    result = graded({"KERNEL": 5, "STRIDE": 2}, change)
    question = result.questions[0]
    assert (question.verdict, question.score) == (Verdict.FAILED, 0)
    assert len(question.checks) == 3
    (message,) = {check.message for check in question.checks}
    assert says in message
    assert "one of these: 3, 5, 7" in message
    assert "q01_positions.py" in message
    assert question.numbers is msgspec.UNSET
    assert result.complete


@pytest.mark.parametrize("numbers", [{}, {"KERNEL": 7, "STRIDE": 3}])
def test_an_untouched_stub_is_not_attempted_whatever_its_numbers(graded, numbers):
    question = graded(numbers, untouched=True).questions[0]
    assert question.verdict is Verdict.NOT_ATTEMPTED
    assert {check.message for check in question.checks} == {"Not started yet."}


def test_what_does_not_load_says_so_and_not_that_a_number_is_wrong(graded):
    question = graded({}, ("return size + 2 * HALF", "return (")).questions[0]
    assert question.verdict is Verdict.IMPORT_ERROR


def test_questions_without_numbers_say_nothing_of_them(maths):
    result = grade(str(maths), maths.parent, seed=3, language="en", isolation=0)
    assert [question.numbers for question in result.questions] == [msgspec.UNSET] * 2
    assert b"numbers" not in result.to_json().replace(b"cubes(numbers", b"")


def test_side_by_side_is_as_one_after_the_other(own, graded, tmp_path):
    one = graded({"KERNEL": 5, "STRIDE": 3})
    text = (own / "course.toml").read_text()
    second = text[text.index("[[questions]]") :].replace("q01", "q02").replace("positions", "again")
    (own / "course.toml").write_text(f"{text}\n{second}")
    shutil.copytree(own / "q01_positions", own / "q02_again")
    exercises = own.parents[1] / "exercises" / "own"
    shutil.copy(exercises / "q01_positions.py", exercises / "q02_again.py")
    answer = (tmp_path / "q01_positions.py").read_text()
    (tmp_path / "q02_again.py").write_text(answer.replace("STRIDE = 3", "STRIDE = 1"))
    both = grade(read_course(own), tmp_path, seed=3, language="en", isolation=0, jobs=2)
    assert [question.score for question in both.questions] == [4, 4]
    assert both.questions[0].numbers == one.questions[0].numbers
    assert both.questions[1].numbers == {"KERNEL": 5, "STRIDE": 1}
