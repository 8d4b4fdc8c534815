"""One file over HTTP, going on where an earlier transfer broke off.

Not by pooch (looked at: 1.9), which begins every transfer anew, has no lock for those who ask at the
same time, takes no checksum of eight digits, and raises what requests raises, without the cure.
"""

import http.client
import os
import re
import shutil
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from ._downloads import cache_errors
from ._errors import CacheError, OfflineError, TransferError
from ._progress import Advance

_CHUNK = 2**18
_MAX_ATTEMPTS = 20
_RANGE_REFUSED = 416


def download(url: str, part: Path, advance: Advance, timeout: float) -> bool:
    """Appends to `part` until it is whole; as long as each attempt brings bytes, a break is no end.

    Returns:
        Whether `part` holds bytes of an earlier transfer, so that a wrong file may be a mixture.

    Raises:
        OfflineError: No answer, or a refusal.
        TransferError: The transfer broke off; what came is in `part`.
        CacheError: `part` cannot be written.
    """
    resumed = False
    for _ in range(_MAX_ATTEMPTS):
        with cache_errors(part.parent):
            before = part.stat().st_size if part.exists() else 0
        whole, kept = _attempt(url, part, before, advance, timeout)
        resumed = resumed or kept
        if whole:
            return resumed
        if part.stat().st_size <= before:
            break
    raise TransferError(
        f"the transfer of {url} broke off after {part.stat().st_size} bytes; they are kept in "
        f"{str(part)!r}, and the next call goes on from there"
    )


def _attempt(
    url: str, part: Path, start: int, advance: Advance, timeout: float
) -> tuple[bool, bool]:
    """Whether the file is whole now, and whether earlier bytes are in it."""
    try:
        answer = _open(url, start, timeout)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == _RANGE_REFUSED and start:
                return _no_more(error, part, start), True
            raise OfflineError(f"the server answered {error.code} {error.reason}") from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise OfflineError(f"the server was not reached: {reason}") from None
    with answer:
        begin, total = _range(answer, start)
        if begin not in (0, start):
            raise TransferError(f"{url} was answered with bytes from {begin}, not {start}")
        _check_room(part, begin, total)
        with cache_errors(part.parent):
            file = part.open("r+b" if begin else "wb", buffering=0)
        with file:
            file.seek(begin)
            done, in_order = _copy(answer, file, begin, total, advance)
            with cache_errors(part.parent):
                file.truncate(done)
                file.flush()
                os.fsync(file.fileno())
    return in_order and total in (None, done), begin > 0


def _open(url: str, start: int, timeout: float) -> Any:
    headers = {"User-Agent": "jaxcnn", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=timeout)


def _range(answer: Any, start: int) -> tuple[int, int | None]:
    """The first byte that comes, and the size of the whole file where it is said."""
    if answer.status == http.client.PARTIAL_CONTENT:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", ""))
        if not found:
            return -1, None
        return int(found[1]), None if found[2] == "*" else int(found[2])
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() else None


def _no_more(error: urllib.error.HTTPError, part: Path, start: int) -> bool:
    """The server has no bytes behind ours: we have all, or another file."""
    found = re.fullmatch(r"bytes \*/(\d+)", error.headers.get("Content-Range", ""))
    if found and int(found[1]) == start:
        return True
    with cache_errors(part.parent):
        part.unlink()
    raise TransferError(f"{str(part)!r} was longer than the server's file and has been removed")


def _copy(
    answer: Any, file: Any, done: int, total: int | None, advance: Advance
) -> tuple[int, bool]:
    """Writes what comes; the bytes there are, and whether the connection ended in order."""
    advance(done, total)
    in_order = True
    while in_order:
        try:
            chunk = answer.read(_CHUNK)
        except http.client.IncompleteRead as error:
            chunk, in_order = error.partial, False
        except (OSError, http.client.HTTPException):
            return done, False
        if not chunk:
            break
        with cache_errors(Path(file.name).parent):
            rest = memoryview(chunk)
            while rest:  # a raw file may take a part
                rest = rest[file.write(rest) :]
        done += len(chunk)
        advance(done, total)
    return done, in_order


def _check_room(part: Path, begin: int, total: int | None) -> None:
    with cache_errors(part.parent):
        free = shutil.disk_usage(part.parent).free
    if total is not None and total - begin > free:
        raise CacheError(
            f"the cache {str(part.parent)!r} has no room left: {total - begin} bytes are to come, "
            f"{free} are free"
        )
