"""Bubblewrap: own namespaces, a read-only view of a few folders, no network, whole-tree kill.

https://github.com/containers/bubblewrap
"""

import functools
import os
import shutil
import subprocess
from collections.abc import Iterable

from grader.sandbox._paths import names_of

__all__ = ["available", "command"]

NAME = "bubblewrap"
PROGRAM = "bwrap"

_NAMESPACES = (
    "--unshare-user",
    "--unshare-pid",
    "--unshare-net",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--disable-userns",
    "--die-with-parent",
    "--new-session",
    "--cap-drop",
    "ALL",
)
# The root is memory that would count for nobody; a writable /proc would lend root the host's settings
# (core_pattern) and the memory of bubblewrap itself.
_READ_ONLY = ("--remount-ro", "/proc", "--remount-ro", "/")
# Not /dev/zero: shared mappings of it are memory that no limit counts.
_DEVICES = ("/dev/null", "/dev/urandom", "/dev/random")
# What it takes to mount the scratch folder from inside, and to give that up for good before anything else is done.
_MOUNTING = ("--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP")


@functools.cache
def available() -> bool:
    """Whether ``bwrap`` is installed and makes the namespaces we ask for; tried once in a process."""
    program = shutil.which(PROGRAM)
    if program is None:
        return False
    trial = [program, *_NAMESPACES, "--ro-bind", "/", "/", "--proc", "/proc", *_READ_ONLY]
    try:
        done = subprocess.run([*trial, "true"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def command(
    *,
    readable: Iterable[str],
    hidden: Iterable[str],
    submission: str,
    inside: str,
    scratch: str,
    scratch_bytes: int | None,
) -> list[str]:
    """The prefix that runs a command in the sandbox.

    Args:
        readable: folders and files of the host, visible read-only under the same paths.
        hidden: paths below those that are covered by something empty.
        submission: the host folder that is visible read-only as ``inside``.
        inside: where the submission appears.
        scratch: where an empty, writable folder appears (also the home and working folder).
        scratch_bytes: how much that folder takes; None leaves it to the command, which may mount there.
    """
    readable = list(readable)
    # By its path: the worker's PATH is not the one it was found on.
    arguments = [shutil.which(PROGRAM) or PROGRAM, *_NAMESPACES]
    if scratch_bytes is None:
        arguments += _MOUNTING
    for path in readable:
        if os.path.islink(path):
            arguments += ["--symlink", os.readlink(path), path]
        else:
            arguments += ["--ro-bind", path, path]
    arguments += ["--proc", "/proc"]
    for device in _DEVICES:
        arguments += ["--dev-bind", device, device]
    for path in names_of(hidden, readable):
        if os.path.isdir(path):
            arguments += ["--perms", "0555", "--size", "4096", "--tmpfs", path]
        elif os.path.exists(path):
            arguments += ["--ro-bind", "/dev/null", path]
    arguments += ["--ro-bind", submission, inside]
    if scratch_bytes is None:
        arguments += ["--dir", scratch]
    else:
        arguments += ["--size", str(scratch_bytes), "--tmpfs", scratch]
    arguments += ["--chdir", scratch]
    return [*arguments, *_READ_ONLY, "--"]  # last, as the mount points above are made in the root
