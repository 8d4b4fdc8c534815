"""From save to verdict: how long a student who uses ``grader watch`` waits, and for what.

    python benchmarks/loop.py [q01 q02 ...] [--saves 50] [--level 2] [--answers right wrong] [--json FILE]

The loop is that of ``grader watch``, on a terminal that nobody looks at. Each save comes from a thread beside it, as
from an editor, when the workers that wait for it have started: a student thinks for longer than that. A save is the
same answer with another comment; a wrong one is the solution with the course's first known mistake.

| part    | until ...                                                                      |
|---------|--------------------------------------------------------------------------------|
| noticed | the loop has seen the save, and that nobody is still writing                    |
| ready   | the first check begins: the file is handed to the worker, checks are collected  |
| first   | the first check has ended, which began with a look at the source                |
| all     | the last check has ended                                                        |
| shown   | the workers have been ended, and the report is on the screen                   |
"""

import argparse
import io
import itertools
import json
import os
import platform
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("JAX_PLATFORMS", "cpu")  # as the command does

from rich.console import Console

from grader.authoring._variants import variant_source
from grader.cases import CaseFolder
from grader.course import Course, Question, find_course, load_question
from grader.results import Verdict
from grader.sandbox.levels import IsolationUnavailable
from grader.watch import _loop
from grader.watch._file import EditedFile

PARTS = ("noticed", "ready", "first", "all", "shown")
QUESTIONS = [f"q{number:02}" for number in range(1, 9)]
START_SECONDS = 60.0  # the longest that a save waits for the spare workers
QUIET_SECONDS = 0.3  # after they have started


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("questions", nargs="*", default=QUESTIONS)
    parser.add_argument("--course", default="tp2")
    parser.add_argument("--saves", type=int, default=50)
    parser.add_argument("--level", type=int, nargs="+", default=[2], choices=range(4))
    parser.add_argument(
        "--answers", nargs="+", default=["right", "wrong"], choices=["right", "wrong"]
    )
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.saves < 2:
        parser.error("--saves must be 2 or more, for a percentile")

    course = find_course(options.course)
    before = machine()
    print(before)
    heads = "".join(f"{name:>9}" for name in (*PARTS, "median", "95 %"))
    print(f"{'level, question, answer':<24}{heads}   (medians, seconds)")
    rows = []
    for level in options.level:
        for name in options.questions:
            for answer in options.answers:
                try:
                    saves = measure(course, course.question(name), answer, level, options.saves)
                except IsolationUnavailable as error:
                    print(f"{level}: {error}")
                    break
                row = {"level": level, "question": name, "answer": answer, "saves": saves}
                rows.append({**row, **summary(saves)})
                print(as_line(rows[-1]), flush=True)
    if every := [save for row in rows for save in row["saves"]]:
        print(as_line({"level": "", "question": "all", "answer": "", **summary(every)}))
    after = machine()
    print(after)
    if options.json:
        found = {"before": before, "after": after, "rows": rows}
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def measure(
    course: Course, question: Question, answer: str, level: int, saves: int
) -> list[dict[str, float]]:
    """Save so many times: seconds of each part, and from the save to the end of all."""
    text = source(course, question, answer)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        file = place / question.file
        file.write_text(text, encoding="utf-8")
        console = Console(file=io.StringIO(), force_terminal=True, width=80, height=24)
        cases = CaseFolder(place / ".grader", lambda name: file, "en")
        desk = _loop._Desk(course, place, console, "en", level, None, "", "", cases)
        watch = _Watch(desk)
        try:
            times = []
            edited = EditedFile(file)
            result = desk.graded(question, edited)  # imports what it needs, and is not counted
            for number in range(saves):
                assert result is not None
                right = result.exit_status == 0
                assert right == (answer == "right"), f"{question.id}: {result.questions[0].verdict}"
                assert result.questions[0].verdict is not Verdict.NOT_GRADED
                desk.wait_for(question, edited, result, passed=False)
                if number:
                    times.append(watch.parts())
                edited = EditedFile(file)
                saver = threading.Thread(target=watch.save, args=(file, f"{text}\n# {number}\n"))
                saver.start()
                noticed = _loop._next(desk, _NoKeys(), question, edited, {})  # type: ignore[arg-type]
                watch.mark("noticed")
                saver.join()
                assert noticed is question
                result = desk.graded(question, EditedFile(file))
            assert result is not None
            desk.wait_for(question, edited, result, passed=False)
            return [*times, watch.parts()]
        finally:
            desk.close()


class _NoKeys:
    """Nobody presses any."""

    def pressed(self) -> None:
        return None


class _Watch:
    """Reads the clock where a desk shows something."""

    def __init__(self, desk: Any) -> None:
        self._desk, self._at = desk, dict[str, float]()
        screen = desk._screen
        screen.check_begun = self._then(screen.check_begun, "ready", again=False)
        screen.check_done = self._then(
            self._then(screen.check_done, "first", again=False), "all", again=True
        )
        screen.foot = self._then(screen.foot, "shown", again=True)

    def _then(self, shows: Callable[..., None], part: str, again: bool) -> Callable[..., None]:
        def timed(*arguments: Any) -> None:
            shows(*arguments)
            if again or part not in self._at:
                self.mark(part)

        return timed

    def mark(self, part: str) -> None:
        self._at[part] = time.perf_counter()

    def save(self, file: Path, text: str) -> None:
        """When the workers that wait have started."""
        until = time.monotonic() + START_SECONDS
        while not self._all_started() and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(QUIET_SECONDS)
        self._at.clear()
        file.write_text(text, encoding="utf-8")
        self.mark("saved")

    def _all_started(self) -> bool:
        spare = self._desk._spare
        sessions = list(spare._sessions.values()) if spare else []
        return bool(sessions) and all(
            session._process is not None and session._process.replies.qsize() > 0
            for session in sessions
        )

    def parts(self) -> dict[str, float]:
        """Seconds of each part, and of all."""
        at = [self._at[name] for name in ("saved", *PARTS)]
        spent = [later - earlier for earlier, later in itertools.pairwise(at)]
        return {
            **dict(zip(PARTS, (round(s, 4) for s in spent), strict=True)),
            "total": at[-1] - at[0],
        }


def source(course: Course, question: Question, answer: str) -> str:
    """The solution, right or with a known mistake."""
    trusted = load_question(course, question)
    if answer == "right":
        return (trusted.folder / "solution.py").read_text(encoding="utf-8")
    return variant_source(trusted, trusted.mistakes[0])


def summary(saves: list[dict[str, float]]) -> dict[str, float]:
    """Medians of the parts and of the whole, and the 95th percentile of that."""
    totals = [save["total"] for save in saves]
    medians = {name: statistics.median(save[name] for save in saves) for name in PARTS}
    high = statistics.quantiles(totals, n=20, method="inclusive")[-1]
    return {**medians, "median": statistics.median(totals), "95 %": high}


def as_line(row: dict[str, Any]) -> str:
    name = f"{row['level']} {row['question']} {row['answer']}"
    return f"{name:<24}" + "".join(f"{row[part]:9.3f}" for part in (*PARTS, "median", "95 %"))


def machine() -> str:
    """The processor, its cores, and what else it has to do."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(t.partition(": ")[2] for t in lines if t.startswith("model name"))
    except (OSError, StopIteration):
        pass
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg()) if os.name == "posix" else "?"
    return f"{model}, {os.cpu_count()} cores, load {load}"


if __name__ == "__main__":
    main()
