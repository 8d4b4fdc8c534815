"""What a student does with a package, what an author does to make it, and how a folder knows its course."""

import datetime
import json
import zipfile
from pathlib import Path

import pytest


@pytest.fixture
def package(cli, maths) -> Path:
    """The current folder is what a student has unpacked; returns the course that it was made of."""
    ran = cli("course", "pack", maths, "-o", ".")
    assert (ran.status, ran.err) == (0, "")
    assert [line.split() for line in ran.lines[-2:]] == [
        ["q01", "2", "of", "3", "points"],
        ["q02", "1", "of", "1", "points"],
    ]
    with zipfile.ZipFile("maths-student.zip") as archive:
        archive.extractall(".")
    return maths


def _write(place: Path, square: str = "x * x") -> None:
    text = f"def square(x):\n    return {square}\n\n\ndef cubes(n):\n    return [i**3 for i in n]\n"
    (place / "q01_square.py").write_text(text)


@pytest.mark.parametrize("below", [".", "exercises", "exercises/maths", "course/q01_square"])
def test_the_folder_knows_its_course(cli, package, monkeypatch, below):
    root = Path("maths").resolve()
    _write(root / "exercises/maths")
    monkeypatch.chdir(root / below)
    ran = cli("run", "q01")
    assert ran.status == 0
    assert "1 more point is decided when it is marked" in " ".join(ran.out.split())
    assert "All public cases pass" in ran.out
    assert "--course" not in ran.out
    assert "--seed" not in ran.out
    listed = cli("list").out
    assert "2 / 2" in listed
    assert "Next question: grader show q02" in cli("run", "q01").out
    assert json.loads((root / ".grader/state.json").read_text())["results"]["maths"]["q01"]


def test_a_failure_is_told_with_its_smallest_case_and_its_mistake(cli, package, monkeypatch):
    monkeypatch.chdir("maths")
    _write(Path("exercises/maths"), "2 * x")
    ran = cli("run", "q01")
    assert ran.status == 1
    for words in ("You double.", "Smallest case square(", "To run this case: python"):
        assert words in " ".join(ran.out.split())
    assert cli("run", "--only", "cubes").status == 0
    assert cli("hint", "q01").status == 0


def test_the_solution_is_not_there(cli, package, monkeypatch):
    monkeypatch.chdir("maths")
    _write(Path("exercises/maths"))
    assert "grader solution" not in cli("run", "q01").out
    ran = cli("solution", "q01")
    assert (ran.status, ran.out) == (2, "")
    assert "solutions are not in what you have" in ran.err


def test_what_needs_solutions_says_so(cli, package, monkeypatch):
    monkeypatch.chdir("maths")
    for command in (["course", "check"], ["course", "stubs"], ["course", "pack", "-o", "."]):
        ran = cli(*command, "./course")
        assert ran.status == 2
        assert "maths is the students' package" in ran.err
    ran = cli("cohort", "exercises", "-o", "out")
    assert ran.status == 2
    assert "maths is the students' package" in ran.err


def test_a_folder_is_made_of_a_package_in_one_language(cli, package, monkeypatch):
    cli("init", "mine", "--course", "maths/course", "--lang", "fr")
    monkeypatch.chdir("mine")
    stub = Path("exercises/maths/q01_square.py").read_text()
    assert "Le carré de" in stub
    assert "EN:" not in stub
    _write(Path("exercises/maths"))
    assert "Tous les cas publics passent" in cli("run", "q01").out.replace("\xa0", " ")
    cli("reset", "q01")
    assert Path("exercises/maths/q01_square.py").read_text() == stub


def test_a_folder_that_brings_code_along_is_not_trusted(cli, maths):
    """Whoever sends a folder must not choose what runs in the grading process."""
    Path("exercises").mkdir()
    maths.rename("course")
    for name in ("checks.py", "solution.py"):
        Path("course/q01_square", name).write_text("raise SystemExit('it ran')\n")
    ran = cli("list")
    assert (ran.status, ran.out) == (2, "")
    assert "--course ./course" in ran.err


class TestWhichCourse:
    def test_a_folder_of_a_course_that_is_not_installed_says_so(self, cli, maths, monkeypatch):
        cli("init", ".", "--course", maths)
        ran = cli("list")
        assert ran.status == 2
        assert "made for the course maths" in ran.err
        monkeypatch.setenv("GRADER_COURSE", str(maths))
        assert "The square" in cli("list").out

    def test_the_environment_names_the_usual_course(self, cli, maths, monkeypatch):
        monkeypatch.setenv("GRADER_COURSE", str(maths))
        assert "The square" in cli("list").out
        assert "Practical 2" in cli("list", "--course", "tp2").out

    def test_another_course_of_the_environment_is_not_the_folders(self, cli, maths, monkeypatch):
        cli("init", ".", "--course", maths)
        monkeypatch.setenv("GRADER_COURSE", "tp2")
        ran = cli("list")
        assert ran.status == 2
        assert "made for the course maths" in ran.err


class TestDates:
    @pytest.fixture
    def dated(self, cli, maths):
        """The course with dates, in days from now."""

        def write(**days: int) -> Path:
            manifest = maths / "course.toml"
            now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
            lines = [
                f"{key} = {(now + datetime.timedelta(days=n)).isoformat()}"
                for key, n in days.items()
            ]
            text = manifest.read_text().replace("points = 3", "\n".join(["points = 3", *lines]))
            manifest.write_text(text)
            cli("init", ".", "--course", maths)
            return maths

        return write

    def test_what_is_not_open_is_left_out_and_refused(self, cli, dated):
        course = dated(opens=1, closes=2)
        ran = cli("run", "--course", course)
        assert ran.lines[0].startswith("q01: opens on ")
        assert "The square" not in ran.out
        for command in ("run", "show", "hint", "watch"):
            ran = cli(command, "q01", "--course", course)
            assert (ran.status, ran.out) == (2, "")
            assert "q01: opens on" in ran.err

    def test_what_is_closed_is_said_so_and_graded(self, cli, dated):
        course = dated(opens=-2, closes=-1)
        ran = cli("run", "q01", "--course", course)
        assert ran.lines[0].startswith("q01: closed on ")
        assert "The square" in ran.out
        assert cli("run", "q01", "--course", course, "--submission", course.parent).status == 0

    def test_a_solution_opens_when_its_question_closes(self, cli, dated):
        course = dated(closes=1)
        _write(Path("exercises/maths"))
        assert cli("run", "q01", "--course", course).status == 0
        ran = cli("solution", "q01", "--course", course)
        assert (ran.status, ran.out) == (2, "")
        assert "opens when it closes" in ran.err

    def test_dates_go_into_the_package(self, cli, dated):
        cli("course", "pack", dated(closes=1), "-o", ".")
        with zipfile.ZipFile("maths-student.zip") as archive:
            assert b"\ncloses = 20" in archive.read("maths/course/course.toml")

    @pytest.mark.parametrize(
        ("lines", "words"),
        [
            ("opens = 2026-10-01T08:00:00", "timezone"),
            ("opens = 2026-10-01T08:00:00Z\ncloses = 2026-10-01T08:00:00Z", "after opens"),
        ],
    )
    def test_dates_that_make_no_sense_are_named(self, cli, maths, lines, words):
        manifest = maths / "course.toml"
        manifest.write_text(manifest.read_text().replace("points = 3", f"points = 3\n{lines}"))
        ran = cli("course", "check", maths)
        assert ran.status == 1
        assert words in " ".join(ran.out.split())


class TestFiles:
    def test_figures_and_data_lie_beside_the_stubs(self, cli, maths):
        (maths / "q01_square/plot.png").write_bytes(b"figure")
        with open(maths / "q01_square/statement.en.md", "a") as stream:
            stream.write("\n![a plot](plot.png)\n")
        cli("init", ".", "--course", maths)
        assert Path("exercises/maths/files/q01_square/plot.png").read_bytes() == b"figure"
        shown = " ".join(cli("show", "q01", "--course", maths).out.split())
        assert "Figures and data: plot.png, in exercises/maths/files/q01_square" in shown

    def test_one_that_is_missing_is_a_failed_claim(self, cli, maths):
        manifest = maths / "course.toml"
        manifest.write_text(
            manifest.read_text().replace("points = 3", 'points = 3\nfiles = ["series.csv"]')
        )
        ran = cli("course", "check", maths, "q01")
        assert "series.csv is not in q01_square" in ran.out
        assert cli("init", ".", "--course", maths).status == 0

    @pytest.mark.parametrize("name", ["../up.csv", "solution.py", "notes.md", "a/b.csv", ""])
    def test_one_that_is_the_authors_own_is_refused(self, cli, maths, name):
        manifest = maths / "course.toml"
        text = manifest.read_text().replace("points = 3", f'points = 3\nfiles = ["{name}"]')
        manifest.write_text(text)
        assert cli("course", "check", maths).status == 1


def test_an_author_goes_from_nothing_to_a_graded_answer(cli, monkeypatch):
    from grader.session import _workers

    monkeypatch.setattr(_workers, "PRELOAD", ())
    assert cli("course", "new", "maths", "scale", "--lang", "en").status == 0
    course = Path("solutions/maths")
    assert cli("course", "check", "./solutions/maths").status == 1
    for path in course.rglob("*.*"):
        path.write_text(path.read_text().replace("TO WRITE: ", "Written: "))
    assert cli("course", "stubs", "./solutions/maths").status == 0
    assert cli("course", "check", "./solutions/maths").status == 0
    assert cli("course", "add", "./solutions/maths", "more").status == 0
    assert cli("course", "add", "./solutions/maths", "more").status == 2
    cli("init", "tp", "--course", "./solutions/maths")
    answer = "def scaled(x, factor):\n    return x\n"
    Path("tp/exercises/maths/q01_scale.py").write_text(answer)
    monkeypatch.chdir("tp")
    ran = cli("run", "q01", "--course", "../solutions/maths")
    assert ran.status == 1
    assert "what the answer is instead, and what to look at" in " ".join(ran.out.split())
