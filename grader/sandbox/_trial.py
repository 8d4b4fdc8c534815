"""What a process finds when it is confined like a worker: the mechanisms of a level, tried on this machine."""

import json
import os
import sys
import threading
from collections.abc import Iterable

__all__ = ["THREADS", "report"]

THREADS = 16


def report(submission: str, scratch: str, packages: Iterable[str], files: int | None) -> None:
    """Print what a worker would find, as JSON; raise when it could not even start.

    Args:
        submission: a file that it must be able to read.
        scratch: the folder that it must be able to write to.
        packages: folders of which it must be able to read all entries.
        files: how many that folder must be bounded to, if it is.
    """
    with open(submission, "rb") as stream:
        stream.read()
    for file in (os.path.join(scratch, "written"), os.devnull):
        with open(file, "w+b") as stream:
            stream.write(b"x")
    if files is not None and os.statvfs(scratch).f_files != files:
        raise OSError(f"{scratch} is not bounded to {files} files")
    for folder in filter(os.path.isdir, packages):
        for entry in os.scandir(folder):
            if entry.is_symlink():
                continue
            if not os.access(entry.path, os.R_OK | (os.X_OK if entry.is_dir() else 0)):
                raise PermissionError(f"{entry.path} cannot be read")
    print(json.dumps({"threads": _threads_are_counted()}))
    sys.stdout.flush()


def _threads_are_counted() -> bool:
    """Whether a bound on the user's threads holds, and counts no other process of the user's.

    Who asks has as many threads as the bound meanwhile.
    """
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    resource.setrlimit(resource.RLIMIT_NPROC, (THREADS, hard))
    end, started = threading.Event(), []
    try:
        for _ in range(2 * THREADS):
            thread = threading.Thread(target=end.wait, daemon=True)
            thread.start()
            started.append(thread)
    except RuntimeError:
        return bool(started)
    finally:
        end.set()
        for thread in started:
            thread.join()
    return False
