"""Resource limits: bounds on memory, file size, open files.

``RLIMIT_DATA`` is the memory limit that JAX tolerates (it maps much more address space than it uses, so
``RLIMIT_AS`` would abort it).  It does not count shared mappings: the seccomp filter refuses those.  Root's
capabilities are given up as well, since they would undo a limit.
"""

import sys

__all__ = ["apply", "available"]

NAME = "rlimits"


def available() -> bool:
    """Whether this platform enforces a limit on private memory."""
    return sys.platform == "linux"


def apply(memory_bytes: int, file_bytes: int) -> None:
    """Limit this process and its descendants; irrevocable."""
    import resource

    from grader.sandbox import _syscalls

    wanted = {
        resource.RLIMIT_DATA: memory_bytes,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for which, value in wanted.items():
        _, hard = resource.getrlimit(which)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(which, (value, value))
    _syscalls.drop_capabilities()
