"""How a training that ends early ends the command."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import typer

INTERRUPTED = 130
FAILED = 1


@contextlib.contextmanager
def stops(*folders: Path | None) -> Iterator[None]:
    """Turns a training that cannot go on into one line and a status of its own.

    Args:
        *folders: Those of the checkpoints that it can go on from, if there are any.
    """
    from jaxcnn.training import TrainingError
    from jaxcnn.training._checkpoint import holds_checkpoints

    try:
        yield
    except TrainingError as error:
        typer.echo(f"jaxcnn: {error}", err=True)
        raise typer.Exit(FAILED) from error
    except KeyboardInterrupt as error:
        kept = any(folder is not None and holds_checkpoints(folder) for folder in folders)
        said = "a checkpoint was taken, go on with --resume" if kept else "nothing is kept"
        typer.echo(f"jaxcnn: stopped; {said}", err=True)
        raise typer.Exit(INTERRUPTED) from error


@contextlib.contextmanager
def leaves_at_once(checkpoints: Path | None) -> Iterator[Callable[[], None]]:
    """Makes Ctrl-C end the process where it stands, while a training puts nothing in order itself.

    That is before it begins, and at a second Ctrl-C. An exception would be lost where it comes in one of JAX's
    callbacks, and make orbax's threads print tracebacks where it comes in the middle of a checkpoint.

    Args:
        checkpoints: The folder that the training can go on from, if there is one.

    Yields:
        What gives Ctrl-C its usual meaning back.
    """
    before = signal.getsignal(signal.SIGINT)
    if (
        before is not signal.default_int_handler
        or threading.current_thread() is not threading.main_thread()
    ):
        yield lambda: None
        return

    def leave(number: int, frame: FrameType | None) -> None:
        for worker in multiprocessing.active_children():
            worker.terminate()
        kept = (
            "--resume goes on from the newest checkpoint, if there is one"
            if checkpoints
            else "nothing is kept"
        )
        line = f"jaxcnn: stopped at once; {kept}\n"
        shown = "\r\x1b[2K\x1b[?25h" if sys.stderr.isatty() else ""  # a bar hides the cursor
        os.write(2, (shown + line).encode())
        os._exit(INTERRUPTED)

    def restore() -> None:
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, leave)
    try:
        yield restore
    finally:
        restore()


@contextlib.contextmanager
def ends_together() -> Iterator[None]:
    """Makes the other processes of a training end too when this one fails, and says why there."""
    from jaxcnn.training._hosts import fail

    try:
        yield
    except (typer.Exit, SystemExit) as end:
        status = end.exit_code if isinstance(end, typer.Exit) else end.code
        fail(end.__cause__ or f"status {status}", status if isinstance(status, int) else FAILED)
        raise
