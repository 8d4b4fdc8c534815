"""Several processes that train together: how they find each other, and how they end together.

A process that fails says so in the key-value store of the first one, since those that wait for it in
the middle of a sum would hear nothing. One that is killed says nothing: the others are told by the
operating system, or miss its heartbeats.
"""

import atexit
import contextlib
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import jax

from jaxcnn.functional._arguments import an_int

from ._errors import ProcessLostError
from ._parallel import Placement

_FAILED, _HEARD, _GONE = "jaxcnn/failed", "jaxcnn/heard", "jaxcnn/gone"
_POLL = 0.5  # seconds between two questions whether another process has failed
_GRACE = 1.0  # until a process that fails for the same reason has said so itself
_PATIENCE = 5.0  # for the others to have heard it
_STATUS, _INTERRUPTED = 1, 130
_LOST = re.compile("(UNKNOWN|UNAVAILABLE|INTERNAL|ABORTED|CANCELLED|DEADLINE_EXCEEDED): ")

_watch: "_Watch | None" = None


def is_main_process() -> bool:
    """Whether this process prints and writes for all.

    >>> is_main_process()
    True
    """
    return jax.process_index() == 0


def start_distributed(
    coordinator: str | None = None,
    processes: int | None = None,
    index: int | None = None,
    *,
    timeout: int = 60,
) -> None:
    """Joins this process with others, on this host or on several, before JAX computes anything.

    Afterwards `fit` and `evaluate` divide each batch over the devices of all of them, and each
    process reads only its share. All run the same program on the same data; checkpoints need a
    folder that all of them see.

    When one ends by an exception that nobody catches, it says so and all end, with status 1 and a
    line that says which and why. When one is killed, `fit` raises `ProcessLostError` in the others; one
    that is only silent ends them after ``timeout``.

    Args:
        coordinator: ``host:port`` of the first process. None, with the others None, asks the
            cluster (Slurm, TPU pods, Kubernetes...), see ``jax.distributed.initialize``.
        processes: Number of processes.
        index: Which of them this is, from 0.
        timeout: Seconds without a sign of life after which a process counts as dead.

    Raises:
        ValueError: Some of the three are given, but not all, or a number is out of range.

    >>> start_distributed("localhost:1234", processes=2, index=2)
    Traceback (most recent call last):
    ValueError: index (=2) must be below processes (=2)
    """
    an_int("timeout", timeout, 1)
    given = {"coordinator": coordinator, "processes": processes, "index": index}
    missing = [name for name, value in given.items() if value is None]
    if missing and len(missing) < 3:
        raise ValueError(f"{missing[0]} (=None) must be given too: all of {', '.join(given)}")
    if not missing:
        count, mine = an_int("processes", processes, 1), an_int("index", index, 0)
        if mine >= count:
            raise ValueError(f"index (={mine}) must be below processes (={count})")
    jax.distributed.initialize(coordinator, processes, index, heartbeat_timeout_seconds=timeout)
    if jax.process_count() > 1:
        _end_together()


def fail(reason: object, status: int = _STATUS) -> None:
    """Ends this process, and makes the others end; does nothing if there are none.

    Args:
        reason: What the others say of it.
        status: Of this process; the others end with 1.
    """
    if _watch is None:
        return
    _watch.tell(f"process {jax.process_index()} has ended: {reason}")
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)  # a regular end waits for the others, who wait for this process


@contextlib.contextmanager
def together(hosts: int) -> Iterator[None]:
    """Turns the error of a computation that another process has left into `ProcessLostError`.

    Args:
        hosts: How many processes compute.
    """
    try:
        yield
    except (jax.errors.JaxRuntimeError, ValueError) as error:  # JAX raises both
        reason = str(error).partition("\n")[0]
        if hosts == 1 or not _LOST.match(reason):
            raise
        if _watch is not None:
            _watch.give_way()
        raise ProcessLostError(reason) from error


class _Watch:
    """Ends this process soon after another one has said that it failed.

    Args:
        client: Of the key-value store.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._over, self._heard = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="other processes", daemon=True)
        self._thread.start()

    def part(self) -> None:
        """Waits until all have come to their end; another one may fail until then."""
        jax.distributed.shutdown()
        self._over.set()
        self._thread.join()

    def give_way(self) -> None:
        """Does not return when another process has said why it failed: this one is ended then."""
        if self._heard.wait(2 * _POLL):
            self._thread.join()

    def tell(self, reason: str) -> None:
        """Says that this process has failed, and waits until the others have heard it."""
        self._over.set()
        with contextlib.suppress(jax.errors.JaxRuntimeError):  # another one failed before
            self._client.key_value_set(_FAILED, reason)
        self._sign(_HEARD)
        self._wait(_HEARD)
        self._leave()

    def _work(self) -> None:
        while not self._over.wait(_POLL):
            try:
                reason = self._client.key_value_try_get(_FAILED)
            except jax.errors.JaxRuntimeError:
                continue  # nobody has
            self._heard.set()
            if self._over.wait(_GRACE):
                return
            sys.stderr.write(f"jaxcnn: {reason}; this process ends too\n")
            sys.stderr.flush()
            self._sign(_HEARD)
            self._leave()
            os._exit(_STATUS)

    def _leave(self) -> None:
        """The first process has the store, and JAX aborts all that are left when it goes."""
        self._sign(_GONE)
        if is_main_process():
            self._wait(_GONE)
            time.sleep(_POLL)

    def _sign(self, key: str) -> None:
        with contextlib.suppress(jax.errors.JaxRuntimeError):
            self._client.key_value_set(f"{key}/{jax.process_index()}", "", allow_overwrite=True)

    def _wait(self, key: str) -> None:
        """Until all have signed; those that are dead never will."""
        until = time.monotonic() + _PATIENCE
        with contextlib.suppress(jax.errors.JaxRuntimeError):
            while len(self._client.key_value_dir_get(key)) < jax.process_count():
                if time.monotonic() > until:
                    return
                time.sleep(_POLL / 10)


def _end_together() -> None:
    global _watch
    from jax._src import distributed  # the public module does not give the store

    Placement().any_host(False)  # all can reach each other
    _watch = _Watch(distributed.global_state.client)
    atexit.register(_watch.part)  # before what JAX registered
    plain = sys.excepthook

    def ends(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        plain(kind, error, trace)
        text = str(error).partition("\n")[0]
        is_stop = issubclass(kind, KeyboardInterrupt)
        fail(f"{kind.__name__}: {text}" if text else kind.__name__, _INTERRUPTED if is_stop else 1)

    sys.excepthook = ends
