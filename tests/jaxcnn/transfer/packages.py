"""Files that other packages ship; none of these is a dependency."""

import importlib.util
from pathlib import Path

import pytest


def folder(package):
    """Where a package lies, found without importing it."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        pytest.skip(f"{package} is not installed")
    return Path(next(iter(found.submodule_search_locations)))


def photos(kind):
    """Paths of foolbox's labelled photos, and their classes."""
    paths = sorted((folder("foolbox") / "data").glob(f"{kind}_*_*.*"))
    assert len(paths) == 20
    return paths, [int(path.stem.rpartition("_")[2]) for path in paths]
