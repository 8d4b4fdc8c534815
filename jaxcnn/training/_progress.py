"""What a training shows: a bar on a terminal, plain lines in a log, or nothing."""

import sys
import time
from collections.abc import Callable
from typing import Any, Protocol, TextIO

from ._history import Row

_EVERY = 30.0  # seconds between two lines within an epoch


class Progress(Protocol):
    """Told by `fit` how it goes.

    One that also has ``preparing(done, images)`` is told how far `fit_after` is with the features.

    >>> class Dots:
    ...     def start(self, epochs, batches): pass
    ...     def batch(self, epoch, done, examples, loss, accuracy): print(".", end="")
    ...     def epoch(self, row): print(f" {row['epoch']}")
    ...     def close(self): pass
    """

    def start(self, epochs: int, batches: int) -> None:
        """Training begins: so many epochs of so many batches."""
        ...

    def batch(self, epoch: int, done: int, examples: int, loss: float, accuracy: float) -> None:
        """So many batches of this epoch (from 1) are done, with ``examples`` in the last one."""
        ...

    def epoch(self, row: Row) -> None:
        """An epoch is over: its row of the history."""
        ...

    def close(self) -> None:
        """Training is over, or has failed."""
        ...


class Silence:
    """Shows nothing."""

    def start(self, epochs: int, batches: int) -> None:
        """See `Progress`."""

    def batch(self, epoch: int, done: int, examples: int, loss: float, accuracy: float) -> None:
        """See `Progress`."""

    def epoch(self, row: Row) -> None:
        """See `Progress`."""

    def close(self) -> None:
        """See `Progress`."""


class Lines:
    """One line for each epoch, and one now and then within a long one.

    Args:
        write: Takes a line.
        clock: Seconds.
    """

    def __init__(
        self, write: Callable[[str], Any], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._write, self._clock = write, clock
        self._epochs = self._batches = self._examples = 0
        self._since = self._last = 0.0

    def preparing(self, done: int, images: int) -> None:
        """Features of so many images are computed: now and then a line."""
        now = self._clock()
        self._last = self._last or now
        if now - self._last >= _EVERY:
            self._last = now
            self._write(f"features of {done:,} of {images:,} images")

    def start(self, epochs: int, batches: int) -> None:
        """See `Progress`."""
        self._epochs, self._batches = epochs, batches
        self._begin()

    def batch(self, epoch: int, done: int, examples: int, loss: float, accuracy: float) -> None:
        """See `Progress`."""
        self._examples += examples
        now = self._clock()
        if now - self._last >= _EVERY and done < self._batches:
            self._last = now
            self._write(
                f"epoch {epoch}/{self._epochs}  batch {done}/{self._batches}  "
                f"loss {loss:.4f}  accuracy {accuracy:.4f}  {self._rate(now)}"
            )

    def epoch(self, row: Row) -> None:
        """See `Progress`."""
        rate = self._rate(self._clock())
        self._write(f"{described(row, self._epochs)}  {rate}")
        self._begin()

    def close(self) -> None:
        """See `Progress`."""

    def _begin(self) -> None:
        self._examples = 0
        self._since = self._last = self._clock()

    def _rate(self, now: float) -> str:
        return f"{self._examples / max(now - self._since, 1e-9):,.0f} examples/s"


class Bar:
    """Rich's bar with the rate and the remaining time of all epochs, under the epochs done.

    Args:
        stream: The terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:3.0f} %"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[state]}"),
            console=Console(file=stream, force_terminal=True),
            transient=True,
        )
        self._task: Any = None
        self._features: Any = None
        self._epochs = self._batches = 0

    def preparing(self, done: int, images: int) -> None:
        """Features of so many images are computed: a bar of their own."""
        if self._features is None:
            self._bar.start()
            self._features = self._bar.add_task("features", total=images, rate="", state="")
        self._bar.update(self._features, completed=done, total=images)

    def start(self, epochs: int, batches: int) -> None:
        """See `Progress`."""
        self._epochs, self._batches = epochs, batches
        if self._features is not None:
            self._bar.remove_task(self._features)
        self._bar.start()
        self._task = self._bar.add_task("compiling", total=epochs * batches, rate="", state="")

    def batch(self, epoch: int, done: int, examples: int, loss: float, accuracy: float) -> None:
        """See `Progress`."""
        speed = self._bar.tasks[0].speed
        self._bar.update(
            self._task,
            completed=(epoch - 1) * self._batches + done,
            description=f"epoch {epoch}/{self._epochs}",
            rate=f"{speed * examples:,.0f} examples/s" if speed else "",
            state=f"loss {loss:.4f}  accuracy {accuracy:.4f}",
        )

    def epoch(self, row: Row) -> None:
        """See `Progress`."""
        line = described(row, self._epochs)
        if len(line) > self._bar.console.width:
            line = line.replace("validation loss", "validation").replace(
                "  validation accuracy", ","
            )
        self._bar.console.print(line, highlight=False)

    def close(self) -> None:
        """See `Progress`."""
        self._bar.stop()


def described(row: Row, epochs: int) -> str:
    """A row of the history as a line."""
    parts = [f"epoch {row['epoch']}/{epochs}"]
    for name in ("loss", "accuracy", "validation_loss", "validation_accuracy"):
        if row[name] is not None:
            parts.append(f"{name.replace('_', ' ')} {row[name]:.4f}")
    return "  ".join([*parts, f"{row['seconds']:.1f} s"])


def show_progress(stream: TextIO | None = None) -> Progress:
    """What suits a stream: a bar on a terminal, lines elsewhere.

    Args:
        stream: Where to write; None means the standard error.

    Returns:
        To be given to `fit`.

    >>> shown = show_progress(sys.stdout)
    >>> shown.start(epochs=2, batches=10)
    >>> shown.close()
    """
    chosen = sys.stderr if stream is None else stream
    if chosen.isatty():
        return Bar(chosen)
    return Lines(lambda line: print(line, file=chosen, flush=True))
