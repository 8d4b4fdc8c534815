"""A cohort in PostgreSQL, on a real server.

The server is that of GRADER_POSTGRESQL (a URL such as postgresql+psycopg://me@host/database, whose tables of a cohort
are dropped), or one of its own that is started for these tests, where PostgreSQL is installed
(``apt-get install postgresql``). They are skipped where there is neither, or no driver.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("psycopg")

import sqlalchemy as sql

from grader.cohort import LocalPool, Stopped, Store, _store, begin_regrade, grade_cohort
from grader.results import Isolation, Result

SEED = 2**100 + 7


class Server:
    """A server in a folder of its own, on a socket in it; it never runs as root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"postgresql+psycopg://grader@/postgres?host={folder}"
        self._user = "nobody" if os.getuid() == 0 else None
        if self._user:
            os.chown(folder, pwd.getpwnam(self._user).pw_uid, -1)
        data = ["-D", folder / "data"]
        self._run("initdb", *data, "-A", "trust", "-U", "grader", "-E", "UTF8", "--locale=C", "-N")

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off"
        self._run(
            "pg_ctl",
            "-D",
            self.folder / "data",
            "-w",
            "-l",
            self.folder / "log",
            "-o",
            options,
            "start",
        )

    def kill(self) -> None:
        """At once: whatever it was doing is not finished."""
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-m", "immediate", "stop")

    def _run(self, name: str, *arguments: object) -> None:
        command = [_program(name), *map(str, arguments)]
        subprocess.run(
            command, check=True, user=self._user, cwd="/", stdout=subprocess.DEVNULL, timeout=120
        )


def _program(name: str) -> str:
    """Debian keeps them out of the path."""
    found = shutil.which(name) or next(
        (str(p) for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)),
        None,
    )
    if found is None:
        pytest.skip("there is no PostgreSQL here, and GRADER_POSTGRESQL names none")
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    _program("initdb"), _program("pg_ctl")
    with tempfile.TemporaryDirectory(prefix="grader-pg-") as folder:
        os.chmod(folder, 0o700)
        made = Server(Path(folder))
        made.start()
        yield made
        made.kill()


@pytest.fixture
def url(request) -> str:
    """Of a database without a cohort."""
    url = os.environ.get("GRADER_POSTGRESQL") or request.getfixturevalue("server").url
    engine = sql.create_engine(url)
    with engine.begin() as connection:
        _store._TABLES.drop_all(connection)
    engine.dispose()
    return url


@pytest.fixture
def on_postgresql(a_class, url, monkeypatch):
    monkeypatch.setattr(a_class, "store", lambda: Store(url))
    return a_class


def test_a_class_is_graded_and_goes_on_later(on_postgresql):
    a_class = on_postgresql
    store = a_class.store()
    settings = a_class.begin(store)
    grade_cohort(store, a_class.course, settings, SEED, LocalPool(2))
    store.close()
    store = a_class.store()
    assert a_class.begin(store, resume=True) == settings
    found = list(store.graded())
    assert [(g.student, g.verdict, g.score) for g in found] == [
        ("ada", "graded", 3.0),
        ("bob", "graded", 1.0),
        ("eve", "graded", 3.0),
    ]
    assert (store.counts(), store.waiting()) == ((3, 3), [])
    assert Result.from_json(found[0].result).score == 3.0
    store.close()


def test_a_connection_that_is_cut_between_two_results_is_made_again(on_postgresql, url):
    a_class = on_postgresql

    def cut(progress):
        if progress.student:
            engine = sql.create_engine(url, poolclass=sql.NullPool)
            with engine.begin() as connection:
                others = "pid <> pg_backend_pid() AND datname = current_database()"
                cutting = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                connection.execute(sql.text(cutting + others))

    store = a_class.store()
    settings = a_class.begin(store)
    grade_cohort(store, a_class.course, settings, SEED, LocalPool(1), on_progress=cut)
    assert [graded.score for graded in store.graded()] == [3.0, 1.0, 3.0]
    store.close()


def test_a_server_that_is_lost_stops_the_run_and_resume_completes_it(on_postgresql, request):
    if os.environ.get("GRADER_POSTGRESQL"):
        pytest.skip("the server is somebody's")
    a_class, server = on_postgresql, request.getfixturevalue("server")
    store = a_class.store()
    settings = a_class.begin(store)

    def lose(progress):
        if progress.student:
            server.kill()

    try:
        with pytest.raises(Stopped):
            grade_cohort(store, a_class.course, settings, SEED, LocalPool(1), on_progress=lose)
    finally:
        server.start()
    store.close()
    store = a_class.store()
    assert store.counts() == (3, 1)
    settings = a_class.begin(store, resume=True)
    grade_cohort(store, a_class.course, settings, SEED, LocalPool(1))
    assert [graded.score for graded in store.graded()] == [3.0, 1.0, 3.0]
    store.close()


def _result(score: float) -> Result:
    made = Result(
        course="maths",
        version="1",
        seed=None,
        seed_id="",
        started="",
        isolation=Isolation(2, "", ()),
    )
    made.score = score
    return made


class TestStore:
    """What it promises, with results that are put in by hand."""

    @pytest.fixture
    def store(self, on_postgresql):
        made = on_postgresql.store()
        on_postgresql.begin(made)
        yield made
        made.close()

    def test_a_submission_has_one_result_for_each_edition(self, store, on_postgresql):
        for number in store.waiting():
            store.keep(number, _result(1.0), 2.5, 1)
        edition = begin_regrade(
            store, on_postgresql.course, SEED, LocalPool(1), questions=["q01"], students=["bob"]
        )
        waiting, total = store.waiting_again(edition)
        assert (len(waiting), total) == (1, 1)
        store.keep(waiting[0], _result(2.0), 1.0, 1, edition)
        with pytest.raises(Stopped, match=r"duplicate key|unique"):
            store.keep(waiting[0], _result(9.0), 1.0, 1, edition)
        assert [g.score for g in store.graded()] == [1.0, 2.0, 1.0]
        assert [g.score for g in store.graded(before=2)] == [1.0, 1.0, 1.0]
        assert store.waiting_again(edition) == ([], 1)

    def test_hand_ins_are_received_whole_or_not_at_all(self, store, on_postgresql):
        def broken():
            yield from ()
            raise RuntimeError("the archive ends here")

        with pytest.raises(RuntimeError):
            store.receive(broken(), [], "en")
        assert [g.student for g in store.graded()] == ["ada", "bob", "eve"]

    def test_a_server_that_dies_stops_the_run_and_loses_nothing_that_was_kept(
        self, store, on_postgresql, request
    ):
        if os.environ.get("GRADER_POSTGRESQL"):
            pytest.skip("the server is somebody's")
        server = request.getfixturevalue("server")
        first, second, _ = store.waiting()
        # Without fsync a killed server keeps what was committed: its pages are the kernel's.
        store.keep(first, _result(1.0), 1.0, 1)
        server.kill()
        try:
            with pytest.raises(Stopped):
                store.keep(second, _result(2.0), 1.0, 1)
        finally:
            server.start()
        again = on_postgresql.store()
        assert [g.score for g in again.graded()] == [1.0, None, None]
        again.keep(second, _result(2.0), 1.0, 1)
        again.close()
