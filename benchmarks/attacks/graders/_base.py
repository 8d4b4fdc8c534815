"""What the scoreboard asks of a grader."""

import os
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import box
from course import Submission


class Grader(ABC):
    """One grader in one configuration.

    Attributes:
        key: its name on the command line and in the results.
        title: its column.
        family: the name of the environment it lives in and of attacks written for it.
        packages: what pip installs; the first is the grader.
        how: one sentence: how it is run here, what is its default, what it recommends.
    """

    key: str
    title: str
    family: str
    packages: tuple[str, ...]
    how: str
    partial = True  # whether a mark can lie between nothing and everything

    def prepare(self, folder: Path, environment: Path) -> None:
        """Make a folder of what all runs start from (an archive of tests, a course); empty where there is none."""
        folder.mkdir()

    @abstractmethod
    def lay(self, machine: Path, template: Path, submission: Submission) -> None:
        """Put the teacher's files, another student's work and the submission on a new machine."""

    @abstractmethod
    def command(self, environment: Path) -> Sequence[str]:
        """The teacher's command."""

    folder = "/srv"  # where the teacher stands

    @abstractmethod
    def marks(self, machine: Path, ended: box.Ended) -> float | None:
        """The points that a teacher reads afterwards; None where there is no mark to be read."""

    @property
    def distribution(self) -> str:
        """The package whose version is recorded."""
        return self.packages[0].partition("==")[0]

    def commit(self) -> str:
        """Which state of a repository was installed; empty for a released package."""
        return ""


def write(path: Path, text: str | bytes) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def by_the_teacher(environment: Path, folder: Path, command: Sequence[str]) -> None:
    """Run a command of an environment outside of any box: it meets no student's code.

    Raises:
        RuntimeError: it failed; what it printed is part of the message.
    """
    path = f"{environment}/bin:{os.environ['PATH']}"
    done = subprocess.run(
        [str(environment / "bin" / command[0]), *command[1:]],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
