"""Grading on other machines: the workers of a Dask cluster, each of which has this package and nothing else.

What travels is bytes: the course once to each worker, submissions there, results back as JSON. A worker that is lost
is Dask's affair: it gives what that worker had to others.
"""

import contextlib
import functools
import queue
import secrets
import time
from typing import TYPE_CHECKING, Any, Self

import msgspec

from grader.cohort._model import Answer, CohortError, Died, Done, Failed, Job, course_digest
from grader.course import Course
from grader.messages import Language, say
from grader.results import Isolation
from grader.sandbox.levels import IsolationUnavailable

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["ClusterPool"]

_CONNECTED_AFTER = 30  # seconds for a scheduler to answer, and for a first worker to be there
_COUNTED_EACH = 2.0  # seconds between two looks at how many workers there are


class ClusterPool:
    """The workers of a cluster, as many submissions at a time as they have threads; workers may come and go."""

    def __init__(self, address: str, course: Course, language: Language) -> None:
        """Connect, and bring the course to every worker there is and will be.

        Args:
            address: of the scheduler, such as ``tcp://host:8786``; ``tls://`` as Dask's configuration says.
            course: the course, with its solutions.
            language: of what it says when it refuses.

        Raises:
            CohortError: without the package, the scheduler or any worker; for a worker of another version.
        """
        from grader.authoring import instructors_files, to_zip  # which much else comes with

        self._language: Language = language
        self._address = address
        self._client = _connected(address, language)
        # Who grades here needs no Dask, so it is asked for no sooner.
        from grader.cohort import _cluster_worker

        self._there = _cluster_worker
        self._name = f"grader-{secrets.token_hex(8)}"
        self._answers: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()
        self._busy: dict[int, Future] = {}
        self._tries = 0
        self._size, self._counted = 0, -_COUNTED_EACH
        grading = self._there.Grading(
            self._name,
            to_zip(instructors_files(course)),
            f"solutions/{course.id}",
            course_digest(course, course.questions),
        )
        try:
            self._client.register_plugin(grading, name=self._name)
        except Exception as error:  # whatever a worker raises, or cannot import
            self.stop()
            raise self._refusal("cluster_cannot", why=str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def size(self) -> int:
        now = time.monotonic()
        if now - self._counted >= _COUNTED_EACH:
            self._counted = now
            self._size = sum(self._asked(self._client.nthreads).values())
        return self._size

    @property
    def busy(self) -> int:
        return len(self._busy)

    @property
    def has_room(self) -> bool:
        return len(self._busy) < self.size

    def granted(self, isolation: int | str) -> Isolation:
        """The weakest of what the workers give; a level that is named must be had on all of them."""
        told = self._asked(self._client.run, self._there.granted_there, isolation)
        found: list[Isolation] = []
        for worker, answer in sorted(told.items()):
            if isinstance(answer, str):
                raise IsolationUnavailable(f"{worker}: {answer}")
            found.append(msgspec.msgpack.decode(answer, type=Isolation))
        weakest = min(found, key=lambda one: one.level)
        if isolation == "auto" and any(one.level != weakest.level for one in found):
            return self.granted(weakest.level)
        everywhere = tuple(m for m in weakest.mechanisms if all(m in o.mechanisms for o in found))
        return Isolation(weakest.level, weakest.name, everywhere)

    def submit(self, job: Job) -> None:
        self._tries += 1
        future = self._asked(
            self._client.submit,
            self._there.grade_there,
            self._name,
            msgspec.msgpack.encode(job),
            key=f"{self._name}-{job.submission}-{self._tries}",
            pure=False,
        )
        self._busy[job.submission] = future
        future.add_done_callback(functools.partial(self._arrived, job.submission))

    def next(self, seconds: float) -> Answer | None:
        try:
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            if self._client.status not in ("running", "connecting"):
                raise self._refusal("cluster_lost", why="") from None
            return None
        if isinstance(answer, Exception):
            raise self._refusal("cluster_lost", why=str(answer)) from answer
        self._busy.pop(answer.submission).release()
        return answer

    def stop(self) -> None:
        """Let go of the cluster: what this run brought there, and started there, is gone from it."""
        client, busy = self._client, list(self._busy.values())
        self._busy.clear()
        # What cannot be undone, as it was not done yet or the cluster is gone, is nobody's concern any more.
        there = client.status == "running"
        with contextlib.suppress(Exception):
            if there:
                client.cancel(busy, force=True)
                client.unregister_worker_plugin(self._name)
        with contextlib.suppress(Exception):
            client.close(timeout=_CONNECTED_AFTER if there else 1)

    def _arrived(self, submission: int, future: "Future") -> None:
        """Called in a thread of Dask's, once."""
        try:
            if future.status == "finished":
                told = msgspec.msgpack.decode(future.result(), type=Done | Failed | Died)
            elif future.status == "error":
                told = Died(submission=submission, how=str(future.exception()))
            else:
                told = CohortError(f"submission {submission} was {future.status}")
        except Exception as error:
            told = error
        self._answers.put(told)

    def _asked(self, ask: Any, *arguments: Any, **options: Any) -> Any:
        """What the cluster answers; an error of its own, or of the line to it, is told as what it is."""
        try:
            return ask(*arguments, **options)
        except Exception as error:
            raise self._refusal("cluster_lost", why=str(error)) from error

    def _refusal(self, key: str, why: str) -> CohortError:
        return CohortError(say(key, self._language, address=self._address, why=why or "-"))


def _connected(address: str, language: Language) -> "Client":
    try:
        from distributed import Client
    except ImportError:
        raise CohortError(say("cluster_missing", language)) from None
    try:
        client = Client(address, timeout=_CONNECTED_AFTER, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        why = str(error) or type(error).__name__
        raise CohortError(say("cluster_lost", language, address=address, why=why)) from error
    try:
        client.wait_for_workers(1, timeout=_CONNECTED_AFTER)
    except TimeoutError:
        client.close()
        raise CohortError(say("cluster_empty", language, address=address)) from None
    return client
