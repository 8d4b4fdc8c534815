"""The command ``grader``.  Heavy imports happen inside the commands, so that ``--help`` is quick."""

from grader.cli._app import main

__all__ = ["main"]
