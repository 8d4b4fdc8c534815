"""A user of its own for the workers of one submission, while this process is root.

The number belongs to nobody, and no two submissions of this machine have the same one at the same time.  So a worker
owns nothing but its scratch folder, can signal and look into no process but its own, and its threads can be counted.
"""

import contextlib
import os
import secrets
import socket
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

__all__ = ["Identity", "available", "hand_over"]

NAME = "own user"

# What systemd's list of users and groups leaves unused; a container may map less, then the upper half of that.
_UNUSED = range(1_879_048_192, 2_147_483_647)
_TRIES = 1000


def available() -> bool:
    """Whether this process may become another user; what that user can reach is for the trial to find out."""
    return sys.platform == "linux" and os.geteuid() == 0


class Identity:
    """A number that no user, no process and no other submission has.

    :meth:`close` gives it back; that happens at the latest with the object.

    Raises:
        OSError: when every number that was tried is taken.
    """

    def __init__(self) -> None:
        numbers = _numbers()
        for _ in range(_TRIES):
            number = secrets.choice(numbers)
            if (held := _hold(number)) is None:
                continue
            if _is_free(number):
                self.number = number
                self.close = weakref.finalize(self, os.close, held.detach())
                return
            held.close()
        raise OSError(f"no free user among {numbers}")


def _numbers() -> range:
    """The users that this machine, or this container, can have and that are meant for nobody."""
    with contextlib.suppress(OSError, ValueError):
        lines = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
        mapped = [map(int, line.split()) for line in lines]
        inside = [range(first, first + count) for first, _, count in mapped]
        if not any(_UNUSED[0] in one and _UNUSED[-1] in one for one in inside):
            largest = max(inside, key=len)
            return largest[len(largest) // 2 :]
    return _UNUSED


def _hold(number: int) -> socket.socket | None:
    """A name that only one process can have, and has for no longer than it lives; None when it is taken."""
    held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        held.bind(f"\0grader-user-{number}")
    except OSError:
        held.close()
        return None
    return held


def _is_free(number: int) -> bool:
    """Whether no account has the number, and no process left over runs under it."""
    import grp
    import pwd

    for account in (pwd.getpwuid, grp.getgrgid):
        with contextlib.suppress(KeyError):
            account(number)
            return False
    return number not in _users_of_processes()


def _users_of_processes() -> Iterator[int]:
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError), open(f"{entry.path}/status", "rb") as stream:
                yield from (
                    int(user) for line in stream if line[:4] == b"Uid:" for user in line.split()[1:]
                )


def hand_over(submission: Path, scratch: Path, user: int) -> None:
    """Let the user, and nobody else but root, read the submission and write to the scratch folder."""
    for folder in {submission.parent, scratch.parent}:
        os.chown(folder, -1, user)
        folder.chmod(0o710)
    for path in (submission, *submission.rglob("*")):
        os.chown(path, -1, user)
        path.chmod(0o750 if path.is_dir() else 0o640)
    os.chown(scratch, user, user)
    scratch.chmod(0o700)
