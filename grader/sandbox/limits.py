"""Resource limits: bounds on memory, file size, open files.

``RLIMIT_DATA`` is the memory limit that JAX tolerates (it maps much more address space than it uses, so
``RLIMIT_AS`` would abort it).  It does not count shared mappings: the seccomp filter refuses those.  Root's
capabilities are given up as well, since they would undo a limit.
"""

import sys

__all__ = ["apply", "available"]

NAME = "rlimits"

# JAX maps much more than it uses, but each 512 bytes of it that are looked at cost one of page tables, which nothing
# else counts.
_ADDRESSES = 128 * 2**30
_STACK_BYTES = 64 * 2**20  # of the first thread, which grows; it is not in RLIMIT_DATA either


def available() -> bool:
    """Whether this platform enforces a limit on private memory."""
    return sys.platform == "linux"


def apply(memory_bytes: int, file_bytes: int, threads: int | None) -> None:
    """Limit this process and its descendants; irrevocable.

    Args:
        memory_bytes: of private memory.
        file_bytes: of one file.
        threads: of this user, in this namespace of users; None where others have the same user.
    """
    import resource

    from grader.sandbox import _syscalls

    wanted = {
        resource.RLIMIT_DATA: memory_bytes,
        resource.RLIMIT_AS: _ADDRESSES,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_SIGPENDING: 1024,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_NICE: 0,
        resource.RLIMIT_RTPRIO: 0,
    }
    if threads is not None:
        wanted[resource.RLIMIT_NPROC] = threads
    for which, value in wanted.items():
        _, hard = resource.getrlimit(which)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(which, (value, value))
    soft, hard = (
        _STACK_BYTES if value == resource.RLIM_INFINITY else min(value, _STACK_BYTES)
        for value in resource.getrlimit(resource.RLIMIT_STACK)
    )
    resource.setrlimit(resource.RLIMIT_STACK, (soft, hard))
    _syscalls.drop_capabilities()
