"""Every picture of the documents has a script or command that made it, and says what the program says now."""

import pytest

from grader.checks._declare import mistake_info
from grader.course import find_course, load_question
from grader.messages import LANGUAGES, say

from ._blocks import PAGES, ROOT, unknown_in

IMAGES = ROOT / "docs" / "images"
_REPORTED, _WATCHED = ("q01",), ("q05", "q06", "q07")
_LISTED = ("q01", "q02", "q03")


def test_every_picture_is_shown_and_something_that_exists_draws_it(script):
    drawings = script("pictures").DRAWINGS
    drawn = {name: drawing.command for drawing in drawings for name in drawing.pictures}
    # tests/jaxcnn/plotting/course/test_page.py has the figures of the course
    assert {path.name for path in IMAGES.iterdir()} == {*drawn, "drawn.json", "course"}
    shown = " ".join(PAGES.values())
    for name, command in drawn.items():
        assert f"images/{name}" in shown, name
        program, first, *_ = command.split()
        assert unknown_in(command) is None if program == "jaxcnn" else (ROOT / first).is_file()
    for source in {source for drawing in drawings for source in drawing.sources}:
        assert any(ROOT.glob(source)), source


def test_no_picture_is_older_than_what_it_was_drawn_from(script):
    assert script("pictures").old_pictures() == {}, (
        "`python scripts/pictures.py --draw` draws them again"
    )


class TestAPictureIsOld:
    """Where its file, a source, or a sentence of the grader is not what it was."""

    @pytest.fixture
    def pictures(self, script, tmp_path, monkeypatch):
        found = script("pictures")
        drawing = found.Drawing("python draw.py", ("watch-fr.txt", "b.png"), ("source*.py",))
        monkeypatch.setattr(found, "ROOT", tmp_path)
        monkeypatch.setattr(found, "FOLDER", tmp_path)
        monkeypatch.setattr(found, "DRAWINGS", (drawing,))
        words = found.messages.say("watch_keys", "fr")
        (tmp_path / "watch-fr.txt").write_text(f"juste\n{words[:20]}\n  {words[20:]}", "utf-8")
        (tmp_path / "b.png").write_bytes(b"\0b")
        (tmp_path / "source.py").write_bytes(b"one\ntwo\n")
        assert {*found.old_pictures()} == {"watch-fr.txt", "b.png"}  # of which nothing was noted
        found.note(found.DRAWINGS)
        assert found.old_pictures() == {}
        return found

    def test_or_where_a_source_came_or_went(self, pictures, tmp_path):
        (tmp_path / "source_more.py").write_text("more")
        assert {*pictures.old_pictures().values()} == {"source_more.py"}
        (tmp_path / "source_more.py").unlink()
        (tmp_path / "source.py").write_bytes(b"one\r\ntwo\r\n")  # the same text
        assert pictures.old_pictures() == {}
        (tmp_path / "source.py").write_text("one")
        assert {*pictures.old_pictures().values()} == {"source.py"}

    def test_itself_changed(self, pictures, tmp_path):
        (tmp_path / "b.png").write_bytes(b"\0c")
        assert pictures.old_pictures() == {"b.png": "the picture itself"}

    def test_the_grader_says_it_otherwise(self, pictures, monkeypatch):
        known = pictures.SENTENCES
        monkeypatch.setitem(known, "watch_keys", ("e énoncé · i indice", "s statement"))
        assert pictures.old_pictures() == {"watch-fr.txt": "the sentence watch_keys"}

    def test_and_is_noted_once_it_is_drawn_again(self, pictures, tmp_path):
        (tmp_path / "draw.py").write_text("open('b.png', 'wb').write(b'\\0new')")
        (tmp_path / "source.py").write_text("one")
        pictures.draw(pictures.DRAWINGS)
        assert (tmp_path / "b.png").read_bytes() == b"\0new"
        assert pictures.old_pictures() == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_of_a_report_has_the_titles_the_mistake_and_the_line_of_today(
    language, script, tmp_path
):
    course = find_course("tp2")
    told = script("pictures").words_of(IMAGES / f"report-{language}.svg").replace("\u00a0", " ")
    for question in _LISTED:
        assert _flat(course.question(question).title[language]) in told, _again(
            f"report-{language}.svg"
        )
    for question in _REPORTED:
        for title in _titles(question, language):
            assert title in told, _again(f"report-{language}.svg")
    words = _mistake("q01", "conv2d_loops.stride_only_in_the_size", language)
    assert words[:40] in told, _again(f"report-{language}.svg")
    script("screenshots").submit(course, tmp_path)
    lines = (tmp_path / course.question("q01").file).read_text("utf-8").splitlines()
    typo = next(number for number, line in enumerate(lines, 1) if "in_chanels" in line)
    assert f" {typo} : return" in told or f" {typo}: return" in told, _again(
        f"report-{language}.svg"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_recording_of_a_session_has_the_titles_keys_and_mistakes_of_today(language, script):
    recording = script("recording")
    told = _flat((IMAGES / f"watch-{language}.txt").read_text("utf-8"))
    course = find_course("tp2")
    assert recording._MISTAKES.keys() == {*_WATCHED}
    assert _flat(say("watch_keys", language)) in told, _again(f"watch-{language}.txt")
    for question, mistake in recording._MISTAKES.items():
        assert _flat(course.question(question).title[language]) in told, _again(
            f"watch-{language}.txt"
        )
        for title in _titles(question, language):
            assert title in told, _again(f"watch-{language}.txt")
        assert _mistake(question, mistake, language)[:40] in told, _again(f"watch-{language}.txt")


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


def _flat(text: str) -> str:
    return " ".join(text.split())


def _again(picture: str) -> str:
    return f"{picture} is older than what it shows: python scripts/pictures.py --draw {picture}"
