"""Where this user's files lie that can be made again: compiled programs, downloads.

Whoever can write a compiled program can run code as its reader, so its folder belongs to the user
alone. The environment variable ``JAXCNN_CACHE`` names another one.
"""

import os
import stat
from pathlib import Path

from ._files import without_tilde

__all__ = ["cache_folder", "private_folder"]


def cache_folder() -> Path:
    """The folder for what can be made again; it need not exist.

    Returns:
        ``JAXCNN_CACHE`` where it is set, else ``jaxcnn`` in the user's cache folder: that of
        ``XDG_CACHE_HOME`` or ``~/.cache``, ``~/Library/Caches`` on macOS, ``LOCALAPPDATA`` on
        Windows.

    >>> cache_folder().is_absolute()
    True
    """
    given = os.environ.get("JAXCNN_CACHE")
    if given:
        return without_tilde(given).absolute()
    from platformdirs import user_cache_path  # most commands need no folder

    return user_cache_path("jaxcnn", appauthor=False)


def private_folder(path: Path) -> Path:
    """Makes a folder that only this user can enter, or checks the one that is there.

    Args:
        path: The folder; folders above it are made too.

    Returns:
        The absolute path without symbolic links.

    Raises:
        PermissionError: The folder belongs to another user, others may write in it, or a folder
            above it lets everyone replace it.
        OSError: It cannot be made.
    """
    path = without_tilde(path).absolute()
    for folder in (*reversed(path.parents), path):
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
    path = path.resolve(strict=True)
    if os.name == "posix":
        _check_private(path)
    return path


def _check_private(path: Path) -> None:
    found = path.stat()
    if found.st_uid != os.geteuid():
        raise PermissionError(
            f"{path} belongs to user {found.st_uid}, but a cache must belong to the user who reads "
            f"it ({os.geteuid()}): give another folder in JAXCNN_CACHE"
        )
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(
            f"{path} can be written by others (mode {stat.S_IMODE(found.st_mode):o}), but a cache "
            f"must be private: chmod 700 {path}"
        )
    for folder in path.parents:
        mode = folder.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise PermissionError(
                f"{folder} can be written by everyone (mode {stat.S_IMODE(mode):o}), who can thus "
                f"replace {path}: give another folder in JAXCNN_CACHE"
            )
