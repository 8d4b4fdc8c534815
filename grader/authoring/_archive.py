"""A zip whose bytes follow from what is in it: names in order, no times, no owners."""

import io
import zipfile
from collections.abc import Mapping

__all__ = ["to_zip"]

_WHEN = (1980, 1, 1, 0, 0, 0)  # the first day that a zip knows
_UNIX = 3


def to_zip(files: Mapping[str, bytes], executable: frozenset[str] = frozenset()) -> bytes:
    """An archive of these files.

    Args:
        files: contents by path, with ``/`` between folders.
        executable: those that may be run.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _WHEN)
            member.create_system = _UNIX
            member.external_attr = (0o100755 if name in executable else 0o100644) << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, files[name], compresslevel=9)
    return stream.getvalue()
