"""How a training that ends early ends the command."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

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
def ends_together() -> Iterator[None]:
    """Makes the other processes of a training end too when this one fails, and says why there."""
    from jaxcnn.training._hosts import fail

    try:
        yield
    except (typer.Exit, SystemExit) as end:
        status = end.exit_code if isinstance(end, typer.Exit) else end.code
        fail(end.__cause__ or f"status {status}", status if isinstance(status, int) else FAILED)
        raise
