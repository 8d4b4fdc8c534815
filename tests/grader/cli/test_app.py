"""The command line as a program: help, imports, encodings, pipes, Ctrl-C."""

import codecs
import importlib.metadata
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer.main

from grader.cli import _output
from grader.cli._app import app
from grader.course import find_course, list_courses
from grader.messages._sentences import SENTENCES
from grader.report import with_formulas_as_text

_ALL = typer.main.get_command(app).commands  # type: ignore[attr-defined]
_COMMANDS = [*_ALL, *(f"course {name}" for name in _ALL["course"].commands)]
_HEAVY = {"jax", "jaxlib", "flax", "numpy", "pytest", "_pytest", "hypothesis", "msgspec", "scipy"}
_GRADER = [sys.executable, "-m", "grader"]


@pytest.mark.parametrize("command", ["", *_COMMANDS])
def test_every_command_has_help(cli, command):
    ran = cli(*command.split(), "--help")
    assert ran.status == 0
    assert "Usage: " in ran.out
    assert len(ran.lines) > 4


def test_the_commands_are_these():
    student = {"hint", "init", "list", "reset", "run", "show", "solution", "watch"}
    names = ("add", "check", "list", "messages", "new", "pack", "preview", "stubs")
    author = {f"course {name}" for name in names}
    author |= {"course", "export"}
    instructor = {"handins", "cohort", "regrade", "marks", "pages", "similar", "schema"}
    assert set(_COMMANDS) == student | author | instructor


@pytest.mark.parametrize(
    "arguments", [["--help"], ["run", "--help"], ["course", "check", "--help"]]
)
def test_help_loads_nothing_heavy(arguments):
    code = (
        "import sys, json, atexit\n"
        f"sys.argv = ['grader', *{arguments!r}]\n"
        "atexit.register(lambda: print('\\n' + json.dumps(sorted(sys.modules))))\n"
        "from grader.cli import main\nmain()\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in json.loads(ran.stdout.splitlines()[-1])}
    assert "typer" in loaded
    assert not loaded & _HEAVY


@pytest.mark.parametrize("arguments", [[], ["course"]])
def test_a_call_without_a_command_shows_the_help(cli, arguments):
    ran = cli(*arguments)
    assert "Usage: " in ran.out + ran.err


def _environment(**values: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    return {**kept, **values}


@pytest.mark.parametrize("arguments", [["list"], ["show", "q01"], ["hint", "q06"], ["init", "tp"]])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_every_encoding_is_good_enough(tmp_path, arguments, encoding):
    ran = subprocess.run(
        [*_GRADER, *arguments, "--lang", "fr"],
        capture_output=True,
        cwd=tmp_path,
        env=_environment(LANG="C", PYTHONUTF8="0", PYTHONIOENCODING=encoding, COLUMNS="80"),
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.decode(encoding)
    if encoding == "ascii":
        assert b"?" not in ran.stdout.replace(b" ?", b"")


def test_no_sign_of_the_courses_is_lost_in_ascii():
    texts = [
        with_formulas_as_text(path.read_text("utf-8"))
        for name in list_courses()
        for path in find_course(name).path.rglob("*.md")
    ]
    texts += [sentence for both in SENTENCES.values() for sentence in both]
    codecs.register_error("grader.nearest", _output._nearest)
    lost = {sign for text in texts for sign in text if sign != "?" and "?" in _in_ascii(sign)}
    assert lost == set()


def _in_ascii(text):
    return text.encode("ascii", "grader.nearest").decode()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("M⁻¹", "M^-1"),
        ("σ²", "sigma^2"),
        ("yᵢ", "yi"),
        ("⌊a / S⌋", "floor(a / S)"),
        ("½", "1/2"),
        ("2 · x", "2 * x"),
    ],
)
def test_formulas_are_told_in_ascii(text, written):
    codecs.register_error("grader.nearest", _output._nearest)
    assert _in_ascii(text) == written


def test_errors_are_written_in_every_encoding_too(tmp_path):
    ran = subprocess.run(
        [*_GRADER, "solution", "q01", "--lang", "fr"],
        capture_output=True,
        cwd=tmp_path,
        env=_environment(PYTHONUTF8="0", PYTHONIOENCODING="ascii"),
    )
    assert ran.returncode == 2
    assert b"quand la question est reussie : grader run q01" in ran.stderr


def test_a_reader_that_leaves_is_no_error(tmp_path):
    command = f'"{sys.executable}" -m grader show q01 | head -1; echo "${{PIPESTATUS[0]}}"'
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path)
    assert ran.stderr == ""
    assert ran.stdout.splitlines()[-1] == "0"


_ENDLESS = "def square(x):\n    print('go')\n    while True:\n        pass\n\n\ndef cubes(n):\n    return n\n"


def _children(pid: int) -> list[int]:
    """Every process that descends from this one."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:
                continue
            parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    found = [pid]
    for child in found:
        found += [other for other, parent in parents.items() if parent == child]
    return found[1:]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_ctrl_c_in_the_middle_of_a_run_leaves_no_process(desk):
    desk.write({"square": _ENDLESS})
    run = subprocess.Popen(
        [*_GRADER, "run", "q01", "--course", str(desk.course), "--json", "r.json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        children: list[int] = []
        while run.poll() is None and not any(_is_busy(pid) for pid in children):
            children = _children(run.pid)
        assert children
        os.kill(run.pid, signal.SIGINT)
        _, err = run.communicate(timeout=60)
    finally:
        run.kill()
    assert run.returncode == 130
    assert "Traceback" not in err
    assert not Path("r.json").exists()
    assert not [pid for pid in children if _is_alive(pid)]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_end_of_a_run_side_by_side_is_the_end_of_all_its_processes(desk, number):
    desk.write({"square": _ENDLESS, "double": desk.wrong["double"]})
    run = subprocess.Popen(
        [*_GRADER, "run", "--jobs", "2", "--isolation", "0", "--course", str(desk.course)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        children: list[int] = []
        while run.poll() is None and not any(map(_loops, children)):
            children = _children(run.pid)
        if number is signal.SIGINT:
            os.killpg(run.pid, number)  # as a terminal does
        else:
            os.kill(run.pid, number)
        _, err = run.communicate(timeout=60)
    finally:
        run.kill()
    assert len(children) >= 3
    assert "Traceback" not in err
    until = time.monotonic() + 60
    while (left := [pid for pid in children if _is_alive(pid)]) and time.monotonic() < until:
        time.sleep(0.1)
    assert not left


def _loops(pid: int) -> bool:
    """Whether it is a worker, and busy."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"grader.grading" not in command and _is_busy(pid)


def _is_busy(pid: int) -> bool:
    """Whether a process has used more than a second: the student's loop runs."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return int(fields[11]) > 1.5 * os.sysconf("SC_CLK_TCK")


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def test_the_version_is_told(cli):
    ran = cli("--version")
    assert (ran.status, ran.out) == (0, f"grader {importlib.metadata.version('jaxcnn')}\n")


def test_a_statement_on_a_terminal_has_no_latex(cli):
    shown = cli("show", "q06", "--course", "foundations").out
    assert "⌊(N + 2P − K) / S⌋ + 1" in shown
    assert "$" not in shown
