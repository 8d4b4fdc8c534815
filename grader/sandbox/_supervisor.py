"""Stays behind where a worker has no process namespace of its own, and ends everything that the worker leaves."""

import contextlib
import os
import signal
import sys
from typing import NoReturn

from grader.sandbox._watch import SECONDS, Watch

__all__ = ["leave"]


def leave(watch: Watch | None) -> None:
    """Fork: the child returns, the parent supervises it and never returns."""
    if not hasattr(os, "fork"):
        return
    from grader.sandbox import _syscalls

    linux = sys.platform == "linux"
    # Before the fork, so that an early signal is not lost.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD})
    if linux:
        _syscalls.adopt_orphans()
        _syscalls.die_with_parent(signal.SIGTERM)
    child = os.fork()
    if child:
        _supervise(child, watch)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGCHLD})
    if linux:
        _syscalls.die_with_parent(signal.SIGKILL)


def _supervise(child: int, watch: Watch | None) -> NoReturn:
    """Wait for the worker's end, for SIGTERM or for a bound exceeded; then kill what is left, pass on the status."""
    import resource

    # It ends as the worker ended, and must not leave a picture of its own memory.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for stream in (0, 1):  # the wire belongs to the worker alone: its end must be seen as the end
        os.close(stream)
    status = None
    while status is None:
        received = _wait(watch)
        while status is None:
            pid, code = _reap()
            if pid == 0:
                break
            status = code if pid == child else None
        if received == signal.SIGTERM:
            break
        if watch and status is None and (exceeded := watch.exceeded(child)):
            why, status = exceeded
            os.write(2, f"grader: {why}\n".encode())
    while True:
        for pid in _descendants():
            _kill(pid)
        pid, code = _reap(block=True)
        if pid == 0:
            break
        status = code if pid == child and status is None else status
    if status is not None and os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status or 0))


def _wait(watch: Watch | None) -> int | None:
    """The next signal, or None when it is time to look."""
    awaited = {signal.SIGTERM, signal.SIGCHLD}
    if watch is None:
        return signal.sigwait(awaited)
    information = signal.sigtimedwait(awaited, SECONDS)
    return information.si_signo if information else None


def _reap(block: bool = False) -> tuple[int, int]:
    try:
        return os.waitpid(-1, 0 if block else os.WNOHANG)
    except ChildProcessError:
        return 0, 0


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _descendants() -> list[int]:
    """Every process below this one, from /proc; where there is none, the process group."""
    parents: dict[int, int] = {}
    try:
        entries = os.listdir("/proc")
    except OSError:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
        return []
    for entry in entries:
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", "rb") as stream:
                    parents[int(entry)] = int(stream.read().rsplit(b")", 1)[1].split()[1])
            except (OSError, IndexError, ValueError):
                continue
    found: set[int] = set()
    level = {os.getpid()}
    while level:
        level = {pid for pid, parent in parents.items() if parent in level} - found
        found |= level
    return sorted(found)
