"""The results as a table: on a terminal, and in a page between two marks."""

from pathlib import Path
from typing import Any

from attacks import ATTACKS

BEGIN, END = "<!-- attacks: begin -->", "<!-- attacks: end -->"
HELD, APART = "held", "does not apply"
EXPLAINED = {
    "held": "no point, nothing reached, nothing left",
    "n of 4": "points without the work",
    "reached": "got at what is none of a submission's business",
    "lost": "honest work of the same file lost its points",
    "no mark": "the grader ended without one",
    "hang": "stopped by us at the limit",
    "–": "does not apply",
}


def cell(record: dict[str, Any] | None) -> str:
    """One outcome in few words: what was won, and what was left."""
    if record is None:
        return "not run"
    if record["word"] == APART:
        return "–"
    words = list(record["traces"])
    if record["word"] == "marks":
        words.insert(0, f"{record['points']:g} of 4")
    elif record["word"] != "trace":
        words.insert(0, record["word"])
    return ", ".join(words)


def rows(results: dict[str, Any]) -> list[list[str]]:
    """A heading, a row for each attack that was run, and how many held."""
    keys = list(results["graders"])
    found = [["attack", *(results["graders"][key]["title"] for key in keys)]]
    tried = {key: [0, 0] for key in keys}
    for attack in ATTACKS:
        records = results["attacks"].get(attack.name, {})
        if not records:
            continue
        found.append([attack.aim, *(cell(records.get(key)) for key in keys)])
        for key in keys:
            word = records.get(key, {}).get("word", APART)
            tried[key][0] += word == HELD
            tried[key][1] += word != APART
    found.append(["**held**", *(f"**{held} of {of}**" for held, of in tried.values())])
    return found


def as_text(results: dict[str, Any]) -> str:
    """For a terminal."""
    lines = [[text.strip("*") for text in row] for row in rows(results)]
    widths = [max(len(row[i]) for row in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(t.ljust(w) for t, w in zip(row, widths, strict=True)).rstrip() for row in lines
    )


def as_markdown(results: dict[str, Any]) -> str:
    """For a page: the table, what its words mean, and how each grader was run."""
    head, *body = rows(results)
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *body)]
    meaning = "; ".join(f"*{word}*: {text}" for word, text in EXPLAINED.items())
    notes: dict[str, list[str]] = {}  # graders that were run alike share one
    for one in results["graders"].values():
        notes.setdefault(f"({version(one)}): {one['how']}", []).append(one["title"])
    listed = [f"- **{', '.join(titles)}** {note}" for note, titles in notes.items()]
    return "\n".join([*lines, "", meaning + ".", "", *listed])


def version(grader: dict[str, Any]) -> str:
    named = ", ".join(f"{name} {number}" for name, number in grader["versions"].items())
    commit = f" at commit {grader['commit']}" if grader.get("commit") else ""
    return f"{named}{commit}; {grader['date']}"


def into_page(page: Path, results: dict[str, Any]) -> None:
    """Write the table between the marks of a page.

    Raises:
        ValueError: the page has no such marks.
    """
    text = page.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} needs {BEGIN} and {END}")
    page.write_text(f"{before}{begin}\n{as_markdown(results)}\n{end}{after}", "utf-8")
