"""A cohort from hand-ins to results, undisturbed and disturbed."""

import signal
import subprocess
import sys

import msgspec
import pytest

from grader.cohort import CohortError, LocalPool, Stopped, Store, _store, grade_cohort
from grader.cohort._frames import write_frame
from grader.cohort._model import Job, pack_files
from grader.course import find_submission
from grader.grading import grade_files
from grader.handins import Account, Fate
from grader.session import _workers

SEED = 2**100 + 7
_UNDISTURBED: dict[str, object] = {}  # the same for all


def run(a_class, jobs=2, on_progress=lambda progress: None, **options) -> dict[str, object]:
    """Grade, and give each student's row."""
    store = a_class.store()
    try:
        settings = a_class.begin(store, **options)
        grade_cohort(
            store, a_class.course, settings, SEED, LocalPool(jobs), on_progress=on_progress
        )
        return {graded.student: graded for graded in store.graded()}
    finally:
        store.close()


def test_each_submission_gets_the_result_that_it_would_get_alone(a_class, told, monkeypatch):
    seen = []
    rows = run(a_class, on_progress=seen.append)
    monkeypatch.setattr(_workers, "PRELOAD", ())
    for student, row in rows.items():
        files = find_submission(a_class.course, a_class.folder / student)
        alone = grade_files(
            a_class.course, files, seed=SEED, secret=True, language="en", isolation=2
        )
        assert told(row.result) == told(alone.to_json())
    assert [(s, row.verdict, row.score) for s, row in rows.items()] == [
        ("ada", "graded", 3.0),
        ("bob", "graded", 1.0),
        ("eve", "graded", 3.0),
    ]
    assert all(row.cpu_seconds > 0 and row.tries == 1 for row in rows.values())
    assert sorted(p.student for p in seen if p.student) == ["ada", "bob", "eve"]
    assert (seen[-1].done, seen[-1].total, seen[-1].remaining) == (3, 3, 0.0)
    assert str(SEED).encode() not in b"".join(row.result for row in rows.values())


def test_what_waits_for_a_decision_costs_no_points(a_class):
    a_class.write("ada", "q01_square (1).py", "def square(x):\n    return 0\n")
    a_class.write("ada", "q02_double.py", "def double(x):\n    return 2 * x\n")
    row = run(a_class)["ada"]
    assert (row.verdict, row.score, row.max_score, row.ungraded) == ("open", 1.0, 4.0, 3.0)
    assert b"several files may be the answer" in row.result
    assert row.tries == 1


def test_what_was_not_handed_in_has_no_result(a_class):
    (a_class.folder / "zoe").mkdir()
    row = run(a_class)["zoe"]
    assert (row.verdict, row.score, row.result) == ("empty", None, b"")


def test_a_new_hand_in_is_graded_and_the_one_before_is_kept(a_class):
    before = run(a_class)
    a_class.write(
        "bob",
        "q01_square.py",
        "def square(x):\n    return x * x\n\n\ndef cubes(n):\n    return []\n",
    )
    seen = []
    after = run(a_class, resume=True, on_progress=seen.append)
    assert [p.student for p in seen if p.student] == ["bob"]
    assert after["ada"] == before["ada"]
    assert after["bob"].digest != before["bob"].digest
    assert after["bob"].score == 2.0


class TestDisturbed:
    """After a stop of any kind each submission has one result, that of an undisturbed run."""

    @pytest.fixture
    def undisturbed(self, a_class, told, tmp_path):
        if not _UNDISTURBED:
            (tmp_path / "other").mkdir()
            rows = run(type(a_class)(tmp_path / "other"))
            _UNDISTURBED.update({student: told(row.result) for student, row in rows.items()})
        return _UNDISTURBED

    def test_a_process_that_is_killed_is_replaced(
        self, a_class, told, undisturbed, plain_python, tmp_path
    ):
        plain_python(
            "import os, pathlib, signal\n"
            "from grader import grading\n"
            "grade = grading.grade_files\n"
            f"marker = pathlib.Path({str(tmp_path / 'killed')!r})\n"
            "def once(*args, **kwargs):\n"
            "    try:\n"
            "        marker.touch(exist_ok=False)\n"
            "    except FileExistsError:\n"
            "        return grade(*args, **kwargs)\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\n"
            "grading.grade_files = once"
        )
        rows = run(a_class)
        assert {student: told(row.result) for student, row in rows.items()} == undisturbed
        assert sorted(row.tries for row in rows.values()) == [1, 1, 2]

    def test_a_submission_that_always_fails_stops_nobody_and_costs_nothing(
        self, a_class, plain_python
    ):
        plain_python(
            "import os\n"
            "from grader import grading\n"
            "grade = grading.grade_files\n"
            "def deadly(course, files, **options):\n"
            "    if b'x + x' in files[0].content:\n"
            "        os._exit(9)\n"
            "    return grade(course, files, **options)\n"
            "grading.grade_files = deadly"
        )
        rows = run(a_class)
        assert (rows["ada"].score, rows["eve"].score) == (3.0, 3.0)
        bob = rows["bob"]
        assert (bob.verdict, bob.score, bob.ungraded, bob.tries) == ("open", 0.0, 4.0, 3)
        assert b"exit status 9" in bob.result

    def test_an_error_of_the_grader_is_told_to_its_owner(self, a_class, plain_python):
        plain_python(
            "from grader import grading\n"
            "def broken(*args, **options):\n"
            "    raise RuntimeError('no such thing')\n"
            "grading.grade_files = broken"
        )
        row = run(a_class)["ada"]
        assert (row.verdict, row.ungraded) == ("open", 4.0)
        assert b"no such thing" in row.result

    def test_ctrl_c_keeps_what_is_done_and_resume_does_the_rest(self, a_class, told, undisturbed):
        def interrupt(progress):
            if progress.student:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run(a_class, jobs=1, on_progress=interrupt)
        with pytest.raises(CohortError, match="--resume"):
            run(a_class)
        seen = []
        rows = run(a_class, resume=True, on_progress=seen.append)
        assert len([p for p in seen if p.student]) == 2
        assert {student: told(row.result) for student, row in rows.items()} == undisturbed

    def test_a_coordinator_that_is_killed_loses_nothing_that_was_kept(
        self, a_class, told, undisturbed
    ):
        store = a_class.store()
        a_class.begin(store)
        store.close()
        code = (
            "import os, signal, sys, pathlib\n"
            "from grader.cohort import LocalPool, Store, _place, grade_cohort\n"
            "from grader.course import read_course\n"
            f"_place.COMMAND = {_command()!r}\n"
            f"store = Store.in_folder(pathlib.Path({str(a_class.out)!r}))\n"
            "def die(progress):\n"
            "    if progress.student:\n"
            "        os.kill(os.getpid(), signal.SIGKILL)\n"
            f"course = read_course(pathlib.Path({str(a_class.course.path)!r}))\n"
            f"grade_cohort(store, course, store.settings(), {SEED}, LocalPool(2), on_progress=die)\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()
        seen = []
        rows = run(a_class, resume=True, on_progress=seen.append)
        assert len([p for p in seen if p.student]) == 2
        assert {student: told(row.result) for student, row in rows.items()} == undisturbed

    def test_a_full_disk_stops_the_run_and_spoils_nothing(
        self, a_class, told, undisturbed, monkeypatch
    ):
        store = a_class.store()
        a_class.begin(store)
        store.close()
        pages = (a_class.out / "cohort.sqlite").stat().st_size // 4096
        durable = _store._durable

        def small(connection, record):
            durable(connection, record)
            connection.execute(f"PRAGMA max_page_count={pages + 2}")

        monkeypatch.setattr(_store, "_durable", small)
        with pytest.raises(Stopped, match="full"):
            run(a_class, jobs=1, resume=True)
        monkeypatch.setattr(_store, "_durable", durable)
        rows = run(a_class, resume=True)
        assert {student: told(row.result) for student, row in rows.items()} == undisturbed


def _command():
    from grader.cohort import _place

    return _place.COMMAND


def test_a_process_ends_when_who_started_it_is_gone_where_interrupts_are_ignored_too(
    a_class, plain_python
):
    """As by ``nohup grader cohort ... &`` in a script."""
    plain_python(
        "import sys, time\n"
        "from grader import grading\n"
        "def endless(*args, **options):\n"
        "    print('begun', file=sys.stderr, flush=True)\n"
        "    try:\n"
        "        time.sleep(600)\n"
        "    except KeyboardInterrupt:\n"  # as where Python ignores it
        "        time.sleep(600)\n"
        "grading.grade_files = endless"
    )
    job = Job(
        submission=1,
        course=str(a_class.course.path),
        files=pack_files([]),
        undecided=(),
        seed="1",
        language="en",
        isolation=2,
        timeout=None,
        total=None,
        data=None,
    )
    process = subprocess.Popen(
        ["sh", "-c", "trap '' INT; exec \"$@\"", "sh", *_command()],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdin is not None
        assert process.stderr is not None
        write_frame(process.stdin, msgspec.msgpack.encode(job))
        assert process.stderr.readline() == b"begun\n"
        process.stdin.close()
        assert process.wait(120) == 130


def test_files_of_nobody_are_kept_too_also_those_of_one_name(a_class):
    account = Account("README.txt", Fate.IGNORED, {"en": "x", "fr": "x"})
    store = a_class.store()
    store.receive(iter(()), [account, account], "en")
    assert [stray["path"] for stray in store.strays()] == ["README.txt"] * 2
    store.close()


class TestBegin:
    """What would mix results of two kinds, or put others at risk, is refused."""

    def test_below_level_2_it_refuses_unless_submissions_are_trusted(self, a_class):
        store = a_class.store()
        with pytest.raises(CohortError, match=r"At level 0 .* --trust-submissions"):
            a_class.begin(store, isolation=0)
        a_class.begin(store, isolation=0, trust_submissions=True)
        store.close()

    def test_other_settings_are_named(self, a_class):
        store = a_class.store()
        a_class.begin(store)
        with pytest.raises(CohortError, match=r"\(timeout, language\)|\(language, timeout\)"):
            a_class.begin(store, resume=True, timeout="x3", language="fr")
        a_class.begin(store, resume=True, isolation="auto")  # is the level that it began with
        store.close()

    def test_a_course_that_has_changed_is_another(self, a_class, tmp_path):
        import shutil

        from grader.course import read_course

        copy = tmp_path / "solutions" / "maths"
        shutil.copytree(a_class.course.path, copy)
        shutil.copytree(
            a_class.course.path.parents[1] / "exercises" / "maths", tmp_path / "exercises" / "maths"
        )
        a_class.course = read_course(copy)
        store = a_class.store()
        a_class.begin(store)
        checks = copy / "q01_square" / "checks.py"
        checks.write_text(checks.read_text().replace("50", "49"))
        with pytest.raises(CohortError, match="course_digest"):
            a_class.begin(store, resume=True)
        store.close()

    def test_what_is_no_database_is_told_without_its_password(self):
        with pytest.raises(CohortError) as caught:
            Store("nonsense://me:secret@host/x")
        assert "secret" not in str(caught.value)
