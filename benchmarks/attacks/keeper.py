"""The first process of a box: lays its file system, runs the grader, waits, looks at what is left, and reports.

Started by ``box.py`` alone, in new namespaces.  As process 1 it cannot be ended from inside.  The request comes
on standard input and the report leaves on standard output, both as JSON; the grader gets neither.
"""

import fcntl
import json
import os
import pwd
import resource
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
GRACE = 2.0  # seconds for what ends by itself after the grader
LARGEST_FILE = 2**30


def main() -> None:
    request = json.load(sys.stdin)
    with open(os.path.join(request["outputs"], "both"), "wb") as output:
        lay(request["root"], request["binds"], request["links"])
        raise_loopback()
        connections: list[str] = []
        serve(request["port"], request["path"], connections)
        bystander = start(["/usr/bin/sleep", "100000"], request, subprocess.DEVNULL)
        began = time.monotonic()
        grader = start(request["command"], request, output)
        status = wait(grader.pid, request["limit"])
        seconds = time.monotonic() - began
        mine = {os.getpid(), bystander.pid}
        deadline = time.monotonic() + (GRACE if status is not None else 0)
        while (survivors := others(mine | {grader.pid})) and time.monotonic() < deadline:
            reap()
            time.sleep(0.1)
        report = {
            "status": status,
            "seconds": round(seconds, 2),
            # What runs on at the limit was not left behind: it never ended.
            "survivors": survivors if status is not None else [],
            "bystander": bystander.pid in running(),
            "connections": len(connections),
            "objects": objects(),
        }
    print(json.dumps(report), flush=True)
    os._exit(0)  # with process 1 go all others


def lay(root: str, binds: Iterable[tuple[str, str, bool]], links: dict[str, str]) -> None:
    """Mount what the box consists of, and make it the root of everything."""
    mount("--make-rprivate", "/")
    mount("-t", "tmpfs", "none", root)
    for name in ("dev", "proc", "run"):
        os.mkdir(f"{root}/{name}")
    mount("--rbind", "/proc", f"{root}/proc")
    for name in DEVICES:
        Path(f"{root}/dev/{name}").touch()
        mount("--bind", f"/dev/{name}", f"{root}/dev/{name}")
    os.symlink("/proc/self/fd", f"{root}/dev/fd")
    for source, target, read_only in binds:
        place = root + target
        os.makedirs(place, exist_ok=True)
        mount("--bind", source, place)
        if read_only:
            mount("-o", "remount,bind,ro", place)
    for path, target in links.items():
        os.symlink(target, root + path)
    os.chdir(root)
    subprocess.run(["pivot_root", ".", "."], check=True)
    subprocess.run(["umount", "-l", "."], check=True)
    os.chdir("/")


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def raise_loopback() -> None:
    """Switch on the one interface of the new network."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP


def serve(port: int, path: str, connections: list[str]) -> None:
    """Listen like services of the machine, on a port and on a path, and count who comes."""
    server = socket.create_server(("127.0.0.1", port))
    box = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    box.bind(path)
    os.chmod(path, 0o777)

    def accept() -> None:
        while True:
            client, address = server.accept()
            connections.append(str(address))
            client.close()

    def receive() -> None:
        while True:
            connections.append(repr(box.recv(100)))

    for listening in (accept, receive):
        threading.Thread(target=listening, daemon=True).start()


def start(command: list[str], request: dict[str, Any], output: Any) -> subprocess.Popen[bytes]:
    """A process of the teacher's; a user that is given is one without any privilege."""
    identity: dict[str, Any] = {}
    if request["user"]:
        user = pwd.getpwnam(request["user"])
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not subprocess.DEVNULL else output,
        cwd=request["folder"],
        env=request["environment"],
        start_new_session=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE)),
        **identity,
    )


def wait(pid: int, limit: float) -> int | None:
    """The exit status of one child, None at the limit; orphans of others are collected on the way."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        ended = reap()
        if pid in ended:
            return os.waitstatus_to_exitcode(ended[pid])
        time.sleep(0.02)
    return None


def reap() -> dict[int, int]:
    """Collect the children that have ended: their process numbers and statuses."""
    ended = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended[pid] = status


def running() -> dict[int, str]:
    """Command lines of the processes of the box that have not ended."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as stream:
                    state = stream.read().rpartition(")")[2].split()[0]
                with open(f"/proc/{name}/cmdline", "rb") as stream:
                    line = stream.read().replace(b"\0", b" ").decode("utf-8", "replace").strip()
            except OSError:
                continue  # it ended while we looked
            if state not in "ZX":
                found[int(name)] = line
    return found


def objects() -> int:
    """How many queues, semaphores and shared segments of System V there are: they outlive who made them."""
    total = 0
    for name in ("msg", "sem", "shm"):
        with open(f"/proc/sysvipc/{name}") as stream:
            total += len(stream.readlines()) - 1  # a heading
    return total


def others(known: set[int]) -> list[str]:
    return [line for pid, line in running().items() if pid not in known]


if __name__ == "__main__":
    main()
