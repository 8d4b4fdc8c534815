"""``course.toml``: which questions a course has, in which order, worth how much, under which rules."""

import datetime
import math
import re
import tomllib
from pathlib import Path, PureWindowsPath
from typing import Annotated, Literal

import msgspec

from grader.messages import (
    LANGUAGES,
    Language,
    TableError,
    Text,
    read_table,
    speak,
    spoken,
    table_name,
)
from grader.text import one_line

__all__ = ["Course", "ManifestError", "Number", "Question", "course_tables", "read_course"]

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]


# A file that comes with a statement: a name without folders that is none of the author's own.
_FILE_NAME = re.compile(r"^(?!.*\.(?:py|pyc|md|toml|bin)$)[A-Za-z0-9][A-Za-z0-9_.-]*$")
FileName = Annotated[str, msgspec.Meta(pattern=_FILE_NAME.pattern, max_length=100)]
_FIGURE = re.compile(r"!\[[^\]]*\]\(([^()\s]+)\)")


Moment = Annotated[datetime.datetime, msgspec.Meta(tz=True)]

Number = int | float | str  # what a constant of a question may be drawn from
Constant = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9_]*$")]
_PLAIN_TEXT = re.compile(r"[^'\"\\]{0,100}")  # that is written alike between either quotes


class ManifestError(ValueError):
    """A course.toml that cannot be used; the message names the file, the key and the rule."""


class Question(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One question as the manifest declares it.

    Attributes:
        id: short name, "q01".
        folder: its folder below the course; also the name of the student's file.
        title: in each language.
        points: sum of the points of its checks.
        seconds: own time of one call into the student's code: what it computes, and what it is idle.
        memory_mb: bound on the worker's private memory, in MiB.
        withhold: modules, and attribute patterns with ``*``, that the student's code may not use; once
            read, names of the course's lists (``@name``) are replaced by what they hold.
        withhold_as: what a use means: "forbidden" (the check gives no points) or "advice".
        without_jax: whether its checks need no JAX in a worker, which then starts without it for files that import
            nothing but NumPy and the standard library.
        programs: whether its checks ask for compiled programs, so that the worker that reads them starts at once.
        numbers: constants of the file that are drawn for each student, and the values that they are drawn from.
        files: data that students are given with the statement; figures that it shows need not be named.
        opens: from when on students work on it; None for always.
        closes: until when; what is handed in later is for others to judge, and is graded like anything.
        elsewhere: in a students' package, the points of what can only be checked where the solution is.
    """

    id: Name
    folder: Name
    title: Text
    points: Annotated[float, msgspec.Meta(ge=0, le=10_000)]
    seconds: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 10.0
    memory_mb: Annotated[int, msgspec.Meta(ge=512)] = 4096
    withhold: tuple[str, ...] = ()
    withhold_as: Literal["forbidden", "advice"] = "forbidden"
    without_jax: bool = False
    programs: bool = False
    numbers: dict[Constant, tuple[Number, ...]] = {}
    files: tuple[FileName, ...] = ()
    opens: Moment | None = None
    closes: Moment | None = None
    elsewhere: Annotated[float, msgspec.Meta(ge=0, le=10_000)] = 0.0

    @property
    def file(self) -> str:
        """The name of the student's file."""
        return f"{self.folder}.py"

    def at(self, now: datetime.datetime) -> Literal["early", "open", "closed"]:
        """Where it stands at a moment."""
        if self.opens is not None and now < self.opens:
            return "early"
        return "closed" if self.closes is not None and now >= self.closes else "open"

    @property
    def notebook(self) -> str:
        """The name of a notebook that may stand in its place."""
        return f"{self.folder}.ipynb"


class Data(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Real data that checks may draw from.

    Attributes:
        title: in each language.
        seconds: the least own time of one call into the student's code on this data.
    """

    title: Text
    seconds: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 0.0


class Page(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A text beside the questions, which statements point to; it lies in ``<name>.<language>.md``.

    Attributes:
        title: in each language.
    """

    title: Text


class Course(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A course: its manifest and where it was read from.

    ``withhold`` holds lists that several questions name: questions with equal lists share a worker. ``data`` names
    what the checks can be run on, the default first. ``carry_errors`` says whether a function that is right given right
    helpers keeps its points where these are at fault. ``pages`` are texts beside the questions. ``languages`` are those
    that its texts are written in, the first where a reader's is not among them. ``for_students`` says that the folder
    holds public cases in place of solutions, checks and mistakes; no code in it is run then.
    """

    id: Name
    title: Text
    languages: Annotated[tuple[Language, ...], msgspec.Meta(min_length=1)] = LANGUAGES
    withhold: dict[Name, tuple[str, ...]] = {}
    data: dict[Name, Data] = {}
    carry_errors: bool = True
    for_students: bool = False
    pages: dict[Name, Page] = {}
    questions: Annotated[tuple[Question, ...], msgspec.Meta(min_length=1)]
    path: Path = Path()

    def question(self, question_id: str) -> Question:
        """The question of that id (``q1`` and ``1`` mean ``q01``), or of that file, whatever folder its path names.

        Raises:
            KeyError: when there is none.
        """
        path = PureWindowsPath(question_id)  # which knows both separators
        if path.name != question_id or path.suffix in (".py", ".ipynb"):
            for question in self.questions:
                if path.name in (question.file, question.notebook, question.folder):
                    return question
        wanted = question_id.lower().removeprefix("q").lstrip("0")
        for question in self.questions:
            names = (question.id, question.folder)
            if question_id in names or question.id.removeprefix("q").lstrip("0") == wanted:
                return question
        known = ", ".join(q.id for q in self.questions)
        raise KeyError(f"question {question_id!r} is not in course {self.id}; known: {known}")

    def data_name(self, name: str | None) -> str | None:
        """The data of that name, the default for None; None when the course has none and none is asked for.

        Raises:
            KeyError: when there is none of that name.
        """
        if name is None:
            return next(iter(self.data), None)
        if name not in self.data:
            known = ", ".join(self.data) or "none"
            raise KeyError(f"data {name!r} is not in course {self.id}; known: {known}")
        return name

    def text(self, question: Question, kind: str, language: Language) -> str:
        """The statement, the hints or the commentary of a question (``kind``) in one language."""
        name = f"{kind}.{self.language(language)}.md"
        return (self.path / question.folder / name).read_text(encoding="utf-8")

    def page(self, name: str, language: Language) -> str:
        """A page beside the questions in one language."""
        return (self.path / f"{name}.{self.language(language)}.md").read_text(encoding="utf-8")

    def attachments(self, question: Question) -> list[str]:
        """What comes with a statement, in the question's folder: the figures that its texts show, and its ``files``."""
        folder = self.path / question.folder
        names = dict.fromkeys(question.files)
        for kind in ("statement", "hints"):
            for language in self.languages:
                path = folder / f"{kind}.{language}.md"
                text = path.read_text(encoding="utf-8") if path.is_file() else ""
                names |= dict.fromkeys(filter(_FILE_NAME.fullmatch, _FIGURE.findall(text)))
        return list(names)

    def language(self, wanted: Language) -> Language:
        """The language in which a reader of that one finds the course's texts."""
        return wanted if wanted in self.languages else self.languages[0]


def course_tables(path: Path) -> list[Path]:
    """Files of a course's folder that say the grader's sentences in further languages."""
    return sorted(path.glob("messages.*.toml"))


def read_course(path: Path) -> Course:
    """Read ``path/course.toml``, and take the languages of ``messages.*.toml`` beside it into use.

    Raises:
        ManifestError: when it, or a table of messages, is missing, malformed, or breaks a rule.
    """
    file = path / "course.toml"
    manifest = one_line(file)
    try:
        for table in course_tables(path):
            speak(read_table(table))
    except (TableError, OSError) as error:
        raise ManifestError(str(error)) from error
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        if "path" in data:
            raise ManifestError(f"{manifest}: the key `path` is not the manifest's to set")
        course = msgspec.convert({**data, "path": str(path)}, Course, dec_hook=_path)
    except FileNotFoundError:
        raise ManifestError(f"{manifest}: there is no such file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ManifestError(f"{manifest}: {error}") from error
    if silent := [one_line(one) for one in course.languages if one not in spoken()]:
        raise ManifestError(
            f"{manifest}: `languages` names {silent[0]!r}, which needs {table_name(silent[0])} beside it: "
            f"`grader course messages {one_line(path)} {silent[0]}` begins one"
        )
    for attribute in ("id", "folder"):
        values = [getattr(question, attribute) for question in course.questions]
        if repeated := {v for v in values if values.count(v) > 1}:
            raise ManifestError(f"{manifest}: questions share the {attribute} {sorted(repeated)}")
    titles = {owner.id: owner.title for owner in (course, *course.questions)}
    titles |= {f"pages.{name}": page.title for name, page in course.pages.items()}
    titles |= {f"data.{name}": data.title for name, data in course.data.items()}
    for name, title in titles.items():
        if missing := [language for language in course.languages if not title.get(language)]:
            raise ManifestError(f"{manifest}: the title of {name} is missing in {missing}")
        if strange := [language for language in title if language not in course.languages]:
            known = list(course.languages)
            raise ManifestError(
                f"{manifest}: the title of {name} is in {strange}, but `languages` is {known}"
            )
    for number, question in enumerate(course.questions):
        for name, values in question.numbers.items():
            if broken := _broken_rule(name, values):
                place = f"$.questions[{number}].numbers.{name}"
                raise ManifestError(f"{manifest}: {broken} - at `{place}`")
    for number, question in enumerate(() if course.for_students else course.questions):
        place = f"$.questions[{number}]"
        if question.elsewhere:
            raise ManifestError(f"{manifest}: only a students' package has {place}.elsewhere")
        if question.opens and question.closes and question.closes <= question.opens:
            raise ManifestError(f"{manifest}: closes must be after opens - at `{place}.closes`")
        if not question.points:
            raise ManifestError(f"{manifest}: the points must be above 0 - at `{place}.points`")
    try:
        questions = tuple(_with_lists(question, course.withhold) for question in course.questions)
    except KeyError as error:
        known = ", ".join(course.withhold) or "none"
        raise ManifestError(
            f"{manifest}: withhold names the list {error}; known lists: {known}"
        ) from None
    return msgspec.structs.replace(course, questions=questions)


def _broken_rule(name: str, values: tuple[Number, ...]) -> str:
    """What is wrong with the values of a constant; "" where nothing is."""
    if name == "ANSWER":
        return "ANSWER is what students write in words"
    if len(values) < 2:
        return f"there must be at least two values, not {len(values)}"
    if len({type(value) for value in values}) > 1:
        return (
            f"the values {list(values)} must be all whole numbers, all decimal numbers or all texts"
        )
    if len(set(values)) < len(values):
        return f"no two of the values {list(values)} may be equal"
    for value in values:
        if isinstance(value, float) and not math.isfinite(value):
            return f"the value {value} must be finite"
        if isinstance(value, str) and not (_PLAIN_TEXT.fullmatch(value) and value.isprintable()):
            return (
                f"the text {value!r} must have at most 100 characters, no quotes and no backslash"
            )
    return ""


def _with_lists(question: Question, lists: dict[str, tuple[str, ...]]) -> Question:
    names: list[str] = []
    for name in question.withhold:
        names += lists[name.removeprefix("@")] if name.startswith("@") else [name]
    return msgspec.structs.replace(question, withhold=tuple(names))


def _path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)
