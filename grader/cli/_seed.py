"""A seed kept in a file: many submissions draw the same cases, and their reports do not tell it."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from grader.cli._output import tell
from grader.cli._usage import UsageError
from grader.messages import Language, say

__all__ = ["MOST", "kept_seed"]

_BITS = 128
MOST = 2**_BITS - 1


def kept_seed(path: Path, language: Language) -> int:
    """The number in the file; where there is none, a fresh one is written to it, for its owner alone."""
    try:
        try:
            text = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            _make(path, str(secrets.randbits(_BITS)))
            tell(say("seed_made", language, file=path))
            text = path.read_text(encoding="ascii").strip()
        if text.isdecimal() and int(text) <= MOST:
            return int(text)
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise UsageError(say("seed_unread", language, file=path, why=why)) from error
    raise UsageError(say("seed_no_number", language, file=path))


def _make(path: Path, text: str) -> None:
    """Write it whole or not at all, as a half of it would be another seed; one that is there by now stays."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with open(handle, "w", encoding="ascii") as stream:
            stream.write(text + "\n")
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links
            os.replace(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
