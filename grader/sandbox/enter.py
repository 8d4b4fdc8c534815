"""The door into the sandbox: runs in the new process, confines it, then becomes the worker.

Started as ``python -I -S -c "<set sys.path; import this; main()>" CONFIGURATION``, inside bubblewrap where
that is available.  Without a process namespace a supervisor stays behind that adopts and ends every process
that the worker leaves.
"""

import json
import os
import runpy
import signal
import sys
from typing import Any, NoReturn


def main() -> None:
    """Confine this process as the configuration in ``sys.argv[1]`` says, and run the worker in it."""
    configuration: dict[str, Any] = json.loads(sys.argv[1])
    if configuration["supervise"]:
        _leave_a_supervisor()
    if configuration["limits"]:
        from grader.sandbox import limits

        limits.apply(**configuration["limits"])
    if configuration["landlock"]:
        from grader.sandbox import landlock

        landlock.apply(**configuration["landlock"])
    if configuration["seccomp"]:
        from grader.sandbox import seccomp

        seccomp.apply()
    sys.argv[1:] = []
    runpy.run_module("grader.worker", run_name="__main__", alter_sys=True)


def _leave_a_supervisor() -> None:
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
        _supervise(child)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGCHLD})
    if linux:
        _syscalls.die_with_parent(signal.SIGKILL)


def _supervise(child: int) -> NoReturn:
    """Wait for the worker's end or for SIGTERM; then kill what is left and pass on the worker's status."""
    for stream in (0, 1):  # the wire belongs to the worker alone: its end must be seen as the end
        os.close(stream)
    status = None
    while status is None:
        received = signal.sigwait({signal.SIGTERM, signal.SIGCHLD})
        while status is None:
            pid, code = _reap()
            if pid == 0:
                break
            status = code if pid == child else None
        if received == signal.SIGTERM:
            break
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


def _reap(block: bool = False) -> tuple[int, int]:
    try:
        return os.waitpid(-1, 0 if block else os.WNOHANG)
    except ChildProcessError:
        return 0, 0


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


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
