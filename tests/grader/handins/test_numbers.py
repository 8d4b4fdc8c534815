"""Whose numbers a file has: a note for a person, where a roster says who handed it in."""

import json

import pytest

from grader.course import numbers_of, read_course, read_stub, with_numbers
from grader.handins import State, read_handins, to_json

ROSTER = "id,name\ns1234,Ada\nS1235,Bob\n"
NOTE = "STRIDE = 2; drawn for s1234: 3"


@pytest.fixture
def course(own):
    return read_course(own)


@pytest.fixture
def file_of(course, solved):
    """A student's right answer, with the numbers drawn for them."""
    question = course.questions[0]

    def file(student: str) -> str:
        numbers = numbers_of(course, question, student)
        return solved(with_numbers(question, read_stub(course, question), numbers).decode())

    return file


@pytest.fixture
def read(course, tmp_path):
    """What is read of a class, given as students' folders with their answers to the question."""

    def read(files: dict[str, str], roster: str | None = ROSTER):
        for student, text in files.items():
            place = tmp_path / "class" / student
            place.mkdir(parents=True, exist_ok=True)
            (place / "q01_positions.py").write_text(text)
        path = tmp_path / "roster.csv" if roster is not None else None
        if path:
            path.write_text(roster or "")
        return read_handins(course, tmp_path / "class", path)

    return read


def _notes(handins) -> dict[str, list[str]]:
    return {h.student.id: [note.text["en"] for note in h.notes] for h in handins.handins}


def test_a_file_with_the_numbers_of_another_is_noted(read, file_of):
    handins = read({"s1234": file_of("s1235"), "s1235": file_of("s1235")})
    assert _notes(handins) == {"s1234": [NOTE], "S1235": []}
    ((note,),) = (handin.notes for handin in handins.handins if handin.student.id == "s1234")
    assert note.question == "q01"
    assert note.text["fr"].replace("\u00a0", " ").replace("\u202f", " ") == (
        "STRIDE = 2 ; tiré pour s1234 : 3"
    )
    assert all(handin.state is State.READY for handin in handins.handins)


def test_own_numbers_and_untouched_stubs_are_not_noted(read, file_of, course):
    stub = read_stub(course, course.questions[0]).decode()
    assert _notes(read({"s1234": file_of("s1234"), "s1235": stub})) == {"s1234": [], "S1235": []}


def test_a_value_that_nobody_has_is_noted_as_well(read, file_of):
    text = file_of("s1234").replace("KERNEL = 7", "KERNEL = 9")
    assert _notes(read({"s1234": text}))["s1234"] == ["KERNEL = 9; drawn for s1234: 7"]


def test_without_a_roster_nobody_knows_for_whom_they_were_drawn(read, file_of):
    assert _notes(read({"s1234": file_of("s1235")}, roster=None)) == {"s1234": []}
    notes = _notes(read({"stranger": file_of("s1235")}))
    assert notes["stranger"] == []


def test_an_id_of_signs_alone_is_no_error(read, file_of):
    assert _notes(read({"---": file_of("s1235")}, "id\n---\n"))["---"] == []


def test_the_list_as_json_has_the_notes(read, file_of):
    handins = read({"s1234": file_of("s1235")})
    told = json.loads(to_json(handins, "own", "en"))
    (ada,) = (one for one in told["handins"] if one["id"] == "s1234")
    assert ada["notes"] == [{"question": "q01", "text": NOTE}]
    assert not handins.about(["q02"]).handins[1].notes


def test_stubs_of_different_numbers_beside_a_solution_are_in_nobodys_way(
    course, tmp_path, read, file_of
):
    """Who initialised the folder twice has two stubs that differ; neither is an answer."""
    question = course.questions[0]
    stub = with_numbers(question, read_stub(course, question), {"KERNEL": 5, "STRIDE": 1})
    place = tmp_path / "class" / "s1234" / "second"
    place.mkdir(parents=True)
    (place / "q01_positions.py").write_bytes(stub)
    (handin,) = (h for h in read({"s1234": file_of("s1234")}).handins if h.student.id == "s1234")
    assert handin.state is State.READY
    assert handin.files[0].content == file_of("s1234").encode()
