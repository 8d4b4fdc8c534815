"""What each level is made of on this machine, and what starts its workers."""

import dataclasses
import errno
import os
import sys
from pathlib import Path

import pytest

from grader.sandbox import (
    _folders,
    _launch,
    bubblewrap,
    cgroups,
    identity,
    landlock,
    levels,
    seccomp,
)
from grader.sandbox.levels import IsolationUnavailable, Launcher, Surroundings, choose
from grader.session import Session
from grader.session._time import QuestionTime, RunTime

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
MIB = 2**20


@pytest.fixture(autouse=True)
def fresh():
    """What was tried before is tried again, and what a test finds is forgotten."""
    levels._means.cache_clear()
    yield
    levels._means.cache_clear()


@pytest.fixture
def there(monkeypatch):
    """Sets what this machine has; each mechanism that is tried then works."""

    def set_to(**had: bool) -> None:
        for module in (bubblewrap, cgroups, identity, landlock, seccomp, levels.limits):
            name = module.__name__.rpartition(".")[2]
            monkeypatch.setattr(module, "available", lambda name=name: had.get(name, False))
        monkeypatch.setattr(levels, "_try", lambda means: {"threads": True})

    return set_to


ALL = {"limits": True, "landlock": True, "seccomp": True, "bubblewrap": True}
ROOT = {"identity": True, "cgroups": True}


class TestChoice:
    @pytest.mark.parametrize(
        ("had", "level"),
        [
            ({}, 0),
            ({"limits": True}, 1),
            ({"limits": True, "landlock": True, "seccomp": True}, 1),
            (ALL, 2),
            (ALL | ROOT, 2),
        ],
    )
    def test_auto_is_the_strongest_here_and_at_most_2(self, there, had, level):
        there(**had)
        assert choose("auto")[0].level == level

    def test_level_3_is_for_who_asks_for_it(self, there):
        there(**ALL, **ROOT)
        granted, _ = choose(3)
        assert (granted.level, granted.name) == (3, "contained")
        assert granted.mechanisms == (
            *("process", "bubblewrap", "rlimits", "landlock", "seccomp"),
            *("scratch", "threads", "own user", "cgroups"),
        )

    @pytest.mark.parametrize(
        ("level", "had", "missing"),
        [
            (1, {}, "Linux resource limits"),
            (2, {"limits": True}, "a working bubblewrap"),
            (3, {"limits": True}, "a working bubblewrap"),
            (3, ALL, "control groups for memory and processes"),
        ],
    )
    def test_a_level_that_cannot_be_had_says_what_is_missing(self, there, level, had, missing):
        there(**had)
        with pytest.raises(IsolationUnavailable, match=missing) as raised:
            choose(level)
        assert "the strongest level here is" in str(raised.value)

    @pytest.mark.parametrize("value", [-1, 4, "2", "none", None])
    def test_there_are_no_other_levels(self, value):
        with pytest.raises(ValueError, match="must be 'auto', 0, 1, 2 or 3"):
            choose(value)

    def test_level_2_goes_without_what_does_not_work_and_does_not_claim_it(
        self, there, monkeypatch
    ):
        there(**ALL, **ROOT)

        def fails(means):
            if means.own_user or means.scratch:
                raise OSError("not here")
            return {"threads": False}

        monkeypatch.setattr(levels, "_try", fails)
        assert choose(2)[0].mechanisms == (
            *("process", "bubblewrap", "rlimits", "landlock", "seccomp"),
        )

    def test_level_3_as_root_does_not_go_without_a_user_of_its_own(self, there, monkeypatch):
        there(**ALL, **ROOT)

        def fails(means):
            if means.own_user:
                raise OSError("packages cannot be read")
            return {"threads": True}

        monkeypatch.setattr(levels, "_try", fails)
        with pytest.raises(
            IsolationUnavailable, match=r"user of its own \(packages cannot be read\)"
        ):
            choose(3)

    def test_in_a_delegated_group_level_3_needs_no_root(self, there):
        there(**ALL, cgroups=True)
        assert "own user" not in choose(3)[0].mechanisms

    def test_level_1_without_root_is_watched(self, there):
        there(limits=True, landlock=True, seccomp=True)
        assert "watched" in choose(1)[0].mechanisms


# ------------------------------------------------------------------------------- on this machine

LOOK = """
import os, resource

def look():
    scratch = os.statvfs(".")
    lines = dict(line.split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
    return {
        "user": os.getuid(),
        "capabilities": lines["CapEff"].strip() + lines["CapBnd"].strip(),
        "filters": int(lines["Seccomp"]),
        "bytes": scratch.f_blocks * scratch.f_frsize,
        "files": scratch.f_files,
        "threads": resource.getrlimit(resource.RLIMIT_NPROC)[1],
        "parent": os.getppid(),
        "listed": os.path.exists("/etc/passwd"),
    }
"""


ROOT_FOLDER = b"""
import os

def root():
    try:
        return os.listdir("/")
    except OSError as error:
        return error.errno
"""


def answer(launcher: Launcher, text: bytes, function: str):
    """What a function of a submission answers in a worker."""
    time = QuestionTime(60.0, RunTime(total=1800.0, patience=600.0))
    session = Session({"a.py": text}, launcher, preload=["numpy"])
    try:
        session.load("a", "a.py", time)
        call = {"target": ["a", function], "steps": [], "args": [], "kwargs": {}}
        return session.ask("call", time, f"{function}()", **call)()
    finally:
        session.close()
        launcher.close()


@pytest.fixture
def look():
    """What a worker of a level sees of itself."""

    def see(level: int, launcher: Launcher | None = None) -> dict:
        try:
            chosen = choose(level)[1]
        except IsolationUnavailable as missing:
            pytest.skip(str(missing))
        return answer(launcher or chosen, LOOK.encode(), "look")

    return see


@linux
@pytest.mark.parametrize("level", [1, 2, 3])
def test_what_a_level_names_is_what_its_workers_have(look, level):
    seen = look(level)
    granted, _ = choose(level)
    around = Surroundings(Path(), Path())
    if level > 1 or os.getuid() == 0:
        assert seen["capabilities"] == "0" * 32
    assert seen["filters"] == (2 if "seccomp" in granted.mechanisms else 0)
    if "scratch" in granted.mechanisms:
        assert (seen["bytes"], seen["files"]) == (around.scratch_bytes, around.scratch_files)
    if "threads" in granted.mechanisms:
        assert seen["threads"] == around.threads
    assert (seen["user"] != os.getuid()) == ("own user" in granted.mechanisms)
    if level > 1:
        assert seen["parent"] == 1
        assert not seen["listed"]


@linux
def test_landlock_stands_inside_bubblewrap_too():
    try:
        granted, launch = choose(2)
    except IsolationUnavailable as missing:
        pytest.skip(str(missing))
    if "landlock" not in granted.mechanisms:
        pytest.skip("needs Landlock")
    assert answer(launch, ROOT_FOLDER, "root") == errno.EACCES


def surroundings(tmp_path: Path, name: str) -> Surroundings:
    folder = tmp_path / name
    (folder / "submission").mkdir(parents=True)
    (folder / "scratch").mkdir()
    return Surroundings(folder / "submission", folder / "scratch")


@linux
class TestShared:
    """What the workers of one submission share, and those of two do not."""

    @pytest.fixture
    def launchers(self):
        try:
            made = [choose(3)[1] for _ in range(2)]
        except IsolationUnavailable as missing:
            pytest.skip(str(missing))
        yield made
        for one in made:
            one.close()

    def test_a_user_and_a_group(self, launchers, tmp_path):
        one, other = launchers
        launches = [
            one(surroundings(tmp_path, "a")),
            one(surroundings(tmp_path, "b")),
            other(surroundings(tmp_path, "c")),
        ]
        groups = [Path(launch.containment.entrances[0]).parent for launch in launches]
        assert len(set(groups)) == 3
        assert groups[0].parent == groups[1].parent != groups[2].parent
        if identity.available():
            owners = [(tmp_path / name / "scratch").stat().st_uid for name in "abc"]
            assert owners[0] == owners[1] != owners[2]
        for launch in launches:
            launch.containment.close()
        one.close()
        other.close()
        assert not any(group.parent.exists() for group in groups)

    def test_a_group_bounds_what_the_worker_may_take_and_a_little_for_the_kernel(
        self, launchers, tmp_path, monkeypatch
    ):
        asked = []
        worker = cgroups.Shared.worker

        def note(shared, memory_bytes, processes):
            asked.append((memory_bytes, processes))
            return worker(shared, memory_bytes, processes)

        monkeypatch.setattr(cgroups.Shared, "worker", note)
        around = dataclasses.replace(
            surroundings(tmp_path, "a"), memory_bytes=300 * MIB, threads=50
        )
        launchers[0](around).containment.close()
        ((memory, processes),) = asked
        assert 300 * MIB + around.scratch_bytes < memory < 300 * MIB + 1024 * MIB
        assert 50 < processes < 70

    def test_nothing_is_left_of_a_worker_that_could_not_be_prepared(
        self, launchers, tmp_path, monkeypatch
    ):
        groups = []
        monkeypatch.setattr(_launch, "_door", lambda configuration: 1 / 0)
        close = cgroups.Group.close
        monkeypatch.setattr(
            cgroups.Group, "close", lambda group: (groups.append(group), close(group))
        )
        with pytest.raises(ZeroDivisionError):
            launchers[0](surroundings(tmp_path, "a"))
        assert len(groups) == 1


def test_a_trial_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(_folders.tempfile, "tempdir", str(tmp_path))
    for level in levels.LEVELS:
        levels._means(level)
    assert not list(tmp_path.iterdir())
