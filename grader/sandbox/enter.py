"""The door into the sandbox: runs in the new process, confines it, then becomes the worker.

Started as ``python -I -S -c "<set sys.path; import this; main()>" CONFIGURATION``.  Where bubblewrap is used it is
passed twice: outside, for what takes root's privileges or the host's view, and inside.  Without a process namespace
a supervisor stays behind that adopts and ends every process that the worker leaves.
"""

import json
import os
import runpy
import sys
from typing import Any


def main() -> None:
    """Confine this process as the configuration in ``sys.argv[1]`` says, then run what it names."""
    configuration: dict[str, Any] = json.loads(sys.argv[1])
    _confine(configuration)
    sys.argv[1:] = []
    if configuration.get("then"):
        os.execv(configuration["then"][0], configuration["then"])
    elif configuration.get("trial"):
        from grader.sandbox import _trial

        _trial.report(**configuration["trial"])
    else:
        runpy.run_module("grader.worker", run_name="__main__", alter_sys=True)


def _confine(configuration: dict[str, Any]) -> None:
    """Each mechanism that is named, in the only order in which they can be had."""
    wanted = configuration.get
    for entrance in wanted("groups") or ():
        with open(entrance, "r+", encoding="ascii") as stream:
            stream.write("0")
    user: int | None = wanted("user")
    if user and (paths := wanted("reachable")):
        from grader.sandbox import _reach

        _reach.open_up(paths, user)
    if mounted := wanted("scratch"):
        from grader.sandbox import _scratch

        _scratch.mount(**mounted)
    if user:
        from grader.sandbox import _syscalls

        _syscalls.become(user)
    if mark := wanted("mark"):
        from grader.sandbox import _orphans

        _orphans.wear(mark)
    if wanted("supervised"):
        from grader.sandbox import _supervisor, _watch

        bounds = wanted("watch")
        _supervisor.leave(_watch.Watch(**bounds) if bounds else None)
    if bounds := wanted("limits"):
        from grader.sandbox import limits

        limits.apply(**bounds)
    if rules := wanted("landlock"):
        from grader.sandbox import landlock

        landlock.apply(**rules)
    if filtered := wanted("seccomp"):
        from grader.sandbox import seccomp

        seccomp.apply(**filtered)
