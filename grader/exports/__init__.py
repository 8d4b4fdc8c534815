"""Folders to be handed to other systems, and what runs there: Gradescope, GitHub, Moodle, a container."""

from grader.exports._export import PLATFORMS, ExportError, Install, export

__all__ = ["PLATFORMS", "ExportError", "Install", "export"]
