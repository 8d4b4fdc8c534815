"""Which files a worker needs: the system's libraries, the interpreter, its packages, jaxcnn and grader."""

import functools
import importlib.machinery
import os
import site
import sys
from collections.abc import Iterable
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]  # where the packages grader and jaxcnn lie
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime")


def system_paths() -> list[str]:
    """Libraries and programs of the operating system, without anyone's data."""
    return [p for p in (*_SYSTEM, *(f"/etc/{name}" for name in _ETC)) if os.path.exists(p)]


@functools.cache
def import_path() -> tuple[str, ...]:
    """The worker's ``sys.path``: this process's own, without working folders."""
    roots = [*_prefixes(), *site.getsitepackages()]
    if site.ENABLE_USER_SITE:
        roots.append(site.getusersitepackages())
    kept = [p for p in sys.path if p and any(_is_under(p, root) for root in roots)]
    if str(_ROOT) not in kept:
        kept.append(str(_ROOT))
    return tuple(kept)


@functools.cache
def python_paths() -> tuple[str, ...]:
    """The interpreter, the packages it sees, and the packages jaxcnn and grader."""
    wanted = [*_prefixes(), *(p for p in import_path() if p != str(_ROOT))]
    wanted += [str(_ROOT / name) for name in ("jaxcnn", "grader") if (_ROOT / name).is_dir()]
    result: list[str] = []
    for path in sorted({p for p in wanted if os.path.exists(p)}, key=len):
        if not any(_is_under(path, other) for other in (*result, *_SYSTEM)):
            result.append(path)
    return tuple(result)


def _prefixes() -> list[str]:
    """Interpreter folders, both as named and with links resolved (a venv's python is a link)."""
    executable = Path(os.path.realpath(sys.executable))
    named = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix]
    found = {*named, *map(os.path.realpath, named)}
    own = str(executable.parent.parent)
    # A python that lies in ~/bin must not make all of the home readable.
    if not _is_under(os.path.realpath(os.path.expanduser("~")), own):
        found.add(own)
    return sorted(found)


def module_paths(names: Iterable[str]) -> list[str]:
    """The files and folders of the named modules, found without importing anything."""
    found: list[str] = []
    for name in names:
        locations: list[str] | None = list(import_path())
        spec = None
        parts = name.split(".")
        for depth in range(len(parts)):
            finder = importlib.machinery.PathFinder
            spec = finder.find_spec(".".join(parts[: depth + 1]), locations)
            if spec is None:
                break
            locations = list(spec.submodule_search_locations or [])
        if spec is not None:
            found += locations or ([spec.origin] if spec.origin else [])
    return found


def names_of(hidden: Iterable[str], readable: Iterable[str]) -> list[str]:
    """Every name under which a hidden path could be reached through a readable one (links on the way)."""
    places = [(path, os.path.realpath(path)) for path in readable]
    names = []
    for path in hidden:
        real = os.path.realpath(path)
        names += [
            os.path.normpath(os.path.join(name, os.path.relpath(real, place)))
            for name, place in places
            if _is_under(real, place) and not os.path.islink(name)
        ]
    return sorted(set(names))


def _is_under(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")
