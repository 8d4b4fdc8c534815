"""What commands print on."""

import sys
from typing import Any


def print_table(table: Any) -> None:
    """Prints a Rich table, wide enough for every column where no terminal limits it."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 160).print(table)
