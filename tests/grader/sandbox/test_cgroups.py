"""Control groups: where they can be made, how they are limited; version 2 in a folder that stands for the kernel's."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox import _cgroupfs, _owner, cgroups
from grader.sandbox._cgroupfs import Place, find, mounts, own_groups
from grader.sandbox.cgroups import Shared

MIB = 2**20
LEAF = "grader-1-2-3-self"
HYBRID = """\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
34 31 0:31 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate
"""


class Kernel:
    """A folder in which groups of version 2 behave as the kernel's do, as far as names and refusals go."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.busy: set[Path] = set()
        self.group(root, controllers="cpu memory pids")
        monkeypatch.setattr(
            Place, "write", lambda place, file, value: self.write(place, file, value)
        )
        make, remove = Path.mkdir, Path.rmdir

        def mkdir(path: Path, *arguments, **options):
            if not path.is_relative_to(root):
                return make(path, *arguments, **options)
            parent = (path.parent / "cgroup.subtree_control").read_text()
            return self.group(path, controllers=parent)

        def rmdir(path: Path):
            shutil.rmtree(path) if path.is_relative_to(root) else remove(path)

        monkeypatch.setattr(Path, "mkdir", mkdir)
        monkeypatch.setattr(Path, "rmdir", rmdir)

    def group(self, folder: Path, controllers: str, processes: str = "", shared: str = "") -> Path:
        if not folder.is_dir():
            os.mkdir(folder)
        files = {"cgroup.controllers": controllers, "cgroup.subtree_control": shared}
        files |= {"cgroup.procs": processes, "cgroup.kill": ""}
        files["cpu.stat"] = "usage_usec 2500000\nuser_usec 1\n"
        if "memory" in controllers:
            files |= {"memory.max": "max", "memory.swap.max": "max", "memory.oom.group": "0"}
        if "pids" in controllers:
            files["pids.max"] = "max"
        for name, text in files.items():
            (folder / name).write_text(text)
        return folder

    def write(self, place: Place, file: str, value: object) -> None:
        path = place.folder / file
        if not path.exists():
            raise FileNotFoundError(path)
        if file == "cgroup.subtree_control":
            if (place.folder / "cgroup.procs").read_text().split() and place.folder != self.root:
                raise OSError(16, "busy")
            value = str(value).replace("+", "")
        elif file == "cgroup.procs":
            for other in self.root.rglob("cgroup.procs"):
                other.write_text(other.read_text().replace(str(os.getpid()), ""))
            value = os.getpid()
        path.write_text(str(value))


@pytest.fixture
def kernel(tmp_path, monkeypatch) -> Kernel:
    root = tmp_path / "cgroup"
    return Kernel(root, monkeypatch)


def seen(kernel: Kernel, group: str = "/") -> list[Place]:
    line = f"41 31 0:38 / {kernel.root} rw,relatime - cgroup2 cgroup2 rw"
    return find(mounts(line), {"": group}, LEAF)


def test_hierarchies_and_own_groups_are_read_as_the_kernel_writes_them():
    found = mounts(HYBRID)
    assert [(str(one.folder), sorted(one.controllers), one.unified) for one in found] == [
        ("/sys/fs/cgroup/memory", ["memory", "rw"], False),
        ("/sys/fs/cgroup/cpu,cpuacct", ["cpu", "cpuacct", "rw"], False),
        ("/sys/fs/cgroup/pids", ["pids", "rw"], False),
        ("/sys/fs/cgroup/unified", [], True),
    ]
    own = own_groups("4:memory:/a/b\n2:cpu,cpuacct:/\n1:name=systemd:/x:y\n0::/user.slice")
    assert own == {
        "memory": "/a/b",
        "cpu": "/",
        "cpuacct": "/",
        "name=systemd": "/x:y",
        "": "/user.slice",
    }
    assert str(mounts(r"1 2 0:1 / /a\040b rw - cgroup2 none rw")[0].folder) == "/a b"


class TestVersion2:
    def test_a_group_whose_children_are_limited_already_takes_ours_too(self, kernel):
        kernel.group(kernel.root / "user", "memory pids", shared="memory pids")
        kernel.group(kernel.root / "user/session", "memory pids", processes="1\n2\n")
        (place,) = seen(kernel, "/user/session")
        assert place.folder == kernel.root / "user"

    def test_alone_in_a_delegated_group_this_process_moves_down_and_shares_out(self, kernel):
        scope = kernel.group(kernel.root / "run.scope", "memory pids", processes=f"{os.getpid()}\n")
        (place,) = seen(kernel, "/run.scope")
        assert place.folder == scope
        assert (scope / "cgroup.subtree_control").read_text() == "memory pids"
        assert (scope / LEAF / "cgroup.procs").read_text() == str(os.getpid())

    def test_where_others_are_in_the_group_nobody_is_moved(self, kernel, monkeypatch):
        scope = kernel.group(kernel.root / "run.scope", "memory pids", processes="1\n")
        monkeypatch.setattr(_cgroupfs.os, "access", lambda path, mode: Path(path) == scope)
        assert seen(kernel, "/run.scope") == []
        assert (scope / "cgroup.procs").read_text() == "1\n"

    def test_without_the_controllers_there_is_no_place(self, kernel):
        (kernel.root / "cgroup.controllers").write_text("hugetlb")
        assert seen(kernel) == []

    def test_what_cannot_be_written_is_no_place(self, kernel, monkeypatch):
        monkeypatch.setattr(_cgroupfs.os, "access", lambda path, mode: False)
        assert seen(kernel) == []

    def test_a_group_above_what_a_container_sees_is_looked_for_at_its_root(self, kernel):
        (place,) = seen(kernel, "/../../other")
        assert place.folder == kernel.root

    def test_a_submission_and_its_workers_are_limited_and_gone_at_the_end(
        self, kernel, monkeypatch
    ):
        monkeypatch.setattr(cgroups, "_places", lambda: tuple(seen(kernel)))
        monkeypatch.setattr(cgroups, "IDLE_BYTES", 10 * MIB)
        shared = Shared()
        one, two = shared.worker(100 * MIB, 20), shared.worker(60 * MIB, 30)
        (above,) = [path for path in kernel.root.iterdir() if path.is_dir()]
        inside = Path(two.entrances[0]).parent

        def value(folder: Path, file: str) -> str:
            return (folder / file).read_text()

        assert value(inside, "memory.max") == str(60 * MIB)
        assert value(inside, "pids.max") == "30"
        assert (value(inside, "memory.swap.max"), value(inside, "memory.oom.group")) == ("0", "1")
        assert value(above, "memory.max") == str(110 * MIB)
        assert value(above, "memory.oom.group") == "0", "one worker's death is not the others'"
        assert value(above, "pids.max") == "50"
        assert value(above, "cgroup.subtree_control") == "memory pids"
        assert two.cpu_seconds() == 2.5
        two.close()
        assert not inside.exists()
        assert two.cpu_seconds() == 2.5, "also after the end"
        one.close()
        shared.close()
        assert not above.exists()

    def test_only_groups_of_dead_graders_are_swept(self, kernel):
        (place,) = seen(kernel)
        namespace, process, start = _owner.mark().split("-")
        gone = f"grader-{namespace}-{process}-{int(start) - 1}"
        kept = {f"grader-{_owner.mark()}-1", "grader-x", "other"}
        for name in (*kept, f"{gone}-1", f"{gone}-self"):
            place.child(name)
        place.child(f"{gone}-1").child("worker1")
        cgroups.sweep(place)
        assert {path.name for path in kernel.root.iterdir() if path.is_dir()} == kept


class TestVersion1:
    def test_each_controller_has_its_own_hierarchy(self, tmp_path):
        lines = []
        for name in ("memory", "pids", "cpuacct"):
            (tmp_path / name / "mine").mkdir(parents=True)
            lines.append(f"1 2 0:1 / {tmp_path / name} rw - cgroup cgroup rw,{name}")
        own = {"memory": "/mine", "pids": "/", "cpuacct": "/elsewhere"}
        found = find(mounts("\n".join(lines)), own, LEAF)
        assert [place.folder for place in found] == [
            tmp_path / "memory/mine",
            tmp_path / "pids",
            tmp_path / "cpuacct",
        ]

    def test_without_one_that_is_needed_there_is_no_place(self, tmp_path):
        line = f"1 2 0:1 / {tmp_path} rw - cgroup cgroup rw,memory"
        assert find(mounts(line), {"memory": "/"}, LEAF) == []

    def test_a_container_sees_its_own_group_as_the_root(self, tmp_path):
        (tmp_path / "below").mkdir()
        line = f"1 2 0:1 /docker/abc {tmp_path} rw - cgroup cgroup rw,memory,pids"
        own = {"memory": "/docker/abc/below", "pids": "/docker/abc/below"}
        (place,) = find(mounts(line), own, LEAF)
        assert place.folder == tmp_path / "below"


class TestHere:
    """With the groups of this machine."""

    INSIDE = "import sys\nfor path in sys.argv[2:]: open(path, 'r+').write('0')\nexec(sys.argv[1])"

    @pytest.fixture(autouse=True)
    def available(self):
        if not cgroups.available():
            pytest.skip("needs control groups")

    @pytest.fixture
    def shared(self, available):
        made = Shared()
        yield made
        made.close()

    def run(self, group, code: str, **options):
        command = [sys.executable, "-c", self.INSIDE, code, *group.entrances]
        return subprocess.run(command, capture_output=True, text=True, **options)

    def test_who_takes_too_much_memory_is_killed(self, shared):
        group = shared.worker(40 * MIB, 10)
        assert self.run(group, "x = b'x' * (20 << 20)").returncode == 0
        assert self.run(group, "x = b'x' * (80 << 20)").returncode == -signal.SIGKILL

    def test_memory_that_limits_of_a_process_miss_is_counted(self, shared):
        group = shared.worker(40 * MIB, 10)
        code = (
            "import mmap; m = mmap.mmap(-1, 80 << 20)\nfor i in range(0, 80 << 20, 4096): m[i] = 1"
        )
        assert self.run(group, code).returncode == -signal.SIGKILL

    def test_two_workers_share_what_the_submission_has(self, shared, monkeypatch):
        monkeypatch.setattr(cgroups, "IDLE_BYTES", 5 * MIB)
        one, two = shared.worker(60 * MIB, 10), shared.worker(60 * MIB, 10)
        code = "x = b'x' * (45 << 20); print(flush=True); import time; time.sleep(60)"
        command = [sys.executable, "-c", self.INSIDE, code, *one.entrances]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            other = self.run(two, "x = b'x' * (45 << 20)").returncode
            assert -signal.SIGKILL in (other, process.poll())
            process.kill()

    def test_processes_are_refused_above_the_bound(self, shared):
        group = shared.worker(100 * MIB, 3)
        code = "import threading as t\n[t.Thread(target=t.Event().wait, daemon=True).start() for _ in range(9)]"
        assert "can't start new thread" in self.run(group, code).stderr

    def test_cpu_time_is_counted_for_everything_inside(self, shared):
        group = shared.worker(100 * MIB, 10)
        if group.cpu_seconds() is None:
            pytest.skip("nothing counts CPU time here")
        self.run(group, "import os\nif os.fork() == 0: sum(range(10**7)); os._exit(0)\nos.wait()")
        first = group.cpu_seconds()
        self.run(group, "sum(range(10**7))")
        group.close()
        assert 0.01 < first < group.cpu_seconds()

    def test_closing_ends_what_still_runs_there(self, shared):
        group = shared.worker(100 * MIB, 50)
        code = "import os\nfor _ in range(5): os.fork() or os.setsid()\nprint(flush=True)\nwhile 1: pass"
        command = [sys.executable, "-c", self.INSIDE, code, *group.entrances]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            group.close()
            assert process.wait(20) == -signal.SIGKILL
        assert not Path(group.entrances[0]).exists()

    def test_the_groups_of_a_killed_grader_go_when_the_next_one_starts(self):
        code = (
            "import time\nfrom grader.sandbox.cgroups import Shared\n"
            "print(Shared().worker(2**26, 9).entrances[0], flush=True)\ntime.sleep(60)"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
        ) as one:
            assert one.stdout is not None
            group = Path(one.stdout.readline().strip()).parent
            assert group.is_dir()
            one.kill()
        for place in cgroups._places():
            cgroups.sweep(place)
        assert not group.exists()
        assert not group.parent.exists()
