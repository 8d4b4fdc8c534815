"""The plan of the library, enforced: who may import whom."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]

# From the ground floor up: each may import itself and what stands above it in this list.
_FLOORS = (
    ("_files", "_console", "_lock", "_notice", "_cache", "_renamed", "native", "functional"),
    ("_decoding", "analysis", "runtime"),
    ("nn", "weights"),
    ("models", "data"),
    ("transfer", "export", "testing"),
    ("training",),
    ("plotting",),
    ("workflows",),
    ("cli",),
    ("__main__",),
)
_FLOOR = {name: level for level, names in enumerate(_FLOORS) for name in names}
_FILES = [p for p in sorted((_ROOT / "jaxcnn").rglob("*.py")) if p != _ROOT / "jaxcnn/__init__.py"]


def _module(path: Path) -> str:
    return ".".join(path.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__")


_MODULES = {_module(path): path for path in _FILES}


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module of jaxcnn that a file imports, wherever it does so, also for types alone."""
    package = path.relative_to(_ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *filter(None, [node.module])])
            found = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from ((name, node.lineno) for name in found if name.startswith("jaxcnn."))


def _file_of(name: str) -> str | None:
    while name and name not in _MODULES:
        name = name.rpartition(".")[0]
    return name or None


def _name(path: Path) -> str:
    return str(path.relative_to(_ROOT))


@pytest.mark.parametrize("path", _FILES, ids=_name)
def test_each_part_imports_only_from_above_it(path):
    own = _module(path).split(".")[1]
    for name, line in _imports(path):
        part = name.split(".")[1]
        if part == "__version__":
            continue
        assert part in _FLOOR, f"{path.name}:{line} imports {name}"
        assert _FLOOR[part] <= _FLOOR[own], f"{path.name}:{line}: {own} imports {part}"


def test_no_two_files_import_each_other():
    known = {
        module: {found for name, _ in _imports(path) if (found := _file_of(name))} - {module}
        for module, path in _MODULES.items()
    }
    pairs = {
        tuple(sorted((one, other)))
        for one, imported in known.items()
        for other in imported
        if one in known[other] and not _is_package(one) and not _is_package(other)
    }
    assert not pairs


def _is_package(module: str) -> bool:
    return _MODULES[module].name == "__init__.py"


def test_parts_of_one_floor_do_not_import_each_other_in_a_circle():
    edges = {
        (own, part)
        for module, path in _MODULES.items()
        for name, _ in _imports(path)
        if (own := module.split(".")[1]) != (part := name.split(".")[1])
    }
    assert not {(one, other) for one, other in edges if (other, one) in edges}


def test_the_page_on_architecture_has_these_floors():
    page = (_ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d+ \| ([^|]*) \| [^|]+ \|$", page, re.MULTILINE)
    assert [set(re.findall(r"`(\w+)`", row)) for row in rows] == [set(names) for names in _FLOORS]
