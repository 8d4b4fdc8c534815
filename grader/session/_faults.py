"""What a worker did instead of answering, and how its claims about it are made harmless."""

from typing import Any

from grader.results import Verdict
from grader.text import printable

__all__ = ["Fault", "fault_from"]

_LINES, _NAMES, _CHARACTERS = 20, 200, 2_000
_NAME = 80  # characters
_LAST_LINE = 2**31  # of a source


class Fault(Exception):
    """What the worker's side did instead of answering: a verdict and the facts for the message."""

    def __init__(self, verdict: Verdict, **facts: Any) -> None:
        if "call" in facts:  # how it is written out is left until there is something to say
            facts["call"] = str(facts["call"])
        super().__init__(f"{verdict.value}: {facts}")
        self.verdict, self.facts = verdict, facts

    @property
    def final(self) -> bool:
        """Whether trying other inputs is pointless: nothing can run, or each try would cost a worker."""
        return (
            self.verdict
            in {
                Verdict.NOT_ATTEMPTED,
                Verdict.IMPORT_ERROR,
                Verdict.TIMEOUT,
                Verdict.MEMORY,
                Verdict.CRASHED,
                Verdict.FORBIDDEN,
                Verdict.NOT_GRADED,
            }
            or "names" in self.facts
            or self.facts.get("key") == "protocol"
            or self.facts.get("reason") == "program"
        )


_VERDICTS = {
    "exception": Verdict.EXCEPTION,
    "import_error": Verdict.IMPORT_ERROR,
    "not_attempted": Verdict.NOT_ATTEMPTED,
    "missing": Verdict.FAILED,
    "bad_output": Verdict.BAD_OUTPUT,
    "forbidden": Verdict.FORBIDDEN,
    "memory": Verdict.MEMORY,
}


def fault_from(facts: dict[str, Any], call: object) -> Fault:
    """A worker's claim about an exception; every field is checked for its type, texts are made printable."""
    clean: dict[str, Any] = {"call": call}
    for field in ("type", "reason", "detail", "path", "name"):
        clean[field] = _one_line(facts.get(field))
    text = facts.get("text")
    text = text if isinstance(text, str) else ""
    lines = printable(text, _CHARACTERS).splitlines()
    if len(text) > _CHARACTERS or len(lines) > _LINES:
        lines = [*lines[:_LINES], "…"]
    # Indented, so that no line of the student's can pass for one of the report's.
    clean["text"] = "\n    ".join(lines)
    frames, names = facts.get("frames"), facts.get("names")
    clean["frames"] = [
        (frame[1], _one_line(frame[2]))
        for frame in (frames if isinstance(frames, list) else [])[:_LINES]
        if isinstance(frame, list) and [type(part) for part in frame] == [str, int, str]
        if 0 < frame[1] < _LAST_LINE
    ]
    if isinstance(names, list):
        clean["names"] = [_one_line(name)[:_NAME] for name in names[:_NAMES]]
    kind = facts.get("kind")
    return Fault(_VERDICTS.get(kind if isinstance(kind, str) else "", Verdict.EXCEPTION), **clean)


def _one_line(text: Any) -> str:
    return " ".join(printable(text, 200).split()) if isinstance(text, str) else ""
