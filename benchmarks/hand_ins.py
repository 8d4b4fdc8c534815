"""Three hundred hand-ins of which everything is known, and whether the grader says so.

    python benchmarks/hand_ins.py write CLASS [--seed 7] [--count 300] [--question q01 ...]
    python benchmarks/hand_ins.py check CLASS -o OUT [--jobs 2] [--isolation 2] [--compare-only]

``write`` makes what Moodle, Gradescope, Canvas and people deliver, and ``truth.json``: right answers in many
hands, known mistakes, half-filled stubs, files that do not load, attacks, and archives that are broken or hostile, sent
in all the ways of people. ``check`` runs ``grader handins`` and ``grader cohort`` on each delivery (again: it
goes on where it stopped), and prints every false accusation, forged point and file that is not told as it should be.
Exit status: 0 nothing is wrong, 1 something is.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("JAX_PLATFORMS", "cpu")  # as the command does

from classroom import PLATFORMS, compare, grade_class, write_class

from grader.course import find_course


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    write = commands.add_parser("write")
    write.add_argument("folder", type=Path)
    write.add_argument("--seed", type=int, default=7)
    write.add_argument("--count", type=int, default=300)
    write.add_argument("--course", default="tp2")
    write.add_argument("--question", action="append", help="q01 to q08 by default; may be repeated")
    write.add_argument("--platform", action="append", choices=list(PLATFORMS))
    check = commands.add_parser("check")
    check.add_argument("folder", type=Path)
    check.add_argument("-o", "--out", type=Path, required=True)
    check.add_argument("--jobs", type=int)
    check.add_argument("--isolation", default="auto")
    check.add_argument("--compare-only", action="store_true")
    options = parser.parse_args()

    if options.command == "write":
        course = find_course(options.course)
        wanted = options.question or [f"q{n:02}" for n in range(1, 9)]
        questions = [question for question in course.questions if question.id in wanted]
        path = write_class(
            options.folder,
            course,
            questions,
            seed=options.seed,
            count=options.count,
            platforms=options.platform or tuple(PLATFORMS),
        )
        print(path)
        return
    if not options.compare_only:
        jobs = [f"--jobs={options.jobs}"] if options.jobs else []
        grade_class(options.folder, options.out, [*jobs, f"--isolation={options.isolation}"])
    wrong, seen = compare(options.folder, options.out)
    print(*wrong, sep="\n")
    print(", ".join(f"{count} {what}" for what, count in seen.items()))
    print(f"{len(wrong)} differ from the truth")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
