"""``grader run``: statuses, files, what is remembered and said at the end."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import grader.grading
from grader import Result, grade


class TestStatus:
    def test_0_for_full_marks(self, desk):
        desk.write(desk.right)
        assert desk("run").status == 0

    def test_1_for_not_yet(self, desk):
        assert desk("run").status == 1
        desk.write(desk.wrong)
        assert desk("run", "q01").status == 1

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--course", "nope"], "The course nope is not known; known courses: "),
            (["--course", "./nope"], "The course ./nope is not known"),
            (["q77"], "There is no question q77 in tp2; there are q01, q02"),
            (["--submission", "nowhere"], "There is no folder nowhere here."),
            ([], "There is no folder exercises here. To make one: grader init tp"),
            (["--submission", "."], "The folder . holds none of the files of tp2"),
            (["--lang", "de"], "--lang (='de') must be one of fr, en"),
            (["--isolation", "9"], "--isolation (='9') must be auto, 0, 1 or 2"),
            (["--seed", "x"], "--seed"),
            (["--timeout", "-1"], "--timeout"),
            (["--data", "moon"], "--data (='moon') must be one of the data sets of tp2: clothing"),
            (["--nothing-like-it"], "--nothing-like-it"),
        ],
        ids=str,
    )
    def test_2_for_a_wrong_call_and_nothing_on_standard_output(self, cli, arguments, words):
        ran = cli("run", *arguments)
        assert (ran.status, ran.out) == (2, "")
        assert words in " ".join(ran.err.split())

    def test_2_for_a_wrong_call_said_in_the_students_language(self, cli):
        assert "La question q77 n'existe pas dans tp2" in cli("run", "q77", "--lang", "fr").err
        assert "Pour en créer un : grader init tp" in cli("run", "--lang", "fr").err

    def test_2_for_a_manifest_that_cannot_be_used(self, desk):
        (desk.course / "course.toml").write_text("id = ")
        ran = desk("run")
        assert (ran.status, ran.out) == (2, "")
        assert "course.toml" in ran.err

    def test_3_when_a_check_is_broken_and_nothing_of_it_is_remembered(self, desk):
        desk.write(desk.right)
        with open(desk.course / "q02_double/checks.py", "a") as stream:
            stream.write("\n\nraise RuntimeError('ours')\n")
        ran = desk("run")
        assert ran.status == 3
        assert "it is not your fault" in ran.out
        assert list(desk.state["results"]["maths"]) == ["q01"]

    def test_3_when_the_grader_itself_breaks(self, desk, monkeypatch):
        def broken(*arguments, **options):
            raise RuntimeError("ours")

        monkeypatch.setattr(grader.grading, "grade", broken)
        ran = desk("run")
        assert ran.status == 3
        assert "RuntimeError: ours" in ran.err
        assert "it is not your fault" in ran.err

    def test_130_after_ctrl_c(self, desk, monkeypatch):
        def interrupted(*arguments, **options):
            raise KeyboardInterrupt

        monkeypatch.setattr(grader.grading, "grade", interrupted)
        assert desk("run").status == 130


def _timeless(result: Result) -> Result:
    result.seconds, result.started = 0, ""
    for question in result.questions:
        question.seconds = 0
        for check in question.checks:
            check.seconds = 0
    return result


class TestFiles:
    def test_json_and_junit_hold_what_the_api_returns(self, desk):
        desk.write({"square": desk.wrong["square"]})
        ran = desk("run", "--seed", 7, "--json", "r.json", "--junit", "r.xml")
        assert ran.status == 1
        data = Path("r.json").read_bytes()
        again = grade(str(desk.course), "exercises", seed=7, language="en")
        assert _timeless(Result.from_json(data)) == _timeless(again)

        decoded = json.loads(data)
        assert " ".join(decoded) == (
            "schema course version seed started seconds isolation score max_score questions"
        )
        assert " ".join(decoded["questions"][0]) == (
            "id title verdict score max_score seconds answer_text checks"
        )
        assert " ".join(decoded["questions"][0]["checks"][0]) == (
            "id title verdict points max_points seconds message mistake counterexample"
        )
        cases = [case.get("name") for case in ET.parse("r.xml").iter("testcase")]
        assert cases == [c["id"] for q in decoded["questions"] for c in q["checks"]]

    @pytest.mark.parametrize("option", ["--json", "--junit"])
    @pytest.mark.parametrize(
        ("path", "why"),
        [
            ("nowhere/r", "its folder does not exist"),
            (".", "it is a folder"),
            ("file/r", "a file is where a folder must be"),
        ],
    )
    def test_a_path_that_cannot_be_written_is_refused_before_the_grading(
        self, desk, monkeypatch, option, path, why
    ):
        monkeypatch.delattr(grader.grading, "grade")
        Path("file").write_text("")
        ran = desk("run", option, path)
        assert (ran.status, ran.out) == (2, "")
        assert f"{path} cannot be written: {why}." in ran.err

    def test_an_earlier_result_stays_when_the_run_is_interrupted(self, desk, monkeypatch):
        def interrupted(*arguments, **options):
            raise KeyboardInterrupt

        monkeypatch.setattr(grader.grading, "grade", interrupted)
        Path("r.json").write_text("old")
        assert desk("run", "--json", "r.json").status == 130
        assert Path("r.json").read_text() == "old"
        assert not list(Path().glob("*r.json-*"))


class TestWhatComesNext:
    def test_an_untouched_folder_is_shown_where_to_begin(self, desk):
        assert desk("run").lines[-1] == f"To begin: grader show q01 --course '{desk.course}'"

    def test_a_question_that_is_right_leads_to_its_solution_and_to_the_next(self, desk):
        desk.write({"square": desk.right["square"]})
        lines = desk("run", "1").lines
        assert lines[-2].startswith("One possible solution: grader solution q01")
        assert lines[-1].startswith("Next question: grader show q02")
        assert desk.state["results"]["maths"]["q01"]["verdict"] == "passed"

    def test_a_question_that_is_wrong_leads_to_its_hints(self, desk):
        desk.write(desk.wrong)
        out = desk("run", "q02", "--seed", 3).out
        assert "ZeroDivisionError" in out
        assert "Line 2: return 1 / 0" in out
        assert "To go on: grader hint q02" in out
        assert "--seed 3" in out

    def test_a_folder_that_cannot_be_written_is_no_obstacle(self, desk, monkeypatch):
        def refuse(path, content):
            raise PermissionError(13, "no")

        monkeypatch.setattr("grader.cli._state.write_file", refuse)
        assert desk("run").status == 1
        assert desk("hint", "q01").status == 0


@pytest.mark.parametrize("place", [".", "exercises", "exercises/maths"])
def test_the_files_are_found_from_every_likely_folder(desk, monkeypatch, place):
    monkeypatch.chdir(place)
    assert "To begin" in desk("run").out
    assert desk("show", "q01").out.count("q01_square.py") == 1


def test_the_references_are_graded_as_a_submission(desk):
    ran = desk("run", "--submission", desk.course.parent)
    assert ran.status == 0
    assert "Everything is right" in ran.out
    assert "grader show" not in ran.out
