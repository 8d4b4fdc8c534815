"""A seed kept in a file: many submissions draw the same cases, and their reports do not tell it."""

import os
import secrets
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
            text = str(secrets.randbits(_BITS))
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(handle, "w", encoding="ascii") as stream:
                stream.write(text + "\n")
            tell(say("seed_made", language, file=path))
        if text.isdecimal() and int(text) <= MOST:
            return int(text)
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise UsageError(say("seed_unread", language, file=path, why=why)) from error
    raise UsageError(say("seed_no_number", language, file=path))
