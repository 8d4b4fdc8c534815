"""What is known of hand-ins: plain data that nothing changes."""

import dataclasses
import datetime
import enum
import hashlib
from collections.abc import Collection

from grader.course import Question, SubmittedFile
from grader.messages import Text, in_all

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
]


class HandinsError(ValueError):
    """A path, or a roster, from which no hand-ins can be read; the message names it and says why."""


class Fate(enum.StrEnum):
    """What becomes of a file."""

    GRADED = "graded"
    IGNORED = "ignored"
    UNREAD = "unread"
    AMBIGUOUS = "ambiguous"


class State(enum.StrEnum):
    """What can be done with a student's hand-in.

    Where something is ``ambiguous`` the questions that are clear can be graded; the others wait for a decision.
    """

    READY = "ready"
    AMBIGUOUS = "ambiguous"
    EMPTY = "empty"
    MISSING = "missing"


@dataclasses.dataclass(frozen=True)
class Student:
    """Who handed in.

    Attributes:
        id: one for each student: the roster's, or what the platform or the name of the folder says.
        name: as people write it; empty where nothing tells it.
        listed: whether the roster has it; true where there is no roster.
    """

    id: str
    name: str = ""
    listed: bool = True


@dataclasses.dataclass(frozen=True)
class Account:
    """What becomes of one file.

    Attributes:
        path: its names from the top, those of archives included, joined by ``/``.
        fate: what becomes of it.
        why: in each language; empty where it is simply graded.
        question: the id of the question that it belongs to, where it does to one.
    """

    path: str
    fate: Fate
    why: Text = dataclasses.field(default_factory=dict)
    question: str | None = None


@dataclasses.dataclass(frozen=True)
class Undecided:
    """A question for which nobody can tell which file counts.

    Attributes:
        question: the question.
        why: in each language, with the files named.
    """

    question: Question
    why: Text


@dataclasses.dataclass(frozen=True)
class Note:
    """Something about a file that is graded, for a person to look at; it costs no points.

    Attributes:
        question: the id of the question.
        text: in each language.
    """

    question: str
    text: Text


@dataclasses.dataclass(frozen=True)
class HandedIn:
    """When something was handed in, as far as the delivery tells; what it does not tell is not guessed.

    Attributes:
        at: by the platform's clock, with its offset; None where the platform tells no time.
        archived: the newest time that the platform's archive gives to a file of the student; a zip tells it without
            an offset, and whether it means anything is for who knows the platform to say.
        marked_late: whether the platform marks it as late, by a due date that only the platform knows.
    """

    at: datetime.datetime | None = None
    archived: datetime.datetime | None = None
    marked_late: bool = False


@dataclasses.dataclass(frozen=True)
class Handin:
    """What one student handed in.

    Attributes:
        student: who.
        files: for each question that is clear, in the course's order: the file, without content where there is none.
        undecided: the other questions.
        accounts: every file that came from this student.
        handed_in: when.
        notes: what a person may want to look at.
    """

    student: Student
    files: tuple[SubmittedFile, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    accounts: tuple[Account, ...] = ()
    handed_in: HandedIn = HandedIn()
    notes: tuple[Note, ...] = ()

    @property
    def state(self) -> State:
        """What can be done with it."""
        if not self.accounts:
            return State.MISSING
        if self.undecided:
            return State.AMBIGUOUS
        # A question's file that is no text is no empty hand-in: its author is told why it does not load.
        graded = any(account.fate is Fate.GRADED for account in self.accounts)
        told = any(file.problem for file in self.files)
        return State.READY if graded or told else State.EMPTY

    def about(self, questions: Collection[str]) -> "Handin":
        """What it is to whoever asked for some questions only (their ids): files of the others are left out."""
        return dataclasses.replace(
            self,
            files=tuple(file for file in self.files if file.question.id in questions),
            undecided=tuple(one for one in self.undecided if one.question.id in questions),
            accounts=tuple(
                account
                if account.question is None or account.question in questions
                else dataclasses.replace(
                    account, fate=Fate.IGNORED, why=in_all("handins_not_asked")
                )
                for account in self.accounts
            ),
            notes=tuple(note for note in self.notes if note.question in questions),
        )

    @property
    def digest(self) -> str:
        """Names what would be graded: equal for equal files, whatever they are called and wherever they lie."""
        known = hashlib.blake2b(digest_size=16)
        for file in self.files:
            content = b"-" if file.content is None else b"+" + file.content
            problem = file.problem.get("en", "").encode()
            for part in (file.question.id.encode(), content, problem):
                known.update(len(part).to_bytes(8, "big") + part)
        known.update(",".join(one.question.id for one in self.undecided).encode())
        return known.hexdigest()


@dataclasses.dataclass(frozen=True)
class Handins:
    """All hand-ins of a course.

    Attributes:
        handins: one for each student, sorted by id.
        strays: files that belong to no student.
    """

    handins: tuple[Handin, ...]
    strays: tuple[Account, ...] = ()

    def about(self, questions: Collection[str]) -> "Handins":
        """The same of some questions only, named by their ids."""
        handins = tuple(handin.about(questions) for handin in self.handins)
        return dataclasses.replace(self, handins=handins)
