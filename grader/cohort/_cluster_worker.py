"""The part of a cluster's worker: it unpacks the course, and grades in processes of its own machine.

Needs the package distributed; nothing else in the grader imports this module but for a cluster.

No student's code runs in Dask's worker, nor in the processes that it starts, but in the workers of those, as
everywhere.
"""

import importlib.metadata
import io
import queue
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import msgspec
from distributed import Worker, WorkerPlugin, get_worker

from grader.cohort._model import Answer, Job, course_digest
from grader.cohort._place import Place
from grader.cohort._pool import granted_here
from grader.course import read_course
from grader.sandbox.levels import IsolationUnavailable

__all__ = ["Grading", "grade_there", "granted_there"]


def _versions() -> tuple[str, ...]:
    """What two machines must have in common, that a submission gets the same result on both."""
    names = ("jaxcnn", "jax", "jaxlib", "flax", "numpy")
    python = f"python {sys.version_info.major}.{sys.version_info.minor}"
    return (python, *(f"{name} {importlib.metadata.version(name)}" for name in names))


class Grading(WorkerPlugin):
    """What a run brings to each worker (a plugin of Dask's), and takes away again."""

    def __init__(self, name: str, archive: bytes, folder: str, digest: str) -> None:
        """On the machine that has the course.

        Args:
            name: of the run.
            archive: the course, zipped.
            folder: where in it the course's manifest lies.
            digest: of the course, as ``course_digest`` tells it.
        """
        self.name = name
        self._archive, self._folder, self._digest = archive, folder, digest
        self._versions = _versions()

    def setup(self, worker: Worker) -> None:
        """On a worker: see that it can, and get ready.

        Raises:
            RuntimeError: for other versions than those of the machine that has the course, or another course.
        """
        # Dask removes what a worker that was killed has left there.
        self._root = Path(tempfile.mkdtemp(prefix="grader-", dir=worker.local_directory))
        self._places: list[Place] = []
        self._idle: queue.SimpleQueue[Place] = queue.SimpleQueue()
        here = _versions()
        if here != self._versions:
            differ = ", ".join(
                f"{mine} ({theirs})"
                for mine, theirs in zip(here, self._versions, strict=True)
                if mine != theirs
            )
            raise RuntimeError(f"{worker.address} has {differ}")
        zipfile.ZipFile(io.BytesIO(self._archive)).extractall(self._root)
        self._course = self._root / self._folder
        course = read_course(self._course)
        if course_digest(course, course.questions) != self._digest:
            raise RuntimeError(f"{worker.address} did not get the course as it is")

    def teardown(self, worker: Worker) -> None:
        """On a worker: end what grades, and remove the course."""
        places, self._places = self._places, []
        for place in places:
            place.ask_to_end()
        for place in places:
            place.end()
        shutil.rmtree(self._root, ignore_errors=True)

    def answer(self, job: Job) -> Answer:
        """Grade one submission, in a process that waits for one, or in a new one."""
        try:
            place = self._idle.get_nowait()
        except queue.Empty:
            place = Place()
            self._places.append(place)
        try:
            return place.answer(msgspec.structs.replace(job, course=str(self._course)))
        finally:
            self._idle.put(place)


def grade_there(name: str, job: bytes) -> bytes:
    """Grade one submission; called in a thread of a worker."""
    grading: Any = get_worker().plugins[name]
    answer = grading.answer(msgspec.msgpack.decode(job, type=Job))
    return msgspec.msgpack.encode(answer)


def granted_there(isolation: int | str) -> bytes | str:
    """What confines submissions on a worker's machine, or why that level cannot be had."""
    try:
        return msgspec.msgpack.encode(granted_here(isolation))
    except IsolationUnavailable as missing:
        return str(missing)
