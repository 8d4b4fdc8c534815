"""Numbers of one's own on the command line: init, reset, show, hint, run, handins, and a package."""

import json
import zipfile
from pathlib import Path

import pytest

STUB = Path("exercises/own/q01_positions.py")


def _lines(path: Path = STUB) -> list[str]:
    return [line for line in path.read_text().splitlines() if line[:6] in ("KERNEL", "STRIDE")]


@pytest.fixture
def run(cli, own):
    """Runs a command on the course."""
    return lambda *arguments: cli(*arguments, "--course", own)


def test_init_draws_and_remembers(run, own):
    ran = run("init", ".", "--student", "S1234", "--lang", "en")
    assert ran.status == 0
    assert "Numbers drawn for S1234: q01 KERNEL = 7, STRIDE = 3." in ran.lines
    assert _lines() == ["KERNEL = 7  # pixels", "STRIDE = 3"]
    assert json.loads(Path(".grader/state.json").read_text())["student"] == "S1234"
    STUB.write_text("mine\n")
    assert run("reset", "q01").status == 0
    assert _lines() == ["KERNEL = 7  # pixels", "STRIDE = 3"]


def test_without_a_student_the_numbers_of_the_solution_stand(run):
    ran = run("init", ".", "--lang", "en")
    assert "In this course everyone has numbers of their own." in ran.out
    assert "grader init . --student ID" in ran.out
    assert _lines() == ["KERNEL = 3  # pixels", "STRIDE = 1"]


def test_init_again_gives_numbers_to_what_is_not_begun_and_leaves_work_alone(run, solved):
    run("init", ".", "--lang", "en")
    ran = run("init", ".", "--student", "s1235")
    assert "was there already" not in ran.out
    assert _lines() == ["KERNEL = 7  # pixels", "STRIDE = 2"]
    work = solved(STUB.read_text())
    STUB.write_text(work)
    ran = run("init", ".", "--student", "s1234")
    assert "was there already and stays as it is" in " ".join(ran.out.split())
    assert STUB.read_text() == work


def test_reset_of_a_folder_that_remembers_nobody_keeps_the_numbers_that_are_there(run, solved):
    run("init", ".", "--student", "s1234", "--lang", "en")
    Path(".grader/state.json").unlink()
    STUB.write_text(solved(STUB.read_text()))
    assert run("reset", "q01").status == 0
    assert _lines() == ["KERNEL = 7  # pixels", "STRIDE = 3"]
    assert "NotImplementedError" in STUB.read_text()


def test_an_id_without_a_sign_is_refused_before_anything_is_made(run):
    ran = run("init", "new", "--student", "--", "--lang", "en")
    assert ran.status == 2
    assert "--student (='--') must have a letter or a digit" in ran.err
    assert not Path("new").exists()


def test_a_course_that_draws_none_says_so(cli, maths):
    ran = cli("init", ".", "--student", "s1234", "--lang", "en", "--course", maths)
    assert "--student changes nothing in it" in ran.out


def test_texts_are_shown_with_the_numbers_of_the_folder(run, own):
    told = " ".join(run("show", "q01").out.split())  # without a folder: those of the solution
    assert "A kernel of 3 pixels, a stride of 1" in told
    run("init", ".", "--student", "s1234", "--lang", "en")
    told = " ".join(run("show", "q01").out.split())
    assert "A kernel of 7 pixels, a stride of 3: (N − 7) / S₃, and {OTHER} stays" in told
    assert "the first of 7 pixels" in " ".join(run("hint", "q01").out.split())
    run("show", "q01", "--html", "q01.html")
    assert "A kernel of 7 pixels" in Path("q01.html").read_text()


def test_a_run_grades_by_the_numbers_of_the_file_and_its_page_shows_them(run, solved):
    run("init", ".", "--student", "s1234", "--lang", "en")
    STUB.write_text(solved(STUB.read_text()))
    ran = run("run", "q01", "--isolation", "0", "--html", "page.html", "--json", "r.json")
    assert ran.status == 0
    result = json.loads(Path("r.json").read_text())
    assert result["questions"][0]["numbers"] == {"KERNEL": 7, "STRIDE": 3}
    page = Path("page.html").read_text()
    assert "A kernel of 7 pixels" in page
    shown = run("solution", "q01").out
    assert "KERNEL = 7" in shown
    assert "STRIDE = 3" in shown


def test_a_notebook_has_them_too(run):
    pytest.importorskip("nbformat")
    run("init", ".", "--student", "s1234", "--lang", "en", "--notebook")
    notebook = Path("exercises/own/q01_positions.ipynb")
    text = notebook.read_text()
    assert "KERNEL = 7  # pixels" in text
    assert "A kernel of 7 pixels" in text
    run("run", "q01", "--isolation", "0", "--json", "r.json")
    assert json.loads(Path("r.json").read_text())["questions"][0]["verdict"] == "not_attempted"
    run("init", ".", "--student", "s1235", "--lang", "en", "--notebook")
    assert "STRIDE = 2" in notebook.read_text()


def test_the_list_of_a_class_names_whose_numbers_are_anothers(cli, run, own, solved):
    for student in ("s1234", "s1235"):
        run("init", student, "--student", "s1235", "--lang", "en")
        file = Path(student) / STUB
        file.write_text(solved(file.read_text()))
        (Path("class") / student).mkdir(parents=True)
        file.rename(Path("class") / student / STUB.name)
    Path("roster.csv").write_text("id\ns1234\ns1235\n")
    ran = run("handins", "class", "--roster", "roster.csv", "--lang", "en", "--json", "list.json")
    assert ran.status == 0
    assert [line for line in ran.lines if "drawn" in line] == [
        "  q01: STRIDE = 2; drawn for s1234: 3"
    ]
    assert json.loads(Path("list.json").read_text())["handins"][0]["notes"]


def test_a_student_puts_their_numbers_into_a_package(cli, own, monkeypatch, solved):
    assert cli("course", "pack", own, "-o", ".").status == 0
    with zipfile.ZipFile("own-student.zip") as archive:
        archive.extractall(".")
    monkeypatch.chdir("own")
    assert "grader init . --student ID" in Path("README.md").read_text()
    ran = cli("init", ".", "--student", "s1234", "--lang", "en")
    assert ran.status == 0
    assert _lines() == ["KERNEL = 7  # pixels", "STRIDE = 3"]
    STUB.write_text(solved(STUB.read_text()))
    assert cli("run", "q01", "--isolation", "0").status == 0
    assert "A kernel of 7 pixels" in " ".join(cli("show", "q01").out.split())


def test_pack_says_of_what_there_are_too_many_sets(cli, own):
    path = own / "course.toml"
    path.write_text(path.read_text().replace("[1, 2, 3]", "[1, 2, 3, 4, 5, 6]"))
    ran = cli("course", "pack", own, "-o", ".")
    assert ran.status == 0
    assert "q01  0 of 4 points" in ran.out
    assert "q01  no cases: more than 16 sets of numbers can be drawn" in " ".join(
        ran.out.split("\n")
    )
