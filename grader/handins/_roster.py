"""The roster: who takes the course, from a CSV file of whatever system."""

import csv
import dataclasses
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.handins._model import HandinsError, Student
from grader.text import letters

__all__ = ["Roster", "read_people", "read_roster"]

_MOST_BYTES = 32 * 2**20

# Letters of the headers that Moodle, Canvas, Gradescope and registries write, in English and in French.
_IDS = (
    *("id", "studentid", "sid", "matricule", "numero", "numeroetudiant", "netudiant", "idnumber"),
    *("numerodidentification", "identifier", "identifiant", "participant", "sisuserid"),
    *("sisloginid", "login", "loginid", "username", "nomdutilisateur", "utilisateur"),
)
_EMAILS = ("email", "emailaddress", "mail", "courriel", "adressedecourriel", "adressemail")
_NAMES = ("name", "fullname", "student", "studentname", "nomcomplet", "etudiant", "nometprenom")
_FIRST = ("firstname", "first", "prenom", "givenname")
_LAST = ("lastname", "last", "surname", "nom", "nomdefamille", "familyname")


@dataclasses.dataclass(frozen=True)
class Roster:
    """Students, and the names under which each can be found.

    Attributes:
        students: in the file's order.
        by_key: the student of each name, address or number, in the form of :func:`keys_of`; what two share is left out.
    """

    students: tuple[Student, ...]
    by_key: dict[str, Student]

    def find(self, hints: Iterable[str]) -> Student | None:
        """The one student that the hints lead to; None where they lead to none, or to several."""
        for hint in hints:
            found = {student for key in keys_of(hint) if (student := self.by_key.get(key))}
            if len(found) == 1:
                return found.pop()
        return None


def keys_of(text: str) -> set[str]:
    """How a name is looked up: its letters, and those of its sorted words: ``DUPONT Ada`` is ``Ada Dupont``."""
    text, _, host = text.partition("@")  # of an address, the name alone
    words = [word for part in re.split(r"[\W_]+", text) if (word := letters(part))]
    keys = {"".join(words), "".join(sorted(words)), letters(host) and letters(text + host)}
    if match := re.fullmatch(r"[^\W\d]+[ _]?(\d+)", text.strip()):  # "Participant 1234567"
        keys.add(match[1])
    return {key for key in keys if len(key) > 1}


def read_roster(path: Path) -> Roster:
    """Read a CSV file with a header: a column with ids, names or addresses, or several of these.

    Raises:
        HandinsError: when it cannot be read, has no column that is known, or gives two students one id.
    """
    students: list[Student] = []
    found: dict[str, set[Student]] = {}
    for student, names, _ in _people(path, "roster"):
        students.append(student)
        for name in names:
            for key in keys_of(name):
                found.setdefault(key, set()).add(student)
    ids = [student.id for student in students]
    if twice := {one for one in ids if ids.count(one) > 1}:
        raise HandinsError(f"roster (={str(path)!r}): two rows have the id {sorted(twice)[0]!r}")
    return Roster(tuple(students), {k: min(s, key=str) for k, s in found.items() if len(s) == 1})


def read_people(path: Path, called: str = "table") -> list[tuple[set[str], dict[str, str]]]:
    """Read any CSV file with a row for each student: under what each can be found, and the cells by their titles.

    Args:
        path: the file; its columns with ids, names and addresses are known as those of a roster are.
        called: how errors call the file.

    Raises:
        HandinsError: as :func:`read_roster` does, but that two rows may have one id.
    """
    return [({student.id, *names}, row) for student, names, row in _people(path, called)]


def _people(path: Path, called: str) -> Iterator[tuple[Student, list[str], dict[str, str]]]:
    rows = _rows(path, called)
    if not rows:
        raise HandinsError(
            f"{called} (={str(path)!r}) must have a header and a row for each student"
        )
    columns = {letters(title): title for title in reversed(rows[0])}
    known = {name: [columns[c] for c in kind if c in columns] for name, kind in _KINDS.items()}
    if not any(known.values()):
        titles = ", ".join(rows[0])
        raise HandinsError(
            f"{called} (={str(path)!r}) must have a column such as id, name, first name, last name or email; "
            f"it has: {titles}"
        )
    for number, row in enumerate(rows, 2):
        if next(iter(row.values()), "").strip().casefold() == "points possible":  # of Canvas
            continue
        student, names = _student(row, known)
        if not student.id:
            raise HandinsError(f"{called} (={str(path)!r}), row {number}: there is no id")
        yield student, names, row


_KINDS = {"id": _IDS, "email": _EMAILS, "name": _NAMES, "first": _FIRST, "last": _LAST}


def _student(row: dict[str, str], known: dict[str, list[str]]) -> tuple[Student, list[str]]:
    """Who a row is, and what else they are called."""
    of = {kind: [row[title].strip() for title in titles] for kind, titles in known.items()}
    ids, emails, names = (list(filter(None, of[kind])) for kind in ("id", "email", "name"))
    first, last = (" ".join(filter(None, of[kind])) for kind in ("first", "last"))
    written = names[0] if names else f"{first} {last}".strip()
    name = re.sub(r"^([^,]+), *([^,]+)$", r"\2 \1", written)  # "Lovelace, Ada"
    identity = next(iter([*ids, *emails, name]), "")
    if match := re.fullmatch(r"[^\W\d]+ (\d+)", identity):  # "Participant 1234567"
        identity = match[1]
    both = [f"{first} {last}"] if first and last else []
    return Student(identity, name), [*ids, *emails, *names, *both]


def _rows(path: Path, called: str) -> list[dict[str, str]]:
    try:
        with open(path, "rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise HandinsError(f"{called} (={str(path)!r}) cannot be read: {why}") from error
    if len(content) > _MOST_BYTES:
        raise HandinsError(f"{called} (={str(path)!r}) must have at most {_MOST_BYTES} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restval="")
    try:
        return [
            {str(title): str(cell or "") for title, cell in row.items() if title is not None}
            for row in reader
            if any(row.values())
        ]
    except csv.Error as error:
        raise HandinsError(f"{called} (={str(path)!r}) is no CSV file: {error}") from error
