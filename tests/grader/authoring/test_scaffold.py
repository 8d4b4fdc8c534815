"""A scaffold says what is still to be written, and is a course once that is done."""

import re

import pytest

from grader.authoring import ScaffoldError, add_question, check_course, new_course
from grader.course import read_course


def _written(course):
    """Every file as an author leaves it who is content with the example."""
    for path in course.path.rglob("*"):
        if path.suffix in (".py", ".md", ".toml"):
            text = path.read_text(encoding="utf-8").replace("TO WRITE: ", "Written: ")
            path.write_text(text, encoding="utf-8")
    return read_course(course.path)


def _problems(course):
    return {f.question: f for f in check_course(course, seed=3) if f.problem}


@pytest.mark.parametrize("languages", [("fr", "en"), ("en",), ("fr",)])
def test_a_new_course_fails_its_check_until_it_is_written(tmp_path, languages):
    course = new_course(tmp_path, "maths", "pooling", languages)
    problems = _problems(course)
    assert set(problems) == {"maths", "q01"}
    named = set(re.findall(r"^([\w.]+), line \d+: \w", problems["q01"].problem, re.MULTILINE))
    texts = {
        f"{kind}.{one}.md" for kind in ("statement", "hints", "commentary") for one in languages
    }
    assert named == {"solution.py", "checks.py", "mistakes.py", *texts}
    assert "course.toml, line" in problems["maths"].problem


@pytest.mark.parametrize("languages", [("fr", "en"), ("en",)])
def test_it_holds_once_everything_is_written(tmp_path, monkeypatch, languages):
    from grader.authoring import write_stubs
    from grader.session import _workers

    monkeypatch.setattr(_workers, "PRELOAD", ())
    course = new_course(tmp_path, "maths", languages=languages)
    add_question(course, "pooling")
    course = _written(course)
    write_stubs(course)
    findings = list(check_course(course, seed=3))
    assert not [finding for finding in findings if finding.problem]
    assert [question.folder for question in course.questions] == ["q01_first", "q02_pooling"]
    assert {f.question for f in findings if "is caught and named" in f.claim} == {"q01", "q02"}


@pytest.mark.parametrize("name", ["Maths", "1st", "a b", "../up", ""])
def test_a_name_that_cannot_be_one_is_refused_and_nothing_is_written(tmp_path, name):
    with pytest.raises(ScaffoldError, match=re.escape(f"(={name!r})")):
        new_course(tmp_path, name)
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_left_alone(tmp_path):
    course = new_course(tmp_path, "maths")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(ScaffoldError, match="is there already"):
        new_course(tmp_path, "maths")
    with pytest.raises(ScaffoldError, match="has q01_first already"):
        add_question(course, "first")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_manifest_that_takes_no_more_questions_stays_as_it_was(tmp_path):
    course = new_course(tmp_path, "maths")
    manifest = course.path / "course.toml"
    head = manifest.read_text().partition("[[questions]]")[0]
    inline = '{ id = "q01", folder = "q01_first", title.fr = "f", title.en = "e", points = 1 }'
    manifest.write_text(f"{head}questions = [{inline}]\n")
    text = manifest.read_text()
    with pytest.raises(ScaffoldError, match=r"appended to course\.toml"):
        add_question(read_course(course.path), "pooling")
    assert manifest.read_text() == text
    assert not (course.path / "q02_pooling").exists()
