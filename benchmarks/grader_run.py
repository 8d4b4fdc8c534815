"""How long a student waits, and for what.

    python benchmarks/grader_run.py [--runs 5] [--course tp2] [--question q01] [--json FILE]

First whole processes, in turn, so that a slow minute of the machine touches all of them alike: the
command's own time as a student feels it, minimum and median, beside the target.  Then one run of the
references inside this process, split into what the time goes to.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TARGETS = {"all": 15.0, "one": 4.0, "help": 0.3, "stubs": 3.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--course", default="tp2")
    parser.add_argument("--question", default="q01")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()

    from grader.course import find_course

    course = find_course(options.course)
    solutions = str(course.path)
    grader = [sys.executable, "-c", "from grader.cli import main; main()"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [*grader, "init", folder, "--course", course.id], check=True, capture_output=True
        )
        run = [*grader, "run", "--course", solutions]
        commands = {
            "all": [*run, "--submission", solutions],
            "one": [*run, options.question, "--submission", solutions],
            "help": [*grader, "--help"],
            "stubs": run,
        }
        times = whole_processes(commands, options.runs, Path(folder))
    print(f"{'whole process':<28}{'min':>8}{'median':>8}{'target':>8}{'min/target':>12}")
    labels = {
        "all": "run, all references",
        "one": f"run {options.question}, reference",
        "help": "--help",
        "stubs": "run, untouched stubs",
    }
    for name, seconds in times.items():
        low, middle, target = min(seconds), statistics.median(seconds), TARGETS[name]
        print(f"{labels[name]:<28}{low:7.2f}s{middle:7.2f}s{target:7.1f}s{low / target:12.2f}")

    split = where_the_time_goes(course)
    print(f"\n{'one run of the references':<44}{'seconds':>8}")
    for name, value in split.items():
        print(f"{name:<44}{value:8.2f}")
    if options.json:
        options.json.write_text(json.dumps({"processes": times, "split": split}, indent=2) + "\n")


def whole_processes(
    commands: dict[str, list[str]], runs: int, folder: Path
) -> dict[str, list[float]]:
    """Wall-clock times, the commands interleaved; one uncounted round warms the file cache."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, cwd=folder, capture_output=True, check=False)
            if number:
                times[name].append(round(time.perf_counter() - began, 3))
    return times


def where_the_time_goes(course: Any) -> dict[str, float]:
    """One run in this process, with its parts timed from outside."""
    began = time.perf_counter()
    import grader.checks._agree as agree
    from grader.grading import grade
    from grader.session import QuestionTime, RunTime, Session

    importing = time.perf_counter() - began
    spent = dict.fromkeys(("start", "wait", "reference", "compile"), 0.0)

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                spent[name] += time.perf_counter() - start

        return call

    ready, close = Session._become_ready, Session.close
    nobodys = QuestionTime(10.0, RunTime(total=3600.0, patience=3600.0))

    def closing(session: Session) -> None:
        if session._process is not None:
            spent["compile"] += session.ask("compiling", nobodys, "compiling")()
        close(session)

    Session._become_ready = timed("start", ready)  # type: ignore[method-assign]
    Session._receive = timed("wait", Session._receive)  # type: ignore[method-assign]
    Session.close = closing  # type: ignore[method-assign]
    agree.run_here = timed("reference", agree.run_here)
    result = grade(course, course.path)
    total = result.seconds
    # Waiting for a worker to be ready goes through _receive too.
    calls = spent["wait"] - spent["start"]
    return {
        "importing the grader (before the run)": importing,
        "the run": total,
        "  waiting for workers to start": spent["start"],
        "  references, computed here": spent["reference"],
        "  waiting for student calls after that": calls,
        "  the rest (pytest, drawing, comparing)": total
        - spent["start"]
        - spent["reference"]
        - calls,
        "tracing and compiling inside the workers": spent["compile"],
    }


if __name__ == "__main__":
    main()
