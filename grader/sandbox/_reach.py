"""Lets another user come to what it may read, where folders on the way are closed to it.

An interpreter in root's home can be read by everybody and reached by nobody.  In a view of the files that only this
process and its descendants have, each closed folder is covered by one that holds nothing but what is needed of it.
"""

import contextlib
import os
import stat
from collections.abc import Iterable

from grader.sandbox import _syscalls

__all__ = ["closed_folders", "open_up"]


def open_up(paths: Iterable[str], user: int) -> None:
    """Make the paths reachable for a user, in a view of its own; nothing happens where they are already.

    Args:
        paths: which the user may read, once there.
        user: who has the group of the same number, and no other.

    Raises:
        OSError: without the privilege.
    """
    wanted = closed_folders(paths, user)
    if not wanted:
        return
    _syscalls.own_mounts()
    # Held open first: they are under what is then covered.
    held = {path: os.open(path, os.O_PATH) for inside in wanted.values() for path in inside}
    try:
        for folder, inside in wanted.items():
            _syscalls.mount_memory(folder, "size=1m,nr_inodes=4096,mode=0755")
            for path in inside:
                _put_back(path, held[path])
    finally:
        for handle in held.values():
            os.close(handle)


def _put_back(path: str, handle: int) -> None:
    if os.path.lexists(path):
        return
    is_folder = stat.S_ISDIR(os.stat(handle).st_mode)
    os.makedirs(path if is_folder else os.path.dirname(path), exist_ok=True)
    if not is_folder:
        open(path, "xb").close()
    _syscalls.bind(f"/proc/self/fd/{handle}", path)


def closed_folders(paths: Iterable[str], user: int) -> dict[str, list[str]]:
    """The highest folders that the user may not walk through, and which of the paths lie under each."""
    found: dict[str, list[str]] = {}
    for path in sorted(set(paths), key=len):
        # What a link leads to must be reachable too; the link itself is walked through as a folder would be.
        for one in dict.fromkeys((path, os.path.realpath(path))):
            with contextlib.suppress(OSError):
                if closed := _highest_closed(one, user):
                    found.setdefault(closed, []).append(one)
    return found


def _highest_closed(path: str, user: int) -> str | None:
    os.lstat(path)
    parts = path.rstrip("/").split("/")[1:-1]
    for count in range(1, len(parts) + 1):
        folder = "/" + "/".join(parts[:count])
        if not _walks_through(os.stat(folder), user):
            return folder
    return None


def _walks_through(folder: os.stat_result, user: int) -> bool:
    if folder.st_uid == user:
        return bool(folder.st_mode & stat.S_IXUSR)
    return bool(folder.st_mode & (stat.S_IXGRP if folder.st_gid == user else stat.S_IXOTH))
