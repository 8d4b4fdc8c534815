"""The loop of a student at work: a file is saved, graded at once by workers that were started ahead, and shown."""

from grader.watch._loop import Memory, watch

__all__ = ["Memory", "watch"]
