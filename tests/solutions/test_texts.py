"""The texts of every course: they fit a terminal, say the same in both languages, and use one word for one thing."""

import re
from pathlib import Path

import pytest

from grader.course import (
    find_course,
    function_hints,
    functions_with_hints,
    hint_levels,
    list_courses,
)
from grader.messages import LANGUAGES

_COURSES = [find_course(name) for name in list_courses()]
_TEXTS = sorted(path for course in _COURSES for path in course.path.rglob("*.md"))
_QUESTIONS = [
    pytest.param(course, question, id=f"{course.id}-{question.id}")
    for course in _COURSES
    for question in course.questions
]
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def _name(path: Path) -> str:
    return str(path.relative_to(_COURSES[0].path.parent))


@pytest.mark.parametrize("path", _TEXTS, ids=_name)
def test_code_fits_80_columns(path):
    for indent, _, body in _BLOCK.findall(path.read_text(encoding="utf-8")):
        for line in body.splitlines():
            assert len(line) <= 76 + len(indent), line


@pytest.mark.parametrize(("course", "question"), _QUESTIONS)
def test_hints_for_a_function_say_the_same_in_both_languages(course, question):
    french, english = (
        hint_levels(course.text(question, "hints", language)) for language in LANGUAGES
    )
    names = functions_with_hints(english)
    assert functions_with_hints(french) == names
    for name in names:
        counts = [len(function_hints(levels, name)) for levels in (french, english)]
        assert counts[0] == counts[1] >= 2, name


@pytest.mark.parametrize(("course", "question"), _QUESTIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_commentary_is_short(course, question, language):
    lines = course.text(question, "commentary", language).splitlines()
    assert 3 <= len([line for line in lines if line]) <= 10


# From where on networks are trained; before, a filter makes steps, which are strides. Other words that one concept
# has in one language: docs/glossary.md, held by tests/docs/test_glossary.py.
_TRAINED_FROM = {"tp2": "q09", "foundations": "q17"}
_TRAINING = r"(\d|nombre de|premiers?|chaque|avant les) pas\b"  # étape: pas is the stride
_FRENCH = [
    *(path for path in _TEXTS if ".fr." in path.name),
    *(
        path
        for course in _COURSES
        for name in ("solution.py", "mistakes.py", "checks.py")
        for path in course.path.rglob(name)
    ),
]


@pytest.mark.parametrize("path", _FRENCH, ids=_name)
def test_a_step_of_training_is_no_stride(path):
    text = path.read_text(encoding="utf-8")
    course, folder, *_ = path.relative_to(_COURSES[0].path.parent).parts
    found = re.search(_TRAINING, text) if folder >= _TRAINED_FROM[course] else None
    assert not found, text[found.start() - 60 : found.end() + 20]


@pytest.mark.parametrize("path", _TEXTS, ids=_name)
def test_times_has_one_sign(path):
    assert not re.search(r"\d x \d", path.read_text(encoding="utf-8"))
