"""Prepared sets: downloaded or taken from a folder, checked, written as records, whole or not."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jaxcnn._cache import cache_folder
from jaxcnn._console import say
from jaxcnn._files import without_tilde
from jaxcnn._lock import locked
from jaxcnn._notice import tell
from jaxcnn.weights import FetchError, fetch

from ._catalogue import ENTRIES, Entry, Remote, entry_of
from ._embedded import list_embedded
from ._errors import DataError, DataFileError, DataWriteError, NotPreparedError
from ._records import open_records, quiet_bars
from ._series import find_series

_VERSION = "1.0.0"
_CHECKED = 4096  # records read at once when a new set is read back
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", -1), errno.EFBIG)
_FULL_TEXTS = ("No space left", "File too large", "Disk quota exceeded")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `prepare` did.

    Attributes:
        path: The folder of the prepared set.
        is_new: False if it was there already.
        skipped: Names of images that could not be decoded and were left out.

    >>> from pathlib import Path
    >>> Prepared(Path("mnist"), is_new=False).skipped
    ()
    """

    path: Path
    is_new: bool
    skipped: tuple[str, ...] = ()


def prepare(
    name: str,
    source: str | os.PathLike[str] | None = None,
    *,
    data_dir: str | os.PathLike[str] | None = None,
    on_error: str = "raise",
    progress: bool = True,
) -> Prepared:
    """Downloads a set, or takes its files from a folder, and writes it as records.

    The set appears whole, read back once, or not at all: an interrupted call leaves nothing that
    counts, and the next one starts anew. Of several calls at once, one works and the others wait.

    Args:
        name: One of `list_datasets()` that must be prepared; for a family with a name behind the
            slash, such as "ucr/GunPoint" or "folder/pets".
        source: The folder or file with the set's files; None downloads them, or finds series in
            the installed package aeon. Files of known sets must be the published ones.
        data_dir: Folder of prepared sets; by default `data` in `jaxcnn.weights.cache_folder()`.
        on_error: "raise", or "skip" to leave out images that cannot be decoded.
        progress: Whether to show on the standard error how far a download is.

    Returns:
        Where the set is, and what was left out.

    Raises:
        ValueError: No set has that name, or a file breaks a rule (`DataFileError`).
        FileNotFoundError: `source` does not exist, or is needed.
        DataWriteError: The disk is full, or must not be written.
        jaxcnn.weights.FetchError: The download failed; the message says which file to put where.
        DataPackageError: The packages of `jaxcnn[data]` are missing.

    >>> prepare("mnist_10k")
    Traceback (most recent call last):
    ValueError: name (='mnist_10k') ships with the library and is not prepared: load it
    """
    if name in list_embedded():
        raise ValueError(f"name (={name!r}) ships with the library and is not prepared: load it")
    entry, member = entry_of(name)
    skip = skips(on_error)
    if source is not None and not Path(source).exists():
        raise FileNotFoundError(f"source (={str(source)!r}) must exist")
    root = data_folder(data_dir)
    target = _target(entry, member, root)
    with _write_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        lock = root / f"{target.relative_to(root).parts[0]}.lock"
        waiting = locked(lock, lambda: say(f"{name}: another process is preparing it", progress))
        with waiting:
            if other := _otherwise_spelled(member, target):
                raise ValueError(
                    f"name (={name!r}) must not differ only in capitals from {entry.name}{other}, which "
                    "is prepared already: they are one folder on macOS and Windows"
                )
            if target.is_dir():
                return Prepared(target, is_new=False)
            files = _files(entry, member, source, root, progress)
            return Prepared(target, True, _built(entry, member, files, root, target, skip))


def find_prepared(name: str, data_dir: str | os.PathLike[str] | None) -> Path:
    """The folder of a prepared set.

    Raises:
        NotPreparedError: It has not been prepared; the message says how it is.
    """
    entry, member = entry_of(name)
    target = _target(entry, member, data_folder(data_dir))
    if other := _otherwise_spelled(member, target):
        raise NotPreparedError(
            f"name (={name!r}) is not prepared, but {entry.name}{other} is: did you mean that?"
        )
    if not target.is_dir():
        hint = f" ({entry.hint})" if entry.hint else ""
        given = " --from DIR" if entry.name == "folder/" else ""
        raise NotPreparedError(
            f"name (={name!r}) must be prepared first: jaxcnn data prepare {name}{given}{hint}; "
            f"it was looked for in {str(target)!r}"
        )
    return target


def prepared_members(name: str, data_dir: str | os.PathLike[str] | None) -> list[str]:
    """The names below a family that are prepared; of another set its own name, if it is."""
    entry = ENTRIES[name]
    if not name.endswith("/"):
        return [name] if _target(entry, "", data_folder(data_dir)).is_dir() else []
    found = _target(entry, "", data_folder(data_dir)).parent.glob(f"*/{_VERSION}")
    return sorted(path.parent.name for path in found)


def data_folder(data_dir: str | os.PathLike[str] | None) -> Path:
    """The folder of prepared sets."""
    chosen = cache_folder() / "data" if data_dir is None else without_tilde(data_dir)
    return chosen.absolute()


def skips(on_error: str) -> bool:
    """Whether images that cannot be decoded are left out.

    Raises:
        ValueError: The text is neither "raise" nor "skip".
    """
    if on_error not in ("raise", "skip"):
        raise ValueError(f'on_error (={on_error!r}) must be "raise" or "skip"')
    return on_error == "skip"


def _target(entry: Entry, member: str, root: Path) -> Path:
    folder = root / f"jaxcnn_{entry.name.rstrip('/')}"
    return (folder / member if member else folder) / _VERSION


def _otherwise_spelled(member: str, target: Path) -> str | None:
    """A member of the family that is prepared and differs from this one in capitals only."""
    folder = target.parent.parent
    if not member or not folder.is_dir():
        return None
    found = [name for name in os.listdir(folder) if name.casefold() == member.casefold()]
    return None if member in found or not found else found[0]


def _files(
    entry: Entry, member: str, source: str | os.PathLike[str] | None, root: Path, progress: bool
) -> Path | None:
    """The folder or file that the builder reads."""
    if source is not None:
        return Path(source)
    if entry.files:
        folder = root / "downloads" / entry.name
        paths = [_fetched(entry, file, folder, progress) for file in entry.files.values()]
        return paths[0] if len(paths) == 1 else folder
    if entry.name == "folder/" or (entry.name == "ucr/" and not find_series(member, None)):
        raise FileNotFoundError(
            f"source (=None) must be given for {entry.name}{member}: {entry.hint}"
        )
    return None


def _fetched(entry: Entry, file: Remote, folder: Path, progress: bool) -> Path:
    try:
        return fetch(file.url, file.sha256, cache_dir=folder, progress=progress)
    except FetchError as error:
        hint = f" ({entry.hint})" if entry.hint else ""
        raise type(error)(
            f"{error} Or give a folder that has it: source=DIR, or jaxcnn data prepare {entry.name} "
            f"--from DIR{hint}."
        ) from error.__cause__


def _built(
    entry: Entry, member: str, files: Path | None, root: Path, target: Path, skip: bool
) -> tuple[str, ...]:
    """Builds in a folder beside, reads all back, then moves it to its place in one step."""
    staging = root / f".{target.relative_to(root).parts[0]}.new"
    shutil.rmtree(staging, ignore_errors=True)  # what a killed process left; we hold the lock
    try:
        builder = _builder(entry, member, files, staging, skip)
        _build(builder)
        made = Path(builder.data_dir)
        _read_back(builder, made)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(made, target)
        for notice in builder.notices:
            tell(notice)
        return tuple(builder.skipped)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _builder(entry: Entry, member: str, files: Path | None, staging: Path, skip: bool) -> Any:
    from . import builders

    options: dict[str, Any] = {"source": files, "data_dir": str(staging), "skip": skip}
    if entry.name == "ucr/":
        options["problem"] = member
    elif entry.name == "folder/":
        options["title"] = member
    return getattr(builders, entry.builder)(**options)


def _build(builder: Any) -> None:
    with quiet_bars():
        try:
            builder.download_and_prepare()
        except RuntimeError as error:
            # tensorflow-datasets wraps what a generator or a writer raises.
            cause = error.__cause__ or error.__context__
            if isinstance(cause, DataError):
                raise cause from None
            if any(text in str(error) for text in _FULL_TEXTS):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            raise


def _read_back(builder: Any, made: Path) -> None:
    """Reads every record: a file that cannot be read later must not take its place."""
    for split, info in builder.info.splits.items():
        if not info.num_examples:
            raise DataFileError(f"split {split!r} has no example", path=builder.source)
        records = open_records(made, split, raw=True)
        for start in range(0, len(records), _CHECKED):
            records.__getitems__(list(range(start, min(start + _CHECKED, len(records)))))
    for path in made.iterdir():
        with path.open("r+b") as file:  # Windows refuses it for a file that is only read
            os.fsync(file.fileno())  # before the folder gets its name


@contextmanager
def _write_errors(root: Path) -> Iterator[None]:
    """Turns what a full or locked disk raises into one error; reading has errors of its own."""
    try:
        yield
    except (DataError, FileNotFoundError):
        raise
    except OSError as error:
        denied = (errno.EACCES, errno.EPERM, errno.EROFS)
        if error.errno not in (*_FULL, *denied):
            raise
        what = "has no room left" if error.errno in _FULL else "cannot be written"
        raise DataWriteError(
            f"data_dir (={str(root)!r}) {what} ({error.strerror}); nothing of the set is left "
            "there; another folder can be chosen with data_dir or JAXCNN_CACHE"
        ) from error
