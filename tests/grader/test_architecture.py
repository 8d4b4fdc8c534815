"""The plan of the house, enforced: who may import whom, what is public, what stays light."""

import ast
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]

# From the ground floor up: each may import itself and what stands above it in this list.
_FLOORS = (
    ("text", "machine"),
    ("results", "messages"),
    ("wire",),
    ("course",),
    ("sandbox",),
    ("worker",),
    ("session",),
    ("checks",),
    ("grading",),
    ("report",),
    ("cases",),
    ("browser",),
    ("authoring",),
    ("notebooks",),
    ("watch",),
    ("handins",),
    ("cohort",),
    ("marking",),
    ("platforms",),
    ("exports",),
    ("pages",),
    ("similarity",),
    ("cli",),
    ("__main__",),
)
_FLOOR = {name: level for level, names in enumerate(_FLOORS) for name in names}
_FILES = [p for p in sorted((_ROOT / "grader").rglob("*.py")) if p != _ROOT / "grader/__init__.py"]
_LIBRARY = sorted((_ROOT / "jaxcnn").rglob("*.py"))


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, wherever it does so, with the line."""
    package = ".".join(path.relative_to(_ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *filter(None, [base])])
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


def _part(module: str) -> str | None:
    """The part of grader that a dotted name lies in."""
    pieces = module.split(".")
    return pieces[1] if pieces[0] == "grader" and len(pieces) > 1 else None


def _name(path: Path) -> str:
    return str(path.relative_to(_ROOT))


def _own_part(path: Path) -> str:
    return path.relative_to(_ROOT / "grader").with_suffix("").parts[0]


def test_every_part_of_grader_has_its_floor():
    assert {_own_part(path) for path in _FILES} <= set(_FLOOR)


@pytest.mark.parametrize("path", _FILES, ids=_name)
def test_each_part_of_grader_imports_only_from_above_it(path):
    own = _own_part(path)
    for module, line in _imports(path):
        part = _part(module)
        if part is None or part == own:
            continue
        assert part in _FLOOR, f"{path.name}:{line} imports {module}"
        assert _FLOOR[part] <= _FLOOR[own], f"{path.name}:{line}: {own} imports {part}"


@pytest.mark.parametrize("path", _FILES, ids=_name)
def test_the_worker_imports_wire_alone_and_nothing_imports_the_worker(path):
    own = _own_part(path)
    for module, line in _imports(path):
        part = _part(module)
        if own == "worker":
            allowed = part in ("worker", "wire", None)
            assert allowed, f"{path.name}:{line}: the worker imports {module}"
        else:
            assert part != "worker", f"{path.name}:{line} imports {module}"


def test_what_runs_in_the_workers_process_before_the_worker_imports_no_more_than_it_must():
    door = {_part(module) for module, _ in _imports(_ROOT / "grader/sandbox/enter.py")}
    assert door <= {None, "sandbox"}
    wire = {_part(module) for module, _ in _imports(_ROOT / "grader/wire.py")}
    assert wire == {None}


@pytest.mark.parametrize("path", _FILES, ids=_name)
def test_grader_knows_nothing_of_convolutional_networks(path):
    assert not [m for m, _ in _imports(path) if m.split(".")[0] == "jaxcnn"]


@pytest.mark.parametrize("path", _LIBRARY, ids=_name)
def test_the_library_knows_nothing_of_the_grader(path):
    assert not [m for m, _ in _imports(path) if m.split(".")[0] == "grader"]


@pytest.mark.parametrize("path", sorted((_ROOT / "solutions").rglob("solution.py")), ids=_name)
def test_a_solution_imports_what_a_student_has(path):
    roots = {module.split(".")[0] for module, _ in _imports(path)}
    assert roots <= {"numpy", "jax", "flax", "jaxcnn", "optax", "sklearn"} | set(
        sys.stdlib_module_names
    )


@pytest.mark.parametrize(
    "name",
    [
        "grader",
        "grader.authoring",
        "grader.browser",
        "grader.checks",
        "grader.cohort",
        "grader.course",
        "grader.exports",
        "grader.grading",
        "grader.handins",
        "grader.marking",
        "grader.notebooks",
        "grader.pages",
        "grader.platforms",
        "grader.report",
        "grader.report.page",
        "grader.similarity",
    ],
)
def test_public_names_exist_and_are_sorted(name):
    module = importlib.import_module(name)
    assert list(module.__all__) == sorted(module.__all__)
    for public in module.__all__:
        assert getattr(module, public) is not None


def test_the_public_names_of_grader_are_these():
    import grader
    import grader.checks

    assert grader.__all__ == ["Result", "grade"]
    assert set(grader.checks.__all__) == (
        {"Network", "Student", "agree", "check", "deviation", "expect", "family", "forall"}
        | {"Answer", "Program", "Streams", "built", "mistake", "network", "same_weights"}
        | {"untouched", "vectorised", "weights"}
    )
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = grader.nothing_like_it


def _loaded_by(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nimport json; print(json.dumps(sorted(sys.modules)))"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=_ROOT
    ).stdout
    return {name.split(".")[0] for name in json.loads(out.splitlines()[-1])}


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import grader", {"jax", "numpy", "pytest", "hypothesis", "msgspec"}),
        (
            "import grader.cli",
            {"jax", "numpy", "pytest", "hypothesis", "jinja2", "PIL", "starlette"},
        ),
        ("import grader.report", {"jax", "pytest", "jinja2", "latex2mathml", "PIL"}),
        ("import grader.messages", {"jax", "numpy", "pytest", "msgspec"}),
        ("import grader.course", {"jax", "numpy", "pytest", "hypothesis"}),
        ("import grader.wire", {"jax", "pytest", "hypothesis", "msgspec"}),
        ("import grader.session", {"jax", "pytest", "hypothesis"}),
        ("from grader import grade", {"jax"}),
    ],
)
def test_importing_stays_light(statement, heavy):
    assert not _loaded_by(statement) & heavy
