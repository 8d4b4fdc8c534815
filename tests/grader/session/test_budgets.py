"""Real workers within budgets: what they do with their time decides, not what the machine does."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from grader.results import Verdict
from grader.sandbox import levels
from grader.session import Fault, QuestionTime, RunTime, Session, _time

SOURCE = b"""
import os, subprocess, sys, threading, time

def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return seconds

def burn_in_c():
    return 7 ** 10**9

def sleep(seconds):
    time.sleep(seconds)
    return seconds

def deadlock():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()

def burn_in_a_child(seconds):
    code = "import time\\nwhile time.process_time() < %r: pass" % seconds
    subprocess.run([sys.executable, "-c", code])

def burn_beside():
    threading.Thread(target=burn, args=(1e9,)).start()

def die():
    os._exit(3)
"""


@pytest.fixture
def session() -> Iterator[Callable[..., Session]]:
    """Makes a session whose worker imports nothing beforehand."""
    with contextlib.ExitStack() as made:

        def make(level: int = 0, source: bytes = SOURCE) -> Session:
            try:
                _, launcher = levels.choose(level)
            except levels.IsolationUnavailable as missing:
                pytest.skip(str(missing))
            made.callback(launcher.close)
            return made.enter_context(contextlib.closing(Session({"q.py": source}, launcher)))

        yield make


def _time_for(call: float = 10.0, total: float = 1800.0, patience: float = 600.0) -> QuestionTime:
    return QuestionTime(call, RunTime(total, patience))


def _call(session: Session, time: QuestionTime, name: str, *args: object) -> object:
    session.load("q", "q.py", time)
    arguments = {"target": ["q", name], "steps": [], "args": list(args), "kwargs": {}}
    return session.ask("call", time, f"{name}()", **arguments)()


def _fault(session: Session, time: QuestionTime, name: str, *args: object) -> Fault:
    with pytest.raises(Fault) as caught:
        _call(session, time, name, *args)
    return caught.value


@contextlib.contextmanager
def _kept_from_running(session: Session, share: float) -> Iterator[None]:
    """The worker is stopped but for a share of the time, as by a machine with other work; for 0 altogether."""
    assert session._process is not None
    root = psutil.Process(session._process.popen.pid)
    tree = [root, *root.children(recursive=True)]
    over = threading.Event()

    def tell_all(act: str) -> None:
        for process in tree:
            with contextlib.suppress(psutil.Error):
                getattr(process, act)()

    def throttle() -> None:
        while not over.is_set():
            tell_all("suspend")
            time.sleep(0.2 * (1 - share))
            if share:
                tell_all("resume")
                time.sleep(0.2 * share)

    tell_all("suspend")  # now: the thread may begin after the worker has answered
    thread = threading.Thread(target=throttle)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        tell_all("resume")


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_worker_that_a_machine_keeps_waiting_has_all_its_time(session, level):
    ours, mine = session(level), _time_for(call=1.0)
    ours.load("q", "q.py", mine)
    with _kept_from_running(ours, 0.15):
        assert _call(ours, mine, "burn", 0.4) == 0.4
    assert mine.run.starved > 1.0, "a clock on the wall would have ended it"
    assert mine.run.report.share is not None
    assert mine.run.report.share < 0.6


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_each_way_of_using_up_the_time_has_its_own_verdict(session, level):
    ours, mine = session(level), _time_for(call=0.5)
    said = {
        name: (fault.verdict, fault.facts["key"])
        for name, args in (("burn", [1e9]), ("sleep", [1e6]))
        for fault in [_fault(ours, mine, name, *args)]
    }
    assert said == {
        "burn": (Verdict.TIMEOUT, "computes"),
        "sleep": (Verdict.TIMEOUT, "idle"),
    }
    assert mine.deaths == 2
    assert mine.spent >= 1.0


@pytest.mark.parametrize(("name", "key"), [("burn_in_c", "computes"), ("deadlock", "idle")])
def test_so_have_a_loop_in_c_and_a_lock_that_never_opens(session, name, key):
    assert _fault(session(), _time_for(call=0.5), name).facts["key"] == key


def test_a_sleeper_is_found_out_on_a_busy_machine_too(session):
    ours, mine = session(), _time_for(call=0.3)
    ours.load("q", "q.py", mine)
    with _kept_from_running(ours, 0.5):
        assert _fault(ours, mine, "sleep", 1e6).facts["key"] == "idle"


def test_a_worker_that_never_gets_its_turn_is_ended_and_nobody_is_blamed(session):
    ours, mine = session(), _time_for(call=1.0, patience=1.0)
    ours.load("q", "q.py", mine)
    with _kept_from_running(ours, 0.0):
        fault = _fault(ours, mine, "burn", 0.4)
    assert fault.verdict is Verdict.NOT_GRADED
    assert fault.final
    assert mine.deaths == 0


def test_an_answer_that_took_too_much_is_none(session, monkeypatch):
    ours, mine = session(), _time_for(call=0.2)
    # As when the answer is there before anybody has looked.
    monkeypatch.setattr("grader.session._stopwatch._FIRST_PAUSE", 30.0)
    monkeypatch.setattr("grader.session._stopwatch._SHORT", 0.0)
    assert _fault(ours, mine, "burn", 0.4).facts["key"] == "computes"
    assert mine.deaths == 1


def test_processes_that_the_code_starts_count_dead_or_alive(session):
    ours, mine = session(0), _time_for(call=1.0)
    _call(ours, mine, "burn_in_a_child", 0.4)
    assert mine.spent >= 0.35  # the system counts in hundredths, for each process
    assert _fault(ours, mine, "burn_in_a_child", 1e9).facts["key"] == "computes"


def test_short_calls_are_charged_together_and_what_runs_on_between_them_too(session):
    ours, mine = session(), _time_for(call=5.0)
    for _ in range(40):
        _call(ours, mine, "burn", 0.01)
    time.sleep(0.1)
    _call(ours, mine, "burn", 0.01)
    assert 0.3 < mine.spent < 5
    _call(ours, mine, "burn_beside")
    before = mine.spent
    time.sleep(1.0)
    _call(ours, mine, "burn", 0.01)
    assert mine.spent > before


class TestStarts:
    def test_the_first_is_charged_to_nobody_those_after_a_death_to_whom_caused_it(self, session):
        run = RunTime(1800, 600)
        first, second = QuestionTime(5, run), QuestionTime(5, run)
        ours = session()
        ours.inspect("q.py", "", [], first)
        assert first.spent < 0.1
        assert _fault(ours, first, "die").verdict is Verdict.CRASHED
        before = first.spent
        _call(ours, second, "burn", 0.0)
        assert first.spent > before
        assert second.spent < first.spent
        assert run.spent == pytest.approx(first.spent + second.spent)

    def test_after_three_deaths_there_are_no_more(self, session):
        ours, mine = session(), _time_for()
        for number in range(3):
            assert _fault(ours, mine, "die").facts["key"] == "crashed_exit"
            assert ours.life == number + 1
        assert _fault(ours, mine, "burn", 0.0).facts["key"] == "deaths"
        assert ours._process is None
        assert _call(ours, QuestionTime(5, mine.run), "burn", 0.0) == 0, "another question goes on"

    def test_one_that_a_busy_machine_prevents_is_not_our_error(self, session, monkeypatch):
        ours = session()
        ours.start()
        with _kept_from_running(ours, 0.0), pytest.raises(Fault) as caught:
            _call(ours, _time_for(patience=0.5), "burn", 0.0)
        assert caught.value.verdict is Verdict.NOT_GRADED


class TestLoading:
    def test_it_is_charged_and_bounded(self, session, monkeypatch):
        monkeypatch.setattr(_time, "_IMPORT_SECONDS", 0.0)
        ours = session(source=b"import time\ntime.sleep(1e6)\n")
        mine = _time_for(call=0.3)
        assert _fault(ours, mine, "f").facts["key"] == "idle"
        assert mine.spent >= 0.3

    def test_what_a_busy_machine_ended_is_tried_again(self, session):
        ours, mine = session(), _time_for(patience=0.5)
        ours.inspect("q.py", "", [], mine)
        with _kept_from_running(ours, 0.0):
            assert _fault(ours, mine, "burn", 0.0).verdict is Verdict.NOT_GRADED
        mine.run.patience = 600.0
        assert _call(ours, mine, "burn", 0.0) == 0

    def test_sources_are_read_where_nothing_of_the_student_has_run(self, session):
        ours, mine = session(), _time_for()
        _call(ours, mine, "burn", 0.0)
        life = ours.life
        ours.inspect("q.py", "", [], mine)
        assert ours.life == life + 1
        ours.inspect("q.py", "", [], mine)
        assert ours.life == life + 1
