"""``grader handins``: what an instructor sees before anything runs."""

import json
import sys
from pathlib import Path

import pytest


@pytest.fixture
def handed_in(desk) -> Path:
    """A class of three: one ready, one ambiguous, one folder without code."""
    for name, files in {
        "ada": {"q01_square.py": desk.right["square"], "q02_double.py": desk.right["double"]},
        "bob": {"q01_square (1).py": desk.wrong["square"], "q01_square.py": desk.right["square"]},
        "eve": {"rapport\x1b[31m.pdf": "%PDF"},
    }.items():
        folder = Path("class", name)
        folder.mkdir(parents=True)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
    return Path("class")


def test_it_shows_who_is_ready_and_what_is_to_be_decided(desk, handed_in):
    ran = desk("handins", handed_in)
    assert ran.status == 1
    rows = [line.split() for line in ran.lines]
    assert ["ada", "ready", "2", "/", "2"] in rows
    assert ["bob", "ambiguous", "0", "/", "2"] in rows
    text = " ".join(ran.out.split())
    assert "q01: several files may be the answer (q01_square.py, q01_square (1).py)" in text
    assert "3 students. Ready: 1; ambiguous: 1; nothing to grade: 1; nothing received: 0." in text


def test_one_reason_for_all_questions_is_told_once(desk, handed_in):
    (handed_in / "eve" / "homework.py").write_text("x = 1\n", encoding="utf-8")
    ran = desk("handins", handed_in)
    assert " ".join(ran.out.split()).count("Rename those that count") == 1


def test_with_files_every_file_is_named_and_none_steers_the_terminal(desk, handed_in):
    ran = desk("handins", handed_in, "--files", "--lang", "fr")
    assert "class" not in ran.err
    assert "  ada/q01_square.py : corrigé" in ran.lines
    assert "\x1b" not in ran.out
    assert any("ni fichier Python ni notebook" in line for line in ran.lines)


def test_json_accounts_for_every_file(desk, handed_in):
    desk("handins", handed_in, "--json", "seen.json")
    seen = json.loads(Path("seen.json").read_text(encoding="utf-8"))
    assert seen["course"] == "maths"
    paths = {account["path"] for one in seen["handins"] for account in one["accounts"]}
    assert paths == {str(p.relative_to("class")) for p in handed_in.rglob("*") if p.is_file()}
    ada = seen["handins"][0]
    assert (ada["id"], ada["state"], len(ada["files"][0]["sha256"])) == ("ada", "ready", 64)


def test_a_path_that_is_not_there_is_one_line(desk):
    ran = desk("handins", "nowhere")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "grader: path (='nowhere') must be an existing folder or archive\n"


def test_nothing_of_a_student_is_remembered_as_mine(desk, handed_in):
    before = Path(".grader/state.json").read_bytes()
    desk("handins", handed_in)
    assert Path(".grader/state.json").read_bytes() == before


class TestCohort:
    """``grader cohort``: from a folder to results."""

    @pytest.fixture(autouse=True)
    def plain_python(self, monkeypatch):
        pytest.importorskip("sqlalchemy")
        from grader.cohort import _place

        code = "from grader.session import _workers; _workers.PRELOAD = ()\n"
        code += "from grader.cohort._process import main; main()"
        monkeypatch.setattr(_place, "COMMAND", (sys.executable, "-c", code))

    def grade(self, desk, *more):
        return desk("cohort", "class", "-o", "out", "--isolation", 2, "--jobs", 1, *more)

    def test_results_are_written_and_the_seed_is_not(self, desk, handed_in):
        ran = self.grade(desk)
        assert ran.err == ""
        assert ran.status == 3  # bob waits for a decision
        assert "ada  4 / 4" in ran.lines
        assert "bob  0 / 4, some points are open" in ran.lines
        assert (
            ran.lines[-1]
            == "2 results are in out, 1 of them with open points; without a result: 1."
        )
        text = Path("out/results.json").read_text(encoding="utf-8")
        assert Path("out/seed").read_text().strip() not in text
        seen = json.loads(text)
        assert [(s["id"], s["verdict"], s["score"]) for s in seen["submissions"]] == [
            ("ada", "graded", 4.0),
            ("bob", "open", 0.0),
            ("eve", "empty", None),
        ]
        assert seen["submissions"][0]["result"]["score"] == 4.0
        assert seen["isolation"]["level"] == 2

    def test_it_goes_on_when_told_to(self, desk, handed_in):
        self.grade(desk)
        again = self.grade(desk)
        assert again.status == 2
        assert "--resume" in again.err
        (handed_in / "bob" / "q01_square (1).py").unlink()
        pages = desk("pages", "out", "--moodle-feedback", "fb.zip")
        assert (pages.status, pages.err) == (0, "")
        assert "2 pages are in out/pages/students; that of the class is out/pages/index.html." in (
            pages.lines
        )
        assert any("have no participant number of Moodle" in line for line in pages.lines)
        index = Path("out/pages/index.html").read_text(encoding="utf-8")
        assert 'href="students/0001-ada.html"' in index
        seed = Path("out/seed").read_text().strip()
        for path in Path("out/pages").rglob("*.html"):
            assert seed not in path.read_text(encoding="utf-8")
        ada = Path("out/pages/students/0001-ada.html").read_text(encoding="utf-8")
        assert "4 / 4" in ada
        assert "bob" not in ada
        ran = desk("similar", "out", "--jplag", "jp", "--dolos", "dl")
        assert (ran.status, ran.err) == (0, "")
        assert "No pair is that much alike." in ran.lines
        assert Path("jp/base/q01_square.py").is_file()
        assert Path("dl/q01/info.csv").read_text().splitlines()[1].startswith("0001-ada.py,ada,")
        again = desk("similar", "out", "--jplag", "jp")
        assert (again.status, again.err.startswith("grader: The folder jp is not empty")) == (
            2,
            True,
        )
        resumed = self.grade(desk, "--resume")
        assert resumed.status == 0
        assert "bob  3 / 4" in resumed.lines
        assert "ada  4 / 4" not in resumed.lines

    def test_below_level_2_it_asks_for_trust(self, desk, handed_in):
        ran = desk("cohort", "class", "-o", "out", "--isolation", 0)
        assert ran.status == 2
        assert "--trust-submissions" in ran.err

    def test_two_commands_do_not_grade_into_one_folder(self, desk, handed_in):
        filelock = pytest.importorskip("filelock")
        Path("out").mkdir()
        with filelock.FileLock("out/.lock"):
            ran = self.grade(desk)
        assert ran.status == 2
        assert "Another command is grading in out already." in ran.err

    def test_marks_are_written_for_other_systems(self, desk, handed_in):
        self.grade(desk)
        Path("sheet.csv").write_text("Student,ID,TP (3)\nPoints Possible,,10\nAda,ada,\nZoe,zoe,\n")
        ran = desk.run(
            "marks", "out", "--total", 20, "--canvas", "sheet.csv", "--gradescope", "--junit"
        )
        assert (ran.status, ran.err) == (0, "")
        assert Path("out/filled-sheet.csv").read_text() == (
            "Student,ID,TP (3)\nPoints Possible,,10\nAda,ada,10.00\nZoe,zoe,\n"
        )
        rows = Path("out/marks.csv").read_text().splitlines()
        assert rows[1] == "ada,,graded,20,20,4,4,,,,3,1"
        assert rows[2].startswith("bob,,open,,20,")
        assert "2 students have no mark (open points, or nothing to grade): bob, eve" in ran.lines
        assert "1 mark was filled in." in ran.lines
        assert json.loads(Path("out/gradescope/0001-ada.json").read_text())["score"] == 4.0 * 5
        assert Path("out/junit/0002-bob.xml").is_file()

    def test_after_a_repair_it_grades_again_and_tells_who_changes(self, desk, handed_in):
        (handed_in / "bob" / "q01_square (1).py").unlink()
        (handed_in / "bob" / "q01_square.py").write_text(desk.wrong["square"])
        self.grade(desk)
        checks = desk.course / "q01_square" / "checks.py"
        text = checks.read_text().replace(', needs=("square",)', "").replace("y >= 0", "y > -999")
        checks.write_text(text)
        ran = desk("regrade", "out", "--why", "too strict", "--jobs", 1)
        assert (ran.status, ran.err) == (0, "")
        assert "Regrade 2: q01, 2 submissions, 1 at a time" in ran.lines
        assert "  bob  q01 1 → 2, 1 → 2" in ran.lines
        seen = json.loads(Path("out/results.json").read_text(encoding="utf-8"))
        assert [e["why"] for e in seen["editions"]] == ["", "too strict"]
        assert seen["editions"][0]["course_digest"] != seen["editions"][1]["course_digest"]
        assert seen["submissions"][1]["graded_in"] == {"q01": 2, "q02": 1}
        ran = desk.run("marks", "out", "--total", 20, "--differences")
        assert "  bob  q01 1 → 2, 5 → 10" in ran.lines
        rows = Path("out/differences.csv").read_text().splitlines()
        assert rows[1:] == ["bob,,q01,1,2,5,10"]
        assert not [line for line in ran.lines if "not graded in the same way" in line]
        again = desk("regrade", "out")
        assert (again.status, "Nothing that decides points has changed" in again.err) == (2, True)

    def test_a_regrade_of_one_student_is_told_at_the_marks(self, desk, handed_in):
        self.grade(desk)
        checks = desk.course / "q02_double" / "checks.py"
        checks.write_text(checks.read_text() + "# repaired\n")
        ran = desk("regrade", "out", "--student", "ada", "--question", "2", "--jobs", 1)
        assert (ran.status, ran.err) == (0, "")
        assert "Nobody's points change." in ran.lines
        ran = desk.run("marks", "out")
        assert any(
            line.startswith("q02 was not graded in the same way for all: 1 with")
            for line in ran.lines
        )

    def test_without_a_regrade_there_are_no_differences(self, desk, handed_in):
        desk("cohort", "class/eve", "-o", "out", "--isolation", 2)
        ran = desk.run("marks", "out", "--differences")
        assert (ran.status, ran.err) == (2, "grader: Nothing was graded again in out.\n")

    def test_a_policy_is_one_file_and_who_has_no_known_time_is_named(self, desk, handed_in):
        self.grade(desk)
        Path("times.csv").write_text("id,handed_in\nada,2026-10-06 10:00\n")
        Path("policy.toml").write_text(
            'total = 20\n[late]\ndue = 2026-10-05T23:59:00\nzone = "Europe/Paris"\npercent = 10\n'
            'file = "times.csv"\n[manual.bob.q01]\npoints = 2\ncomment = "The second file"\n'
            "[manual.bob.q02]\npoints = 1\n"
        )
        ran = desk.run("marks", "out", "--policy", "policy.toml")
        assert (ran.status, ran.err) == (0, "")
        assert "1 hand-in is late: ada" in ran.lines
        assert "1 hand-in has no known time, so nothing is taken off: bob" in ran.lines
        rows = Path("out/marks.csv").read_text().splitlines()
        assert rows[1] == "ada,,graded,18,20,4,4,2026-10-06T08:00:00+00:00,10,,3,1"
        assert rows[2] == "bob,,graded,15,20,3,4,,,,2,1"

    @pytest.mark.parametrize(
        ("arguments", "problem"),
        [
            (
                ["nowhere"],
                "There is no cohort in nowhere. To grade one: grader cohort HANDINS -o nowhere",
            ),
            (["out", "--moodle", "nothing.csv"], "sheet (='nothing.csv') cannot be read"),
            (["out", "--policy", "nothing.toml"], "policy (='nothing.toml') cannot be read"),
        ],
    )
    def test_what_marks_cannot_be_made_of_is_one_line(self, desk, handed_in, arguments, problem):
        desk("cohort", "class/eve", "-o", "out", "--isolation", 2)
        ran = desk.run("marks", *arguments)
        assert ran.status == 2
        assert ran.err.startswith(f"grader: {problem}")
        assert ran.err.count("\n") == 1
