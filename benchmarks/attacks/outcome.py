"""From how a run ended to one word about it."""

from dataclasses import asdict, dataclass
from pathlib import Path

import box
from attacks import Attack
from graders import Grader

# From good to bad; the table shows the worst of several runs.
WORDS = ("held", "trace", "lost", "no mark", "hang", "reached", "marks")
DOUBTFUL = ("lost", "no mark", "hang")  # these could be an accident of the machine
ESCAPE = b"\x1b]0;7/7"  # sets the title of a terminal; only an attack writes it
PROOF = "grader-attack-pickle"
MARK = "grader_attack_mark"
SWOLLEN = 16 * 2**20


@dataclass(frozen=True)
class Outcome:
    """What one attack did to one grader.

    Args:
        word: one of ``WORDS``.
        points: the mark, of four; None where there was none.
        traces: what it left behind or did beside.
        seconds: how long the run took.
        status: exit status of the grader's command, negative for a signal, None at the limit.
    """

    word: str
    points: float | None
    traces: tuple[str, ...]
    seconds: float
    status: int | None

    def to_json(self) -> dict[str, object]:
        return asdict(self)


def judge(
    attack: Attack, grader: Grader, machine: Path, ended: box.Ended, written: list[str]
) -> Outcome:
    """The outcome of a run; ``written`` lists what was written into the grader's own environment."""
    points = grader.marks(machine, ended)
    traces = traces_of(machine, ended, written)
    honest = attack.honest if grader.partial else 0
    proof = (machine / "tmp" / PROOF).exists() or ended.connections > 0
    if ended.status is None:
        word = "hang"
    elif attack.goal == "reach" and ((points or 0) > 0 or proof):
        word = "reached"
    elif points is None:
        word = "no mark"
    elif points > honest:
        word = "marks"
    elif points < honest:
        word = "lost"
    else:
        word = "trace" if traces else "held"
    return Outcome(word, points, tuple(traces), ended.seconds, ended.status)


def traces_of(machine: Path, ended: box.Ended, written: list[str]) -> list[str]:
    """What is left on a machine, in words."""
    found = []
    if ended.survivors:
        found.append("process left")
    if not ended.bystander:
        found.append("others killed")
    if ended.objects:
        found.append("System V objects left")
    if ESCAPE in ended.output:
        found.append("escapes")
    if written or any(machine.rglob(f"{MARK}*")):
        found.append("file left")
    large = [path for path in machine.rglob("*") if path.is_file() and not path.is_symlink()]
    if sum(path.stat().st_size for path in large) > SWOLLEN:
        found.append("large files")
    return found


def badness(outcome: Outcome) -> int:
    """The place of an outcome among the words, from good to bad."""
    return WORDS.index(outcome.word)
