"""What isolation costs: levels 0 to 3 side by side, as ratios to level 0.

    python benchmarks/levels.py [--runs 5] [--calls 500] [--json FILE]

The levels take turns, so that a slow minute of the machine touches all of them alike.  Measured are: finding out what
the machine gives (once in a process), a worker's start until it has imported what every submission needs, a call with
a number, a call with a megabyte there and back, and the worker's end.  Minimum of the runs; median for calls.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from grader.sandbox.levels import LEVELS, IsolationUnavailable, choose
from grader.session import Session
from grader.session._time import QuestionTime, RunTime

SUBMISSION = b"def same(x):\n    return x\n"
PRELOAD = ("numpy", "jax.numpy", "flax.nnx")
MEASURES = {
    "probe": "finding out what there is",
    "start": "start of a worker",
    "call": "call, a number",
    "array": "call, 1 MB and back",
    "end": "end of a worker",
}
PROBE = """
import sys, time
from grader.sandbox.levels import choose
began = time.perf_counter()
choose(int(sys.argv[1]))
print(time.perf_counter() - began)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    levels = [level for level in LEVELS if is_available(level)]
    times: dict[int, dict[str, list[float]]] = {n: {name: [] for name in MEASURES} for n in levels}
    for _ in range(options.runs):
        for level in levels:
            for name, seconds in one_worker(level, options.calls).items():
                times[level][name].append(seconds)
    best = {
        level: {name: min(seconds) for name, seconds in of.items()} for level, of in times.items()
    }
    print(f"{'':<28}" + "".join(f"{f'level {level}':>20}" for level in levels))
    for name, label in MEASURES.items():
        base = None if name == "probe" else best[0][name]  # at level 0 there is nothing to find out
        cells = (cell(best[level][name], base) for level in levels)
        print(f"{label:<28}" + "".join(f"{text:>20}" for text in cells))
    if options.json:
        options.json.write_text(json.dumps(times, indent=2) + "\n")


def is_available(level: int) -> bool:
    """Whether this machine gives the level; says what it is made of, or lacks."""
    try:
        granted, _ = choose(level)
    except IsolationUnavailable as missing:
        print(missing)
        return False
    print(f"level {level}: {', '.join(granted.mechanisms)}")
    return True


def one_worker(level: int, calls: int) -> dict[str, float]:
    """Seconds for each of what is measured, with one worker."""
    probe = subprocess.run(
        [sys.executable, "-c", PROBE, str(level)], capture_output=True, text=True, check=True
    )
    _, launch = choose(level)
    session = Session({"a.py": SUBMISSION}, launch, preload=PRELOAD)
    began = time.perf_counter()
    purse = QuestionTime(1e6, RunTime(total=1e9, patience=1e9))
    session.load("a", "a.py", purse)
    started = time.perf_counter()
    megabyte = np.zeros(2**18, np.float32)
    seconds = {
        "probe": float(probe.stdout),
        "start": started - began,
        "call": median_call(session, purse, 1, calls),
        "array": median_call(session, purse, megabyte, max(calls // 10, 1)),
    }
    ending = time.perf_counter()
    session.close()
    launch.close()
    return {**seconds, "end": time.perf_counter() - ending}


def median_call(session: Session, purse: QuestionTime, argument: Any, calls: int) -> float:
    taken = []
    for _ in range(calls):
        began = time.perf_counter()
        call = {"target": ["a", "same"], "steps": [], "args": [argument], "kwargs": {}}
        session.ask("call", purse, "same(x)", **call)()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def cell(seconds: float, base: float | None) -> str:
    shown = f"{1e3 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.2f} s"
    return shown if base is None else f"{shown} ({seconds / base:.2f})"


if __name__ == "__main__":
    main()
