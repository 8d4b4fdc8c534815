"""What students write: right in many ways, wrong in known ones, unfinished, broken, dishonest."""

import ast
import random
from collections.abc import Callable
from pathlib import Path

from grader.authoring._variants import variant_source
from grader.checks._declare import mistake_info
from grader.course import Course, LoadedQuestion, Question, cut_stub, load_question, stub_file

ROOT = Path(__file__).resolve().parents[2]
_STYLES = ROOT / "tests/solutions/tp2/alternatives"
_ATTACKS = ROOT / "tests/attacks/submissions"
_BEGIN, _END = "# BEGIN SOLUTION", "# END SOLUTION"

# Attacks on the demonstration course: what they try before they answer is tried anywhere.
_ANYWHERE = (
    *("read_solutions", "always_equal", "patch_wire_encode", "forged_frames", "fake_report"),
    *("exit_status", "patch_grader", "patch_pytest", "patch_numpy", "other_submissions"),
    *(
        "replies_that_say_passed",
        "at_exit",
        "frames_and_gc",
        "pickle_on_the_wire",
        "array_subclass",
    ),
    *("kill_the_grader", "network_access", "poison_the_next_run", "read_through_proc"),
    *("result_files", "type_names", "parent_memory", "environment", "huge_keys", "huge_frame"),
    *("read_git", "malformed_faults", "new_processes", "command_lines", "high_rank"),
)

BROKEN: dict[str, Callable[[str], bytes]] = {
    "syntax error": lambda source: source.replace("def ", "def def ", 1).encode(),
    "a module that is not there": lambda source: b"import outils\n\n" + source.encode(),
    "leaves at import": lambda source: source.encode() + b"\n\nimport sys\nsys.exit(0)\n",
    "asks at import": lambda source: source.encode() + b"\n\nname = input('Nom : ')\n",
    "Windows-1252, undeclared": lambda source: (
        "# d\xe9j\xe0 vu\n".encode("cp1252") + source.encode()
    ),
    "UTF-16": lambda source: source.encode("utf-16"),
    "empty file": lambda source: b"",
    "cut in the middle": lambda source: source.encode()[: len(source) // 2] + b"\n    x = (",
}
# Of these the file does not even load as text, and the report of files says so.
NO_TEXT = ("Windows-1252, undeclared", "UTF-16")


class Answers:
    """Answers to the questions of a course."""

    def __init__(self, course: Course, questions: list[Question]) -> None:
        self.course, self.questions = course, questions
        self._trusted: dict[str, LoadedQuestion] = {}

    def trusted(self, question: Question) -> LoadedQuestion:
        if question.id not in self._trusted:
            self._trusted[question.id] = load_question(self.course, question)
        return self._trusted[question.id]

    def solution(self, question: Question) -> str:
        path = self.course.path / question.folder / "solution.py"
        return path.read_text(encoding="utf-8")

    def stub(self, question: Question) -> str:
        return stub_file(self.course, question).read_text(encoding="utf-8")

    def right(self, question: Question, draw: random.Random) -> str:
        """The reference, or a solution that somebody wrote from the statement alone."""
        others = sorted(_STYLES.glob(f"*/{question.file}")) if self.course.id == "tp2" else []
        chosen = draw.choice([None, *others])
        if chosen is None:
            return _without_marks(self.solution(question))
        return chosen.read_text(encoding="utf-8")

    def mistaken(self, question: Question, draw: random.Random) -> tuple[str, str]:
        """The solution with a known mistake, and its name."""
        trusted = self.trusted(question)
        chosen = draw.choice(trusted.mistakes)
        return _without_marks(variant_source(trusted, chosen)), mistake_info(chosen).id

    def unfinished(self, question: Question, draw: random.Random) -> str:
        """The stub with some of its functions written, rightly; at least one is not."""
        lines = self.solution(question).splitlines()
        begins = [n for n, line in enumerate(lines) if line.strip() == _BEGIN and line[0] == " "]
        ends = {
            n: next(m for m in range(n, len(lines)) if lines[m].strip() == _END) for n in begins
        }
        written = draw.randint(1, max(1, len(begins) - 1)) if len(begins) > 1 else 0
        kept = begins[:written]
        gone = {*kept, *(ends[n] for n in kept)}
        return cut_stub("\n".join(line for n, line in enumerate(lines) if n not in gone))

    def attacks(self) -> list[tuple[str, Question, str]]:
        """Name, question and text of each attack that these questions can be met with."""
        found = []
        by_file = {question.file: question for question in self.questions}
        if self.course.id == "tp2":
            for path in sorted(_ATTACKS.glob("*/q*.py")):
                question = by_file.get(path.name)
                how = question and int(question.id[1:]) <= 8
                if question and how:  # those of later questions lose one check only
                    found.append((path.parent.name, question, path.read_text(encoding="utf-8")))
        for number, name in enumerate(_ANYWHERE):
            question = self.questions[number % len(self.questions)]
            source = (_ATTACKS / name / "q01_sum.py").read_text(encoding="utf-8")
            found.append((name, question, self._carried_over(source, question)))
        return found

    def _carried_over(self, source: str, question: Question) -> str:
        """An attack on the demonstration course, answering this question: as the solution where it got hold of it."""
        source = source.replace('"q01"', repr(question.id))
        names = self._written(question)
        source = source.replace('"row_sums" in answers', f"{names[0]!r} in answers")
        functions = "\n".join(
            f"def {name}(*given, **named):\n    return _attacked({name!r}, *given, **named)\n\n"
            for name in names
        )
        return (
            f"{source}\n\ndef _attacked(name, *given, **named):\n"
            "    if globals().get('WON') and name in globals().get('answers', {}):\n"
            "        return answers[name](*given, **named)\n"
            f"    return row_sums(*given[:1])\n\n\n{functions}"
        )

    def _written(self, question: Question) -> list[str]:
        """The functions that students write."""
        solution = self.solution(question)
        lines = solution.splitlines()
        return [
            node.name
            for node in ast.parse(solution).body
            if isinstance(node, ast.FunctionDef)
            and any(_BEGIN in line for line in lines[node.lineno - 1 : node.end_lineno])
        ]


def _without_marks(source: str) -> str:
    marks = (_BEGIN, _END)
    return "".join(line for line in source.splitlines(keepends=True) if line.strip() not in marks)
