"""Junk in place of any answer of the practical: what the grading process makes of it, and what that takes.

    python benchmarks/fuzz_replies.py [q01 ...] [--kinds 12 | --every] [--jobs 2] [--json FILE]

A stand-in answers as the reference does, but for the n-th call of a check, for every check and every n: of some hundred
kinds of junk all at the first call, at the last and from the first on, and `--kinds` of them in turn at each other;
`--every` tries all kinds at every call. What must not be is printed: a `grader_error`, junk that passes or is named as
a mistake, texts that are too long or cannot be rendered. Exceptions of checks after an answer are listed as odd: they
are the student's `bad_output`, but the check should have asked for a form. Each question has a process of its own.
"""

import argparse
import concurrent.futures
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from grader.course import find_course  # noqa: E402
from tests.grader.fuzz._plans import everything, net  # noqa: E402
from tests.grader.fuzz._report import Report  # noqa: E402
from tests.grader.fuzz._run import Question  # noqa: E402

COURSE = ROOT / "solutions" / "tp2"


def tried(name: str, kinds: int | None) -> Report:
    """One question, in this process; all kinds at every call where ``kinds`` is None."""
    question = Question(find_course(str(COURSE)), name)
    calls = question.calls()
    plans = {t: everything(n) if kinds is None else net(n, kinds) for t, n in calls.items()}
    report = question.fuzz(plans)
    print(f"{name}: {report}", flush=True)
    for finding in report.findings:
        print(f"  {finding}")
    for odd, count in report.odd.items():
        print(f"  odd, {count} times: {odd}")
    return report


def record(name: str, report: Report) -> dict[str, Any]:
    """The figures of one question."""
    return {
        "question": name,
        "runs": report.runs,
        "replies": report.replies,
        "verdicts": {verdict.value: count for verdict, count in sorted(report.verdicts.items())},
        "findings": [str(finding) for finding in report.findings],
        "odd": report.odd,
        "memory_mib": round(report.memory / 2**20),
        "kept_mib": round(report.kept / 2**20),
        "cpu_seconds": round(report.seconds, 1),
        "slowest": list(report.slowest),
    }


def apart(name: str, options: list[str]) -> dict[str, Any]:
    """One question in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        command = [sys.executable, __file__, name, "--json", str(file), *options]
        out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        print(out.stdout, end="", flush=True)
        return json.loads(file.read_text())["questions"][0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("questions", nargs="*")
    parser.add_argument("--kinds", type=int, default=12)
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    course = find_course(str(COURSE))
    names = options.questions or [question.id for question in course.questions]
    kinds = None if options.every else options.kinds
    if len(names) == 1:
        records = [record(names[0], tried(names[0], kinds))]
    else:
        passed_on = ["--every"] if options.every else ["--kinds", str(kinds)]
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            records = list(pool.map(lambda name: apart(name, passed_on), names))
        total = {
            "replies": sum(one["replies"] for one in records),
            "grader_error": sum(one["verdicts"].get("grader_error", 0) for one in records),
            "findings": sum(len(one["findings"]) for one in records),
            "memory_mib": max(one["memory_mib"] for one in records),
            "cpu_seconds": round(sum(one["cpu_seconds"] for one in records), 1),
        }
        print(", ".join(f"{name} {value}" for name, value in total.items()))
    if options.json:
        options.json.write_text(json.dumps({"questions": records}, indent=1) + "\n")


if __name__ == "__main__":
    main()
