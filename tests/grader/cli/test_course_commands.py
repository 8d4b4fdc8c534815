"""``grader course``: the proof and the stubs, as an author calls them."""

from pathlib import Path

import pytest

from grader.course import list_courses


def test_the_courses_that_are_installed_are_listed(cli):
    assert cli("course", "list").lines == list_courses()


def test_a_sound_course_ends_with_0(cli, maths):
    ran = cli("course", "check", maths, "q02")
    assert ran.status == 0
    assert "✓ q02  mistake squared is caught and named" in ran.lines
    assert ran.lines[-1] == "maths: 16 claims, all met"


def test_a_fault_ends_with_1_under_its_claim(cli, maths):
    (maths / "q02_double/hints.en.md").unlink()
    ran = cli("course", "check", maths, "2")
    assert ran.status == 1
    at = ran.lines.index("✗ q02  statement, three hints and commentary (en)")
    assert ran.lines[at + 1] == "    hints.en.md is missing"
    assert ran.lines[-1] == "maths: 15 claims, 1 of them not met"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('id = "q02"', 'id = "q01"', "questions share the id ['q01']"),
        ('folder = "q02_double"', 'folder = "q01_square"', "questions share the folder"),
        ('title.en = "The double"', "", "the title of q02 is missing in ['en']"),
        ("points = 1", "pionts = 1", "pionts"),
        ("points = 1", "points = ", "Invalid value"),
        ("points = 1", 'points = 1\nwithhold = ["@hand"]', "withhold names the list 'hand'"),
    ],
)
@pytest.mark.parametrize("command", ["check", "stubs"])
def test_a_fault_of_the_manifest_is_one_finding(cli, maths, command, old, new, words):
    path = maths / "course.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    ran = cli("course", command, maths)
    assert (ran.status, ran.err) == (1, "")
    assert words in " ".join(ran.out.split())


@pytest.mark.parametrize(
    "arguments",
    [["check", "nope"], ["check", "./nope"], ["stubs", "nope"], ["check", "tp2", "q77"]],
)
def test_a_wrong_call_ends_with_2(cli, arguments):
    ran = cli("course", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert arguments[-1] in ran.err


@pytest.mark.parametrize(("language", "hint"), [("fr", ">Indices<"), ("en", ">Hints<")])
def test_a_preview_has_statements_and_hints(cli, maths, language, hint):
    ran = cli("course", "preview", maths, "--html", "p.html", "--lang", language)
    assert ran.status == 0
    page = Path("p.html").read_text(encoding="utf-8")
    assert page.count("<section") == page.count(hint) == 2
    cli("course", "preview", maths, "q02", "--html", "p.html", "--lang", language)
    assert Path("p.html").read_text(encoding="utf-8").count("<section") == 1


def test_stubs_are_cut_and_named(cli, maths):
    stub = maths.parents[1] / "exercises/maths/q02_double.py"
    stub.unlink()
    ran = cli("course", "stubs", maths)
    assert (ran.status, ran.out) == (0, f"{stub}\n")
    assert cli("course", "stubs", maths).lines == ["all stubs are in sync"]


def test_a_solution_that_cannot_be_cut_ends_with_1(cli, maths):
    (maths / "q02_double/solution.py").write_text("x = 1\n")
    ran = cli("course", "stubs", maths)
    assert ran.status == 1
    assert "there is no # BEGIN SOLUTION" in " ".join(ran.out.split())
