"""The documents for users of the library run as they stand, and show what they say."""

import ast
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jaxcnn.cli import app

ROOT = Path(__file__).parents[2]
# Those of authors of courses hold pieces of a course's files, which need the course around them.
DOCUMENTS = sorted({*(ROOT / "docs").glob("*.md")} - {ROOT / "docs" / "authoring.md"})
README = ROOT / "README.md"


def blocks(text, language):
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [body for name, body in found if name == language]


def library_part_of_the_readme():
    (part,) = re.findall(r"^## A library user's.*?(?=^## )", README.read_text("utf-8"), re.M | re.S)
    return part


PAGES = {page.name: page.read_text("utf-8") for page in DOCUMENTS}
PAGES["README.md"] = library_part_of_the_readme()
WITH_PYTHON = [name for name, text in PAGES.items() if blocks(text, "python")]
COMMANDS = [
    line
    for text in PAGES.values()
    for block in blocks(text, "")
    for line in block.splitlines()
    if line.startswith("jaxcnn ")
]


def run(source, names):
    """Execute a block; an expression with a comment behind it must have that as its repr."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        piece = ast.Module([node], [])
        if isinstance(node, ast.Expr):
            value = eval(compile(ast.Expression(node.value), "<document>", "eval"), names)
            _, _, shown = lines[node.end_lineno - 1][node.end_col_offset :].partition("#")
            assert repr(value) == shown.strip() or not shown, ast.unparse(node)
        else:
            exec(compile(piece, "<document>", "exec"), names)


@pytest.mark.parametrize("page", WITH_PYTHON)
def test_the_blocks_of_a_page_run_one_after_the_other(page):
    names = {"__name__": "document"}
    for source in blocks(PAGES[page], "python"):
        run(source, names)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_succeed(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some write pictures
    arguments = shlex.split(command, comments=True)[1:]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert result.output.strip()


def test_the_guide_and_the_readme_are_among_them():
    assert {"library.md", "README.md"} <= set(WITH_PYTHON)
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_a_result_that_is_not_shown_as_it_is_fails():
    run("x = 1\nx + 1  # 2\nx", {})
    with pytest.raises(AssertionError, match=r"x \+ 1"):
        run("x = 1\nx + 1  # 3", {})
