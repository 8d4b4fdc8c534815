"""A machine of its own for one run of a grader: its files, its processes, a loopback network and nothing else.

The box stands for the teacher's computer.  What an attack does inside it counts; nothing leaves it, and all that
was started in it ends with it.  A grader's own sandbox, where it has one, is made inside.
"""

import json
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
USER = "nobody"  # the teacher: an ordinary user, whoever starts the scripts
HOME = "/home/teacher"
# Services of the teacher's machine, which a submission has no business with.
PORT, PATH = 8765, "/run/service.socket"
TOKEN = "the token of the teacher's account"
PRIVATE = "the questions of the next exam"
# What a run finds of the host, read-only: programs, libraries, settings.
SYSTEM = ("/usr", "/etc")
LINKS = {"/bin": "usr/bin", "/sbin": "usr/sbin", "/lib": "usr/lib", "/lib64": "usr/lib64"}
# Folders of the machine that can be written, below the machine's own folder on the host.
WRITABLE = {
    "/srv": "srv",
    "/tmp": "tmp",
    "/autograder": "autograder",
    "/dev/shm": "shm",
    HOME: "home",
}
SPARE = 30  # seconds that the keeper may take beyond the limit


@dataclass(frozen=True)
class Ended:
    """How a run ended, and what was left when it had.

    Args:
        status: exit status of the grader's command; negative for a signal; None when it was stopped at the limit.
        seconds: how long it ran.
        survivors: command lines of processes that it left behind.
        bystander: whether an unrelated process of the same user still ran.
        connections: how many messages the services on the machine got.
        objects: queues, semaphores and shared segments of System V that it left.
        output: what it wrote to its standard output and error, the first few megabytes.
    """

    status: int | None
    seconds: float
    survivors: tuple[str, ...]
    bystander: bool
    connections: int
    objects: int
    output: bytes


def new_machine(folder: Path) -> Path:
    """The folders of a machine that has graded nothing yet; the teacher's private file lies in its home."""
    for name in WRITABLE.values():
        (folder / name).mkdir(parents=True)
    (folder / "home/exam.txt").write_text(PRIVATE + "\n")
    return folder


def run(
    machine: Path,
    command: Sequence[str],
    *,
    environment: Path,
    readable: Sequence[Path] = (),
    folder: str = HOME,
    variables: Mapping[str, str] | None = None,
    limit: float,
) -> Ended:
    """Run a command on a machine, at most ``limit`` seconds, and end all that it started.

    Args:
        machine: what ``new_machine`` made; changes remain there.
        command: the command, as inside.
        environment: the virtual environment, which the teacher made and can write.
        readable: more of the host, read-only under the same paths.
        folder: the working folder, inside.
        variables: more environment variables.
        limit: seconds.
    """
    hand_over([machine / name for name in WRITABLE.values()])
    root, outputs = machine / "root", machine / "outputs"
    root.mkdir(exist_ok=True)
    outputs.mkdir(exist_ok=True)
    binds = [(path, path, True) for path in (*SYSTEM, sys.base_prefix, *map(str, readable))]
    binds += [(str(machine / name), path, False) for path, name in WRITABLE.items()]
    binds.append((str(environment), str(environment), False))
    request = {
        "root": str(root),
        "binds": binds,
        "links": LINKS,
        "outputs": str(outputs),
        "command": list(command),
        "folder": folder,
        "environment": {
            "HOME": HOME,
            "PATH": f"{environment}/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "COURSE_TOKEN": TOKEN,
            **(variables or {}),
        },
        "user": USER if os.geteuid() == 0 else None,
        "port": PORT,
        "path": PATH,
        "limit": limit,
    }
    namespaces = ["--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--mount-proc"]
    if os.geteuid() != 0:
        namespaces.append("--map-root-user")
    keeper = subprocess.Popen(
        ["unshare", *namespaces, "--kill-child", sys.executable, "-I", str(HERE / "keeper.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        said, _ = keeper.communicate(json.dumps(request).encode(), timeout=limit + SPARE)
    finally:
        if keeper.poll() is None:
            os.killpg(keeper.pid, signal.SIGKILL)
            keeper.wait()
    report = json.loads(said)
    with open(outputs / "both", "rb") as stream:
        output = stream.read(4 * 2**20)
    return Ended(
        report["status"],
        report["seconds"],
        tuple(report["survivors"]),
        report["bystander"],
        report["connections"],
        report["objects"],
        output,
    )


def hand_over(folders: Sequence[Path]) -> None:
    """Make folders and all in them the teacher's, where somebody else, root, starts the scripts."""
    if os.geteuid() != 0:
        return
    owner = pwd.getpwnam(USER)
    for folder in folders:
        os.lchown(folder, owner.pw_uid, owner.pw_gid)
        for place, below, files in os.walk(folder):
            for name in (*below, *files):
                os.lchown(os.path.join(place, name), owner.pw_uid, owner.pw_gid)
