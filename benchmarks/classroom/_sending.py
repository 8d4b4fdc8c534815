"""How students send what they wrote: places, names, encodings, notebooks, archives; and how that goes wrong."""

import ast
import bz2
import dataclasses
import gzip
import io
import json
import random
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Sequence

from grader.course import Question

GRADED, IGNORED, UNREAD, AMBIGUOUS = "graded", "ignored", "unread", "ambiguous"
_TIME = (2026, 11, 28, 10, 0, 0)


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a student wrote to a question."""

    question: Question
    source: bytes
    stub: bytes
    fate: str = GRADED


@dataclasses.dataclass(frozen=True)
class File:
    """A file as it is sent, and what must become of it, or of each file in it."""

    path: str
    content: bytes
    fates: tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True)
class Sent:
    """All that a student sent.

    ``open`` are questions for which nobody can tell what counts; with a ``doubt`` so are all to which nothing came, as
    the answer may lie in what cannot be read.
    """

    files: tuple[File, ...]
    open: tuple[str, ...] = ()
    state: str = "ready"
    doubt: bool = False


Way = Callable[[Sequence[Answer], random.Random], Sent]


def file(path: str, content: bytes, fate: str = GRADED) -> File:
    return File(path, content, ((path, fate),))


def _named(answers: Sequence[Answer], name: Callable[[str], str]) -> tuple[File, ...]:
    return tuple(file(name(a.question.file), a.source, a.fate) for a in answers)


# ------------------------------------------------------------------------------------------- archives


def zipped(name: str, files: Sequence[File], encoding: str = "", folders: bool = False) -> File:
    """A zip; with an encoding its names are bytes of an old system, without the mark of UTF-8."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        if folders:
            tops = sorted({one.path.rpartition("/")[0] for one in files if "/" in one.path})
            for top in tops:
                archive.writestr(zipfile.ZipInfo(f"{top}/", _TIME), b"")
        for one in files:
            info = _OldInfo(one.path, encoding) if encoding else zipfile.ZipInfo(one.path, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, one.content)
    return File(name, made.getvalue(), _inside(name, files))


class _OldInfo(zipfile.ZipInfo):
    """A member whose name is written as consoles of Windows wrote it."""

    def __init__(self, name: str, encoding: str) -> None:
        super().__init__(name, _TIME)
        self._old = encoding

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode(self._old), self.flag_bits & ~0x800


def tarred(name: str, files: Sequence[File], mode: str) -> File:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:  # type: ignore[call-overload]
        for one in files:
            info = tarfile.TarInfo(one.path)
            info.size, info.mtime = len(one.content), 1_796_000_000
            archive.addfile(info, io.BytesIO(one.content))
    return File(name, made.getvalue(), _inside(name, files))


def _inside(name: str, files: Sequence[File]) -> tuple[tuple[str, str], ...]:
    """As whoever reads it sees the names: composed, with plain slashes."""
    return tuple(
        (
            f"{name}/{unicodedata.normalize('NFC', path).replace(chr(92), '/').removeprefix('./')}",
            fate,
        )
        for one in files
        for path, fate in one.fates
    )


# ------------------------------------------------------------------------------------- without harm


def _in_folder(folder: str) -> Way:
    return lambda answers, draw: Sent(_named(answers, lambda name: f"{folder}{name}"))


def _renamed(name: Callable[[Question], str]) -> Way:
    return lambda answers, draw: Sent(
        tuple(file(name(a.question), a.source, a.fate) for a in answers)
    )


def _stem(question: Question) -> str:
    return question.file.removesuffix(".py")


def notebook(source: str) -> bytes:
    """As Jupyter writes it: the imports in one cell, the rest in another, a magic and a text."""
    tree = ast.parse(source)
    first = next((n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))), None)
    lines = source.splitlines(keepends=True)
    at = first.lineno - 1 - len(first.decorator_list) if first else len(lines)
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# TP 2\n", "Élodie"]},
        {"cell_type": "code", "source": ["%matplotlib inline"]},
        {"cell_type": "code", "source": lines[:at]},
        {"cell_type": "code", "source": lines[at:]},
    ]
    for cell in cells[1:]:
        cell |= {"metadata": {}, "outputs": [], "execution_count": 1}
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    return json.dumps(book, ensure_ascii=False, indent=1).encode()


def _can_be_a_notebook(answer: Answer) -> bool:
    try:
        ast.parse(answer.source)
    except (SyntaxError, ValueError):
        return False
    return bool(answer.source) and answer.fate == GRADED


def _notebooks(answers: Sequence[Answer], draw: random.Random, share: float = 1.0) -> Sent:
    files = []
    for a in answers:
        if _can_be_a_notebook(a) and draw.random() <= share:
            content = notebook(a.source.decode("utf-8-sig"))
            files.append(file(f"{_stem(a.question)}.ipynb", content))
        else:
            files.append(file(a.question.file, a.source, a.fate))
    return Sent(tuple(files))


def _some_notebooks(answers: Sequence[Answer], draw: random.Random) -> Sent:
    return _notebooks(answers, draw, 0.5)


def _stub_beside_a_copy(answers: Sequence[Answer], draw: random.Random) -> Sent:
    files = []
    for a in answers:
        if a.source != a.stub and a.fate == GRADED:
            files.append(file(a.question.file, a.stub, IGNORED))
            files.append(file(f"{_stem(a.question)} (1).py", a.source))
        else:
            files.append(file(a.question.file, a.source, a.fate))
    return Sent(tuple(files))


def _same_twice(answers: Sequence[Answer], draw: random.Random) -> Sent:
    again = [a for a in answers if a.fate == GRADED]
    files = [file(f"sauvegarde du 28/{a.question.file}", a.source, IGNORED) for a in again]
    return Sent((*_named(answers, str), *files))


def _with_litter(answers: Sequence[Answer], draw: random.Random) -> Sent:
    litter = (".DS_Store", "__pycache__/q01.cpython-311.pyc", "rapport.pdf", "lisez-moi.txt")
    litter += (
        ".ipynb_checkpoints/q01_convolution-checkpoint.ipynb",
        "data/courbe.png",
        "~$notes.docx",
    )
    litter += ("Thumbs.db", "q02.py.bak")
    return Sent((*_named(answers, str), *(file(name, b"\0\1\2", IGNORED) for name in litter)))


def _text(change: Callable[[bytes], bytes]) -> Way:
    def way(answers: Sequence[Answer], draw: random.Random) -> Sent:
        return Sent(
            tuple(
                file(
                    a.question.file, change(a.source) if _can_be_a_notebook(a) else a.source, a.fate
                )
                for a in answers
            )
        )

    return way


def _declared_1252(source: bytes) -> bytes:
    try:
        return b"# coding: cp1252\n" + source.decode("utf-8").encode("cp1252")
    except UnicodeError:  # a sign that Windows did not know
        return source


def _zip_of(prefix: str, **options: object) -> Way:
    return lambda answers, draw: Sent(
        (zipped("tp2.zip", _named(answers, lambda name: f"{prefix}{name}"), **options),)  # type: ignore[arg-type]
    )


def _mac_zip(answers: Sequence[Answer], draw: random.Random) -> Sent:
    folder = unicodedata.normalize("NFD", "Énoncé")
    files = list(_named(answers, lambda name: f"{folder}/{name}"))
    for a in answers:
        files.append(file(f"__MACOSX/{folder}/._{a.question.file}", b"\0\5\26\7", IGNORED))
    files.append(file(f"{folder}/.DS_Store", b"\0\0\0\1Bud1", IGNORED))
    return Sent((zipped("Devoir.zip", files, folders=True),))


def _tar_of(name: str, mode: str) -> Way:
    return lambda answers, draw: Sent(
        (tarred(name, _named(answers, lambda one: f"./tp/{one}"), mode),)
    )


def _zip_in_zip(answers: Sequence[Answer], draw: random.Random) -> Sent:
    inner = tarred("rendu.tar.gz", _named(answers, str), "w:gz")
    return Sent((zipped("tout.zip", [inner, file("lisez-moi.txt", b"", IGNORED)]),))


def _zip_and_unpacked(answers: Sequence[Answer], draw: random.Random) -> Sent:
    again = [dataclasses.replace(a, fate=IGNORED if a.fate == GRADED else a.fate) for a in answers]
    if any(a.fate != GRADED for a in answers):
        return Sent(_named(answers, str))
    return Sent((*_named(answers, str), zipped("rendu.zip", _named(again, str))))


def _backslashes(answers: Sequence[Answer], draw: random.Random) -> Sent:
    return Sent((zipped("tp2.zip", _named(answers, lambda name: f"tp\\{name}")),))


HARMLESS: dict[str, Way] = {
    "files": _in_folder(""),
    "the folder of grader init": _in_folder("exercises/tp2/"),
    "the course's folder": _in_folder("tp2/"),
    "nested folders": _in_folder("rendu final/DUPONT Élodie/tp/"),
    "copied (1)": _renamed(lambda q: f"{_stem(q)} (1).py"),
    "copies in French": _renamed(lambda q: f"{_stem(q)} - Copie.py"),
    "copie de": _renamed(lambda q: f"Copie de {q.file}"),
    "short names": _renamed(lambda q: f"{q.id}.py"),
    "numbers alone": _renamed(lambda q: f"Q{int(q.id[1:])}.py"),
    "wrong case": _renamed(lambda q: q.file.title()),
    "capitals": _renamed(lambda q: q.file.upper()),
    ".py.txt": _renamed(lambda q: f"{q.file}.txt"),
    "timestamps": _renamed(lambda q: f"{_stem(q)}_2026-11-28T10-22.py"),
    "names and versions": _renamed(lambda q: f"dupont_{_stem(q)}_v2.py"),
    "hyphens": _renamed(lambda q: q.file.replace("_", "-")),
    "notebooks": _notebooks,
    "some notebooks": _some_notebooks,
    "stubs beside copies": _stub_beside_a_copy,
    "the same twice": _same_twice,
    "litter": _with_litter,
    "byte order mark": _text(lambda source: b"\xef\xbb\xbf" + source),
    "CRLF": _text(lambda source: source.replace(b"\n", b"\r\n")),
    "declared Windows-1252": _text(_declared_1252),
    "zip": _zip_of(""),
    "zip of folders": _zip_of("tp/exercises/tp2/", folders=True),
    "zip with names in Windows-1252": _zip_of("Énoncé réussi/", encoding="cp1252"),
    "zip with names in code page 850": _zip_of("Énoncé réussi/", encoding="cp850"),
    "zip of a Mac": _mac_zip,
    "zip with backslashes": _backslashes,
    "tar": _tar_of("tp2.tar", "w"),
    "tar.gz": _tar_of("tp2.tar.gz", "w:gz"),
    "tgz": _tar_of("tp2.tgz", "w:gz"),
    "tar.bz2": _tar_of("tp2.tar.bz2", "w:bz2"),
    "archive in an archive": _zip_in_zip,
    "zip beside its files": _zip_and_unpacked,
}


# ------------------------------------------------------------------------------------- with trouble


def _others(answers: Sequence[Answer], chosen: Answer) -> tuple[File, ...]:
    return _named([a for a in answers if a is not chosen], str)


def _two_answers(answers: Sequence[Answer], draw: random.Random) -> Sent:
    chosen = draw.choice(answers)
    second = chosen.source + b"\n\nVERSION = 2\n"
    files = (
        file(chosen.question.file, chosen.source, AMBIGUOUS),
        file(f"{_stem(chosen.question)} (1).py", second, AMBIGUOUS),
    )
    return Sent((*_others(answers, chosen), *files), (chosen.question.id,), "ambiguous")


def _in_archive(path: Callable[[str], str], shown: Callable[[str], str] = lambda name: name) -> Way:
    """One answer lies in a zip under a name that leads somewhere else."""

    def way(answers: Sequence[Answer], draw: random.Random) -> Sent:
        chosen = draw.choice(answers)
        name = chosen.question.file
        bad = File(path(name), chosen.source, ((shown(name), UNREAD),))
        packed = zipped("tp2.zip", [*_others(answers, chosen), bad])
        return Sent((packed,), (chosen.question.id,), "ambiguous")

    return way


def _in_tar(kind: bytes) -> Way:
    """One answer is a link or a device."""

    def way(answers: Sequence[Answer], draw: random.Random) -> Sent:
        chosen = draw.choice(answers)
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w:gz") as archive:
            for one in _others(answers, chosen):
                info = tarfile.TarInfo(one.path)
                info.size = len(one.content)
                archive.addfile(info, io.BytesIO(one.content))
            info = tarfile.TarInfo(chosen.question.file)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        fates = [
            ("tp2.tgz/" + one.path, fate)
            for one in _others(answers, chosen)
            for _, fate in one.fates
        ]
        fates.append((f"tp2.tgz/{chosen.question.file}", UNREAD))
        packed = File("tp2.tgz", made.getvalue(), tuple(fates))
        return Sent((packed,), (chosen.question.id,), "ambiguous")

    return way


def _unopened(name: str, content: Callable[[Sequence[Answer]], bytes]) -> Way:
    """All lies in something that cannot be opened."""
    return lambda answers, draw: Sent(
        (file(name, content(answers), UNREAD),), tuple(a.question.id for a in answers), "ambiguous"
    )


def _whole(answers: Sequence[Answer]) -> bytes:
    return zipped("x", _named(answers, str)).content


def _deep(answers: Sequence[Answer]) -> bytes:
    content = _whole(answers)
    for _ in range(4):
        content = zipped("x", [file("rendu.zip", content)]).content
    return content


def _too_deep(answers: Sequence[Answer], draw: random.Random) -> Sent:
    path = "tp2.zip" + 3 * "/rendu.zip"
    made = File("tp2.zip", _deep(answers), ((path, UNREAD),))
    return Sent((made,), tuple(a.question.id for a in answers), "ambiguous")


def _encrypted(answers: Sequence[Answer], draw: random.Random) -> Sent:
    packed = zipped("tp2.zip", _named(answers, str))
    content = bytearray(packed.content)
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = 0
        while (found := content.find(mark, start)) >= 0:
            content[found + at] |= 1
            start = found + 4
    fates = tuple((path, UNREAD) for path, _ in packed.fates)
    ids = tuple(a.question.id for a in answers)
    return Sent((File("tp2.zip", bytes(content), fates),), ids, "ambiguous")


def _bomb_beside(answers: Sequence[Answer], draw: random.Random) -> Sent:
    """What is there in plain sight counts; the bomb is named."""
    bomb = file("données.tar.gz", gzip.compress(bytes(160 * 2**20), 1), UNREAD)
    return Sent((*_named(answers, str), bomb), doubt=True)


def _all_in_one(answers: Sequence[Answer], draw: random.Random) -> Sent:
    whole = b"\n\n".join(a.source for a in answers)
    ids = tuple(a.question.id for a in answers)
    return Sent((file("TP2 complet.py", whole, AMBIGUOUS),), ids, "ambiguous")


def _unknown_code(answers: Sequence[Answer], draw: random.Random) -> Sent:
    ids = tuple(a.question.id for a in answers)
    return Sent((file("main.py", b"print('bonjour')\n", IGNORED),), ids, "ambiguous")


def _only_a_report(answers: Sequence[Answer], draw: random.Random) -> Sent:
    return Sent((file("rapport.pdf", b"%PDF-1.7", IGNORED),), (), "empty")


def _nothing(answers: Sequence[Answer], draw: random.Random) -> Sent:
    return Sent((), (), "missing")


TROUBLED: dict[str, Way] = {
    "two different answers": _two_answers,
    "leads out of its zip": _in_archive(lambda name: f"../../{name}"),
    "absolute path in a zip": _in_archive(lambda name: f"/etc/{name}", lambda name: f"etc/{name}"),
    "link in a tar": _in_tar(tarfile.SYMTYPE),
    "hard link in a tar": _in_tar(tarfile.LNKTYPE),
    "device in a tar": _in_tar(tarfile.CHRTYPE),
    "fifo in a tar": _in_tar(tarfile.FIFOTYPE),
    "half a zip": _unopened(
        "tp2.zip", lambda answers: _whole(answers)[: len(_whole(answers)) // 2]
    ),
    "no zip at all": _unopened("tp2.zip", lambda answers: b"<!DOCTYPE html>"),
    "rar": _unopened("tp2.rar", lambda answers: b"Rar!\x1a\x07\x01\0" + bytes(64)),
    "7z": _unopened("tp2.7z", lambda answers: b"7z\xbc\xaf\x27\x1c" + bytes(64)),
    "bomb": _unopened("tp2.tar.bz2", lambda answers: bz2.compress(bytes(160 * 2**20), 9)),
    "very many files": _unopened(
        "tp2.zip", lambda answers: zipped("x", [file(f"{n}", b"") for n in range(6_000)]).content
    ),
    "archives too deep": _too_deep,
    "password": _encrypted,
    "bomb beside": _bomb_beside,
    "all in one file": _all_in_one,
    "unknown code": _unknown_code,
    "only a report": _only_a_report,
    "nothing": _nothing,
}
