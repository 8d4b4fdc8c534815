"""docs/course/coverage.md: every fact that the course teaches, and where it is."""

import importlib
import re

import pytest

from jaxcnn.plotting import course

from ._blocks import ROOT
from ._chapters import COURSE, chapter
from .test_course import _questions

ROWS = [
    [cell.strip() for cell in line.strip()[1:-1].split("|")]
    for line in (COURSE / "coverage.md").read_text("utf-8").splitlines()
    if re.match(r"\| (?!fact|-)", line)
]
_SHORT = {"F": "functional"}
_CONTENTS = ROOT.parent / "shared" / "COURSE.md"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_what_a_row_names_exists(row):
    fact, chapters, figures, exercises, functions = row
    assert fact
    files = re.findall(r"\]\(en/([\w-]+\.md)\)", chapters)
    assert files
    assert [f for f in files if not chapter("en", f).path.is_file()] == []
    drawn = {name for file in files for name in chapter("en", file).figures}
    for figure in re.findall(r"`([\w-]+)`", figures):
        assert figure in course.list_figures()
        assert figure in drawn, f"{figure} is drawn in none of {files}"
    for course_id, question in re.findall(r"(\w+) (q\d\d)", exercises):
        assert question in _questions(course_id)
    names = re.findall(r"`(\w+)\.(\w+)`", functions)
    assert names
    for package, name in names:
        module = importlib.import_module(f"jaxcnn.{_SHORT.get(package, package)}")
        assert hasattr(module, name), f"{package}.{name}"


def test_no_line_of_the_contents_is_without_a_row():
    """Where the course's contents lie beside the repository: each bullet and table row of it begins as a row here."""
    if not _CONTENTS.is_file():
        pytest.skip("the course's contents are not beside this clone")
    parts = _CONTENTS.read_text("utf-8").split("\n## ")[1:5]
    lines = [
        match[1]
        for part in parts
        for match in re.finditer(r"^(?:- |\| (?!network|-))(.{12})", part, re.MULTILINE)
    ]
    facts = " ".join(row[0] for row in ROWS)
    assert len(lines) == 30
    assert [line for line in lines if _bare(line) not in _bare(facts)] == []


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
