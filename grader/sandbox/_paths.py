"""Which files a worker needs: the system's libraries, the interpreter, its packages, jaxcnn and grader."""

import functools
import os
import site
import sys
from collections.abc import Iterable
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]  # where the packages grader and jaxcnn lie
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# Not all of a prefix: that of conda holds other environments too.
_PARTS = ("bin", "lib", "lib32", "lib64", "pyvenv.cfg")
_PACKAGES = tuple(f"{lib}python3*/*-packages" for lib in ("", "lib*/", "local/lib*/"))
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
        # First: where another copy is installed too, the worker is to run the code that this process runs.
        kept.insert(0, str(_ROOT))
    return tuple(kept)


@functools.cache
def python_paths() -> tuple[str, ...]:
    """The interpreter, the packages it sees, and the packages jaxcnn and grader."""
    parts = [str(Path(prefix, part)) for prefix in _prefixes() for part in _PARTS]
    wanted = [*parts, *(p for p in import_path() if p != str(_ROOT))]
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
    """The files and folders of the named modules, in every place where packages may be read.

    An interpreter may hold a second copy of a package: that of its base, or of the environment from which
    a clone is run. Nothing is imported.
    """
    parts = [(*head, last) for *head, last in (name.split(".") for name in names)]
    found = (path for place in _package_places() for part in parts for path in _of(place, *part))
    return sorted({str(path) for path in found})


def _of(place: Path, *parts: str) -> list[Path]:
    """A package, a source file, a compiled module, and what was compiled from the source before."""
    *head, last = parts
    folder = place.joinpath(*head)
    found = [folder / last, *folder.glob(f"{last}.*"), *folder.glob(f"__pycache__/{last}.*")]
    return [path for path in found if path.exists()]


@functools.cache
def _package_places() -> tuple[Path, ...]:
    """Every folder of packages that a worker may read, on its path or not."""
    readable = [Path(p) for p in (*system_paths(), *python_paths())]
    found = {path for root in readable for pattern in _PACKAGES for path in root.glob(pattern)}
    return tuple(sorted(found | set(map(Path, import_path()))))


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
