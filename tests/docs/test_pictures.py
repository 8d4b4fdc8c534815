"""Every picture of the documents has a script or command that made it, and says what the program says now."""

import html
import re

import pytest

from grader.checks._declare import mistake_info
from grader.course import find_course, load_question
from grader.messages import LANGUAGES, say

from ._blocks import PAGES, ROOT

IMAGES = ROOT / "docs" / "images"
# What made each picture, and whether a test compares it with what would be drawn now.
MADE_BY = {
    "course": "scripts/course_figures.py",  # tests/jaxcnn/plotting/course/test_page.py compares
    "report-en.svg": "scripts/screenshots.py",
    "report-fr.svg": "scripts/screenshots.py",
    "watch-en.svg": "scripts/recording.py",
    "watch-fr.svg": "scripts/recording.py",
    "watch-en.txt": "scripts/recording.py",
    "watch-fr.txt": "scripts/recording.py",
    "probes.png": "scripts/transfer_pictures.py",
    "score_map.png": "scripts/transfer_pictures.py",
    "ops.png": "benchmarks/ops.py",
    "training-curves.png": "jaxcnn train",
    "training-mistakes.png": "jaxcnn train",
}
_REPORTED, _WATCHED = ("q01",), ("q05", "q06", "q07")
_LISTED = ("q01", "q02", "q03")


def test_every_picture_is_shown_and_something_that_exists_makes_it():
    assert {path.name for path in IMAGES.iterdir()} == MADE_BY.keys()
    shown = " ".join(PAGES.values())
    for name, maker in MADE_BY.items():
        assert f"images/{name}" in shown, name
        assert (ROOT / maker).is_file() if "/" in maker else maker in shown, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_of_a_report_has_the_titles_and_the_mistake_of_today(language):
    course = find_course("tp2")
    told = _text_of(f"report-{language}.svg")
    for question in _LISTED:
        assert _flat(course.question(question).title[language]) in told, _again("screenshots")
    for question in _REPORTED:
        for title in _titles(question, language):
            assert title in told, _again("screenshots")
    words = _mistake("q01", "conv2d_loops.stride_only_in_the_size", language)
    assert words[:40] in told, _again("screenshots")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_recording_of_a_session_has_the_titles_keys_and_mistakes_of_today(
    language, monkeypatch
):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import recording

    told = _flat((IMAGES / f"watch-{language}.txt").read_text("utf-8"))
    course = find_course("tp2")
    assert recording._MISTAKES.keys() == {*_WATCHED}
    assert _flat(say("watch_keys", language)) in told, _again("recording")
    for question, mistake in recording._MISTAKES.items():
        assert _flat(course.question(question).title[language]) in told, _again("recording")
        for title in _titles(question, language):
            assert title in told, _again("recording")
        assert _mistake(question, mistake, language)[:40] in told, _again("recording")


def _titles(question: str, language: str) -> list[str]:
    course = find_course("tp2")
    module = load_question(course, course.question(question)).load_checks()
    tests = [value for value in vars(module).values() if hasattr(value, "__check__")]
    assert tests
    return [_flat(test.__check__.title[language]) for test in tests]


def _mistake(question: str, name: str, language: str) -> str:
    course = find_course("tp2")
    for variant in load_question(course, course.question(question)).mistakes:
        if (info := mistake_info(variant)).id == name:
            return _flat(info.text[language])
    raise AssertionError(f"{question} has no mistake {name}")


def _text_of(picture: str) -> str:
    parts = re.findall(r"<text[^>]*>([^<]*)</text>", (IMAGES / picture).read_text("utf-8"))
    return _flat(" ".join(map(html.unescape, parts)))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _again(script: str) -> str:
    return f"a picture is older than what it shows: python scripts/{script}.py"
