"""What commands print on."""

import os
import sys
from typing import Any

import typer

_SHOWN = 10  # names of broken images


def print_table(table: Any) -> None:
    """Prints a Rich table, wide enough for every column where no terminal limits it."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 160).print(table)


def name_skipped(names: tuple[str, ...]) -> None:
    """Says on stderr which images were left out, if any were."""
    if names:
        dots = ", ..." if len(names) > _SHOWN else ""
        what, were = ("1 image", "was") if len(names) == 1 else (f"{len(names)} images", "were")
        typer.echo(
            f"{what} cannot be decoded and {were} left out: {', '.join(names[:_SHOWN])}{dots}",
            err=True,
        )


def only_python_prints() -> None:
    """Keeps what libraries in C++ say about their connections out of the output."""
    sys.stdout.flush()
    kept, nowhere = os.dup(sys.stdout.fileno()), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    sys.stdout = os.fdopen(kept, "w", encoding=sys.stdout.encoding, buffering=1)
