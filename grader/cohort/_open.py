"""Questions whose points stay open: nobody could tell which file counts, or the grader failed every time."""

from collections.abc import Mapping

from grader.course import Course
from grader.messages import Language, say, told
from grader.results import CheckResult, QuestionResult, Result, Verdict

__all__ = ["with_open_questions"]


def with_open_questions(
    result: Result, course: Course, reasons: Mapping[str, str], language: Language, error: str = ""
) -> Result:
    """Add to a result the questions that were not graded; their points are neither earned nor lost.

    Args:
        result: of the other questions; it is changed.
        course: the course.
        reasons: for each question left open, why.
        language: of titles.
        error: what went wrong in the grader, for its owner; then the verdict is the grader's own error.
    """
    for question in course.questions:
        if question.id not in reasons:
            continue
        check = CheckResult(
            id=f"{question.id}.handin",
            title=say("cohort_open", language),
            verdict=Verdict.GRADER_ERROR if error else Verdict.NOT_GRADED,
            max_points=question.points,
            message=reasons[question.id],
        )
        if error:
            check.log = error
        title = told(question.title, language)
        opened = QuestionResult(
            id=question.id, title=title, max_score=question.points, checks=[check]
        )
        result.questions.append(opened)
    order = {question.id: number for number, question in enumerate(course.questions)}
    result.questions.sort(key=lambda question: order[question.id])
    result.settle()
    return result
