"""The same attacks on several graders, by hand: what each of them is won by, and what holds.

    python benchmarks/attacks/scoreboard.py [--graders KEY ...] [--attacks NAME ...] [--environments DIR] [--limit S]
    python benchmarks/attacks/scoreboard.py --table     # only writes the tables anew from the recorded results

Needs Linux, ``unshare`` (util-linux) and pip.  Results of earlier runs stay in ``benchmarks/results/attacks.json``
where they are not repeated; the table in ``docs/security.md`` is written from them.
"""

import argparse
import json
import os
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import box
import course
import environments
import outcome
import table
from attacks import ATTACKS, OURS_ALONE, Attack
from course import Submission
from graders import ALL, Grader
from outcome import Outcome

RESULTS = course.REPOSITORY / "benchmarks/results/attacks.json"
PAGE = course.REPOSITORY / "docs/security.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--graders", nargs="*", choices=[g.key for g in ALL], metavar="KEY")
    parser.add_argument("--attacks", nargs="*", choices=[a.name for a in ATTACKS], metavar="NAME")
    parser.add_argument("--environments", type=Path, default=default_environments())
    parser.add_argument("--limit", type=float, default=90, help="seconds for one run")
    parser.add_argument("--renew", action="store_true", help="make the environments anew")
    parser.add_argument("--table", action="store_true", help="write the tables, run nothing")
    options = parser.parse_args()

    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    if not options.table:
        graders = [g for g in ALL if not options.graders or g.key in options.graders]
        attacks = [a for a in ATTACKS if not options.attacks or a.name in options.attacks]
        run(results, graders, attacks, options)
    print(table.as_text(results))
    table.into_page(PAGE, results)


def default_environments() -> Path:
    return Path(tempfile.gettempdir()) / "attacks-on-graders"


def run(
    results: dict, graders: list[Grader], attacks: list[Attack], options: argparse.Namespace
) -> None:
    """Run the attacks on the graders, and record each outcome at once."""
    results.setdefault("graders", {})
    results.setdefault("attacks", {})
    results["ours_alone"] = list(OURS_ALONE)
    made: set[str] = set()
    for grader in graders:
        environment = options.environments / grader.family
        if grader.family not in made:
            environments.make(environment, grader.packages, grader.commit(), renew=options.renew)
            made.add(grader.family)
        bench = Bench(grader, environment, options.limit)
        controls = bench.controls()
        print(f"{grader.title}: right {controls['right']}, untouched {controls['untouched']}")
        if controls != {"right": course.MAXIMUM, "untouched": 0}:
            raise SystemExit(f"{grader.title} does not grade honest work; nothing is recorded")
        results["graders"][grader.key] = {
            "title": grader.title,
            "how": grader.how,
            "versions": environments.versions(environment, [grader.distribution, "numpy"]),
            "commit": grader.commit(),
            "date": date.today().isoformat(),
            "limit": options.limit,
            "controls": controls,
        }
        for attack in attacks:
            row = results["attacks"].setdefault(attack.name, {})
            reason = attack.apart.get(grader.family)
            if reason:
                row[grader.key] = {"word": "does not apply", "reason": reason}
            else:
                row[grader.key] = bench.attack(attack).to_json()
            shown = row[grader.key]
            print(f"  {attack.name:<24}{shown['word']:<16}{shown.get('points', '')}", flush=True)
            RESULTS.write_text(json.dumps(results, indent=1) + "\n")


class Bench:
    """One grader, ready to be attacked: its environment, and what its runs start from."""

    def __init__(self, grader: Grader, environment: Path, limit: float):
        self._grader, self._environment, self._limit = grader, environment, limit
        self._folder = tempfile.TemporaryDirectory(prefix="attacks-")
        self._template = Path(self._folder.name) / "template"
        grader.prepare(self._template, environment)
        self._listing = environments.listing(environment)

    def controls(self) -> dict[str, float | None]:
        """Marks of honest work and of none: whoever gets these wrong proves nothing by holding."""
        return {
            "right": self._mark(course.right()),
            "untouched": self._mark(course.untouched()),
        }

    def _mark(self, submission: Submission) -> float | None:
        with tempfile.TemporaryDirectory(prefix="machine-") as folder:
            machine = box.new_machine(Path(folder) / "machine")
            self._grader.lay(machine, self._template, submission)
            return self._grader.marks(machine, self._run(machine))

    def attack(self, attack: Attack) -> Outcome:
        """The worst outcome of an attack in its forms for this grader.

        Raises:
            SystemExit: a mark is missing, and so is one for honest work at this moment: the machine is to blame.
        """
        found = [self._attack(attack, one) for one in attack.submissions(self._grader.family)]
        worst = max(found, key=outcome.badness)
        if worst.word in outcome.DOUBTFUL and self._mark(course.right()) != course.MAXIMUM:
            raise SystemExit(f"{attack.name}: honest work gets no mark either now; not recorded")
        return worst

    def _attack(self, attack: Attack, submission: Submission) -> Outcome:
        with tempfile.TemporaryDirectory(prefix="machine-") as folder:
            machine = box.new_machine(Path(folder) / "machine")
            self._grader.lay(machine, self._template, submission)
            for _ in range(attack.runs):
                ended = self._run(machine)
            written = environments.clean(self._environment, self._listing)
            return outcome.judge(attack, self._grader, machine, ended, written)

    def _run(self, machine: Path) -> box.Ended:
        return box.run(
            machine,
            self._grader.command(self._environment),
            environment=self._environment,
            folder=self._grader.folder,
            limit=self._limit,
        )


if __name__ == "__main__":
    os.nice(5)
    main()
