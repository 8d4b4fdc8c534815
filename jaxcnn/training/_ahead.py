"""Batches made ready in a thread while the device computes on others."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

_DEPTH = 2  # batches that are ready, or being made ready, while one is used


class Ahead:
    """What a thread takes from an iterator and prepares, in order.

    Args:
        batches: Read, and closed if it is a generator, in the thread.
        prepare: Called on each item in the thread.

    Attributes:
        waited: Seconds that the loop has waited for items.

    >>> with Ahead(iter([1, 2]), str) as texts:
    ...     list(texts)
    ['1', '2']
    """

    def __init__(self, batches: Iterator[Any], prepare: Callable[[Any], Any]) -> None:
        self.waited = 0.0
        self._batches, self._prepare = batches, prepare
        self._ready: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._room = threading.Semaphore(_DEPTH)
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="batches ahead", daemon=True)

    def __enter__(self) -> "Ahead":
        """Starts reading."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops reading; the thread has ended afterwards."""
        self._closed = True
        self._room.release()
        self._thread.join()

    def __iter__(self) -> Iterator[Any]:
        """Yields the prepared items; raises what the iterator or the preparation raised."""
        while True:
            began = time.perf_counter()
            kind, item = self._ready.get()
            self.waited += time.perf_counter() - began
            if kind == "error":
                raise item
            if kind == "end":
                return
            yield item
            self._room.release()

    def _work(self) -> None:
        try:
            while True:
                self._room.acquire()
                if self._closed:
                    break
                try:
                    item = next(self._batches)
                except StopIteration:
                    break
                self._ready.put(("item", self._prepare(item)))
                del item
        except BaseException as error:  # it is the loop's, as if no thread were there
            self._ready.put(("error", error))
        finally:
            close = getattr(self._batches, "close", None)
            if close is not None:
                close()
            self._ready.put(("end", None))
