"""One submission -> one Result: question after question, or side by side in several processes."""

from grader.grading._files import grade_files
from grader.grading._grade import grade

__all__ = ["grade", "grade_files"]
