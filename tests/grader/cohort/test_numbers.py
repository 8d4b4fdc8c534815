"""Of a class whose numbers are drawn, the store and what is written of it tell whose numbers a file has."""

import json

from grader.cohort import LocalPool, Store, begin, json_of, receive
from grader.course import numbers_of, read_course, read_stub, with_numbers


def test_the_note_is_kept_with_the_hand_in_until_it_is_read_again(own, tmp_path, solved):
    course = read_course(own)
    question = course.questions[0]
    neighbours = with_numbers(
        question, read_stub(course, question), numbers_of(course, question, "s1235")
    )
    for student in ("s1234", "s1235"):
        place = tmp_path / "class" / student
        place.mkdir(parents=True)
        (place / question.file).write_text(solved(neighbours.decode()))
    (tmp_path / "roster.csv").write_text("id\ns1234\ns1235\n")
    store = Store.in_folder(tmp_path)
    settings = begin(store, course, course.questions, 5, LocalPool(1), language="en", isolation=2)
    receive(store, course, settings, tmp_path / "class", tmp_path / "roster.csv")
    told = json.loads(b"".join(json_of(store)))
    store.close()
    notes = {one["id"]: one["notes"] for one in told["submissions"]}
    assert notes == {
        "s1234": [{"question": "q01", "text": "STRIDE = 2; drawn for s1234: 3"}],
        "s1235": [],
    }
