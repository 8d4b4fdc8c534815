"""The filter on system calls, run here step by step, for both machines; and once by the kernel."""

import errno
import re
import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox import _calls, seccomp

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOWED, KILLED = "allowed", "killed"
PROCESS = 4321
STREAM, DATAGRAM, PACKET = 1, 2, 5
HEADERS = {
    "x86_64": [
        "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
        "/usr/include/asm/unistd_64.h",
    ],
    "aarch64": ["/usr/include/asm-generic/unistd.h"],
}


def run(program: bytes, audit: int, number: int, *arguments: int) -> object:
    """What the filter says of one call."""
    padded = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("IIQ6Q", number, audit, 0, *(value % 2**64 for value in padded))
    steps = [struct.unpack_from("HBBI", program, 8 * i) for i in range(len(program) // 8)]
    at, kept = 0, 0
    while True:
        code, if_true, if_false, value = steps[at]
        at += 1
        if code == 0x20:
            (kept,) = struct.unpack_from("I", data, value)
        elif code == 0x54:
            kept &= value
        elif code == 0x05:
            at += value
        elif code == 0x06:
            if value == 0x7FFF0000:
                return ALLOWED
            return KILLED if value == 0x80000000 else value & 0xFFFF
        else:
            test = {0x15: kept == value, 0x35: kept >= value, 0x45: bool(kept & value)}[code]
            at += if_true if test else if_false


def ask(machine: str, name: str | int, *arguments: int, metadata: bool = False) -> object:
    program = seccomp.program(machine, PROCESS, metadata)
    number = _calls.numbers(machine)[name] if isinstance(name, str) else name
    return run(program, MACHINES[machine], number, *arguments)


both = pytest.mark.parametrize("machine", MACHINES)


@both
@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("kill", (PROCESS, signal.SIGTERM), ALLOWED),
        ("kill", (PROCESS, signal.SIGSTOP), errno.EPERM),
        ("kill", (0, signal.SIGTERM), errno.EPERM),
        ("kill", (-1, signal.SIGTERM), errno.EPERM),
        ("kill", (1, 0), errno.EPERM),
        ("tgkill", (PROCESS, 7, signal.SIGABRT), ALLOWED),
        ("tgkill", (PROCESS, 7, signal.SIGTTIN), errno.EPERM),
        ("tgkill", (7, 7, signal.SIGABRT), errno.EPERM),
        ("rt_sigqueueinfo", (PROCESS, signal.SIGTSTP), errno.EPERM),
        ("rt_tgsigqueueinfo", (PROCESS, 7, signal.SIGTTOU), errno.EPERM),
        ("tkill", (PROCESS, signal.SIGTERM), errno.EPERM),
        ("prlimit64", (0,), ALLOWED),
        ("prlimit64", (PROCESS,), ALLOWED),
        ("prlimit64", (1,), errno.EPERM),
        ("socketpair", (1, STREAM | 0o2004000), ALLOWED),
        ("socketpair", (1, DATAGRAM), errno.EPERM),
        ("socketpair", (1, PACKET | 0o2000000), errno.EPERM),
        ("socketpair", (30, STREAM), errno.EPERM),
        ("sendto", (3, 4096, 1, 0, 0, 0), ALLOWED),
        ("sendto", (3, 4096, 1, 0, 2**40, 16), errno.EPERM),
        ("sendto", (3, 4096, 1, 0, 4096, 16), errno.EPERM),
        ("clone", (0x3D0F00,), ALLOWED),
        ("clone", (17,), errno.EPERM),
        ("clone", (0x10000 | 0x10000000,), errno.EPERM),
        ("clone3", (), errno.ENOSYS),
        ("mmap", (0, 4096, 3, 0x22), ALLOWED),
        ("mmap", (0, 4096, 1, 0x01), ALLOWED),
        ("mmap", (0, 4096, 3, 0x21), errno.EPERM),
        ("mmap", (0, 4096, 3, 0x122), errno.EPERM),
        ("madvise", (0, 4096, 4), ALLOWED),
        ("madvise", (0, 4096, 12), errno.EINVAL),
        ("fcntl", (3, 1030), ALLOWED),
        ("fcntl", (3, 6), 0),
        ("fcntl", (3, 5), errno.EPERM),
        ("fcntl", (3, 10, signal.SIGSTOP), errno.EPERM),
        ("fcntl", (3, 1036), errno.EPERM),
        ("flock", (3, 2), 0),
        ("ioctl", (0, 0x5401), ALLOWED),
        ("ioctl", (0, 0x5412), errno.ENOTTY),
        ("prctl", (15,), ALLOWED),
        ("prctl", (4, 0), errno.EPERM),
        ("prctl", (29, 10**9), errno.EPERM),
    ],
)
def test_each_call_is_judged_by_its_arguments(machine, name, arguments, answer):
    assert ask(machine, name, *arguments) == answer


BEYOND = """
execve ptrace kcmp process_vm_readv pidfd_open setpriority sched_setattr sched_setaffinity ioprio_set
timer_create shmget shmat msgget msgsnd semget semop mq_open add_key socket connect bind listen accept4
sendmsg sendmmsg setsockopt inotify_init1 fanotify_init setxattr setxattrat file_setattr mknodat memfd_create
userfaultfd personality setresuid capset unshare setns mount open_tree fsopen statmount seccomp
landlock_restrict_self bpf perf_event_open sync quotactl_fd
"""


@both
@pytest.mark.parametrize("name", BEYOND.split())
def test_what_reaches_beyond_the_process_is_refused(machine, name):
    for metadata in (True, False):
        assert ask(machine, name, metadata=metadata) == errno.EPERM


@both
def test_times_and_permissions_may_be_changed_where_all_that_is_reached_is_the_workers_own(machine):
    for name in ("fchown", "fchownat"):
        assert ask(machine, name, metadata=True) == errno.EPERM
    for name in ("fchmod", "fchmodat", "fchmodat2", "utimensat"):
        assert ask(machine, name, metadata=True) == ALLOWED
        assert ask(machine, name, metadata=False) == errno.EPERM


@both
def test_what_is_newer_than_the_filter_does_not_exist(machine):
    for number in (470, 480, 999, 0x3FFFFFFF):
        assert ask(machine, number) == errno.ENOSYS
    for number in (340, 400, 423):
        assert ask(machine, number) == errno.ENOSYS
    assert ask(machine, 449) == ALLOWED, "waiting on several futexes"


def test_ordinary_calls_pass():
    for number in (
        0,
        1,
        2,
        3,
        9 + 1,
        11,
        12,
        13,
        14,
        20,
        202,
        230,
        231,
        257,
        262,
        318,
        332,
        334,
        437,
    ):
        assert ask("x86_64", number) == ALLOWED
    for number in (56, 57, 63, 64, 66, 79, 94, 98, 113, 135, 172, 214, 215, 226, 278, 291, 293):
        assert ask("aarch64", number) == ALLOWED


@both
def test_the_numbers_of_another_machine_kill(machine):
    program = seccomp.program(machine, PROCESS, True)
    (other,) = set(MACHINES.values()) - {MACHINES[machine]}
    assert run(program, other, 0) == KILLED
    assert run(program, 0x40000003, 4) == KILLED, "32 bits"
    assert run(program, MACHINES[machine], 0x40000000 | 41) == KILLED, "x32"


@both
def test_the_filter_is_one_that_the_kernel_takes(machine):
    assert len(seccomp.program(machine, 2**22, False)) // 8 <= 4096


@both
def test_the_numbers_are_those_of_the_kernels_headers(machine):
    found = next((path for path in HEADERS[machine] if Path(path).is_file()), None)
    if found is None:
        pytest.skip("the kernel's headers are not installed")
    pattern = r"^#define __NR(?:3264)?_(\w+)\s+(\d+)$"
    known = {n: int(v) for n, v in re.findall(pattern, Path(found).read_text(), re.M)}
    ours = _calls.numbers(machine)
    assert {name: known[name] for name in ours if name in known} == {
        name: number for name, number in ours.items() if name in known
    }
    newest = max(known.values())
    assert len(ours) > 150
    # The table does not know of calls that came after the headers, and of none that the headers do not know.
    assert not [name for name, number in ours.items() if name not in known and number < newest]


HONEST = """
import asyncio, ctypes, mmap, os, shutil, signal, socket, sqlite3, sys, tempfile, threading, time
os.chdir(sys.argv[1])
tempfile.tempdir = sys.argv[1]
from grader.sandbox import seccomp
seccomp.apply(metadata=True)

async def main():
    await asyncio.sleep(0.001)
    return await asyncio.to_thread(sum, [1, 2])

assert asyncio.run(main()) == 3
one, other = socket.socketpair()
one.send(b"x")
assert other.recv(1) == b"x"
with tempfile.TemporaryFile() as stream:
    stream.write(b"x")
with open("mapped", "w+b") as stream:
    stream.truncate(4096)
    mmap.mmap(stream.fileno(), 4096)[:1] = b"x"
shutil.copy2("mapped", "copied")
with sqlite3.connect("base") as base:
    base.execute("create table t (a)")
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.001)
time.sleep(0.01)
signal.raise_signal(signal.SIGALRM)
threads = [threading.Thread(target=time.sleep, args=(0.001,)) for _ in range(20)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print("fine")
"""


@pytest.mark.skipif(not seccomp.available(), reason="needs seccomp")
def test_honest_programs_run_under_the_filter(tmp_path):
    command = [sys.executable, "-c", HONEST, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("fine\n", "")
