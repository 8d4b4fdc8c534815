"""Every cell of docs/comparison.md is true of the installed libraries, and its sources exist."""

import ast
import functools
import importlib
import importlib.util
import os
import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
LIBRARIES = ("jaxcnn", "flax", "keras", "torch")


def tables():
    """Feature -> library -> cell, of the table of claims and of that of sources."""
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", TEXT, re.MULTILINE):
        rows = [[c.strip() for c in line.strip("|\n").split("|")] for line in block.splitlines()]
        if len(rows[0]) == 1 + len(LIBRARIES):
            found.append({row[0]: dict(zip(LIBRARIES, row[1:], strict=True)) for row in rows[2:]})
    claims = {feature: cells for table in found[:-1] for feature, cells in table.items()}
    return claims, found[-1]


CLAIMS, SOURCES = tables()


def stated_version(library):
    (stated,) = re.findall(rf"^- {library} ([\d.]+)", TEXT, re.MULTILINE)
    return stated


@functools.cache
def cells_of(library):
    if library == "keras":
        os.environ.setdefault("KERAS_BACKEND", "jax")  # before the first import
    if library != "jaxcnn":
        found = pytest.importorskip(library, reason=f"{library} is not installed")
        installed = version(library).split("+")[0]
        if installed != stated_version(library):
            pytest.skip(f"the table is about {library} {stated_version(library)}, not {installed}")
        assert found.__version__
    return importlib.import_module(f".parity.{library}_cells", __package__).CELLS


@pytest.mark.parametrize("feature", CLAIMS)
@pytest.mark.parametrize("library", LIBRARIES)
def test_the_cell_says_what_the_library_does(library, feature):
    cell = cells_of(library)[feature]
    assert re.match(r"\w+", CLAIMS[feature][library])[0] == cell.mark
    cell.prove()


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_proof_has_its_cell(library):
    assert set(cells_of(library)) == set(CLAIMS) == set(SOURCES)


@functools.cache
def places(path):
    """Line of every class, method, function and variable of a module, by qualified name."""
    found = {}

    def visit(body, prefix):
        for node in body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                found[prefix + node.name] = node.lineno
                visit(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found[prefix + node.targets[0].id] = node.lineno

    visit(ast.parse(path.read_text(encoding="utf-8")).body, "")
    return found


@pytest.mark.parametrize("feature", CLAIMS)
def test_the_tests_named_for_jaxcnn_exist(feature):
    named = re.findall(r"`(\S+\.py)::(\w+)`", SOURCES[feature]["jaxcnn"])
    assert named
    for path, test in named:
        assert test in places(ROOT / "tests" / "jaxcnn" / path), (path, test)


@pytest.mark.parametrize("feature", CLAIMS)
@pytest.mark.parametrize("library", LIBRARIES[1:])
def test_the_lines_named_of_other_libraries_hold_what_is_named(library, feature):
    cells_of(library)
    home = Path(importlib.util.find_spec(library).origin).parent
    named = re.findall(r"`(\S+\.py):(\d+) (\S+)`", SOURCES[feature][library])
    assert named
    for path, line, name in named:
        assert places(home / path).get(name) == int(line), (path, name)
