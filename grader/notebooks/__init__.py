"""Notebooks: a stub as one, and the magic ``%grade`` (how one is read is the business of ``grader.course``)."""

from grader.notebooks._magic import register_magic
from grader.notebooks._write import NotebooksUnavailable, stub_notebook

__all__ = ["NotebooksUnavailable", "register_magic", "stub_notebook"]
