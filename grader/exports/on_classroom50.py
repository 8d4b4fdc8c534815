"""Runs on a GitHub runner, in a student's checkout: ``python -m grader.exports.on_classroom50 COURSE LANGUAGE``."""

import os
import sys
from pathlib import Path

from grader.exports._grading import NothingToGrade, course_for, grade_as_it_comes
from grader.messages import Language
from grader.platforms import to_classroom50
from grader.report import TerminalReport, write_file
from grader.results import Result

__all__ = ["main"]


def main(course_path: str, language: Language) -> None:
    """Grade the current folder into ``result.json`` (Classroom 50's contract), and print the report."""
    from rich.console import Console

    course = course_for(course_path, language)
    report = TerminalReport(Console(), language)

    def tell(result: Result, finished: bool) -> None:
        write_file(Path("result.json"), to_classroom50(result, os.environ))
        if finished:
            for question in result.questions:
                report.question(question)
            report.finish(result)

    folder = Path("exercises") if Path("exercises").is_dir() else Path()
    try:
        grade_as_it_comes(course, folder, tell, language=language)
    except NothingToGrade as error:
        sys.exit(str(error))


if __name__ == "__main__":
    _, which, spoken = sys.argv
    main(which, spoken)
