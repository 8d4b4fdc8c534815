"""Which files a worker needs: the system's libraries, the interpreter, its packages, jaxcnn and grader.

What may be read is listed, never a folder in which people keep things of their own (``/usr/src``, ``/usr/local``,
all of a prefix): there may be a second copy of what is withheld, in any form.
"""

import functools
import os
import site
import sys
import sysconfig
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]  # where the packages grader and jaxcnn lie
_OWN = ("jaxcnn", "grader")
_SYSTEM = (
    *("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"),
    *(f"/usr/{name}" for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec")),
    "/usr/share/fonts",
    "/usr/share/zoneinfo",
)
_LIBRARIES = tuple(dict.fromkeys((sys.platlibdir, "lib", "lib64", "lib32")))
_PACKAGES = ("*-packages", "python3*/*-packages")
_ARCHIVES = (".whl", ".zip", ".egg", ".gz", ".tgz", ".bz2", ".xz", ".tar")
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime")


def system_paths() -> list[str]:
    """Libraries and programs of the operating system, without anyone's data."""
    return [p for p in (*_SYSTEM, *(f"/etc/{name}" for name in _ETC)) if os.path.exists(p)]


@functools.cache
def import_path() -> tuple[str, ...]:
    """The worker's ``sys.path``: this process's own, without working folders."""
    roots = [
        *_packages_folders(),
        *(f"{prefix}/{lib}" for prefix in _prefixes() for lib in _LIBRARIES),
    ]
    found = (str(_ROOT) if os.path.realpath(p) == str(_ROOT) else p for p in sys.path if p)
    kept = [p for p in found if p == str(_ROOT) or any(_is_under(p, root) for root in roots)]
    if str(_ROOT) not in kept:
        # First: where another copy is installed too, the worker is to run the code that this process runs.
        kept.insert(0, str(_ROOT))
    return tuple(dict.fromkeys(kept))


@functools.cache
def python_paths() -> tuple[str, ...]:
    """The interpreter, the packages it sees, and the packages jaxcnn and grader."""
    wanted = [str(path) for prefix in _prefixes() for path in _parts(Path(prefix))]
    wanted += [p for p in import_path() if p != str(_ROOT)]
    if str(_ROOT) in map(os.path.realpath, _packages_folders()):
        wanted.append(str(_ROOT))
    wanted += [
        str(path) for name in (*_OWN, *_installed_beside()) if (path := _ROOT / name).exists()
    ]
    result: list[str] = []
    for path in sorted({p for p in wanted if os.path.exists(p)}, key=len):
        if not any(_is_under(path, other) for other in (*result, *_SYSTEM)):
            result.append(path)
    return tuple(result)


def _parts(prefix: Path) -> Iterator[Path]:
    """What an interpreter needs of its prefix; the rest may hold environments, clones, downloads."""
    version = Path(sysconfig.get_path("stdlib")).name
    yield prefix / "pyvenv.cfg"
    yield from prefix.glob("bin/python*")
    for folder in (prefix / name for name in _LIBRARIES):
        yield folder / version
        yield from folder.glob("lib*.so*")


def _packages_folders() -> list[str]:
    user = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    return [*site.getsitepackages(), *user]


def _installed_beside() -> set[str]:
    """What pip put beside the package (``--target``), where other things may lie too."""
    records = _ROOT.glob("*.dist-info/RECORD") if any(_ROOT.glob("jaxcnn-*.dist-info")) else ()
    lines = (line for record in records for line in record.read_text("utf-8").splitlines())
    names = {line.partition(",")[0].strip('"').partition("/")[0] for line in lines}
    return names - {"", "..", "."}


@functools.cache
def _prefixes() -> tuple[str, ...]:
    """Interpreter folders, both as named and with links resolved (a venv's python is a link)."""
    executable = Path(os.path.realpath(sys.executable))
    named = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix]
    found = {*named, *map(os.path.realpath, named)}
    own = str(executable.parent.parent)
    # A python that lies in ~/bin must not make all of the home readable.
    if not _is_under(os.path.realpath(os.path.expanduser("~")), own):
        found.add(own)
    return tuple(sorted(found))


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


@functools.cache
def strays() -> tuple[str, ...]:
    """What lies among readable files although no worker needs it, and may hold what is withheld.

    Folders of packages that are not on the worker's path (of a base environment, of the system's Python);
    in those that are, checkouts and archives, unless it is from an archive that packages are imported.
    """
    path = import_path()
    on_path = set(map(os.path.realpath, path))
    readable = (*system_paths(), *python_paths())
    found = {str(p) for p in _package_places() if os.path.realpath(p) not in on_path}
    for place in map(Path, path):
        if place.is_file() and _holds_own(place):
            found.add(str(place))
        if place.is_dir() and any(_is_under(str(place), other) for other in readable):
            entries = [entry for entry in place.iterdir() if str(entry) not in path]
            found |= {
                str(e) for e in entries if e.name.endswith(_ARCHIVES) or (e / ".git").exists()
            }
    return tuple(sorted(found))


def _holds_own(archive: Path) -> bool:
    try:
        with zipfile.ZipFile(archive) as opened:
            return any(name.partition("/")[0] in _OWN for name in opened.namelist())
    except (OSError, zipfile.BadZipFile):
        return True


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
