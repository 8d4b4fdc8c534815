"""A course in a language that the grader does not speak by itself, from nothing to a student's graded answer."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from grader.checks import check, expect, mistake
from grader.checks._agree import Expectation
from grader.checks._declare import deviation
from grader.course import ManifestError, read_course
from grader.messages import _say as saying
from grader.messages import read_table, speak
from grader.session import _workers

_GERMAN = {
    "verdict_not_attempted": "nicht begonnen",
    "not_attempted": "{name}: da steht noch `raise NotImplementedError`.",
    "verdict_passed": "bestanden",
    "package_files": "Ihre Dateien sind in `exercises/`:",
}


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """What a test speaks is forgotten after it."""
    monkeypatch.setattr(saying, "_tables", {})


def _translate(path: Path) -> None:
    """Put a translation below the comment that shows the sentence."""
    text = path.read_text("utf-8")
    for key, sentence in _GERMAN.items():
        line = f"{key} = {json.dumps(sentence)}\n"
        text = re.sub(
            rf"^# {key} = .*\n", lambda found, line=line: found[0] + line, text, flags=re.M
        )
    path.write_text(text, "utf-8")


def _write_all(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.suffix in (".py", ".md", ".toml") and not path.name.startswith("messages"):
            text = path.read_text("utf-8").replace("TO WRITE: ", "Geschrieben: ")
            path.write_text(text, "utf-8")


def test_from_nothing_to_a_graded_answer_in_german(cli, monkeypatch):
    monkeypatch.setattr(_workers, "PRELOAD", ())
    assert cli("course", "new", "mathe", "--lang", "de").status == 0
    folder = Path("solutions/mathe").resolve()
    _write_all(folder)
    _translate(folder / "messages.de.toml")
    cli("course", "stubs", folder)
    checked = cli("course", "check", folder)
    assert checked.status == 0, checked.out

    done = cli("course", "messages", folder, "de")
    assert re.search(r"\d+ sentences are still said in English", done.out)
    assert read_table(folder / "messages.de.toml").sentences == _GERMAN

    begun = cli("init", "tp", "--course", folder, "--lang", "de")
    assert begun.status == 0, begun.out + begun.err
    monkeypatch.chdir("tp")
    ran = cli("run", "--course", folder, "--lang", "de")
    assert "nicht begonnen" in ran.out
    (stub,) = Path("exercises/mathe").glob("*.py")
    (solution,) = folder.glob("q01_*/solution.py")
    stub.write_bytes(solution.read_bytes())
    ran = cli("run", "--course", folder)  # the folder was made in German
    assert ran.status == 0, ran.out
    assert "bestanden" in ran.out


def test_students_get_the_table_with_their_package(cli, monkeypatch):
    monkeypatch.setattr(_workers, "PRELOAD", ())
    cli("course", "new", "mathe", "--lang", "de")
    folder = Path("solutions/mathe").resolve()
    _write_all(folder)
    _translate(folder / "messages.de.toml")
    cli("course", "stubs", folder)
    packed = cli("course", "pack", folder, "-o", "packed")
    assert packed.status == 0, packed.out + packed.err
    zipfile.ZipFile("packed/mathe-student.zip").extractall("student")
    monkeypatch.setattr(saying, "_tables", {})
    monkeypatch.chdir("student/mathe")
    assert "Ihre Dateien sind in" in Path("README.md").read_text("utf-8")
    ran = cli("run", "--lang", "de")
    assert "nicht begonnen" in ran.out


def test_a_language_that_nobody_speaks_is_an_error_that_says_how_to_begin(cli):
    cli("course", "new", "maths")
    folder = Path("solutions/maths")
    refused = cli("run", "--course", f"./{folder}", "--lang", "de")
    assert refused.status == 2
    assert "must be one of fr, en" in refused.err
    manifest = folder / "course.toml"
    text = 'languages = ["fr", "en", "de"]\n' + manifest.read_text("utf-8")
    manifest.write_text(text, "utf-8")
    with pytest.raises(ManifestError, match=r"messages\.de\.toml.*grader course messages"):
        read_course(folder)
    assert cli("course", "messages", folder, "de").status == 0
    with pytest.raises(ManifestError, match="title of maths is missing in"):
        read_course(folder)


@pytest.mark.parametrize("language", ["fr", "DE", "german", "../de"])
def test_a_table_is_for_another_language(cli, language):
    cli("course", "new", "maths")
    before = sorted(Path().rglob("*"))
    assert cli("course", "messages", "solutions/maths", language).status == 1
    assert sorted(Path().rglob("*")) == before


def test_a_broken_table_is_left_as_it_is(cli):
    cli("course", "new", "mathe", "--lang", "de")
    path = Path("solutions/mathe/messages.de.toml")
    path.write_text('[sentences]\nmissing_file = "fehlt"\n', "utf-8")
    refused = cli("course", "messages", "solutions/mathe", "de")
    assert refused.status == 1
    assert "lacks the place" in refused.out
    assert path.read_text("utf-8") == '[sentences]\nmissing_file = "fehlt"\n'


def test_declarations_take_texts_in_that_language(tmp_path):
    path = tmp_path / "messages.de.toml"
    path.write_text("", "utf-8")
    with pytest.raises(TypeError, match="de="):
        check(points=1, en="Sum", de="Summe")
    speak(read_table(path))

    @check(points=1, en="Sum", de="Summe")
    def test_sum(student):
        """A check."""

    @mistake(of="add", de="Sie ziehen ab.")
    def minus(a, b):
        return a - b

    assert test_sum.__check__.title["de"] == "Summe"
    assert minus.__mistake__.text["de"] == "Sie ziehen ab."
    assert deviation("x", en="one", de="eins", bias=2).text["de"] == "eins"
    with pytest.raises(Expectation) as raised:
        expect(False, de="Falsch.", en="Wrong.", value=3)
    assert raised.value.text["de"] == "Falsch."
    assert raised.value.shown == {"value": 3}
