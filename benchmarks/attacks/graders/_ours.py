"""This repository's grader, with the demonstration course, at one level of isolation."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import box
import course
from course import Submission

from graders._base import Grader, write

INSTALLED = ("grader", "jaxcnn", "solutions", "exercises", "pyproject.toml")


class Ours(Grader):
    family = "ours"
    packages = (str(course.REPOSITORY), f"--constraint={course.REPOSITORY / 'constraints.txt'}")

    def __init__(self, level: int):
        self.level = level
        self.key = f"grader-{level}"
        self.title = f"grader, level {level}"
        self.how = (
            "`grader run q01 --isolation N` with the demonstration course; the mark is its JSON report. "
            "Inputs are fresh in each run. By default it takes the strongest level that the machine allows."
        )

    @property
    def distribution(self) -> str:
        return "jaxcnn"

    def commit(self) -> str:
        """The last commit of what is installed, and whether it has been changed since."""
        found = git("log", "-1", "--format=%h", "--", *INSTALLED)
        return found + ("-dirty" if git("status", "--porcelain", "--", *INSTALLED) else "")

    def lay(self, machine: Path, template: Path, submission: Submission) -> None:
        shutil.copytree(course.DEMO, machine / "srv/solutions/demo")
        shutil.copytree(course.STUB.parent, machine / "srv/exercises/demo")
        for name, content in submission.extras.items():
            write(machine / "srv/submissions/attacker" / name, content)
        write(machine / "srv/submissions/attacker" / course.FILE, submission.text)
        write(machine / "srv/submissions/neighbour" / course.FILE, course.neighbour().text)

    def command(self, environment: Path) -> Sequence[str]:
        asked = [str(environment / "bin/grader"), "run", "q01", "--course", "/srv/solutions/demo"]
        asked += ["--submission", "submissions/attacker", "--lang", "en"]
        return [*asked, "--isolation", str(self.level), "--json", "/srv/report.json"]

    def marks(self, machine: Path, ended: box.Ended) -> float | None:
        if ended.status not in (0, 1):
            return None
        try:
            return json.loads((machine / "srv/report.json").read_text())["score"]
        except (OSError, ValueError, KeyError):
            return None


def git(*arguments: str) -> str:
    """What git says of the repository."""
    done = subprocess.run(
        ["git", *arguments], cwd=course.REPOSITORY, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
