"""Where downloads are kept, what they are called, and whether they are the right ones."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from jaxcnn._files import is_plain_name

from ._errors import CacheError, FetchError

VARIABLE = "JAXCNN_CACHE"
_FEWEST_DIGITS = 8


def file_name(url: str) -> str:
    """The last part of an http address, which must be a plain name on every system."""
    is_plain = isinstance(url, str) and re.fullmatch(r"[!-~]+", url)
    parts = urlsplit(url) if is_plain else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(
            f"url (={url!r}) must begin with http:// or https:// and have a host, in ASCII"
        )
    name = unquote(parts.path.rpartition("/")[2])
    if not re.fullmatch(r"[\w][\w.+@ -]{0,200}", name) or not is_plain_name(name):
        raise ValueError(f"url (={url!r}) must end with a plain file name, got {name!r}")
    return name


def checked_digits(sha256: str) -> str:
    """A SHA-256 in lower case, or at least its first eight digits."""
    digits = sha256.lower() if isinstance(sha256, str) else ""
    if not re.fullmatch(rf"[0-9a-f]{{{_FEWEST_DIGITS},64}}", digits):
        raise ValueError(
            f"sha256 (={sha256!r}) must be 64 hexadecimal digits, or the first {_FEWEST_DIGITS} or "
            "more"
        )
    return digits


@contextmanager
def cache_errors(folder: Path) -> Iterator[None]:
    """Turns an error of the file system into one that says what can be done."""
    try:
        yield
    except FetchError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", -1), errno.EFBIG):
            what = "has no room left"
        elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            what = "cannot be written"
        else:
            what = "cannot be used"
        raise CacheError(
            f"the cache {str(folder)!r} {what} ({error.strerror or error}); another folder can be "
            f"chosen with cache_dir or the environment variable {VARIABLE}"
        ) from error
