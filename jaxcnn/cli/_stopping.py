"""How a training that ends early ends the command."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import typer

INTERRUPTED = 130
FAILED = 1


@contextlib.contextmanager
def stops(checkpoints: Path | None) -> Iterator[None]:
    """Turns a training that cannot go on into one line and a status of its own.

    Args:
        checkpoints: The folder that it can go on from, if there is one.
    """
    from jaxcnn.training import TrainingError

    try:
        yield
    except TrainingError as error:
        typer.echo(f"jaxcnn: {error}", err=True)
        raise typer.Exit(FAILED) from error
    except KeyboardInterrupt as error:
        kept = "a checkpoint was taken, go on with --resume" if checkpoints else "nothing is kept"
        typer.echo(f"jaxcnn: stopped; {kept}", err=True)
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
