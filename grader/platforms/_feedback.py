"""A zip for Moodle's "Upload multiple feedback files in a zip" (mod/assign/feedback/file of Moodle 3.1 and later).

Each student's folder is named as in the download of all submissions, ``Full name_1234567_assignsubmission_file_``:
Moodle splits the name at its underscores and looks the number up. A file of another name than what was handed in is
added.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from typing import NamedTuple

from grader.cohort import Graded

__all__ = ["Feedback", "to_moodle_feedback"]

_FOLDER = re.compile(r"(?P<name>[^/]+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_.*)?$")
_FIRST = (1980, 1, 1, 0, 0, 0)  # of a zip: equal pages make equal archives


class Feedback(NamedTuple):
    """The archive, and the ids of those who have no place in it."""

    content: bytes
    without: tuple[str, ...]


def to_moodle_feedback(pages: Iterable[tuple[Graded, str]], file: str) -> Feedback:
    """Put a file into the folder of each student.

    Args:
        pages: hand-ins, and what their students get.
        file: its name, the same for all.
    """
    made, without = io.BytesIO(), []
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for graded, page in pages:
            folder = _folder(graded)
            if folder is None:
                without.append(graded.student)
                continue
            info = zipfile.ZipInfo(f"{folder}/{file}", _FIRST)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, page.encode())
    return Feedback(made.getvalue(), tuple(without))


def _folder(graded: Graded) -> str | None:
    """The folder that Moodle gave; for a number alone one like it."""
    for account in graded.handin["accounts"]:
        for part in account["path"].split("/"):
            if match := _FOLDER.match(part):
                return f"{_plain(match['name'])}_{match['id']}_assignsubmission_file_"
    if graded.student.isascii() and graded.student.isdigit():
        return f"{_plain(graded.name) or 'x'}_{graded.student}_assignsubmission_file_"
    return None


def _plain(name: str) -> str:
    """Without underscores, which are Moodle's, and without what leads to another folder or hides one."""
    kept = "".join(
        sign if sign.isprintable() and sign not in '_/\\:*?"<>|' else " " for sign in name
    )
    return " ".join(kept.split()).lstrip(".~")
