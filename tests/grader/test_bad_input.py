"""Whatever a student's file does, it gets the right verdict, and the other question is still graded."""

import functools
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from grader import grading
from grader.results import CheckResult, Result, Verdict
from grader.sandbox import levels
from grader.session import Fault, QuestionTime, RunTime, Session, _time, _workers

COURSE = Path(__file__).parent / "courses/solutions/pair"
GOOD = "def double(n):\n    return 2 * n\n"
FUNCTIONS = ("first", "second", "third")


class Case(NamedTuple):
    """One function that goes wrong."""

    name: str
    body: str
    verdict: tuple[Verdict, ...]
    says: str = ""
    levels: tuple[int, ...] = (2,)
    parameters: str = "x"


def bad(name, body, verdict, says="", **options) -> Case:
    verdicts = verdict if isinstance(verdict, tuple) else (verdict,)
    return Case(name, body, verdicts, says, **options)


EVERYWHERE = (0, 1, 2)
LIMITED = (1, 2)
# Each group is one submission and one run; what ends a worker stands with what must survive it.
GROUPS = [
    [
        bad("returns None", "return None", Verdict.FAILED, "None"),
        bad("returns a text", "return 'x'", Verdict.FAILED, "str"),
        bad("returns a wrong shape", "return np.zeros((2, 2))", Verdict.FAILED, "(2, 2)"),
    ],
    [
        bad("returns NaN", "return x * np.nan", Verdict.FAILED, "nan"),
        bad("returns a generator", "return (v for v in x)", Verdict.BAD_OUTPUT, "generator"),
        bad(
            "returns an object array",
            "return np.array([x, None], dtype=object)",
            Verdict.BAD_OUTPUT,
            "object",
        ),
    ],
    [
        bad(
            "returns a deep list",
            "v = []\n    for _ in range(10**5): v = [v]\n    return v",
            Verdict.BAD_OUTPUT,
            "nested",
        ),
        bad("returns a wide list", "return [[0] * 1000] * 10**5", Verdict.BAD_OUTPUT, "items"),
        bad("takes other arguments", "return 0", Verdict.EXCEPTION, "accept", parameters="x, y"),
    ],
    [
        bad("raises SystemExit", "sys.exit(0)", Verdict.EXCEPTION, "SystemExit", levels=EVERYWHERE),
        bad("ends the process", "os._exit(0)", Verdict.CRASHED, "status 0", levels=EVERYWHERE),
        bad("never returns", "while True: pass", Verdict.TIMEOUT, "endless", levels=EVERYWHERE),
    ],
    [
        bad("segfaults", "ctypes.string_at(0)", Verdict.CRASHED, "SIGSEGV", levels=EVERYWHERE),
        bad("recurses", "return second(x)", Verdict.EXCEPTION, "RecursionError"),
        bad(
            "recurses in C",
            "sys.setrecursionlimit(10**8)\n    return sorted([x], key=third)",
            (Verdict.CRASHED, Verdict.EXCEPTION),
        ),
    ],
    [
        bad("asks for too many bytes", "return bytearray(8 << 30)", Verdict.MEMORY, levels=LIMITED),
        bad("asks for a large array", "return np.ones(2**31)", Verdict.MEMORY, levels=LIMITED),
        bad(
            "takes memory bit by bit",
            "v = []\n    while True: v.append(bytes([1]) * 2**26)",
            Verdict.MEMORY,
            levels=LIMITED,
        ),
    ],
    [
        bad("forks for ever", "while True: os.fork()", Verdict.EXCEPTION, levels=LIMITED),
        bad(
            "starts threads for ever",
            "while True: threading.Thread(target=time.sleep, args=(60,)).start()",
            (Verdict.EXCEPTION, Verdict.MEMORY),
            levels=LIMITED,
        ),
        bad(
            "starts a daemon",
            "subprocess.Popen(['/bin/sleep', '1000'], start_new_session=True)",
            Verdict.EXCEPTION,
            levels=LIMITED,
        ),
    ],
    [
        bad("closes its pipes", "os.closerange(0, 100)", Verdict.CRASHED, levels=EVERYWHERE),
        bad(
            "floods the wire",
            "[os.write(n, b'y' * 10**6) for n in open_pipes()]",
            Verdict.BAD_OUTPUT,
            "channel",
            levels=EVERYWHERE,
        ),
        bad(
            "asks for an input",
            "return input()",
            Verdict.EXCEPTION,
            "EOFError",
            levels=(0,),
        ),
        bad("edits its file", "open(__file__, 'w')", Verdict.EXCEPTION, "Error", levels=LIMITED),
    ],
    [
        bad(
            "catches everything",
            "while True:\n        try: time.sleep(60)\n        except BaseException: pass",
            Verdict.TIMEOUT,
            "does nothing",
        ),
        bad(
            "replaces signal handlers",
            "for n in set(signal.Signals) - {9, 19}: signal.signal(n, lambda *_: None)\n"
            "    while True: pass",
            Verdict.TIMEOUT,
            levels=(0, 2),
        ),
        bad(
            "replaces the standard streams",
            "sys.stdout = sys.stderr = sys.stdin = None\n    os.close(0)\n    return x + 1",
            Verdict.PASSED,
        ),
    ],
    [
        bad(
            "leaks a tracer",
            "import jax\n    v = []\n    jax.jit(lambda a: v.append(a) or a)(x)\n    return v[0]",
            Verdict.BAD_OUTPUT,
            "tracer",
        ),
        bad(
            "never leaves lax.while_loop",
            "import jax\n    return jax.lax.while_loop(lambda v: True, lambda v: v + 1, 0)",
            Verdict.TIMEOUT,
            "computes too long",
        ),
        bad(
            "asks jax for too much",
            "import jax.numpy\n    return jax.numpy.ones((2**16, 2**16)).sum() + x",
            Verdict.MEMORY,
        ),
    ],
]
# Importing JAX, and touching four gigabytes, is computation too.
SECONDS = {"leaks a tracer": 20.0, "takes memory bit by bit": 20.0}
HELPERS = """
import ctypes, os, signal, subprocess, sys, threading, time
import numpy as np

def open_pipes():
    found = [int(n) for n in os.listdir("/proc/self/fd") if n not in "012"]
    return [n for n in found if "pipe" in link(n) and os.get_blocking(n) and writable(n)]

def link(n):
    return os.readlink(f"/proc/self/fd/{n}") if os.path.lexists(f"/proc/self/fd/{n}") else ""

def writable(n):
    import fcntl
    return fcntl.fcntl(n, fcntl.F_GETFL) & os.O_WRONLY
"""


@pytest.fixture(scope="module", autouse=True)
def own_temporary_folder(tmp_path_factory) -> Iterator[Path]:
    """Everything that a run starts carries this folder's name, so that nothing left behind is overlooked."""
    before, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("bad-input"))
    patch = pytest.MonkeyPatch()
    patch.setattr(_workers, "PRELOAD", ("numpy",))  # most of a worker's start would be JAX's import
    yield Path(tempfile.tempdir)
    patch.undo()
    assert not list(Path(tempfile.tempdir).glob("grader-*")), "a temporary folder stayed"
    assert not left_behind(tempfile.tempdir), "a process stayed"
    tempfile.tempdir = before


def left_behind(mark: str) -> list[str]:
    """Command lines of the processes that name the mark, after some patience."""
    for _ in range(100):
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            if process.name == str(os.getpid()):
                continue
            try:
                known = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            except OSError:
                continue
            if mark.encode() in known:
                found.append(known.decode(errors="replace")[:300])
        if not found:
            return []
        time.sleep(0.1)
    return found


def grade(source: str | bytes | None, level: int, timeout: float = 2.0) -> Result:
    """Grade a submission whose first file is ``source`` and whose second is right."""
    try:
        levels.choose(level)
    except levels.IsolationUnavailable as missing:
        pytest.skip(str(missing))
    with tempfile.TemporaryDirectory() as folder:
        if source is not None:
            content = source.encode() if isinstance(source, str) else source
            Path(folder, "q01_three.py").write_bytes(content)
        Path(folder, "q02_other.py").write_text(GOOD)
        result = grading.grade(str(COURSE), folder, isolation=level, timeout=timeout, language="en")
        if source is not None:
            assert Path(folder, "q01_three.py").read_bytes() == content
        return result


@functools.cache
def graded_group(index: int, level: int) -> Result:
    cases = [case for case in GROUPS[index] if level in case.levels]
    parts = [HELPERS]
    for function, case in zip(FUNCTIONS, cases, strict=False):
        parts.append(f"def {function}({case.parameters}):\n    {case.body}\n")
    for function in FUNCTIONS[len(cases) :]:
        parts.append(f"def {function}(x):\n    return x + 1\n")
    seconds = max(SECONDS.get(case.name, 2.0) for case in cases)
    return grade("\n".join(parts), level, seconds)


def assert_other_question_is_right(result: Result) -> None:
    assert result.complete
    assert result.questions[1].score == result.questions[1].max_score == 1


CASES = [
    pytest.param(index, case, level, id=f"{case.name}-{level}")
    for level in (2, 1, 0)
    for index, group in enumerate(GROUPS)
    for case in group
    if level in case.levels
]


@pytest.mark.parametrize(("index", "case", "level"), CASES)
def test_a_function_that_misbehaves_gets_its_verdict(index: int, case: Case, level: int):
    result = graded_group(index, level)
    cases = [other for other in GROUPS[index] if level in other.levels]
    check = result.questions[0].checks[cases.index(case)]
    assert check.verdict in case.verdict, check.message
    assert case.says in check.message
    assert check.points == (case.verdict == (Verdict.PASSED,))
    assert_other_question_is_right(result)


HONEST = "".join(f"def {name}(x):\n    return x + 1\n" for name in FUNCTIONS)
FILES = [
    ("a syntax error", "def first(x:\n", Verdict.IMPORT_ERROR, "SyntaxError"),
    ("an unknown encoding", "# coding: nonsense\n" + HONEST, Verdict.IMPORT_ERROR, "nonsense"),
    ("text that is not UTF-8", HONEST.encode() + b"s = '\xe9'\n", Verdict.IMPORT_ERROR, "UTF-8"),
    ("null bytes", HONEST.encode() + b"\0", Verdict.IMPORT_ERROR, "no text"),
    ("an import of nothing", "import nowhere\n" + HONEST, Verdict.IMPORT_ERROR, "nowhere"),
    ("an exception on import", "1 / 0\n" + HONEST, Verdict.IMPORT_ERROR, "ZeroDivisionError"),
    ("an exit on import", "import sys; sys.exit()\n", Verdict.IMPORT_ERROR, "SystemExit"),
    ("a crash on import", "import os; os.abort()\n", Verdict.CRASHED, "SIGABRT"),
    ("no function", "x = 1\n", Verdict.FAILED, "not defined"),
    ("a misspelled function", HONEST.replace("first", "frist"), Verdict.FAILED, "frist"),
    ("a number for a function", HONEST + "first = 3\n", Verdict.EXCEPTION, "callable"),
    ("more than 1 MiB", HONEST + "#" * 2**20, Verdict.IMPORT_ERROR, "1048576"),
    ("nearly 1 MiB", HONEST + "x = [" + "1," * 520_000 + "]\n", Verdict.PASSED, ""),
    ("brackets beyond the parser", "x = " + "[" * 5000 + "]" * 5000, Verdict.IMPORT_ERROR, ""),
    ("signs beyond the parser", "x = " + "-" * 50_000 + "1", None, ""),
    ("calls beyond the compiler", "x = f" + "()" * 50_000, None, ""),
]


@pytest.mark.parametrize(
    ("source", "verdict", "says"), [f[1:] for f in FILES], ids=[f[0] for f in FILES]
)
def test_a_file_with(source: str | bytes, verdict: Verdict | None, says: str):
    result = grade(source, 2, timeout=10.0)
    check: CheckResult = result.questions[0].checks[0]
    # How the interpreter fails on absurd sources is its own affair; that it costs one question only is ours.
    broken = (Verdict.IMPORT_ERROR, Verdict.CRASHED, Verdict.MEMORY)
    assert check.verdict in ((verdict,) if verdict else broken), check.message
    assert says in check.message
    assert_other_question_is_right(result)


def test_a_missing_file_is_a_question_not_attempted():
    result = grade(None, 2)
    assert result.questions[0].verdict is Verdict.NOT_ATTEMPTED
    assert_other_question_is_right(result)


def test_a_gigabyte_of_output_is_read_and_mostly_forgotten():
    flood = "import sys\n" + HONEST.replace(
        "return", "[sys.stdout.write('x' * 2**20) for _ in range(1024)]; return", 1
    )
    result = grade(flood.replace("return x + 1", "return x", 1), 2, timeout=120.0)
    check = result.questions[0].checks[0]
    assert check.verdict is Verdict.FAILED
    assert len(check.message) < 3000
    assert_other_question_is_right(result)


def test_processes_started_where_they_are_allowed_end_with_the_worker(own_temporary_folder):
    source = HELPERS + HONEST.replace(
        "return",
        "[subprocess.Popen(['/bin/sleep', '1000'], start_new_session=True) for _ in range(5)]; return",
        1,
    )
    result = grade(source, 0, timeout=10.0)
    assert result.score == 4
    assert not left_behind(str(own_temporary_folder))


def test_an_import_that_lasts_and_calls_that_kill_hold_a_question_only_as_long_as_its_purse():
    dying = HONEST.replace("return x + 1", "os._exit(1)")
    result = grade(f"import os, time\ntime.sleep(1)\n{dying}", 2)
    assert result.questions[0].verdict is Verdict.CRASHED
    assert result.own_time is not None
    # Three imports, three starts; beside the other question.
    # (The moment at which each begins to sleep is seen a little late.)
    assert 2.5 < result.own_time.seconds < result.own_time.total
    assert_other_question_is_right(result)


def test_a_file_that_never_finishes_importing_costs_its_budget_once(monkeypatch):
    monkeypatch.setattr(_time, "_IMPORT_SECONDS", 10.0)
    run = RunTime(total=1800, patience=600)
    bad, good = QuestionTime(0.5, run), QuestionTime(10, run)
    _, launch = levels.choose(0)
    session = Session({"q.py": b"while True: pass\n", "good.py": GOOD.encode()}, launch)
    try:
        with pytest.raises(Fault) as first:
            session.load("q", "q.py", bad)
        assert first.value.verdict is Verdict.TIMEOUT
        lives = session.life
        with pytest.raises(Fault) as again:
            session.load("q", "q.py", good)
        assert again.value is first.value
        assert session.life == lives
        session.load("good", "good.py", good)
    finally:
        session.close()


def test_folders_that_cannot_be_walked_do_not_stop_the_grader():
    source = HELPERS + HONEST.replace(
        "return", "[(os.mkdir('d'), os.chdir('d')) for _ in range(2000)]; return", 1
    )
    assert grade(source, 0, timeout=10.0).score == 4


# ------------------------------------------------------------------------------------ interrupted


RUN = """
import sys
from grader import grading
from grader.session import _workers
_workers.PRELOAD = ("numpy",)
print("started", flush=True)
grading.grade(sys.argv[1], sys.argv[2], isolation=int(sys.argv[3]), timeout=300.0,
              on_check=lambda question, check: print(check.id, flush=True))
"""


@pytest.mark.parametrize("level", EVERYWHERE)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_grader_that_is_interrupted_leaves_nothing(tmp_path, level, number):
    try:
        levels.choose(level)
    except levels.IsolationUnavailable as missing:
        pytest.skip(str(missing))
    folder, temporary = tmp_path / "handed in", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    (folder / "q02_other.py").write_text(GOOD)
    (folder / "q01_three.py").write_text(
        HONEST.replace("return x + 1", "return x + 1", 1).replace(
            "def second(x):\n    return x + 1", "def second(x):\n    while True: pass"
        )
    )
    grader = subprocess.Popen(
        [sys.executable, "-c", RUN, str(COURSE), str(folder), str(level)],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert grader.stdout is not None
    with grader:
        lines = iter(grader.stdout.readline, "")
        assert any(line.strip() == "q01.first" for line in lines), "the second call is under way"
        grader.send_signal(number)
        _, errors = grader.communicate(timeout=60)
    assert grader.returncode != 0
    assert not left_behind(str(temporary))
    if number is signal.SIGINT:
        assert "KeyboardInterrupt" in errors
        assert not list(temporary.glob("grader-*"))
