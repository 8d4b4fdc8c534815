"""Folders to be handed to other systems, and what runs there: Gradescope, GitHub, Moodle, a container."""

from grader.exports._export import ExportError, Install, export

__all__ = ["ExportError", "Install", "export"]
