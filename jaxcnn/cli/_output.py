"""What commands print on."""

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

from ._names import as_options

if TYPE_CHECKING:
    from jaxcnn.workflows import TrainingResult


def print_table(table: Any) -> None:
    """Prints a Rich table, wide enough for every column where no terminal limits it."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 160).print(table)


def name_skipped(names: tuple[str, ...]) -> None:
    """Says on stderr which images were left out, if any were."""
    from jaxcnn.data._told import left_out

    if names:
        typer.echo(left_out(names), err=True)


def print_training(found: "TrainingResult") -> None:
    """Prints in one line what came of a training."""
    judged, learned = found.evaluation, found.train_accuracy
    known = "" if learned is None else f", train accuracy {learned:.4f}"
    epochs = "1 epoch" if len(found.history) == 1 else f"{len(found.history)} epochs"
    typer.echo(
        f"{found.network} on {found.data}: test accuracy {judged.accuracy:.4f} ({judged.correct} of "
        f"{len(judged.labels)}){known}, {epochs}, {found.steps} steps, {found.seconds:.1f} s"
    )


@contextlib.contextmanager
def told_on_stderr() -> Iterator[None]:
    """Prints what the library warns of, each thing once, by the first process only."""
    from jaxcnn._notice import DataWarning, TrainingWarning

    ours = (DataWarning, TrainingWarning)
    told: set[str] = set()
    with warnings.catch_warnings():
        for category in ours:
            warnings.simplefilter("always", category)
        others = warnings.showwarning

        def show(message: Any, category: type[Warning], *where: Any, **options: Any) -> None:
            if not issubclass(category, ours):
                others(message, category, *where, **options)
            elif str(message) not in told and _is_first():
                told.add(str(message))
                typer.echo(f"jaxcnn: {as_options(str(message))}", err=True)

        warnings.showwarning = show
        yield


def _is_first() -> bool:
    if "jaxcnn.training" not in sys.modules:  # a command that no other process takes part in
        return True
    from jaxcnn.training import is_main_process

    return is_main_process()


def only_python_prints() -> None:
    """Keeps what libraries in C++ say about their connections out of the output."""
    sys.stdout.flush()
    kept, nowhere = os.dup(sys.stdout.fileno()), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    sys.stdout = os.fdopen(kept, "w", encoding=sys.stdout.encoding, buffering=1)
