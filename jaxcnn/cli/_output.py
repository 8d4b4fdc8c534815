"""What commands print on."""

import os
import sys
from typing import Any


def print_table(table: Any) -> None:
    """Prints a Rich table, wide enough for every column where no terminal limits it."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 160).print(table)


def only_python_prints() -> None:
    """Keeps what libraries in C++ say about their connections out of the output."""
    sys.stdout.flush()
    kept, nowhere = os.dup(sys.stdout.fileno()), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    sys.stdout = os.fdopen(kept, "w", encoding=sys.stdout.encoding, buffering=1)
