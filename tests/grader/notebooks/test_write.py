"""A stub as a notebook: the same code in cells, which the grader reads back, alone or beside its pair."""

import ast
import builtins

import pytest

from grader.course import (
    find_course,
    find_submission,
    in_language,
    is_untouched,
    packaged_exercises,
    read_course,
    same_code,
)
from grader.course._notebook import read_notebook
from grader.messages import LANGUAGES
from grader.notebooks import NotebooksUnavailable, stub_notebook

nbformat = pytest.importorskip("nbformat")
_TP2 = find_course("tp2")


@pytest.mark.parametrize("question", _TP2.questions, ids=lambda question: question.id)
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_a_notebook_and_the_untouched_stub(question, language):
    content = stub_notebook(_TP2, question, language)
    book = nbformat.reads(content.decode(), as_version=4)
    nbformat.validate(book)
    stub = (packaged_exercises(_TP2) / question.file).read_bytes()
    read = read_notebook(content)
    assert is_untouched(question, read.source, stub)
    assert same_code(read.source, in_language(stub.decode(), language).encode())
    assert stub_notebook(_TP2, question, language) == content


def test_the_statement_comes_first_then_a_cell_for_each_function_and_one_that_grades(maths):
    course = read_course(maths)
    book = nbformat.reads(stub_notebook(course, course.questions[0], "en").decode(), as_version=4)
    kinds = [cell.cell_type for cell in book.cells]
    assert kinds == ["markdown", "code", "code", "code", "code"]
    assert "Write `square` and `cubes`." in book.cells[0].source
    for name, cell in zip(("square", "cubes"), book.cells[2:4], strict=True):
        (function,) = ast.parse(cell.source).body
        assert isinstance(function, ast.FunctionDef)
        assert function.name == name
    assert book.cells[-1].source == "%load_ext grader\n%grade q01"


def test_a_script_that_jupytext_pairs_with_it_says_the_same(maths, tmp_path):
    jupytext = pytest.importorskip("jupytext")
    course = read_course(maths)
    content = stub_notebook(course, course.questions[0], "en").decode()
    content = content.replace("raise NotImplementedError", "return 3")
    book = nbformat.reads(content, as_version=4)
    (tmp_path / "q01_square.ipynb").write_text(content)
    (tmp_path / "q01_square.py").write_text(jupytext.writes(book, fmt="py:percent"))
    assert book.metadata["jupytext"]["formats"] == "ipynb,py:percent"
    file = find_submission(course, tmp_path)[0]
    assert file.path.suffix == ".py"
    assert b"return 3" in (file.content or b"")
    assert not file.problem


def test_without_nbformat_it_says_what_to_install(maths, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **options):
        if name.startswith("nbformat"):
            raise ImportError(name)
        return real(name, *rest, **options)

    course = read_course(maths)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NotebooksUnavailable, match=r"pip install 'jaxcnn\[notebook\]'"):
        stub_notebook(course, course.questions[0], "en")
