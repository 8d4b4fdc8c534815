"""How platforms deliver a class: folders, archives and lists, with the roster of each."""

import csv
import dataclasses
import io
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from ._sending import Sent, zipped

__all__ = ["PLATFORMS", "Delivery", "Person"]

_TIME = (2026, 11, 29, 9, 0, 0)


@dataclasses.dataclass(frozen=True)
class Person:
    """A student; ``number`` differs for each."""

    first: str
    last: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


@dataclasses.dataclass(frozen=True)
class Delivery:
    """What was written for a class.

    Attributes:
        path: what ``grader cohort`` is given, in the class's folder.
        roster: its roster, likewise.
        ids: for each student the id under which results come.
        fates: for each student every file of theirs, by its path in the delivery, and what must become of it.
        strays: the same of files that are nobody's.
    """

    path: str
    roster: str | None
    ids: tuple[str, ...]
    fates: tuple[dict[str, str], ...]
    strays: dict[str, str]


Pairs = Sequence[tuple[Person, Sent]]


def moodle(folder: Path, people: Pairs) -> Delivery:
    """One zip with a folder for each student who handed in, and the grading worksheet."""
    fates = []
    with zipfile.ZipFile(folder / "moodle.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for person, sent in people:
            top = f"{person.last.upper()} {person.first}_{person.number}_assignsubmission_file_"
            for one in sent.files:
                archive.writestr(_info(f"{top}/{one.path}"), one.content)
            fates.append(_below(f"{top}/", sent))
    rows = [
        [
            f"Participant {p.number}",
            f"{p.last.upper()} {p.first}",
            f"e{p.number}@example.org",
            "",
            "20.00",
        ]
        for p, _ in people
    ]
    header = ["Identifier", "Full name", "Email address", "Grade", "Maximum Grade"]
    _table(folder / "moodle.csv", header, rows)
    ids = tuple(str(p.number) for p, _ in people)
    return Delivery("moodle.zip", "moodle.csv", ids, tuple(fates), {})


def gradescope(folder: Path, people: Pairs) -> Delivery:
    """A folder for each submission, and a list of who submitted it; no roster."""
    top = folder / "gradescope/assignment_9_export"
    top.mkdir(parents=True)
    told, fates, strays = ["---"], [], {}
    for place, (person, sent) in enumerate(people, 1):
        name = f"submission_{person.number}"
        told += [
            f"{name}:",
            "  :submitters:",
            f"  - :name: {person.name}",
            f"    :sid: '{person.number}'",
            f"    :email: e{person.number}@example.org",
            "  :created_at: !ruby/object:ActiveSupport::TimeWithZone",
            f"    utc: &{place} 2026-11-28 10:00:00.000000000 Z",
            f"    time: *{place}",
            "  :status: processed",
        ]
        for one in sent.files:
            _write(top / name / one.path, one.content)
        fates.append(_below(f"assignment_9_export/{name}/", sent))
    (top / "submission_metadata.yml").write_text("\n".join(told) + "\n", encoding="utf-8")
    ids = tuple(str(p.number) for p, _ in people)
    strays["assignment_9_export/submission_metadata.yml"] = "ignored"
    return Delivery("gradescope", None, ids, tuple(fates), strays)


def canvas(folder: Path, people: Pairs) -> Delivery:
    """One zip of files, whose names say whose they are; who has folders sends them packed."""
    fates = []
    with zipfile.ZipFile(folder / "canvas.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for place, (person, sent) in enumerate(people):
            late = "_LATE" if place % 7 == 3 else ""
            plain = unicodedata.normalize("NFKD", f"{person.last}{person.first}").casefold()
            who = "".join(sign for sign in plain if sign.isalnum())
            files = sent.files
            if any("/" in one.path for one in files):
                files = (zipped("rendu.zip", files),)
            found = {}
            for n, one in enumerate(files):
                before = f"{who}{late}_{person.number}_{person.number}{n:02}_"
                archive.writestr(_info(before + one.path), one.content)
                found |= {before + path: fate for path, fate in one.fates}
            fates.append(found)
    rows = [
        [f"{p.last}, {p.first}", str(p.number), f"S{p.number}", f"e{p.number}", "TP 2"]
        for p, _ in people
    ]
    _table(folder / "canvas.csv", ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"], rows)
    # The first column that names an id decides how students are called.
    ids = tuple(str(p.number) for p, _ in people)
    return Delivery("canvas.zip", "canvas.csv", ids, tuple(fates), {})


def people(folder: Path, people: Pairs) -> Delivery:
    """What was sent by mail: a folder or an archive for each, named after them, and the faculty's list."""
    top, fates = folder / "people", []
    top.mkdir()
    for place, (person, sent) in enumerate(people):
        name = (person.name, f"{person.last.upper()} {person.first}")[place % 2]
        if len(sent.files) == 1 and (ending := _archive_ending(sent.files[0].path)):
            (one,) = sent.files
            _write(top / f"{name}{ending}", one.content)
            fates.append({f"{name}{ending}{p[len(one.path) :]}": fate for p, fate in one.fates})
            continue
        for one in sent.files:
            _write(top / name / one.path, one.content)
        fates.append(_below(f"{name}/", sent))
    strays = {".DS_Store": "ignored", "liste des groupes.pdf": "ignored"}
    for stray in strays:
        _write(top / stray, b"\0\1")
    rows = [[f"s{p.number}", p.last, p.first] for p, _ in people]
    _table(folder / "people.csv", ["Matricule", "Nom", "Prénom"], rows)
    return Delivery(
        "people", "people.csv", tuple(f"s{p.number}" for p, _ in people), tuple(fates), strays
    )


PLATFORMS: dict[str, Callable[[Path, Pairs], Delivery]] = {
    "moodle": moodle,
    "gradescope": gradescope,
    "canvas": canvas,
    "people": people,
}


def _below(prefix: str, sent: Sent) -> dict[str, str]:
    return {f"{prefix}{path}": fate for one in sent.files for path, fate in one.fates}


def _archive_ending(path: str) -> str:
    endings = (".tar.gz", ".tar.bz2", ".zip", ".tar", ".tgz", ".rar", ".7z")
    return next((ending for ending in endings if path.endswith(ending)), "")


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _table(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    made = io.StringIO()
    csv.writer(made).writerows([header, *rows])
    path.write_text(made.getvalue(), encoding="utf-8")
