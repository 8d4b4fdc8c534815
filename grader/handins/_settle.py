"""What of a student's files is graded, question by question, and what becomes of all others."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from grader.course import (
    Course,
    Question,
    SubmittedFile,
    is_untouched,
    read_stub,
    same_code,
    size_limit,
    submitted_file,
)
from grader.handins import _archives
from grader.handins._entries import Entry
from grader.handins._model import Account, Fate, Handin, Student, Undecided
from grader.handins._names import code_kind, is_by_product, stem
from grader.handins._questions import by_functions, by_name, of_another_course
from grader.messages import Text, in_all

__all__ = ["Received", "settle"]


@dataclasses.dataclass(frozen=True)
class Received:
    """One entry of a student: what it is called in the whole delivery, and in their own folder."""

    path: str
    entry: Entry

    @property
    def name(self) -> str:
        return self.entry.parts[-1]


@dataclasses.dataclass(frozen=True)
class _Candidate:
    """A file that may be a question's."""

    received: Received
    file: SubmittedFile
    named: bool  # for the question, and not only by what it defines


def settle(course: Course, student: Student, received: Sequence[Received]) -> Handin:
    """Decide what is graded of what a student sent.

    A question's file is the one that has its name and is no untouched stub. Where several are, and say different
    things, or where what is there cannot be read, nobody can tell: the question is undecided, never 0.
    """
    desk = _Desk(course)
    for one in received:
        desk.receive(one)
    return desk.decide(student)


class _Desk:
    """The files of one student, sorted by question."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.accounts: dict[str, Account] = {}
        self.candidates: dict[str, list[_Candidate]] = {q.id: [] for q in course.questions}
        self.several: dict[
            str, list[Received]
        ] = {}  # question -> files that may be several questions'
        self.unread: dict[str, list[Received]] = {}  # the same of what cannot be read
        self.unknown: list[Received] = []  # code that is no question's
        self.elsewhere: dict[
            str, list[Received]
        ] = {}  # course -> code that is a question's of that one
        self.unread_archives: list[Received] = []

    def account(self, one: Received, fate: Fate, why: Text, question: str | None = None) -> None:
        self.accounts[one.path] = Account(one.path, fate, why, question)

    def receive(self, one: Received) -> None:
        """Put one entry where it belongs."""
        entry = one.entry
        kind = code_kind(one.name)
        if is_by_product(entry.parts):
            self.account(one, Fate.IGNORED, in_all("handin_by_product"))
        elif entry.is_folder:
            self.account(one, Fate.IGNORED, in_all("handin_empty_folder"))
        elif entry.trouble:
            self._receive_unread(one, entry.trouble)
        elif kind is None or entry.place is None:
            self.account(one, Fate.IGNORED, in_all("handin_other_kind"))
        else:
            try:
                content = _read(entry.place, kind)
            except OSError as error:
                why = error.strerror or type(error).__name__
                self._receive_unread(one, in_all("handin_unreadable", why=why))
            else:
                self._receive_code(one, kind, content)

    def _receive_unread(self, one: Received, why: Text) -> None:
        self.account(one, Fate.UNREAD, why)
        if _archives.is_archive(one.name):
            self.unread_archives.append(one)
        elif code_kind(one.name):
            for question in by_name(self.course, stem(one.name)) or self.course.questions:
                self.unread.setdefault(question.id, []).append(one)

    def _receive_code(self, one: Received, kind: str, content: bytes) -> None:
        if other := of_another_course(self.course, stem(one.name)):
            self.account(one, Fate.IGNORED, in_all("handin_other_course", course=other))
            self.unknown.append(one)
            self.elsewhere.setdefault(other, []).append(one)
            return
        named = by_name(self.course, stem(one.name))
        questions = named or by_functions(self.course, _code(self.course, one, kind, content))
        if not questions:
            self.account(one, Fate.IGNORED, in_all("handin_no_question"))
            self.unknown.append(one)
        elif len(questions) > 1:
            ids = ", ".join(question.id for question in questions)
            self.account(one, Fate.AMBIGUOUS, in_all("handin_several_questions", questions=ids))
            for question in questions:
                self.several.setdefault(question.id, []).append(one)
        else:
            file = submitted_file(questions[0], _called(one, kind), content)
            self.candidates[questions[0].id].append(_Candidate(one, file, bool(named)))

    def decide(self, student: Student) -> Handin:
        """Question by question."""
        files, undecided = [], []
        for question in self.course.questions:
            decided = self._decide(question)
            (undecided if isinstance(decided, Undecided) else files).append(decided)
        accounts = tuple(sorted(self.accounts.values(), key=lambda account: account.path))
        if self.unknown and not any(f.content is not None or f.problem for f in files):
            # Code came, and none of it is known: this is no empty hand-in.
            why = in_all("handin_nothing_known", files=_names(self.unknown))
            for other, received in self.elsewhere.items():
                facts = {"files": _names(received), "course": other, "here": self.course.id}
                why = in_all("handin_all_elsewhere", **facts)
            known = {one.question.id for one in undecided}
            undecided += [Undecided(f.question, why) for f in files if f.question.id not in known]
            files = []
        return Handin(student, tuple(files), tuple(undecided), accounts)

    def _decide(self, question: Question) -> SubmittedFile | Undecided:
        stub = read_stub(self.course, question)
        candidates = self._different(self.candidates[question.id])
        begun = [c for c in candidates if not _is_stub(c.file, stub)]
        # What has the question's name comes before what only defines its functions.
        if any(candidate.named for candidate in begun):
            for candidate in [c for c in begun if not c.named]:
                self._ignore(candidate, in_all("handin_other_name", question=question.id))
                begun.remove(candidate)
        for candidate in candidates if begun else ():
            if candidate not in begun and candidate.received.path not in self.accounts:
                self._ignore(candidate, in_all("handin_stub_beside", file=begun[0].received.name))
        unread = self.unread.get(question.id, [])
        if len(begun) > 1 or (begun and unread):
            return self._undecided(question, begun, unread, "handin_two_solutions")
        if begun:
            return self._graded(question, begun[0])
        doubtful = [*self.several.get(question.id, []), *unread, *self.unread_archives]
        if doubtful:
            return self._undecided(question, candidates, doubtful, "handin_perhaps_in")
        if candidates:
            for candidate in candidates[1:]:
                self._ignore(candidate, in_all("handin_same", file=candidates[0].received.name))
            return self._graded(question, candidates[0])
        return SubmittedFile(question, Path(question.file), None)

    def _different(self, candidates: list[_Candidate]) -> list[_Candidate]:
        """Without those that say the same as one before them: scripts before notebooks, short paths first."""
        kept: list[_Candidate] = []
        in_order = sorted(
            candidates,
            key=lambda c: (not c.named, bool(c.file.places), len(c.received.path), c.received.path),
        )
        for candidate in in_order:
            content = candidate.file.content
            for other in kept:
                if None not in (content, other.file.content) and same_code(
                    content or b"", other.file.content or b""
                ):
                    self._ignore(candidate, in_all("handin_same", file=other.received.name))
                    break
            else:
                kept.append(candidate)
        return kept

    def _graded(self, question: Question, candidate: _Candidate) -> SubmittedFile:
        one, file = candidate.received, candidate.file
        if file.problem:
            self.account(one, Fate.UNREAD, file.problem, question.id)
            return file
        why = {}
        if _is_stub(file, read_stub(self.course, question)):
            why = in_all("handin_untouched")
        elif not candidate.named:
            why = in_all("handin_by_functions", question=question.id)
        elif one.name not in (question.file, question.notebook):
            why = in_all("handin_taken_for", file=question.file)
        self.account(one, Fate.GRADED, why, question.id)
        return file

    def _undecided(
        self, question: Question, mine: list[_Candidate], more: list[Received], key: str
    ) -> Undecided:
        names = _names([*(candidate.received for candidate in mine), *more])
        why = in_all(key, question=question.id, files=names)
        for candidate in mine:
            if candidate.received.path not in self.accounts:
                self.account(candidate.received, Fate.AMBIGUOUS, why, question.id)
        return Undecided(question, why)

    def _ignore(self, candidate: _Candidate, why: Text) -> None:
        self.account(candidate.received, Fate.IGNORED, why, candidate.file.question.id)


def _read(place: Path, kind: str) -> bytes:
    with open(place, "rb") as stream:
        return stream.read(size_limit(Path(f"_{kind}")) + 1)


def _called(one: Received, kind: str) -> Path:
    """The name by which messages call it; its ending is that of code."""
    return Path(one.name if one.name.lower().endswith(kind) else f"{stem(one.name)}{kind}")


def _code(course: Course, one: Received, kind: str, content: bytes) -> bytes:
    """Where to look for definitions: the code of a notebook, not its JSON."""
    return submitted_file(course.questions[0], _called(one, kind), content).content or b""


def _is_stub(file: SubmittedFile, stub: bytes) -> bool:
    return file.content is not None and is_untouched(file.question, file.content, stub)


def _names(received: list[Received]) -> str:
    shown = list(dict.fromkeys("/".join(one.entry.parts) for one in received))
    more = "…" if len(shown) > 5 else ""
    return ", ".join(shown[:5]) + more
