"""Hand-ins as platforms deliver them: which student sent what, and what becomes of every file."""

from grader.handins._handins import iter_handins, read_handin, read_handins
from grader.handins._listing import describe, describe_account, to_json
from grader.handins._model import (
    Account,
    Fate,
    HandedIn,
    Handin,
    Handins,
    HandinsError,
    Note,
    State,
    Student,
    Undecided,
)
from grader.handins._roster import read_people, read_roster

__all__ = [
    "Account",
    "Fate",
    "HandedIn",
    "Handin",
    "Handins",
    "HandinsError",
    "Note",
    "State",
    "Student",
    "Undecided",
    "describe",
    "describe_account",
    "iter_handins",
    "read_handin",
    "read_handins",
    "read_people",
    "read_roster",
    "to_json",
]
