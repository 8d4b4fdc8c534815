"""How well wrong answers are caught, and what is said of them.

    python benchmarks/wrong_answers.py FOLDER [q01 q02 ...] [--json FILE] [--before FILE] [--seed 12345] [--level 2]

``FOLDER`` holds answers in a folder for each question (``q01/NAME.py``; a NAME that begins with ``ok_`` is right), and
``index.json`` beside it or in it may tell, for each, what is wrong: ``{"answer": "q01/NAME", "mistake": "in words",
"changed": ["the functions that are wrong"]}``. Where it does not tell, the functions that differ from the solution's
are taken. Each answer is graded by itself, one after the other, by this one process.

``--json`` keeps what was said, answer after answer; called again with it, only what is not there (or is another text
now) is graded. ``--again`` grades all of it anew. ``--before`` puts an earlier file's figures beside these.

| column  | answers ...                                                                                        |
|---------|----------------------------------------------------------------------------------------------------|
| caught  | that lost points                                                                                     |
| full    | wrong ones with full marks: none should                                                              |
| named   | with a mistake's name, all in functions that are wrong (whether the name is true, a person must read) |
| located | without one, but with a line, a fact that tells right cases from wrong ones, what is true of all       |
|         | answers, which part or on which side they are wrong, or the helper that a fault follows from           |
| told    | without either, but with what a check says of a property that it looks at                              |
| raised  | without any of these, but with their own line where an exception arose                                 |
| silent  | with none of these                                                                                   |
| false   | with a name, or a helper, that is not wrong                                                          |
| accused | right ones that lost points, or were given a name                                                    |
"""

import argparse
import ast
import functools
import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("JAX_PLATFORMS", "cpu")  # as the command does

from grader import grade
from grader.checks._declare import mistake_info
from grader.course import Course, Question, find_course, load_question
from grader.messages._sentences import SENTENCES
from grader.results import QuestionResult, Verdict

# Sentences that say where to look.
_LOCATING = tuple(
    key
    for key in SENTENCES
    if key in ("when_right", "which_line", "none")
    or key.startswith(
        ("all_too_", "always_", "follows_from", "never_", "only_", "word_", "wrong_only", "zero_")
    )
)
_COLUMNS = ("answers", "caught", "full", "named", "located", "told", "raised", "silent", "false")
_COLUMNS += ("accused",)
_CALL = re.compile(r"(?:\w+\()*(\w+)\)*\(")
_PLACE = re.compile(r"\{\w+[^}]*\}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("questions", nargs="*")
    parser.add_argument("--course", default="tp2")
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--level", default="auto")
    parser.add_argument("--only", default="", help="names of answers that hold this text")
    parser.add_argument("--again", action="store_true", help="grade all of it anew")
    parser.add_argument("--messages", action="store_true", help="print what failing checks say")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--before", type=Path)
    options = parser.parse_args()

    course = find_course(options.course)
    level = options.level if options.level == "auto" else int(options.level)
    index = read_index(options.folder)
    kept: dict[str, Any] = {}
    if options.json and options.json.exists():
        kept = json.loads(options.json.read_text(encoding="utf-8"))
    rows: dict[str, Any] = {}
    for question in course.questions:
        if options.questions and question.id not in options.questions:
            continue
        for path in sorted((options.folder / question.id).glob("*.py")):
            name = f"{question.id}/{path.stem}"
            if options.only not in name:
                continue
            source = path.read_text(encoding="utf-8", errors="replace")
            row = kept.get(name)
            if options.again or not row or row["hash"] != _hash(source):
                began = time.monotonic()
                row = graded(course, question, source, options.seed, level)
                row["seconds"] = round(time.monotonic() - began, 1)
            row |= judged(course, question, path.stem, source, row, index.get(name, {}))
            rows[name] = kept[name] = row
            print(as_line(name, row), flush=True)
            if options.messages:
                print(*(f"    {c['id']}: {c['message']}" for c in row["failed"]), sep="\n")
            if options.json:
                _write(options.json, kept)
    print()
    before = json.loads(options.before.read_text(encoding="utf-8")) if options.before else {}
    print_table(rows, {name: row for name, row in before.items() if name in rows})


def read_index(folder: Path) -> dict[str, Any]:
    """What is known of the answers, by name."""
    for place in (folder / "index.json", folder.parent / "index.json"):
        if place.is_file():
            return {row["answer"]: row for row in json.loads(place.read_text(encoding="utf-8"))}
    return {}


def graded(
    course: Course, question: Question, source: str, seed: int, level: int | str
) -> dict[str, Any]:
    """What the grader says of one answer."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / question.file).write_text(source, encoding="utf-8")
        result = grade(
            course, folder, questions=[question.id], seed=seed, language="en", isolation=level
        )
    record = result.questions[0]
    return {
        "hash": _hash(source),
        "level": result.isolation.level,
        "score": record.score,
        "of": record.max_score,
        "complete": result.complete,
        "names": list(dict.fromkeys(check.mistake for check in record.checks if check.mistake)),
        "failed": list(_failed(record)),
    }


def _failed(record: QuestionResult) -> Iterator[dict[str, Any]]:
    for check in record.checks:
        if check.verdict is not Verdict.PASSED:
            yield {
                "id": check.id,
                "verdict": check.verdict.value,
                "mistake": check.mistake,
                "message": check.message,
                "call": check.counterexample.call if check.counterexample else "",
            }


def said(check: dict[str, Any], wrong: set[str]) -> tuple[list[str], list[str]]:
    """What a failing check says: sentences, and the helpers that it blames.

    An exception and a property count only where they are about a function that is wrong.
    """
    message = check["message"]
    found = [key for key in _LOCATING if _pattern(key).search(message)]
    about = _CALL.match(check["call"] or message)
    if about is None or about[1] in wrong:
        if check["verdict"] == "exception" and _pattern("your_line").search(message):
            found.append("raised")
        elif check["verdict"] == "failed" and not _opening(message):
            found.append("told")
    helpers = []
    for key in ("follows_from", "follows_from_one"):
        if match := re.search(_pattern(key).pattern.replace(".{0,400}?", r"[\w, ]+"), message):
            helpers += match[1].split(", ")
    return found, helpers


def _opening(message: str) -> str:
    """The sentence of the grader's own that a message begins with; none where it is the check's."""
    first = message.partition("\n")[0]
    return next((key for key in SENTENCES if _pattern(key).fullmatch(first)), "")


@functools.cache
def _pattern(key: str) -> re.Pattern[str]:
    """What finds a sentence in a text."""
    parts = _PLACE.split(SENTENCES[key][1])
    return re.compile("(.{0,400}?)".join(map(re.escape, parts)), re.DOTALL)


def judged(
    course: Course,
    question: Question,
    stem: str,
    source: str,
    row: dict[str, Any],
    known: dict[str, Any],
) -> dict[str, Any]:
    """What is to be thought of what was said."""
    trusted = load_question(course, question)
    solution = (trusted.folder / "solution.py").read_text(encoding="utf-8")
    right = stem.startswith("ok_")
    changed = known.get("changed") or ([] if right else differing(source, solution))
    wrong = _blamable(source, solution, changed)
    of = {info.id: info.of for info in map(mistake_info, [*trusted.mistakes, *trusted.doubles])}
    names = [[name, *row.get("functions", {}).get(name, of.get(name, ()))] for name in row["names"]]
    told = [said(check, wrong) for check in row["failed"]]
    helpers = {name for _, blamed in told for name in blamed}
    false = [name for name, *functions in names if not wrong.intersection(functions)]
    false += [f"follows from {name}" for name in sorted(helpers - wrong)]
    says = list(dict.fromkeys(key for found, _ in told for key in found))
    full = row["score"] == row["of"]
    located = set(says) - {"told", "raised"}
    state = "full" if full else "named" if names else "located" if located else "silent"
    for other in ("raised", "told"):
        if state in ("silent", "raised") and other in says:
            state = other
    mistake = known.get("mistake") or source.partition("\n")[0].lstrip("# ")
    return {
        "right": right,
        "mistake": mistake,
        "double": not right and ("two mistakes" in mistake or stem.startswith("combo_")),
        "changed": changed,
        "functions": {name: functions for name, *functions in names},
        "false": [] if right else false,
        "accused": right and (bool(names) or not full),
        "says": says,
        "state": "right" if right else state,
    }


def differing(source: str, solution: str) -> list[str]:
    """The functions that are not written as in the solution."""
    try:
        mine = _functions(source)
    except SyntaxError:
        return list(_functions(solution))
    theirs = _functions(solution)
    return [name for name in {**theirs, **mine} if mine.get(name) != theirs.get(name)]


def _functions(source: str) -> dict[str, str]:
    """The functions of a file as text, without docstrings and comments."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            if ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
            found[node.name] = ast.unparse(node)
    return found


def _blamable(source: str, solution: str, changed: Iterable[str]) -> set[str]:
    """The functions that are wrong, and those through which alone a check sees them.

    These are callers of private functions, and callers that the stub gives.
    """
    found = set(changed)
    try:
        nodes = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]
    except SyntaxError:
        return found
    uses = {node.name: {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} for node in nodes}
    given = uses.keys() - _written(solution)
    ahead = list(found)
    while ahead:
        name = ahead.pop()
        for caller, used in uses.items():
            if name in used and caller not in found and (name.startswith("_") or caller in given):
                found.add(caller)
                ahead.append(caller)
    return found


def _written(solution: str) -> set[str]:
    """The functions that students write."""
    lines = solution.splitlines()
    return {
        node.name
        for node in ast.parse(solution).body
        if isinstance(node, ast.FunctionDef)
        and any("# BEGIN SOLUTION" in line for line in lines[node.lineno - 1 : node.end_lineno])
    }


def as_line(name: str, row: dict[str, Any]) -> str:
    """One answer."""
    said = [*row["names"], *row["says"]]
    marks = "".join(
        f" {word.upper()}"
        for word, true in (
            ("false: " + ", ".join(row["false"]), row["false"]),
            ("accused", row["accused"]),
            ("not graded", not row["complete"]),
        )
        if true
    )
    score = f"{row['score']:g}/{row['of']:g}"
    return (
        f"{name:<34} {score:>6} {row['state']:<8}{marks} {', '.join(said) or '-'}"
        f"  | {','.join(row['changed'])}: {row['mistake']} ({row['seconds']} s)"
    )


def tally(rows: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How many of them."""
    rows = list(rows)
    wrong = [row for row in rows if not row["right"]]
    count = dict.fromkeys(_COLUMNS, 0)
    count["answers"] = len(wrong)
    count["caught"] = sum(row["score"] < row["of"] for row in wrong)
    for state in ("full", "named", "located", "told", "raised", "silent"):
        count[state] = sum(row["state"] == state for row in wrong)
    count["false"] = sum(bool(row["false"]) for row in wrong)
    count["accused"] = sum(row["accused"] for row in rows)
    return count


def print_table(rows: dict[str, Any], before: dict[str, Any]) -> None:
    """Figures for each question, with those of an earlier run where they differ."""
    print(f"{'':<12}" + "".join(f"{column:>11}" for column in _COLUMNS))
    groups = {name: name for name in dict.fromkeys(name[:3] for name in rows)}
    for title in (*groups, "single", "double", "all"):

        def within(name: str, title: str = title) -> bool:
            if title in groups:
                return name.startswith(title)
            row = rows[name]
            return title == "all" or row["double"] == (title == "double")

        now = tally(row for name, row in rows.items() if within(name))
        then = tally(row for name, row in before.items() if within(name))
        cells = (
            f"{then[column]} > {now[column]}"
            if before and then[column] != now[column]
            else f"{now[column]}"
            for column in _COLUMNS
        )
        print(f"{title:<12}" + "".join(f"{cell:>11}" for cell in cells))


def _hash(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def _write(path: Path, kept: dict[str, Any]) -> None:
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)


if __name__ == "__main__":
    main()
