"""Where a cohort is kept: SQLite, or any database that SQLAlchemy speaks to; a result is one transaction."""

import contextlib
import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

try:
    import sqlalchemy as sql
    from sqlalchemy import event
    from sqlalchemy.exc import SQLAlchemyError
except ImportError:
    raise ImportError(
        "a cohort is kept by SQLAlchemy, which is not installed: pip install 'jaxcnn[cohort]' (in a clone: '.[cohort]')"
    ) from None

from grader.cohort._model import (
    CohortError,
    Edition,
    Graded,
    Settings,
    Stopped,
    pack_files,
    unpack_files,
)
from grader.course import Course, SubmittedFile
from grader.handins import Account, Handin, State, describe, describe_account
from grader.messages import Language
from grader.results import Result

__all__ = ["Store"]

_SCHEMA = 2
_TABLES = sql.MetaData()
_COHORT = sql.Table(
    "cohort",
    _TABLES,
    sql.Column("schema", sql.Integer, primary_key=True, autoincrement=False),
)
# Each time that the cohort was graded: the first, then the regrades. What counts is the last one's settings.
_EDITIONS = sql.Table(
    "editions",
    _TABLES,
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("edition", sql.LargeBinary, nullable=False),
)
_SUBMISSIONS = sql.Table(
    "submissions",
    _TABLES,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("student", sql.Text, nullable=False),
    sql.Column("digest", sql.String(32), nullable=False),
    sql.Column("state", sql.String(16), nullable=False),
    sql.Column("handin", sql.LargeBinary, nullable=False),
    sql.Column("undecided", sql.LargeBinary, nullable=False),
    sql.Column("files", sql.LargeBinary, nullable=False),
    # What a student handed in before is kept, and counts no more.
    sql.Column("current", sql.Boolean, nullable=False),
    sql.UniqueConstraint("student", "digest", "state"),
)
_RESULTS = sql.Table(
    "results",
    _TABLES,
    sql.Column("submission", sql.ForeignKey("submissions.id"), primary_key=True),
    # One result for each time that it was graded; the last one counts, and those before it are kept.
    sql.Column("edition", sql.ForeignKey("editions.number"), primary_key=True),
    sql.Column("last", sql.Boolean, nullable=False),
    sql.Column("graded_in", sql.LargeBinary, nullable=False),
    sql.Column("finished", sql.String(32), nullable=False),
    sql.Column("score", sql.Float, nullable=False),
    sql.Column("max_score", sql.Float, nullable=False),
    sql.Column("ungraded", sql.Float, nullable=False),
    sql.Column("cpu_seconds", sql.Float, nullable=False),
    sql.Column("tries", sql.Integer, nullable=False),
    sql.Column("result", sql.LargeBinary, nullable=False),
)
_STRAYS = sql.Table(
    "strays",
    _TABLES,
    sql.Column("id", sql.Integer, primary_key=True),  # an archive may have one name twice
    sql.Column("account", sql.LargeBinary, nullable=False),
)
_LAST = sql.and_(_RESULTS.c.submission == _SUBMISSIONS.c.id, _RESULTS.c.last)
_GRADABLE = (State.READY.value, State.AMBIGUOUS.value)


class Store:
    """One cohort: its settings, hand-ins and results.

    Every method raises :class:`Stopped` when the database cannot be read or written, a full disk included.
    """

    def __init__(self, url: str) -> None:
        """Open the store at a URL of SQLAlchemy, such as ``postgresql+psycopg://host/database``.

        Raises:
            CohortError: for no URL, or a database without its driver.
        """
        try:
            # Between two results minutes may pass, and a firewall may cut what is idle.
            self._engine = sql.create_engine(url, pool_pre_ping=True)
        except (SQLAlchemyError, ImportError) as error:
            raise CohortError(
                f"store (={_without_password(url)!r}) cannot be opened: {error}"
            ) from error
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _durable)
        with self._transaction() as connection:
            _TABLES.create_all(connection)

    @classmethod
    def in_folder(cls, folder: Path) -> "Store":
        """The store that lies in a folder by default."""
        return cls(f"sqlite:///{_file(folder)}")

    @staticmethod
    def is_in(folder: Path) -> bool:
        """Whether a folder holds a store."""
        return _file(folder).is_file()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # ---------------------------------------------------------------------------------------- settings

    def settings(self) -> Settings | None:
        """What the cohort is graded with now; None for one that has not begun."""
        editions = self.editions()
        return editions[-1].settings if editions else None

    def editions(self) -> list[Edition]:
        """Each time that the cohort was graded, the first one first; none for one that has not begun."""
        with self._transaction() as connection:
            schema = connection.execute(sql.select(_COHORT.c.schema)).scalar()
            if schema not in (None, _SCHEMA):
                raise CohortError(f"the store has schema {schema}, and this grader needs {_SCHEMA}")
            chosen = sql.select(_EDITIONS.c.edition).order_by(_EDITIONS.c.number)
            rows = list(connection.execute(chosen).scalars())
        return [msgspec.json.decode(row, type=Edition) for row in rows]

    def begin(self, settings: Settings) -> None:
        """Keep what the cohort is graded with."""
        with self._transaction() as connection:
            connection.execute(sql.insert(_COHORT).values(schema=_SCHEMA))
            self._begin(connection, settings, settings.questions, None, "")

    def begin_again(
        self,
        settings: Settings,
        questions: tuple[str, ...],
        students: tuple[str, ...] | None,
        why: str,
    ) -> Edition:
        """Keep what some questions of it, of some students or all, are graded again with."""
        with self._transaction() as connection:
            return self._begin(connection, settings, questions, students, why)

    def _begin(
        self,
        connection: Any,
        settings: Settings,
        questions: tuple[str, ...],
        students: tuple[str, ...] | None,
        why: str,
    ) -> Edition:
        last = connection.execute(sql.select(sql.func.max(_EDITIONS.c.number))).scalar()
        edition = Edition(
            number=(last or 0) + 1,
            settings=settings,
            questions=questions,
            students=students,
            began=_now(),
            why=why,
        )
        row = {"number": edition.number, "edition": msgspec.json.encode(edition)}
        connection.execute(sql.insert(_EDITIONS).values(row))
        return edition

    # ---------------------------------------------------------------------------------------- hand-ins

    def receive(
        self, handins: Iterator[Handin], strays: Sequence[Account], language: Language
    ) -> None:
        """Take what was handed in: all of it, or nothing; one that is there already keeps its result.

        Args:
            handins: of the class.
            strays: files that are nobody's; complete once the hand-ins have come.
            language: of what is told of them.
        """
        with self._transaction() as connection:
            connection.execute(sql.update(_SUBMISSIONS).values(current=False))
            for handin in handins:
                self._receive(connection, handin, language)
            connection.execute(sql.delete(_STRAYS))
            for account in strays:
                told = msgspec.json.encode(describe_account(account, language))
                connection.execute(sql.insert(_STRAYS).values(account=told))

    def strays(self) -> list[dict[str, Any]]:
        """The files that are nobody's, as ``grader.handins.describe_account`` tells them."""
        chosen = sql.select(_STRAYS.c.account).order_by(_STRAYS.c.id)
        with self._transaction() as connection:
            return [msgspec.json.decode(one) for one in connection.execute(chosen).scalars()]

    def _receive(self, connection: Any, handin: Handin, language: Language) -> None:
        told = {
            "handin": msgspec.json.encode(describe(handin, language)),
            "undecided": msgspec.json.encode(
                [(one.question.id, one.why[language]) for one in handin.undecided]
            ),
            "current": True,
        }
        key = {"student": handin.student.id, "digest": handin.digest, "state": handin.state.value}
        same = sql.and_(*(_SUBMISSIONS.c[name] == value for name, value in key.items()))
        before = connection.execute(sql.select(_SUBMISSIONS.c.handin).where(same)).scalar()
        if before is not None:
            told["handin"] = _with_earliest_time(before, told["handin"])
        if connection.execute(sql.update(_SUBMISSIONS).where(same).values(told)).rowcount == 0:
            new = key | told | {"files": pack_files(handin.files)}
            connection.execute(sql.insert(_SUBMISSIONS).values(new))

    def waiting(self) -> list[int]:
        """The submissions that can be graded and have no result, in the order of their students."""
        chosen = (
            sql.select(_SUBMISSIONS.c.id)
            .outerjoin(_RESULTS, _LAST)
            .where(_SUBMISSIONS.c.current, _SUBMISSIONS.c.state.in_(_GRADABLE))
            .where(_RESULTS.c.submission.is_(None))
            .order_by(_SUBMISSIONS.c.student)
        )
        with self._transaction() as connection:
            return list(connection.execute(chosen).scalars())

    def waiting_again(self, edition: Edition) -> tuple[list[int], int]:
        """The submissions that a regrade has yet to grade, and how many it grades in all."""
        chosen = (
            sql.select(_SUBMISSIONS.c.id, _SUBMISSIONS.c.student, _RESULTS.c.edition)
            .join(_RESULTS, _LAST)
            .where(_SUBMISSIONS.c.current)
            .order_by(_SUBMISSIONS.c.student)
        )
        with self._transaction() as connection:
            rows = connection.execute(chosen).all()
        mine = [r for r in rows if edition.students is None or r.student in edition.students]
        return [row.id for row in mine if row.edition < edition.number], len(mine)

    def submission(self, number: int) -> tuple[str, bytes, tuple[tuple[str, str], ...]]:
        """The student of a submission, its files (packed), and its undecided questions with the reasons."""
        s = _SUBMISSIONS.c
        with self._transaction() as connection:
            row = connection.execute(
                sql.select(s.student, s.files, s.undecided).where(s.id == number)
            ).one()
        undecided = msgspec.json.decode(row.undecided, type=tuple[tuple[str, str], ...])
        return row.student, row.files, undecided

    # ----------------------------------------------------------------------------------------- results

    def keep(
        self,
        number: int,
        result: Result,
        cpu_seconds: float,
        tries: int,
        edition: Edition | None = None,
    ) -> None:
        """Keep a result for good: when this returns it survives whatever happens to this process.

        Args:
            number: of the submission.
            result: of all its questions.
            cpu_seconds: what it took.
            tries: how often it was begun.
            edition: a regrade, whose questions it has anew; the result before it is kept too, and counts no more.
        """
        r = _RESULTS.c
        row = {
            "submission": number,
            "last": True,
            "finished": _now(),
            "score": result.score,
            "max_score": result.max_score,
            "ungraded": result.ungraded,
            "cpu_seconds": cpu_seconds,
            "tries": tries,
            "result": result.to_json(),
        }
        with self._transaction() as connection:
            last = connection.execute(sql.select(sql.func.max(_EDITIONS.c.number))).scalar()
            row["edition"] = last if edition is None else edition.number
            graded_in = {question.id: row["edition"] for question in result.questions}
            if edition is not None:
                mine = sql.and_(r.submission == number, r.last)
                before = connection.execute(sql.select(r.graded_in).where(mine)).scalar_one()
                new = dict.fromkeys(edition.questions, edition.number)
                graded_in |= msgspec.json.decode(before) | new
                connection.execute(sql.update(_RESULTS).where(mine).values(last=False))
            row["graded_in"] = msgspec.json.encode(graded_in)
            connection.execute(sql.insert(_RESULTS).values(row))

    def counts(self) -> tuple[int, int]:
        """How many current submissions can be graded, and how many of them have a result."""
        chosen = (
            sql.select(sql.func.count(_SUBMISSIONS.c.id), sql.func.count(_RESULTS.c.submission))
            .outerjoin(_RESULTS, _LAST)
            .where(_SUBMISSIONS.c.current, _SUBMISSIONS.c.state.in_(_GRADABLE))
        )
        with self._transaction() as connection:
            total, done = connection.execute(chosen).one()
        return total, done

    def graded(self, before: int | None = None) -> Iterator[Graded]:
        """Every student's current submission, one at a time, in the order of their ids.

        Args:
            before: the number of a regrade, to have results as they were before it; else those that count.
        """
        numbers = (
            sql.select(_SUBMISSIONS.c.id)
            .where(_SUBMISSIONS.c.current)
            .order_by(_SUBMISSIONS.c.student)
        )
        with self._transaction() as connection:
            ordered = list(connection.execute(numbers).scalars())
        for number in ordered:
            yield self._graded(number, before)

    def hand_ins(self, student: str, before: int | None = None) -> Iterator[Graded]:
        """All hand-ins of a student that the store has received, in the order in which it first did.

        Args:
            student: the id.
            before: as for :meth:`graded`.
        """
        s = _SUBMISSIONS.c
        chosen = sql.select(s.id).where(s.student == student).order_by(s.id)
        with self._transaction() as connection:
            ordered = list(connection.execute(chosen).scalars())
        for number in ordered:
            yield self._graded(number, before)

    def files(self, course: Course) -> Iterator[tuple[Graded, list[SubmittedFile]]]:
        """Every student's current submission with its files, one at a time, in the order of their ids."""
        s = _SUBMISSIONS.c
        with self._transaction() as connection:
            chosen = sql.select(s.id).where(s.current).order_by(s.student)
            ordered = list(connection.execute(chosen).scalars())
        for number in ordered:
            _, packed, _ = self.submission(number)
            yield self._graded(number, None), unpack_files(course, packed)

    def result_of(self, number: int) -> Result:
        """The result of a submission that has one."""
        r = _RESULTS.c
        chosen = sql.select(r.result).where(r.submission == number, r.last)
        with self._transaction() as connection:
            return Result.from_json(connection.execute(chosen).scalar_one())

    def _graded(self, number: int, before: int | None) -> Graded:
        s, r = _SUBMISSIONS.c, _RESULTS.c
        wanted = _LAST
        if before is not None:
            edition = sql.select(sql.func.max(r.edition)).where(
                r.submission == number, r.edition < before
            )
            wanted = sql.and_(r.submission == s.id, r.edition == edition.scalar_subquery())
        chosen = (
            sql.select(s.student, s.state, s.digest, s.handin, s.current, _RESULTS)
            .outerjoin(_RESULTS, wanted)
            .where(s.id == number)
        )
        with self._transaction() as connection:
            row = connection.execute(chosen).one()
        handin = msgspec.json.decode(row.handin)
        return Graded(
            student=row.student,
            name=handin["name"],
            listed=handin["listed"],
            state=row.state,
            digest=row.digest,
            handin=handin,
            result=row.result or b"",
            score=row.score,
            max_score=row.max_score,
            ungraded=row.ungraded,
            cpu_seconds=row.cpu_seconds,
            tries=row.tries or 0,
            finished=row.finished,
            current=row.current,
            graded_in=msgspec.json.decode(row.graded_in) if row.graded_in else {},
        )

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Any]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            raise Stopped(str(cause)) from error


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _with_earliest_time(before: bytes, after: bytes) -> bytes:
    """The same files sent again were there the first time already."""
    told = msgspec.json.decode(after)
    old = (msgspec.json.decode(before).get("handed_in") or {}).get("at")
    new = told["handed_in"]["at"]
    moments = [datetime.datetime.fromisoformat(at) for at in (old, new) if at is not None]
    if moments:
        told["handed_in"]["at"] = min(moments).isoformat(timespec="seconds")
    return msgspec.json.encode(told)


def _file(folder: Path) -> Path:
    return folder / "cohort.sqlite"


def _durable(connection: Any, record: Any) -> None:
    """A result that is told to be kept survives the machine, and readers do not wait for who writes."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _without_password(url: str) -> str:
    try:
        return sql.engine.make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "..."
