"""What grading a class costs: submissions a minute, cold and warm, by one process and by two; and memory.

    python benchmarks/cohort.py [--size 10 40] [--jobs 1 2] [--question q01 ...] [--stubs]
        [--json benchmarks/results/cohort.json]

Each run grades a class of its own (right answers in many hands, known mistakes, unfinished stubs; seed 7) with
``grader cohort``, as a user would. "Cold" counts from the command to its end, "warm" from the second result of each
process to the last one. Memory is resident and looked at five times a second: of the command itself, of the largest
process that grades, of the largest worker, and of all together, in which shared pages count more than once. CPU
seconds are those of all these processes, as they were last seen: less than a fifth of a second of each is missing. They
hold on a busy machine too; rates do not, and ``load`` tells how busy it was when a run began.

Everything competes for the cores: run it on an idle machine, or before everyone else (``nice -n -19``). With ``--json``
what was measured before stays, and figures beside each other are those of one machine.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

os.environ.setdefault("JAX_PLATFORMS", "cpu")  # as the command does

from classroom import write_class

from grader.course import Course, Question, find_course, stub_file

_LOOK = 0.2  # seconds between two looks at memory
_KINDS = ("right", "mistake", "unfinished")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, nargs="+", default=[10, 40])
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--course", default="tp2")
    parser.add_argument("--question", nargs="+", default=[f"q{n:02}" for n in range(1, 9)])
    parser.add_argument("--isolation", default="auto")
    parser.add_argument(
        "--stubs",
        action="store_true",
        help="hand-ins that nobody touched: what is left is the cohort's own cost",
    )
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()

    kept: dict[str, Any] = {}
    if options.json and options.json.exists():
        kept = json.loads(options.json.read_text(encoding="utf-8"))
    course = find_course(options.course)
    chosen = [question for question in course.questions if question.id in options.question]
    names = f"{chosen[0].id} to {chosen[-1].id}" + (", untouched" if options.stubs else "")
    for jobs in options.jobs:
        for size in options.size:
            with tempfile.TemporaryDirectory() as folder:
                if options.stubs:
                    write_stubs(Path(folder, "class"), course, chosen, size)
                else:
                    write_class(
                        Path(folder, "class"),
                        course,
                        chosen,
                        seed=7,
                        count=size,
                        platforms=("people",),
                        kinds=_KINDS,
                    )
                load = round(os.getloadavg()[0], 1)
                row = graded(Path(folder), options, jobs, size)
            row |= {
                "questions": names,
                "jobs": jobs,
                "size": size,
                "machine": _machine(),
                "load": load,
            }
            kept[f"{names}, {jobs} at a time, {size} submissions"] = row
            print(as_line(row), flush=True)
            if options.json:
                text = json.dumps(kept, indent=1) + "\n"
                options.json.write_text(text, encoding="utf-8")
    rows = [row for row in kept.values() if row["questions"] == names]
    print_ratios(rows)


def write_stubs(folder: Path, course: Course, questions: Sequence[Question], count: int) -> None:
    """A class of which each student handed in the stubs."""
    lines = ["id,name"]
    for number in range(count):
        name = f"s{number:04}"
        lines.append(f"{name},Student {number}")
        place = folder / "people" / name
        place.mkdir(parents=True)
        for question in questions:
            (place / question.file).write_bytes(stub_file(course, question).read_bytes())
    (folder / "people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def graded(folder: Path, options: argparse.Namespace, jobs: int, size: int) -> dict[str, Any]:
    """One run of the command."""
    command = [sys.executable, "-u", "-m", "grader", "cohort", str(folder / "class/people")]
    command += [f"--roster={folder / 'class/people.csv'}", "-o", str(folder / "out")]
    command += [f"--course={options.course}", "--lang=en", f"--jobs={jobs}"]
    command += [f"--isolation={options.isolation}"]
    command += [f"--question={question}" for question in options.question]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    watch = Watch(process.pid)
    moments = []
    assert process.stdout is not None
    for line in process.stdout:
        if " / " in line:
            moments.append(time.monotonic() - began)
        else:
            print(f"  {line.rstrip()}", flush=True)
    process.wait()
    seconds = time.monotonic() - began
    peaks, cpu = watch.stop()
    results = json.loads((folder / "out/results.json").read_text(encoding="utf-8"))
    if process.returncode != 0 or len(moments) != size:
        raise SystemExit(f"exit status {process.returncode}, {len(moments)} of {size} results")
    first = 2 * jobs - 1  # by then each process has graded one, and compiled what it needs
    warm = moments[first:]
    return {
        "seconds": round(seconds, 1),
        "first": round(moments[0], 1),
        "cold": round(60 * size / seconds, 1),
        "warm": round(60 * (len(warm) - 1) / (warm[-1] - warm[0]), 1) if len(warm) > 2 else None,
        "each": round(seconds * jobs / size, 2),
        "cpu": {name: round(spent / size, 2) for name, spent in cpu.items()},
        "level": results["isolation"]["level"],
        "mib": peaks,
    }


class Watch:
    """Looks at the memory and CPU time of a command, of its processes and of their workers, until it is stopped."""

    def __init__(self, pid: int) -> None:
        self._command = psutil.Process(pid)
        self._cpu: dict[tuple[str, int, float], float] = {}
        self._peaks = dict.fromkeys(("command", "process", "worker", "all"), 0)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> tuple[dict[str, int], dict[str, float]]:
        """Peaks in MiB, and CPU seconds."""
        self._done.set()
        self._thread.join()
        cpu = dict.fromkeys(("command", "process", "worker"), 0.0)
        for (name, _, _), spent in self._cpu.items():
            cpu[name] += spent
        return {name: round(peak / 2**20) for name, peak in self._peaks.items()}, cpu

    def _watch(self) -> None:
        while not self._done.wait(_LOOK):
            try:
                seen = self._look()
            except psutil.Error:
                continue
            for name, found in seen.items():
                self._peaks[name] = max(self._peaks[name], found)

    def _look(self) -> dict[str, int]:
        command = self._seen("command", self._command)
        seen = {"command": command, "process": 0, "worker": 0, "all": command}
        for process in self._command.children():
            mine = self._seen("process", process)
            seen["process"] = max(seen["process"], mine)
            seen["all"] += mine
            for worker in process.children(recursive=True):
                theirs = self._seen("worker", worker)
                seen["worker"] = max(seen["worker"], theirs)
                seen["all"] += theirs
        return seen

    def _seen(self, name: str, process: psutil.Process) -> int:
        """What it holds in memory; what it has computed is taken down."""
        try:
            with process.oneshot():
                times = process.cpu_times()
                self._cpu[name, process.pid, process.create_time()] = times.user + times.system
                return process.memory_info().rss
        except psutil.Error:
            return 0


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def as_line(row: dict[str, Any]) -> str:
    """One run."""
    mib = ", ".join(f"{name} {peak}" for name, peak in row["mib"].items())
    cpu = ", ".join(f"{name} {spent:g}" for name, spent in row["cpu"].items())
    warm = "-" if row["warm"] is None else f"{row['warm']:g}"
    return (
        f"{row['jobs']} at a time, {row['size']:>4} submissions, level {row['level']}: {row['seconds']:>7} s, "
        f"cold {row['cold']:g}/min, warm {warm}/min, first after {row['first']} s; CPU s each: {cpu}; MiB: {mib}"
    )


def print_ratios(rows: list[dict[str, Any]]) -> None:
    """What two processes gain over one, warm over cold, and many submissions over few."""
    by = {(row["jobs"], row["size"]): row for row in rows}
    for (jobs, size), row in sorted(by.items()):
        told = []
        if (other := by.get((1, size))) and jobs > 1:
            told.append(f"{row['cold'] / other['cold']:.2f} times as many a minute as by one")
        if row["warm"]:
            told.append(f"warm {row['warm'] / row['cold']:.2f} times cold")
        least = min(n for j, n in by if j == jobs)
        if size > least:
            spent = sum(row["cpu"].values()) / sum(by[jobs, least]["cpu"].values())
            told.append(f"each takes {spent:.2f} times the CPU seconds")
            told.append(
                f"each costs {row['each'] / by[jobs, least]['each']:.2f} of what it costs among {least}"
            )
            memory = row["mib"]["command"] / by[jobs, least]["mib"]["command"]
            told.append(f"the command's memory is {memory:.2f} times as much")
        if told:
            print(f"{jobs} at a time, {size} submissions: {'; '.join(told)}")


if __name__ == "__main__":
    main()
