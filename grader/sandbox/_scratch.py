"""A scratch folder of its own for a worker, in memory: with so many bytes, so many files, and gone with the worker."""

import os

from grader.sandbox import _syscalls

__all__ = ["NAME", "mount"]

NAME = "scratch"


def mount(folder: str, bytes: int, files: int, user: int | None) -> None:
    """Mount an empty file system there, which only this process and its descendants see, and go there.

    Args:
        folder: where it appears.
        bytes: of all files together.
        files: and folders and links.
        user: whose it is; this process's own for None.

    Raises:
        OSError: without the privilege.
    """
    owner = os.geteuid() if user is None else user
    group = os.getegid() if user is None else user
    _syscalls.own_mounts()
    _syscalls.mount_memory(
        folder, f"size={bytes},nr_inodes={files},mode=0700,uid={owner},gid={group}"
    )
    os.chdir(folder)
    # Writing there, which leads to nothing, would else show in its times, for everybody.
    _syscalls.bind_read_only(os.devnull)
