"""Hand-ins as JSON: what would be graded, and what becomes of every file."""

import datetime
import hashlib
from typing import Any

import msgspec

from grader.handins._model import Account, Handin, Handins
from grader.messages import Language

__all__ = ["describe", "describe_account", "to_json"]


def to_json(handins: Handins, course: str, language: Language) -> bytes:
    """The hand-ins as JSON, sentences in one language.

    Returns:
        ``{course, handins: [{id, name, listed, state, handed_in: {at, archived, marked_late},
        files: [{question, file, bytes, sha256, problem}],
        undecided: [{question, why}], notes: [{question, text}], accounts: [{path, fate, why, question}]}],
        strays: [account]}``; ``bytes`` and ``sha256``, of the code that is graded, are null where there is none.
    """
    told = {
        "course": course,
        "handins": [describe(handin, language) for handin in handins.handins],
        "strays": [describe_account(account, language) for account in handins.strays],
    }
    return msgspec.json.format(msgspec.json.encode(_printable(told)), indent=2) + b"\n"


def describe(handin: Handin, language: Language) -> dict[str, Any]:
    """One hand-in as :func:`to_json` tells it: plain values that JSON takes."""
    return _printable(
        {
            "id": handin.student.id,
            "name": handin.student.name,
            "listed": handin.student.listed,
            "state": handin.state.value,
            "handed_in": {
                "at": _moment(handin.handed_in.at),
                "archived": _moment(handin.handed_in.archived),
                "marked_late": handin.handed_in.marked_late,
            },
            "files": [
                {
                    "question": file.question.id,
                    "file": file.name,
                    "bytes": None if file.content is None else len(file.content),
                    "sha256": None
                    if file.content is None
                    else hashlib.sha256(file.content).hexdigest(),
                    "problem": file.problem.get(language, ""),
                }
                for file in handin.files
            ],
            "undecided": [
                {"question": one.question.id, "why": one.why[language]} for one in handin.undecided
            ],
            "notes": [
                {"question": note.question, "text": note.text[language]} for note in handin.notes
            ],
            "accounts": [describe_account(account, language) for account in handin.accounts],
        }
    )


def describe_account(account: Account, language: Language) -> dict[str, Any]:
    """What becomes of one file: plain values that JSON takes."""
    return {
        "path": _printable(account.path),
        "fate": account.fate.value,
        "why": account.why.get(language, ""),
        "question": account.question,
    }


def _moment(at: datetime.datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def _printable(told: Any) -> Any:
    """Without halves of pairs, which names on a disk may hold and JSON may not."""
    if isinstance(told, str):
        return told.encode("utf-8", "replace").decode("utf-8")
    if isinstance(told, dict):
        return {key: _printable(value) for key, value in told.items()}
    return [_printable(value) for value in told] if isinstance(told, list) else told
