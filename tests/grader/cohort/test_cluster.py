"""A cohort on other machines: processes of their own here, which share nothing with the test but a port."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

pytest.importorskip("distributed")

from grader.cohort import ClusterPool, CohortError, LocalPool, _place, grade_cohort

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

SEED = 2**100 + 7


class Cluster:
    """A scheduler and workers, each a process in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._processes = folder, contextlib.ExitStack()
        self.workers: list[subprocess.Popen[bytes]] = []
        folder.mkdir()

    def __enter__(self) -> "Cluster":
        told = self._folder / "scheduler.json"
        self.scheduler = self._start(
            "dask_scheduler", "--port=0", "--no-dashboard", f"--scheduler-file={told}"
        )
        while not (told.exists() and told.read_text().endswith("}")):
            assert self.scheduler.poll() is None, (self._folder / "dask_scheduler.log").read_text()
            time.sleep(0.1)
        self.address: str = json.loads(told.read_text())["address"]
        return self

    def __exit__(self, *_: object) -> None:
        self._processes.close()

    def add(self, before: str = "") -> subprocess.Popen[bytes]:
        """Start a worker, which runs some code first."""
        worker = self._start(
            "dask_worker",
            self.address,
            "--no-nanny",
            "--nthreads=1",
            "--no-dashboard",
            f"--local-directory={self._folder / f'worker{len(self.workers)}'}",
            before=before,
        )
        self.workers.append(worker)
        return worker

    def _start(self, program: str, *arguments: str, before: str = "") -> subprocess.Popen[bytes]:
        code = f"import sys; sys.argv = {[program, *arguments]!r}\n"
        # As in the test's own process: those that grade start without JAX.
        code += f"from grader.cohort import _place; _place.COMMAND = {_place.COMMAND!r}\n{before}\n"
        code += f"from distributed.cli.{program} import main; main()"
        log = self._processes.enter_context((self._folder / f"{program}.log").open("ab"))
        environment = {**os.environ, "PYTHONPATH": str(Path(_place.__file__).parents[2])}
        process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=log, stderr=log, env=environment, cwd=self._folder
        )
        self._processes.callback(_end, process)
        return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


@pytest.fixture
def cluster(tmp_path, plain_python) -> Iterator[Cluster]:
    with Cluster(tmp_path / "cluster") as made:
        yield made


def _larger(a_class) -> None:
    for number in range(4):
        a_class.write(f"s{number}", "q02_double.py", f"def double(x):\n    return x + {number}\n")


def _rows(store, told) -> dict[str, object]:
    return {graded.student: told(graded.result) for graded in store.graded()}


def _undisturbed(a_class, told, folder: Path) -> dict[str, object]:
    folder.mkdir()
    a_class.out, before = folder, a_class.out
    with contextlib.closing(a_class.store()) as store:
        settings = a_class.begin(store)
        grade_cohort(store, a_class.course, settings, SEED, LocalPool(2))
        a_class.out = before
        return _rows(store, told)


def test_what_a_lost_worker_had_is_graded_by_others_and_nothing_of_the_run_is_left(
    cluster, a_class, told, tmp_path
):
    _larger(a_class)
    undisturbed = _undisturbed(a_class, told, tmp_path / "undisturbed")
    cluster.add(), cluster.add()
    killed: list[int] = []

    def kill_one(progress):
        lost = cluster.workers[0]
        if progress.student and not killed:
            killed.extend(child.pid for child in psutil.Process(lost.pid).children())
            if killed:  # it is grading
                lost.send_signal(signal.SIGKILL)
                lost.wait()

    with (
        contextlib.closing(a_class.store()) as store,
        ClusterPool(cluster.address, a_class.course, "en") as pool,
    ):
        settings = a_class.begin(store, pool=pool)
        grade_cohort(store, a_class.course, settings, SEED, pool, on_progress=kill_one)
        assert killed
        assert _rows(store, told) == undisturbed
    psutil.wait_procs([psutil.Process(pid) for pid in killed if psutil.pid_exists(pid)], timeout=60)
    assert not any(map(psutil.pid_exists, killed)), "they end when what started them is gone"
    kept = cluster.workers[1]
    assert psutil.Process(kept.pid).children() == []
    assert not list((tmp_path / "cluster" / "worker1").rglob("solution.py"))


def test_a_cluster_that_is_gone_ends_the_run_and_resume_goes_on_here(
    cluster, a_class, told, tmp_path
):
    _larger(a_class)
    undisturbed = _undisturbed(a_class, told, tmp_path / "undisturbed")
    cluster.add()

    def end_it(progress):
        if progress.student:
            cluster.scheduler.kill()
            cluster.scheduler.wait()

    with contextlib.closing(a_class.store()) as store:
        pool = ClusterPool(cluster.address, a_class.course, "en")
        settings = a_class.begin(store, pool=pool)
        with pytest.raises(CohortError, match="--resume"):
            grade_cohort(store, a_class.course, settings, SEED, pool, on_progress=end_it)
        left = store.waiting()
        assert 0 < len(left) < 7
        assert a_class.begin(store, resume=True) == settings
        grade_cohort(store, a_class.course, settings, SEED, LocalPool(2))
        assert _rows(store, told) == undisturbed


def test_a_worker_of_another_version_is_refused_and_named(cluster, a_class):
    cluster.add(
        "from importlib import metadata; here = metadata.version\n"
        "metadata.version = lambda name: '0.0.1' if name == 'jaxlib' else here(name)"
    )
    with pytest.raises(CohortError, match=r"tcp://.* has jaxlib 0\.0\.1 \(jaxlib "):
        ClusterPool(cluster.address, a_class.course, "en")


def test_the_level_is_that_of_the_weakest_worker(cluster, a_class):
    missing = "from grader.sandbox import bubblewrap; bubblewrap.available = lambda: False"
    cluster.add(), cluster.add(missing)
    with (
        contextlib.closing(a_class.store()) as store,
        ClusterPool(cluster.address, a_class.course, "en") as pool,
    ):
        while pool.size < 2:
            time.sleep(0.2)
        assert pool.granted("auto").level == 1
        with pytest.raises(CohortError, match="At level 1"):
            a_class.begin(store, pool=pool, isolation="auto")


def test_nobody_at_the_address_is_told(a_class, monkeypatch):
    from grader.cohort import _cluster

    monkeypatch.setattr(_cluster, "_CONNECTED_AFTER", 1)
    with pytest.raises(CohortError, match=r"tcp://127\.0\.0\.1:9 does not answer"):
        ClusterPool("tcp://127.0.0.1:9", a_class.course, "en")
