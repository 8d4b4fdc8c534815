"""Failing cases as files that a student runs: ``python .grader/cases/q05_window_bias.py``."""

from grader.cases._folder import CaseFolder

__all__ = ["CaseFolder"]
