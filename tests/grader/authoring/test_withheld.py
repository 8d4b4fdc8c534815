"""A name that withholds nothing is said so."""

import pytest

from grader.authoring._withheld import withheld_findings
from grader.course import read_course


def _withholding(maths, *names: str):
    manifest = maths / "course.toml"
    listed = ", ".join(f'"{name}"' for name in names)
    text = manifest.read_text().replace("points = 3\n", f"points = 3\nwithhold = [{listed}]\n")
    manifest.write_text(text)
    course = read_course(maths)
    (finding,) = withheld_findings(course, course.questions[0])
    return finding.problem


@pytest.mark.parametrize(
    "name", ["json", "email.mime", "numpy.convolve", "numpy.conv*", "numpy.linalg.*", "js*"]
)
def test_what_is_there_is_withheld(maths, name):
    assert _withholding(maths, "json", name) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("jsonn", "jsonn is no module here (did you mean json?)"),
        ("nothing_like_it", "nothing_like_it is no module here. If"),
        ("numpy.convolv", "numpy has no convolv (did you mean convolve?)"),
        ("numpy.zonv*", "numpy has no zonv*"),
        ("numpyy.conv*", "there is no numpyy here"),
        ("email.mimes.*", "there is no email.mimes here"),
        ("nothing_like*", "nothing_like* matches no module"),
    ],
)
def test_what_is_not_there_is_named(maths, name, words):
    assert words in _withholding(maths, "json", name)


@pytest.mark.parametrize("place", [".", "q01_square"])
def test_what_may_be_missing_has_a_reason(maths, place):
    (maths / place / "accepted.toml").write_text('[withhold]\ntorchy = "students may have it"\n')
    assert _withholding(maths, "torchy") == ""


def test_an_empty_reason_is_none(maths):
    (maths / "accepted.toml").write_text('[withhold]\ntorchy = ""\n')
    assert "torchy" in _withholding(maths, "torchy")


def test_a_question_that_withholds_nothing_claims_nothing(maths):
    course = read_course(maths)
    assert not list(withheld_findings(course, course.questions[0]))
