"""``%grade`` in a real kernel: the report stands under the cell, and nothing is graded in the kernel."""

import os
from pathlib import Path

import pytest

from grader.course import read_course
from grader.notebooks import stub_notebook

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

_ROOT = Path(__file__).parents[3]


@pytest.fixture
def executed(maths, tmp_path, monkeypatch):
    """Runs the notebook of q01, with other text for its cells, in a kernel that stands in its folder."""
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")])
    )
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    course = read_course(maths)
    place = tmp_path / "work/exercises/maths"
    place.mkdir(parents=True)
    (tmp_path / "work/.grader").mkdir()

    def run(edit, *more: str):
        content = stub_notebook(course, course.questions[0], "en").decode()
        book = edit(nbformat.reads(content, as_version=4))
        book.cells[-1].source = f"%load_ext grader\n%grade q01 --course '{maths}'"
        book.cells += [nbformat.v4.new_code_cell(source) for source in more]
        nbformat.write(book, place / "q01_square.ipynb")
        client = nbclient.NotebookClient(
            book, timeout=120, resources={"metadata": {"path": str(place)}}
        )
        # What the client's own packages warn of is no business of ours.
        return client.execute()

    return run


def _right(book):
    book.cells[2].source = "def square(x):\n    return x * x"
    book.cells[3].source = "def cubes(numbers):\n    return [n**3 for n in numbers]"
    return book


def _wrong(book):
    book = _right(book)
    book.cells[2].source = "%%time\ndef square(x):\n    # a comment\n    return 1 / 0"
    return book


def _shown(cell) -> str:
    return "".join(output["data"]["text/html"] for output in cell.outputs)


@pytest.mark.filterwarnings("ignore")
def test_the_report_stands_under_the_cell(executed):
    book = executed(_wrong, "'grader.grading' in __import__('sys').modules", "square")
    report = _shown(book.cells[-3])
    assert report.startswith("<iframe srcdoc=")
    assert "is in page.html" not in report
    assert "ZeroDivisionError" in report
    assert "Code cell 2, line 4: return 1 / 0" in report
    assert "q01_square.ipynb, as it was saved at" in " ".join(report.split())
    assert "grader hint q01" in report
    assert book.cells[-2].outputs[0]["data"]["text/plain"] == "False", "graded in the kernel"


@pytest.mark.filterwarnings("ignore")
def test_full_marks_and_errors_of_usage_are_shown_too(executed):
    book = executed(_right, "%grade q77", "print('<b>')")
    assert "Everything is right, well done!" in _shown(book.cells[-3])
    assert "There is no question q77" in _shown(book.cells[-2])
