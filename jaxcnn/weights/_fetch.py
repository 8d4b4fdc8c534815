"""A file from the network, once: into the cache, checked, whole or not at all."""

import os
from pathlib import Path

from jaxcnn._cache import cache_folder
from jaxcnn._console import say
from jaxcnn._files import sha256_of, without_tilde
from jaxcnn._lock import locked

from ._download import download
from ._downloads import cache_errors, checked_digits, file_name
from ._errors import ChecksumError, FetchError
from ._progress import shown


def fetch(
    url: str,
    sha256: str,
    *,
    cache_dir: str | os.PathLike[str] | None = None,
    progress: bool = True,
    timeout: float = 30.0,
) -> Path:
    """Downloads a file into the cache, unless it is there, and checks it.

    An interrupted download goes on where it stopped. Several processes may ask for the same file:
    one downloads, the others wait. The file has its final name only once its checksum was right;
    one that was there with a wrong checksum is renamed to end in `.bad`.

    Args:
        url: An http or https address; its last part becomes the file's name.
        sha256: The SHA-256 in 64 hexadecimal digits, or its first eight or more, as in the names of
            torchvision's files. Eight digits find every accident, but no forgery: whoever controls
            the server can make a file that begins so.
        cache_dir: Folder of the file; by default `cache_folder()`.
        progress: Whether to show a bar on a terminal, and a few lines elsewhere, on the standard
            error.
        timeout: Seconds without a byte after which the server counts as unreachable.

    Returns:
        The file's path.

    Raises:
        OfflineError: The server was not reached, or refused; the message says what to put where.
        TransferError: The transfer broke off.
        ChecksumError: The server has another file.
        CacheError: The cache cannot be written, locked, or is full.
        ValueError: The address or the checksum has no valid form.

    >>> fetch("file:///etc/passwd", "0" * 64)
    Traceback (most recent call last):
    ValueError: url (='file:///etc/passwd') must begin with http:// or https:// and have a host, in ASCII
    """
    name, digits = file_name(url), checked_digits(sha256)
    folder = cache_folder() if cache_dir is None else without_tilde(cache_dir).absolute()
    target = folder / name
    with cache_errors(folder):
        if target.is_file() and sha256_of(target).startswith(digits):
            return target
        folder.mkdir(parents=True, exist_ok=True)
        lock = locked(
            folder / f"{name}.lock",
            lambda: say(f"{name}: another process is downloading it; waiting", progress),
        )
        with lock:
            return _fetched(url, digits, target, progress, timeout)


def _fetched(url: str, digits: str, target: Path, progress: bool, timeout: float) -> Path:
    """The same under the lock: another process may have been here."""
    note = ""
    if target.exists():
        found = sha256_of(target)
        if found.startswith(digits):
            return target
        bad = target.with_name(f"{target.name}.bad")
        os.replace(target, bad)
        note = (
            f" The file that was there has the SHA-256 {found}, not {_said(digits)}; it is now "
            f"{bad.name!r}."
        )
        say(f"{target.name}:{note}", progress)
    part = target.with_name(f"{target.name}.part")
    say(f"downloading {url} to {str(target)!r}", progress)
    try:
        _download_checked(url, digits, part, progress, timeout)
    except FetchError as error:
        raise type(error)(f"{error}.{note} {_advice(url, digits, target)}") from error.__cause__
    os.replace(part, target)
    return target


def _download_checked(url: str, digits: str, part: Path, progress: bool, timeout: float) -> None:
    for is_last in (False, True):
        with shown(part.stem, progress) as advance:
            resumed = download(url, part, advance, timeout)
        found = sha256_of(part)
        if found.startswith(digits):
            return
        part.unlink()
        if is_last or not resumed:
            raise ChecksumError(
                f"{url} gave a file with the SHA-256 {found}, not {_said(digits)}; it has been "
                "removed"
            )
        say(f"{part.stem}: the beginning was of another file; downloading all of it", progress)


def _said(digits: str) -> str:
    return digits if len(digits) == 64 else f"{digits}..."


def _advice(url: str, digits: str, target: Path) -> str:
    return (
        f"You can put the file there by hand: {url} with the SHA-256 {_said(digits)} as "
        f"{str(target)!r}."
    )
