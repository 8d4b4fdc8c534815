"""The command ``jaxcnn``. Heavy imports happen inside the commands, so that ``--help`` is quick."""

from ._app import app, main

__all__ = ["app", "main"]
