"""Marks, and the sheets of other systems that they are filled into."""

import csv
import io
import json
import zipfile

import pytest

pytest.importorskip("sqlalchemy")

from grader.cohort import Graded, Settings, Store
from grader.handins import Handin, State, Student
from grader.handins._model import Account, Fate
from grader.marking import Policy, marks
from grader.platforms import (
    SheetError,
    fill_canvas,
    fill_moodle,
    to_classroom50,
    to_gradescope,
    to_moodle_feedback,
    to_table,
    to_vpl,
)
from grader.results import CheckResult, Isolation, QuestionResult, Result, Verdict


def result(first: float, second: float | None) -> Result:
    """Of two questions, worth 3 points and 1; None leaves the second open."""
    made = Result(
        course="maths",
        version="1",
        seed=None,
        seed_id="s",
        started="",
        isolation=Isolation(2, "", ()),
    )
    for number, (points, most) in enumerate(((first, 3.0), (second, 1.0)), 1):
        verdict = Verdict.FAILED if points is not None else Verdict.NOT_GRADED
        verdict = Verdict.PASSED if points == most else verdict
        check = CheckResult(
            id=f"q0{number}.c",
            title="It is right",
            verdict=verdict,
            points=points or 0.0,
            max_points=most,
            message="Look\x1b[31m again",
        )
        made.questions.append(
            QuestionResult(id=f"q0{number}", title="T", max_score=most, checks=[check])
        )
    made.settle()
    return made


@pytest.fixture
def store(tmp_path):
    """Ada has 4 of 4, Bob 1.5, Eve something open; Zoe sent nothing. The ids are numbers of Moodle and Canvas."""
    made = Store.in_folder(tmp_path)
    made.begin(
        Settings(
            course="maths",
            course_digest="",
            version="1",
            questions=("q01", "q02"),
            language="en",
            seed_id="s",
            isolation=2,
            isolation_name="",
            mechanisms=(),
        )
    )
    account = (Account("x", Fate.AMBIGUOUS),)
    names = {"101": "Ada", "102": "=Bob", "103": "Ève", "104": "Zoe"}
    handins = [
        Handin(Student(i, n), accounts=account if i != "104" else ()) for i, n in names.items()
    ]
    assert handins[3].state is State.MISSING
    # Empty to the eye of the store, but that is no matter here: results are put in by hand.
    made.receive(iter(handins), [], "en")
    for number, told in enumerate((result(3, 1), result(0.5, 1), result(3, None)), 1):
        made.keep(number, told, 1.0, 1)
    yield made
    made.close()


def table(content: bytes, delimiter=",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def test_a_row_for_each_student_and_nothing_open_is_a_zero(store):
    rows = table(to_table(marks(store, Policy(total=20)), ("q01", "q02")))
    assert rows == [
        [
            *("id", "name", "verdict", "mark", "total", "score", "max_score"),
            *("handed_in", "late_percent", "hand_in", "q01", "q02"),
        ],
        ["101", "Ada", "graded", "20", "20", "4", "4", "", "", "", "3", "1"],
        ["102", "'=Bob", "graded", "7.5", "20", "1.5", "4", "", "", "", "0.5", "1"],
        ["103", "Ève", "open", "", "20", "", "4", "", "", "", "3", ""],
        ["104", "Zoe", "missing", "", "20", "", "", "", "", "", "", ""],
    ]


ENGLISH = (
    "\ufeffIdentifier,Full name,Status,Grade,Maximum grade,Last modified (grade),Feedback comments\r\n"
    'Participant 102,"Bob, the 2nd",Submitted,,20.00,-,\r\n'
    "Participant 101,Ada,Submitted,,20.00,-,\r\n"
    "Participant 103,Ève,Submitted,,20.00,-,old\r\n"
    "Participant 999,Ann,No submission,,20.00,-,\r\n"
)
FRENCH = (
    "Identifiant;Nom complet;Note;Note maximale;Feedback par commentaires\n"
    "Participant 101;Ada;12,00;20,00;\n"
    "Participant 102;Bob;;20,00;\n"
)


class TestMoodle:
    """Its worksheet, as the site gave it."""

    def fill(self, store, tmp_path, text, **options):
        (tmp_path / "sheet.csv").write_bytes(text.encode())
        return fill_moodle(tmp_path / "sheet.csv", marks(store, Policy()), **options)

    def test_marks_and_points_are_filled_in_and_all_else_stays(self, store, tmp_path):
        filled = self.fill(store, tmp_path, ENGLISH)
        before, after = table(ENGLISH.encode()), table(filled.content)
        assert [row[3] for row in after] == ["Grade", "7.50", "20.00", "", ""]
        assert after[1][6] == "q01  0.5 / 3\nq02  1 / 1"
        assert [row[:3] + row[4:6] for row in after] == [row[:3] + row[4:6] for row in before]
        assert after[3:] == before[3:]
        assert filled.content.startswith(b"\xef\xbb\xbfIdentifier")
        assert b"\r\n" in filled.content
        assert (filled.filled, filled.kept, filled.unknown) == (2, (), ())

    def test_the_language_of_the_site_is_kept_and_no_mark_is_overwritten(self, store, tmp_path):
        filled = self.fill(store, tmp_path, FRENCH)
        assert [row[2] for row in table(filled.content, ";")] == ["Note", "12,00", "7,50"]
        assert filled.kept == ("101",)
        replaced = self.fill(store, tmp_path, FRENCH, replace=True)
        assert [row[2] for row in table(replaced.content, ";")] == ["Note", "20,00", "7,50"]
        assert replaced.kept == ()

    def test_who_is_not_in_the_sheet_is_told(self, store, tmp_path):
        filled = self.fill(store, tmp_path, FRENCH.replace("102", "555"))
        assert filled.unknown == ("102",)

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("a,b\n1,2\n", "must have a column with the grades"),
            ("Grade,Name\n1,Ada\n", "must have a column such as `Participant"),
            ("Grade\n", "must have a header and a row"),
        ],
    )
    def test_another_table_is_refused(self, store, tmp_path, text, problem):
        with pytest.raises(SheetError, match=problem):
            self.fill(store, tmp_path, text)


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,TP1 (11),TP2 (12)\n"
    "    Points Possible,,,,,10,40\n"
    '"Lovelace, Ada",101,x1,ada,A,5,\n'
    '"Hopper, Bob",9102,102,bob,A,6,\n'
)


class TestCanvas:
    """Its export."""

    def fill(self, store, tmp_path, **options):
        (tmp_path / "grades.csv").write_text(CANVAS, encoding="utf-8")
        return fill_canvas(tmp_path / "grades.csv", marks(store, Policy()), **options)

    @pytest.mark.parametrize("column", ["TP2", "TP2 (12)"])
    def test_one_assignment_is_filled_in_on_its_own_scale(self, store, tmp_path, column):
        filled = self.fill(store, tmp_path, column=column)
        after = table(filled.content)
        assert [row[6] for row in after] == ["TP2 (12)", "40", "40.00", "15.00"]
        assert [row[:6] for row in after] == [row[:6] for row in table(CANVAS.encode())]

    @pytest.mark.parametrize("column", [None, "TP3"])
    def test_it_must_be_clear_which(self, store, tmp_path, column):
        with pytest.raises(SheetError, match=r"there are: TP1 \(11\), TP2 \(12\)"):
            self.fill(store, tmp_path, column=column)


class TestMoodleFeedback:
    """The zip that goes back."""

    def graded(self, student, name, *paths):
        accounts = [{"path": path, "fate": "graded"} for path in paths]
        handin = {"accounts": accounts}
        return Graded(
            student=student, name=name, listed=True, state="ready", digest="", handin=handin
        )

    def names(self, *graded):
        made = to_moodle_feedback([(one, f"<p>{one.student}") for one in graded], "tp.html")
        with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
            return {name: archive.read(name).decode() for name in archive.namelist()}, made.without

    def test_each_page_lies_in_the_folder_that_moodle_made(self):
        ada = self.graded("E1", "Lovelace", "tp/Ada L_7_assignsubmission_file_/q01.py")
        bob = self.graded("8", "Bob", "Bob_8_assignsubmission_file_q01.py")
        assert self.names(ada, bob) == (
            {
                "Ada L_7_assignsubmission_file_/tp.html": "<p>E1",
                "Bob_8_assignsubmission_file_/tp.html": "<p>8",
            },
            (),
        )

    def test_a_name_never_leads_elsewhere_nor_hides_the_number(self):
        """Moodle takes what stands between the first two underscores for the number."""
        found, _ = self.names(self.graded("9", "../.._1_x/é\x1b"))
        (name,) = found
        assert name.split("_")[1] == "9"
        assert name.count("/") == 1
        assert not name.startswith(".")

    def test_who_has_no_number_is_told(self):
        assert self.names(self.graded("ada", "Ada", "ada/q01.py")) == ({}, ("ada",))


def test_gradescope_gets_a_test_for_each_check():
    told = json.loads(to_gradescope(result(0.5, 1), total=40))
    assert told["score"] == 15.0
    assert [(t["score"], t["max_score"], t["status"]) for t in told["tests"]] == [
        (5.0, 30.0, "failed"),
        (10.0, 10.0, "passed"),
    ]
    assert "\x1b" not in told["tests"][0]["output"]


def test_a_submission_without_a_result_says_why():
    facts = {"student": "a", "name": "", "listed": True, "digest": "", "handin": {}}
    assert Graded(state="missing", **facts).verdict == "missing"
    assert Graded(state="ready", **facts).verdict == "waiting"


class TestClassroom50:
    def test_scores_are_whole_numbers(self):
        told = json.loads(to_classroom50(result(3, 0), {"COMMIT_URL": "https://c"}))
        assert (told["score"], told["max-score"]) == (3, 4)
        assert told["review"] == told["commit"] == "https://c"
        told = json.loads(to_classroom50(result(1.5, 1), {}))
        assert (told["score"], told["max-score"]) == (250, 400)
        assert [test["passed"] for test in told["tests"]] == [False, True]

    def test_nothing_of_a_submission_steers_a_terminal(self):
        assert b"u001b" not in to_classroom50(result(1, 1), {})


_ENDS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]


class TestVpl:
    def test_full_marks_are_the_maximum(self):
        assert to_vpl(result(3, 1), 20).splitlines()[-1] == "Grade :=>> 20"
        assert to_vpl(result(1.5, 1), 10).splitlines()[-1] == "Grade :=>> 6.25"

    def test_what_is_open_gets_no_grade(self):
        assert "Grade :=>>" not in to_vpl(result(3, None), 20)

    @pytest.mark.parametrize("end", _ENDS)
    def test_no_text_of_a_student_is_a_grade(self, end):
        made = result(0, 0)
        made.questions[0].checks[0].message = f"printed{end}Grade :=>> 20{end}--|>{end}<|--"
        made.questions[0].checks[0].title = f"title{end}Grade :=>> 20"
        lines = to_vpl(made, 20).splitlines()  # which knows every end of a line
        assert all(line.startswith("Comment :=>>") for line in lines[:-1])
        assert lines[-1] == "Grade :=>> 0"
