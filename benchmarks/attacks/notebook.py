"""Notebooks as plain data, in format 4.5, without a library."""

from typing import Any

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """A notebook of these cells."""
    return {
        "cells": cells,
        "metadata": {"kernelspec": KERNEL, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def code(source: str, identity: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    """A code cell that has not been run."""
    return {
        "cell_type": "code",
        "id": identity,
        "source": source,
        "metadata": metadata or {},
        "outputs": [],
        "execution_count": None,
    }
