"""Runs in Gradescope's container: ``python -m grader.exports.on_gradescope /autograder COURSE LANGUAGE SECONDS``."""

import sys
from pathlib import Path

from grader.exports._grading import NothingToGrade, course_for, grade_as_it_comes
from grader.messages import Language, say
from grader.platforms import to_gradescope
from grader.report import write_file
from grader.results import Isolation, Result

__all__ = ["main"]


def main(root: Path, course_path: str, language: Language, seconds: float) -> None:
    """Grade ``root/submission`` into ``root/results/results.json``, which holds after each check what is known."""
    course = course_for(course_path, language)
    results = root / "results" / "results.json"

    def tell(result: Result, finished: bool) -> None:
        output = ""
        if result.ungraded:
            output = say("export_open", language, points=f"{result.ungraded:g}")
        write_file(results, to_gradescope(result, output=output))

    try:
        grade_as_it_comes(course, root / "submission", tell, language=language, seconds=seconds)
    except NothingToGrade as error:
        nothing = Result(
            course=course.id,
            version="",
            seed=None,
            seed_id="",
            started="",
            isolation=Isolation(0, "", ()),
        )
        write_file(results, to_gradescope(nothing, output=str(error)))


if __name__ == "__main__":
    _, where, which, spoken, limit = sys.argv
    main(Path(where), which, spoken, float(limit))
