"""course.toml: what is wrong is said with the file, the key and the rule."""

from pathlib import Path

import pytest

from grader.course import ManifestError, read_course

_DEMO = Path(__file__).parents[1] / "courses" / "solutions" / "demo"

_GOOD = """
id = "demo"
title.fr = "Cours"
title.en = "Course"

[[questions]]
id = "q01"
folder = "q01_sum"
title.fr = "Somme"
title.en = "Sum"
points = 4
"""
_SECOND = _GOOD[_GOOD.index("[[") :]


def _read(folder: Path, text: str | bytes):
    data = text.encode() if isinstance(text, str) else text
    (folder / "course.toml").write_bytes(data)
    return read_course(folder)


def test_a_manifest_is_read_with_its_defaults(tmp_path):
    course = _read(tmp_path, _GOOD)
    (question,) = course.questions
    assert (course.id, course.path) == ("demo", tmp_path)
    assert question.file == "q01_sum.py"
    assert (question.points, question.seconds, question.memory_mb) == (4, 10, 4096)
    assert (question.withhold, question.withhold_as) == ((), "forbidden")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id = ", "Invalid value"),
        (b"id = '\xff'", "utf-8"),
        (_GOOD.replace('id = "demo"', ""), "`id`"),
        (_GOOD.replace('"demo"', '"Dé mo"'), "$.id"),
        (_GOOD.replace('"demo"', '"../x"'), "$.id"),
        (_GOOD.replace('"q01_sum"', '"../q01"'), "$.questions[0].folder"),
        (_GOOD.replace("points = 4", ""), "`points`"),
        (_GOOD.replace("points = 4", "points = 0"), "$.questions[0].points"),
        (_GOOD.replace("points = 4", "points = nan"), "points"),
        (_GOOD.replace("points = 4", "points = inf"), "points"),
        (_GOOD.replace("points = 4", 'points = "4"'), "$.questions[0].points"),
        (_GOOD + "seconds = 0", "$.questions[0].seconds"),
        (_GOOD + "seconds = nan", "seconds"),
        (_GOOD + "seconds = inf", "seconds"),
        (_GOOD + "memory_mb = 10", "$.questions[0].memory_mb"),
        (_GOOD + 'withhold_as = "shouted"', "shouted"),
        (_GOOD + 'withhold = "jaxcnn"', "$.questions[0].withhold"),
        (_GOOD + "colour = 1", "colour"),
        (_GOOD.replace('title.en = "Course"', ""), "demo is missing in ['en']"),
        (_GOOD.replace('title.fr = "Somme"', 'title.fr = ""'), "q01 is missing in ['fr']"),
        (_GOOD + _SECOND, "share the id ['q01']"),
        (_GOOD + _SECOND.replace('"q01"', '"q02"'), "share the folder ['q01_sum']"),
        (_GOOD[: _GOOD.index("[[")] + "questions = []", "questions"),
        (_GOOD + '[data.photos]\ntitle.fr = "P"', "data.photos is missing in ['en']"),
        (
            _GOOD + '[data.photos]\ntitle = {fr = "P", en = "P"}\nseconds = -1',
            "$.data[...].seconds",
        ),
        ('path = "/etc"\n' + _GOOD, "path"),
    ],
)
def test_an_error_names_the_file_the_key_and_the_rule(tmp_path, text, words):
    with pytest.raises(ManifestError) as caught:
        _read(tmp_path, text)
    assert str(tmp_path / "course.toml") in str(caught.value)
    assert words in str(caught.value)


def test_a_missing_manifest_is_named(tmp_path):
    with pytest.raises(ManifestError, match=r"course\.toml: there is no such file"):
        read_course(tmp_path)


class TestQuestionNames:
    course = read_course(_DEMO)

    @pytest.mark.parametrize("name", ["q01", "Q01", "q1", "1", "01", "001", "q01_sum"])
    def test_a_question_has_short_names(self, name):
        assert self.course.question(name).id == "q01"

    @pytest.mark.parametrize("name", ["", "q", "0", "q0", "3", "10", "sum", "q01_", "q01.count"])
    def test_anything_else_is_unknown_and_the_known_are_listed(self, name):
        with pytest.raises(KeyError, match="known: q01, q02"):
            self.course.question(name)

    def test_texts_are_read_in_a_language(self):
        question = self.course.question("q01")
        assert self.course.text(question, "hints", "fr").startswith("## 1")
