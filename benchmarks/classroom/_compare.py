"""Grades a class that was written, by the commands, and compares what is said with what is true."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

__all__ = ["compare", "grade_class"]


def grade_class(folder: Path, out: Path, options: Sequence[str] = ()) -> None:
    """Run ``grader handins`` and ``grader cohort`` on every delivery; what has a result is not graded again.

    Args:
        folder: of the class.
        out: for the results; a folder for each platform.
        options: of ``grader cohort``.
    """
    truth = _truth(folder)
    questions = [f"--question={question}" for question in truth["questions"]]
    out.mkdir(parents=True, exist_ok=True)
    for delivery in truth["deliveries"]:
        place, told = folder / delivery["path"], out / f"{delivery['platform']}.json"
        roster = [f"--roster={folder / delivery['roster']}"] if delivery["roster"] else []
        shared = [str(place), *roster, f"--course={truth['course']}", "--lang=en"]
        _run("handins", *shared, f"--json={told}", expected=(0, 1), quiet=True)
        mine = out / delivery["platform"]
        resume = ["--resume"] if (mine / "cohort.sqlite").is_file() else []
        more = ["-o", str(mine), *questions, *resume, *options]
        _run("cohort", *shared, *more, expected=(0, 3))


def _run(*command: str, expected: Sequence[int], quiet: bool = False) -> None:
    whole = [sys.executable, "-m", "grader", *command]
    done = subprocess.run(whole, stdout=subprocess.DEVNULL if quiet else None, check=False)
    if done.returncode not in expected:
        raise SystemExit(f"{' '.join(whole)} ended with {done.returncode}")


def compare(folder: Path, out: Path) -> tuple[list[str], Counter[str]]:
    """What is wrong in the results of a class.

    Args:
        folder: of the class.
        out: where :func:`grade_class` left the results.

    Returns:
        A line for each false accusation, forged point, file that is not told as it should be, and anything else that
        differs from the truth; and how many there are of what was looked at.
    """
    truth = _truth(folder)
    wrong: list[str] = []
    seen: Counter[str] = Counter()
    for delivery in truth["deliveries"]:
        platform = delivery["platform"]
        if not (out / platform / "results.json").is_file():
            wrong.append(f"{platform}: is not graded to its end: there is no results.json")
            continue
        handins = json.loads((out / f"{platform}.json").read_text(encoding="utf-8"))
        cohort = json.loads((out / platform / "results.json").read_text(encoding="utf-8"))
        for where, told in (("handins", handins["handins"]), ("cohort", cohort["submissions"])):
            listed = {one["id"]: one for one in told}
            known = {one["id"] for one in delivery["students"] if _is_there(one, delivery)}
            for missing in sorted(known ^ set(listed)):
                side = "is not there" if missing in known else "is nobody"
                wrong.append(f"{platform}: {where}: student {missing} {side}")
            for student in delivery["students"]:
                if student["id"] not in listed:
                    continue
                one = listed[student["id"]]
                who = f"{platform} {student['id']} ({student['kind']}, {student['way']}"
                who += f", {student['what']})" if student["what"] else ")"
                files = {file["path"]: file["fate"] for file in one["accounts"]}
                wrong += [f"{who}: {where}: {line}" for line in _files(student["files"], files)]
                seen["files"] += len(files) if where == "cohort" else 0
                if where == "handins":
                    if one["state"] != student["state"]:
                        wrong.append(f"{who}: is {one['state']}, and should be {student['state']}")
                    continue
                seen["students"] += 1
                seen[student["kind"]] += 1
                wrong += [f"{who}: {line}" for line in _marks(student, one, truth, seen)]
        strays = {file["path"]: file["fate"] for file in cohort["strays"]}
        wrong += [f"{platform}: strays: {line}" for line in _files(delivery["strays"], strays)]
    return wrong, seen


def _is_there(student: dict[str, Any], delivery: dict[str, Any]) -> bool:
    """Who sent nothing is known by the roster alone, or by the platform's list."""
    return student["state"] != "missing" or bool(delivery["roster"])


def _files(wanted: dict[str, str], found: dict[str, str]) -> Iterator[str]:
    for path in sorted(wanted.keys() | found.keys()):
        if wanted.get(path) != found.get(path):
            yield f"{path} is {found.get(path, 'not told')}, not {wanted.get(path, 'there')}"


def _marks(
    student: dict[str, Any], one: dict[str, Any], truth: dict[str, Any], seen: Counter[str]
) -> Iterator[str]:
    if one["result"] is None:
        if student["state"] not in ("empty", "missing"):
            yield f"has no result ({one['verdict']})"
        return
    told = {question["id"]: question for question in one["result"]["questions"]}
    for name in truth["questions"]:
        question = told[name]
        score, most = question["score"], question["max_score"]
        names = sorted({check["mistake"] for check in question["checks"] if check["mistake"]})
        mine = student["mistakes"].get(name)
        lost = [
            f"{check['id']} {check['verdict']}: {(check['message'] or '').splitlines()[:1]}"
            for check in question["checks"]
            if check["points"] < check["max_points"]
        ]
        is_open = any(
            check["verdict"] in ("not_graded", "grader_error") for check in question["checks"]
        )
        seen["questions"] += 1
        if is_open != (name in student["open"]):
            yield f"{name} is {'open' if is_open else 'graded, and should be open'}: {lost}"
        elif name in student["full"]:
            seen["right answers"] += 1
            if score != most or names:
                yield f"FALSE ACCUSATION: {name} has {score:g}/{most:g} {names}: {lost}"
        elif name in student["zero"] and score:
            yield f"FORGED: {name} has {score:g}/{most:g}"
        elif name in student["lost"]:
            seen["wrong answers"] += 1
            if score >= most:
                yield f"NOT CAUGHT: {name} has {score:g}/{most:g}, in spite of {mine or 'what is missing'}"
            if mine is not None:
                seen["mistakes named" if names == [mine] else "mistakes without a name"] += 1
        # What an attack answers may well be what a mistake answers.
        honest = student["kind"] != "attack" and name not in student["full"]
        if honest and [found for found in names if found != mine]:
            yield f"FALSE NAME: {name} {names}, and it is {mine}"
        if name in student["unfinished"]:
            verdicts = {
                check["verdict"]
                for check in question["checks"]
                if check["points"] < check["max_points"]
            }
            if blamed := verdicts - {"not_attempted", "skipped"}:
                yield f"FALSE ACCUSATION of what is unfinished: {name} {sorted(blamed)}: {lost}"


def _truth(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "truth.json").read_text(encoding="utf-8"))
