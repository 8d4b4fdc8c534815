"""What a submission costs in otter-grader, in nbgrader and here, on the same five questions without JAX.

    python -m venv OTHERS && OTHERS/bin/pip install otter-grader nbgrader numpy ipykernel
    python benchmarks/other_graders.py OTHERS [--size 10] [--json FILE]

The same hand-ins for all: notebooks, every second one with a known mistake in one of its questions. Otter and nbgrader
compare recorded answers of as many calls as the checks here make of a right solution: no drawn inputs, no isolation, no
named mistakes, no hints. They grade one after the other, as they do without Docker; here it is ``grader cohort`` with
one process and with two, at the level that the machine offers. CPU seconds are those of all processes and hold on a
busy machine too; those on the wall do not. "Mistakes found" counts hand-ins with a mistake that lost points.
"""

import argparse
import base64
import csv
import json
import os
import pickle
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("JAX_PLATFORMS", "cpu")  # as the command does

from attacks.notebook import code as code_cell
from attacks.notebook import notebook

from grader.authoring._variants import variant_source
from grader.course import SubmittedFile, find_course, load_question
from grader.grading import grade_files

COURSE = "foundations"
QUESTIONS = ("q01", "q02", "q03", "q05", "q11")  # whose functions all have names of their own
_SAME = """
import numpy as np
def same(found, expected):
    if isinstance(expected, (tuple, list)):
        return len(found) == len(expected) and all(map(same, found, expected))
    return np.allclose(found, expected, rtol=1e-5, atol=1e-5)
"""


@dataclass(frozen=True)
class Tried:
    """Right answers to the calls of one question, as a test compares them."""

    question: str
    function: str
    calls: list[tuple[tuple, dict[str, Any], Any]]

    @property
    def code(self) -> str:
        """Lines that raise where an answer differs."""
        packed = base64.b85encode(pickle.dumps(self.calls)).decode()
        return (
            f"import base64, pickle\n{_SAME}"
            f"for args, kwargs, expected in pickle.loads(base64.b85decode({packed!r})):\n"
            f"    assert same({self.function}(*args, **kwargs), expected)\n"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("others", type=Path, help="the virtual environment with both")
    parser.add_argument("--size", type=int, default=10)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    tests = [one for name in QUESTIONS for one in tried(name)]
    print(
        f"{len(tests)} functions, {sum(len(t.calls) for t in tests)} calls a submission", flush=True
    )
    hand_ins = [sources(number) for number in range(options.size)]
    wrong = {f"s{n:03}" for n in range(options.size) if n % 2}
    bin_ = options.others.absolute() / "bin"
    runs = {
        "otter-grader": lambda folder: otter(folder, bin_, hand_ins, tests),
        "nbgrader": lambda folder: nbgrader(folder, bin_, hand_ins, tests),
        "grader cohort, 1 at a time": lambda folder: ours(folder, hand_ins, 1),
        "grader cohort, 2 at a time": lambda folder: ours(folder, hand_ins, 2),
    }
    rows = []
    for name, run in runs.items():
        with tempfile.TemporaryDirectory() as folder:
            shares = run(Path(folder))
        full = {student for student, share in shares[0].items() if share >= 1}
        row = {
            "grader": name,
            "cpu_s": shares[1] / options.size,
            "wall_s": shares[2] / options.size,
        }
        row |= {"right_with_all": len(full - wrong), "right": options.size - len(wrong)}
        row |= {"mistakes_found": len(wrong - full), "mistakes": len(wrong)}
        rows.append(row)
        print(
            f"{name:28} CPU {row['cpu_s']:6.2f} s a submission, wall {row['wall_s']:6.2f} s; all points: "
            f"{row['right_with_all']} of {row['right']} right ones; "
            f"mistakes found: {row['mistakes_found']} of {row['mistakes']}",
            flush=True,
        )
    if options.json:
        kept = {"size": options.size, "questions": QUESTIONS, "rows": rows, "machine": machine()}
        options.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def machine() -> str:
    from ops import processor

    return f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def tried(name: str) -> list[Tried]:
    """What the checks ask of a right solution, by function, with its answers."""
    course = find_course(COURSE)
    question = course.question(name)
    solution = (course.path / question.folder / "solution.py").read_bytes()
    attempts: list[Any] = []
    grade_files(
        course,
        [SubmittedFile(question, course.path / question.file, solution)],
        seed=7,
        language="en",
        on_cases=lambda _, cases: attempts.extend(cases),
    )
    found: dict[str, list[Any]] = {}
    for attempt in attempts:
        found.setdefault(attempt.function, []).append((attempt.args, attempt.kwargs, attempt.got))
    return [Tried(name, function, calls) for function, calls in found.items()]


def sources(number: int) -> dict[str, str]:
    """A hand-in: the code of each question; every second one has a known mistake in one of them."""
    course, code = find_course(COURSE), {}
    for place, name in enumerate(QUESTIONS):
        trusted = load_question(course, course.question(name))
        code[name] = (trusted.folder / "solution.py").read_text(encoding="utf-8")
        if number % 2 and place == number // 2 % len(QUESTIONS):
            variants = trusted.mistakes
            code[name] = variant_source(trusted, variants[7 * number % len(variants)])
    return code


def timed(*commands: Sequence[str | Path], folder: Path) -> tuple[float, float]:
    """CPU seconds and seconds of commands run one after the other."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    # What they leave in the home folder of whoever measures is none of theirs.
    environment = {
        **os.environ,
        "HOME": str(folder),
        "PATH": f"{Path(commands[0][0]).parent}:{os.environ['PATH']}",
    }
    for command in commands:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.exit(f"{command[0]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, ended - began


Run = tuple[
    dict[str, float], float, float
]  # each student's share of the points, CPU seconds, seconds


def otter(folder: Path, bin_: Path, hand_ins: list[dict[str, str]], tests: list[Tried]) -> Run:
    """``otter run`` on each notebook."""
    (folder / "tests").mkdir()
    for test in tests:
        name = f"{test.question}_{test.function}"
        body = "".join(f"    {line}\n" for line in test.code.splitlines())
        (folder / f"tests/{name}.py").write_text(
            "from otter.test_files import test_case\n\nOK_FORMAT = False\n"
            f'name = "{name}"\npoints = 1\n\n@test_case(points=1)\n'
            f"def test_it({test.function}):\n{body}",
            encoding="utf-8",
        )
    commands = []
    for number, code in enumerate(hand_ins):
        student = f"s{number:03}"
        cells = [code_cell(source, question) for question, source in code.items()]
        (folder / student).mkdir()
        (folder / f"{student}.ipynb").write_text(json.dumps(notebook(cells)), encoding="utf-8")
        commands.append(
            [
                bin_ / "otter",
                "run",
                "--no-logo",
                "-a",
                "autograder.zip",
                "-o",
                student,
                f"{student}.ipynb",
            ]
        )
    timed([bin_ / "otter", "generate", "-t", "tests", "-o", "autograder.zip"], folder=folder)
    cpu, wall = timed(*commands, folder=folder)
    shares = {}
    for number in range(len(hand_ins)):
        told = json.loads((folder / f"s{number:03}/results.json").read_text(encoding="utf-8"))
        scores = [one for one in told["tests"] if one.get("max_score")]
        shares[f"s{number:03}"] = sum(t["score"] for t in scores) / sum(
            t["max_score"] for t in scores
        )
    return shares, cpu, wall


def nbgrader(folder: Path, bin_: Path, hand_ins: list[dict[str, str]], tests: list[Tried]) -> Run:
    """``nbgrader autograde`` of all of them."""

    def cells(code: dict[str, str]) -> list[dict[str, Any]]:
        found = []
        for question, source in code.items():
            marks = {"schema_version": 3, "grade_id": question, "cell_type": "code"}
            own = {"grade": False, "solution": True, "locked": False, "task": False}
            found.append(code_cell(source, question, {"nbgrader": marks | own}))
            for test in tests:
                if test.question == question:
                    name = f"{question}-{test.function}"
                    fixed = {"grade": True, "solution": False, "locked": True, "task": False}
                    about = marks | fixed | {"grade_id": name, "points": 1}
                    found.append(code_cell(test.code, name.replace("_", "-"), {"nbgrader": about}))
        return found

    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'five'\n", encoding="utf-8"
    )
    places = {folder / "source/ps1/five.ipynb": hand_ins[0]}
    for number, code in enumerate(hand_ins):
        places[folder / f"submitted/s{number:03}/ps1/five.ipynb"] = code
    for place, code in places.items():
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps(notebook(cells(code))), encoding="utf-8")
    command = bin_ / "nbgrader"
    timed([command, "generate_assignment", "ps1", "--create"], folder=folder)
    cpu, wall = timed([command, "autograde", "ps1", "--create"], folder=folder)
    timed([command, "export"], folder=folder)
    with (folder / "grades.csv").open(encoding="utf-8") as file:
        shares = {
            row["student_id"]: float(row["raw_score"]) / float(row["max_score"])
            for row in csv.DictReader(file)
        }
    return shares, cpu, wall


def ours(folder: Path, hand_ins: list[dict[str, str]], jobs: int) -> Run:
    """``grader cohort``, and the marks that it stored."""
    course = find_course(COURSE)
    for number, code in enumerate(hand_ins):
        place = folder / "class" / f"s{number:03}"
        place.mkdir(parents=True)
        for question, source in code.items():
            (place / course.question(question).file).write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "grader"]
    chosen = [f"--question={name}" for name in QUESTIONS]
    asked = ["cohort", "class", "-o", "out", "--course", COURSE, f"--jobs={jobs}", *chosen]
    cpu, wall = timed([*command, *asked, "--lang=en"], folder=folder)
    timed([*command, "marks", "out"], folder=folder)
    with (folder / "out/marks.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {row["id"]: float(row["score"]) / float(row["max_score"]) for row in rows}, cpu, wall


if __name__ == "__main__":
    main()
