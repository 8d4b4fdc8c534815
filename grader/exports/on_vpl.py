"""Runs in the jail of Moodle's VPL: ``python -m grader.exports.on_vpl COURSE LANGUAGE``, in the student's folder."""

import os
import sys
from pathlib import Path

from grader.exports._grading import NothingToGrade, course_for, grade_as_it_comes
from grader.messages import Language
from grader.platforms import to_vpl
from grader.results import Result

__all__ = ["main"]


def main(course_path: str, language: Language, maximum: float) -> None:
    """Grade the current folder and print comments and a proposed grade."""
    course = course_for(course_path, language)

    def tell(result: Result, finished: bool) -> None:
        if finished:
            sys.stdout.write(to_vpl(result, maximum))

    try:
        grade_as_it_comes(course, Path(), tell, language=language)
    except NothingToGrade as error:
        for line in str(error).splitlines():
            sys.stdout.write(f"Comment :=>> {line}\n")


if __name__ == "__main__":
    _, which, spoken = sys.argv
    main(which, spoken, float(os.environ.get("VPL_GRADEMAX") or 100))
