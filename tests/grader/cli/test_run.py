"""``grader run``: statuses, files, what is remembered and said at the end."""

import html
import json
import shlex
import shutil
import subprocess
import sys
import types
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import grader.grading
from grader import Result, grade


class TestSeedFile:
    """A seed that many submissions share, and that no report tells."""

    def test_it_is_made_for_its_owner_alone_and_read_again(self, desk):
        desk.write(desk.right)
        first = desk("run", "q01", "--seed-file", "seed.txt", "--json", "one.json")
        assert "A fresh seed is in seed.txt: keep it secret." in first.out
        second = desk("run", "q01", "--seed-file", "seed.txt", "--json", "two.json")
        assert second.err == ""
        seed = Path("seed.txt").read_text().strip()
        assert int(seed).bit_length() > 96
        assert Path("seed.txt").stat().st_mode & 0o077 == 0
        one, two = (json.loads(Path(name).read_text()) for name in ("one.json", "two.json"))
        assert one["seed"] is None
        assert one["seed_id"] == two["seed_id"]
        for told in (first.out, first.err, Path("one.json").read_text()):
            assert seed not in told
        assert f"--seed-file with the seed {one['seed_id']}" in " ".join(first.out.split())

    def test_it_draws_what_the_same_seed_draws(self, desk):
        desk.write(desk.wrong)
        Path("seed.txt").write_text("77\n")
        kept = desk("run", "q01", "--seed-file", "seed.txt", "--json", "kept.json")
        told = desk("run", "q01", "--seed", 77, "--json", "told.json")
        assert kept.status == told.status == 1
        kept, told = (
            json.loads(Path(f"{name}.json").read_text())["questions"] for name in ("kept", "told")
        )
        assert [c["message"] for c in kept[0]["checks"]] == [
            c["message"] for c in told[0]["checks"]
        ]

    @pytest.mark.parametrize("content", [b"", b"x", b"-1", b"1 2", b"\xff", str(2**128).encode()])
    def test_what_is_no_seed_is_refused_and_left_alone(self, desk, content):
        desk.write(desk.right)
        Path("seed.txt").write_bytes(content)
        ran = desk("run", "q01", "--seed-file", "seed.txt")
        assert (ran.status, ran.out) == (2, "")
        assert "--seed-file (=seed.txt)" in ran.err
        assert Path("seed.txt").read_bytes() == content

    def test_two_seeds_are_one_too_many(self, desk):
        desk.write(desk.right)
        ran = desk("run", "--seed", 1, "--seed-file", "seed.txt")
        assert ran.status == 2
        assert "--seed and --seed-file do not go together." in ran.err
        assert not Path("seed.txt").exists()


class TestStrays:
    """A file with a question's name beside ``exercises/`` is graded as "to do": it must be named."""

    def test_a_file_saved_in_the_working_folder_is_named_with_its_place(self, desk):
        name = desk.file("square").name
        Path(name).write_text(desk.right["square"])
        out = " ".join(desk("run").out.split())
        place = desk.file("square")
        assert f"{name} is not looked at: your file is {place}. Move it there." in out
        place.unlink()
        assert f"{name} is not looked at" in " ".join(desk("run", "q01").out.split())

    def test_none_is_named_where_it_is_a_stub_too_or_the_own_file_is_filled(self, desk):
        name = desk.file("square").name
        Path(name).write_text(desk.file("square").read_text())
        assert "not looked at" not in desk("run").out
        Path(name).write_text(desk.right["square"])
        desk.write(desk.wrong)
        assert "not looked at" not in desk("run").out


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
            (["--isolation", "9"], "--isolation (='9') must be auto, 0, 1, 2 or 3"),
            (["--seed", "x"], "--seed"),
            (["--seed", "-1"], "--seed"),
            (["--seed", str(2**128)], "--seed"),
            (["--timeout", "-1"], "--timeout (='-1') must be a number of seconds"),
            (["--timeout", "3x"], "or x and a factor such as x3"),
            (["--total", "0"], "--total"),
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
    result.seconds, result.started, result.own_time = 0, "", None
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
            "schema course version seed seed_id started seconds own_time isolation score max_score ungraded questions"
        )
        assert " ".join(decoded["questions"][0]) == (
            "id title verdict score max_score ungraded seconds answer_text checks"
        )
        assert " ".join(decoded["questions"][0]["checks"][0]) == (
            "id title verdict points max_points seconds message mistake counterexample values case"
        )
        cases = [case.get("name") for case in ET.parse("r.xml").iter("testcase")]
        assert cases == [c["id"] for q in decoded["questions"] for c in q["checks"]]

    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_html_is_a_page_with_what_the_folder_knew_before(self, desk, language):
        desk.write(desk.right)
        desk("run", "q01")
        desk.write(desk.wrong)
        ran = desk("run", "q01", "--html", "r.html", "--lang", language)
        assert ran.status == 1
        assert {"fr": "La page est dans r.html", "en": "The page is in r.html"}[
            language
        ] in ran.lines
        page = Path("r.html").read_text(encoding="utf-8")
        assert page.startswith("<!DOCTYPE html>")
        assert f'<html lang="{language}">' in page
        assert "square(" in page
        assert {"fr": ">Avant<", "en": ">Before<"}[language] in page
        assert f"grader hint q01 --course {shlex.quote(str(desk.course))}" in html.unescape(page)
        assert "<code>python .grader/cases/q01_square.py</code>" in page

    @pytest.mark.parametrize("option", ["--json", "--junit", "--html"])
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


class TestOnly:
    """Some checks alone."""

    def test_the_score_says_that_it_is_of_a_part_and_nothing_is_remembered(self, desk):
        desk.write(desk.right)
        ran = desk("run", "--only", "sign", "--only", "double", "--json", "r.json")
        assert ran.status == 0
        assert "A part of the question, which is worth 3 points." in ran.out
        assert "A part of the question, which is worth 1 point." in ran.out
        assert "nothing is remembered of this score" in " ".join(ran.out.split())
        assert "well done" not in ran.out
        assert "grader solution" not in ran.out
        assert not desk.state["results"]["maths"]
        result = json.loads(Path("r.json").read_text())
        assert (result["score"], result["max_score"]) == (3, 3)
        assert [question["part_of"] for question in result["questions"]] == [3, 1]

    def test_what_was_known_of_the_question_stays(self, desk):
        desk.write(desk.right)
        assert desk("run", "q01").status == 0
        before = desk.state["results"]
        desk.write(desk.wrong)
        assert desk("run", "q01", "--only", "square").status == 1
        assert desk.state["results"] == before

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("en", "No check is called tripled, and no function that they call."),
            ("fr", "Aucune vérification ne s'appelle tripled"),
        ],
    )
    def test_an_unknown_name_is_told_what_there_is(self, desk, language, words):
        ran = desk("run", "q01", "--only", "tripled", "--lang", language)
        assert (ran.status, ran.out) == (2, "")
        assert words in ran.err
        assert "  q01: square, sign, cubes\n" in ran.err
        assert "double" not in ran.err

    def test_a_whole_run_says_nothing_of_parts(self, desk):
        desk.write(desk.right)
        assert "part" not in desk("run", "q01", "--json", "r.json").out
        assert "part_of" not in Path("r.json").read_text()


class TestJobs:
    """Questions side by side."""

    @pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", ""])
    def test_a_number_that_makes_no_sense_is_refused(self, desk, value):
        ran = desk("run", "--jobs", value)
        assert (ran.status, ran.out) == (2, "")
        assert "--jobs (=" in ran.err

    @pytest.mark.parametrize(("given", "jobs"), [([], "auto"), (["--jobs", "3"], 3)])
    def test_it_is_what_the_machine_has_room_for_or_what_is_said(
        self, desk, monkeypatch, given, jobs
    ):
        asked: list[object] = []

        def noted(*arguments, **options):
            asked.append(options["jobs"])
            raise KeyboardInterrupt

        monkeypatch.setattr(grader.grading, "grade", noted)
        assert desk("run", *given).status == 130
        assert asked == [jobs]


class TestBudgets:
    def test_a_timeout_in_seconds_or_as_a_factor_reaches_every_call(self, desk):
        desk.write({"double": "import time\n\ndef double(x):\n    time.sleep(9)\n"})
        assert "does nothing: neither an answer" in desk("run", "q02", "--timeout", "0.5").out
        ran = desk("run", "q02", "--timeout", "x0.1")  # of five seconds
        assert "for 0.5 s" in " ".join(ran.out.split())
        assert ran.status == 1

    def test_a_total_ends_the_run(self, desk):
        desk.write({"double": "def double(x):\n    while True: pass\n"})
        out = " ".join(desk("run", "q02", "--total", 1).out.split())
        assert "all of this run's time (1 s, option --total)" in out
        assert "Own time of your code: " in out
        assert " of 1 s" in out


class TestSomebodyElse:
    def test_grading_anothers_folder_changes_nothing_of_mine(self, desk, tmp_path):
        desk.write(desk.right)
        desk("run")
        before = Path(".grader/state.json").read_bytes()
        shutil.copytree("exercises", tmp_path / "other")
        (tmp_path / "other/maths/q01_square.py").write_text(desk.wrong["square"])
        ran = desk("run", "--submission", tmp_path / "other")
        assert ran.status == 1
        assert "grader show" not in ran.out
        assert Path(".grader/state.json").read_bytes() == before

    def test_my_own_folder_named_is_still_mine(self, desk):
        desk.write(desk.right)
        desk("run", "--submission", "exercises")
        assert set(desk.state["results"]["maths"]) == {"q01", "q02"}


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


class TestCases:
    """A failing case that the student can run."""

    def test_the_report_gives_a_command_that_shows_the_answer(self, desk):
        desk.write(desk.wrong)
        said = desk("run", "q01").lines
        (line,) = [line for line in said if "To run this case: " in line]
        command = line.partition(": ")[2]
        assert command == "python .grader/cases/q01_square.py"
        ran = subprocess.run(
            [sys.executable, *shlex.split(command)[1:]], capture_output=True, text=True, check=True
        )
        answer = ran.stdout.splitlines()[1]
        assert f"Your answer    {answer}" in (line.strip() for line in said)

    def test_what_was_repaired_has_none_any_more(self, desk):
        desk.write(desk.wrong)
        desk("run")
        desk.write({"square": desk.right["square"]})
        desk("run", "q01")
        assert [p.name for p in Path(".grader/cases").iterdir()] == ["q02_double.py"]

    def test_watch_keeps_them_too(self, desk, monkeypatch):
        def sleep(seconds):
            raise KeyboardInterrupt

        desk.write(desk.wrong)
        monkeypatch.setattr("grader.watch._loop.time", types.SimpleNamespace(sleep=sleep))
        ran = desk("watch")
        assert "To run this case: python .grader/cases/q01_square.py" in ran.out
        assert Path(".grader/cases/q01_square.py").is_file()

    @pytest.mark.parametrize("command", ["run", "watch"])
    def test_anothers_folder_leaves_none(self, desk, tmp_path, monkeypatch, command):
        def sleep(seconds):
            raise KeyboardInterrupt

        desk.write(desk.wrong)
        shutil.copytree("exercises", tmp_path / "other")
        monkeypatch.setattr("grader.watch._loop.time", types.SimpleNamespace(sleep=sleep))
        ran = desk(command, "q01", "--submission", tmp_path / "other")
        assert "Your answer" in ran.out
        assert "To run this case" not in ran.out
        assert not Path(".grader/cases").exists()

    def test_nothing_that_a_submission_says_becomes_code(self, desk):
        text = 'def square(x):\n    raise ValueError("\\n\\nimport os; os.abort()  # \'\'\' \\"\\"\\"")\n'
        desk.write({"square": text})
        desk("run", "q01")
        assert "abort" not in Path(".grader/cases/q01_square.py").read_text(encoding="utf-8")


def test_the_references_are_graded_as_a_submission(desk):
    ran = desk("run", "--submission", desk.course.parent)
    assert ran.status == 0
    assert "Everything is right" in ran.out
    assert "grader show" not in ran.out


class TestNamesOfQuestions:
    """Where a question is named, its file may be, as a shell completes it."""

    @pytest.mark.parametrize(
        "name", ["exercises/maths/q02_double.py", "q02_double.py", "q02_double", "Q2", "q02"]
    )
    @pytest.mark.parametrize("command", ["run", "show", "hint", "reset", "watch"])
    def test_a_path_names_its_question(self, desk, command, name):
        desk.write(desk.right)
        desk("run", "q01")
        ran = desk(command, name)
        assert ran.status == 0
        assert "q02" in ran.out or "double" in ran.out
        assert "square" not in ran.out

    @pytest.mark.parametrize("command", ["run", "watch", "reset"])
    def test_a_path_to_anothers_file_is_not_taken_for_mine(self, desk, tmp_path, command):
        desk.write(desk.right)
        shutil.copytree("exercises", tmp_path / "other")
        ran = desk(command, tmp_path / "other/maths/q02_double.py")
        assert (ran.status, ran.out) == (2, "")
        assert f"To grade that one: --submission {tmp_path / 'other/maths'}" in ran.err

    def test_a_file_of_no_question_names_none(self, desk):
        assert desk("run", "exercises/maths/q03_treble.py").status == 2


class TestFilesAsStudentsSaveThem:
    def test_a_renamed_file_is_pointed_at(self, desk):
        desk.write(desk.right)
        desk.file("square").rename("exercises/maths/q01_square (1).py")
        out = " ".join(desk("run", "q01").out.split())
        assert "q01_square.py is missing; I found q01_square (1).py. Give your file the name" in out

    @pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
    def test_another_encoding_is_named_in_the_language_of_the_report(self, desk, encoding):
        desk.file("square").write_bytes(("# déjà\n" + desk.right["square"]).encode(encoding))
        out = " ".join(desk("run", "q01", "--lang", "fr").out.split())
        assert "enregistrez-le de nouveau en choisissant le codage UTF-8" in out
        assert "codec" not in out

    def test_a_module_beside_the_file_is_said_to_stay_behind(self, desk):
        Path("exercises/maths/helpers.py").write_text("def square(x):\n    return x * x\n")
        desk.write({"square": "from helpers import square\n", "double": "import not_there\n"})
        out = " ".join(desk("run").out.split())
        assert "Only q01_square.py is graded: helpers.py beside it is not taken along." in out
        assert "No module named 'not_there'" in out
        assert "not_there.py" not in out
        desk.write({"double": "def double(x):\n    import q01_square\n    return 2 * x\n"})
        out = " ".join(desk("run", "q02").out.split())
        assert "Only q02_double.py is graded: q01_square.py beside it" in out
