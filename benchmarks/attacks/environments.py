"""A virtual environment for each grader, made by pip from the package index, outside the repository."""

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

import box

# Stat of every file: what an attack writes into the environment, which its teacher can write, is found by it.
Listing = dict[str, tuple[int, int]]


def make(folder: Path, packages: Sequence[str], commit: str, *, renew: bool = False) -> Path:
    """The environment that has these packages; made when it is missing or was made for others.

    Args:
        folder: where it lies.
        packages: arguments of ``pip install``.
        commit: of the repository, if one of them is installed from a repository; a dirty one is never the same.
        renew: make it in any case.
    """
    wanted = "\n".join([sys.version, *packages, commit])
    renew = renew or commit.endswith("-dirty")
    label = folder / "made-for.txt"
    if not renew and label.exists() and label.read_text() == wanted:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    print(f"making {folder}", flush=True)
    venv.create(folder, with_pip=True, symlinks=True)
    install = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, *packages], check=True)
    label.write_text(wanted)
    box.hand_over([folder])
    return folder


def versions(environment: Path, names: Sequence[str]) -> dict[str, str]:
    """Versions of installed packages, and of Python."""
    program = (
        "import importlib.metadata as m, json, platform, sys;"
        "print(json.dumps({n: m.version(n) for n in sys.argv[1:]} | {'python': platform.python_version()}))"
    )
    done = subprocess.run(
        [str(environment / "bin/python"), "-I", "-c", program, *names],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def listing(environment: Path) -> Listing:
    """Size and time of each file, compiled modules left out."""
    found = {}
    for place, _, names in os.walk(environment):
        for name in names:
            if not name.endswith(".pyc"):
                path = os.path.join(place, name)
                stat = os.lstat(path)
                found[path] = (stat.st_size, stat.st_mtime_ns)
    return found


def clean(environment: Path, before: Listing) -> list[str]:
    """Remove what was added since; the paths of all that was added, changed or removed, below the environment.

    Raises:
        RuntimeError: a file of the environment itself was changed or removed; it has to be made anew.
    """
    after = listing(environment)
    added = sorted(after.keys() - before.keys())
    for path in added:
        os.remove(path)
    if any(after.get(path) != stat for path, stat in before.items()):
        raise RuntimeError(f"{environment} was changed by an attack; run again with --renew")
    return [os.path.relpath(path, environment) for path in added]
