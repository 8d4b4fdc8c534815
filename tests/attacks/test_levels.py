"""What a level promises beyond the score: nothing of a submission is left, and its share of the machine is bounded."""

import os
import subprocess
from pathlib import Path

import pytest

from grader.results import Verdict


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_at_level_0_no_process_outlives_its_worker_though_it_killed_the_supervisor(
    prepared, graded, tmp_path
):
    folder, place = prepared("outlive_the_supervisor"), tmp_path / "number"
    file = folder / "q01_sum.py"
    file.write_text(file.read_text().replace('PLACE = ""', f"PLACE = {str(place)!r}"))
    result = graded(folder, 0)
    assert result.complete
    assert result.score == 0
    assert not alive(int(place.read_text())), "it must have run, and be gone"
    children = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True
    )
    assert "defunct" not in children.stdout, "nobody is left unburied"


@pytest.mark.parametrize("name", ["fill_the_scratch_folder", "many_empty_files"])
def test_at_level_1_without_privileges_a_supervisor_ends_what_writes_too_much(
    prepared, graded, monkeypatch, name
):
    from grader.sandbox import _folders, identity, levels

    monkeypatch.setattr(identity, "available", lambda: False)
    levels._means.cache_clear()
    result = graded(prepared(name), 1)
    levels._means.cache_clear()
    assert "watched" in result.isolation.mechanisms
    assert result.score == 0
    verdicts = {check.verdict for check in result.questions[0].checks}
    assert Verdict.CRASHED in verdicts
    assert "SIGXFSZ" in result.questions[0].checks[0].message
    left = list(Path(_folders.tempfile.gettempdir()).glob(f"grader-*-{os.getpid()}-*"))
    assert not left


@pytest.mark.parametrize("name", ["uncounted_memory", "crowd_of_threads", "kill_the_grader"])
def test_level_3_stops_what_level_2_stops(prepared, graded, name):
    result = graded(prepared(name), 3)
    assert result.isolation.name == "contained"
    assert "cgroups" in result.isolation.mechanisms
    assert (result.score, result.complete) == (0, True)
