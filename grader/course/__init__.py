"""Courses: their manifests, where they lie, and the files of a submission."""

from grader.course._loading import LoadedQuestion, load_question
from grader.course._location import (
    COURSES,
    CourseNotFound,
    find_course,
    hidden_paths,
    list_courses,
    packaged_exercises,
)
from grader.course._manifest import Course, ManifestError, Question, read_course
from grader.course._stub import StubError, cut_stub, in_language, is_untouched, without_markers
from grader.course._submission import (
    SubmissionError,
    SubmittedFile,
    find_submission,
    same_text,
)

__all__ = [
    "COURSES",
    "Course",
    "CourseNotFound",
    "LoadedQuestion",
    "ManifestError",
    "Question",
    "StubError",
    "SubmissionError",
    "SubmittedFile",
    "cut_stub",
    "find_course",
    "find_submission",
    "hidden_paths",
    "in_language",
    "is_untouched",
    "list_courses",
    "load_question",
    "packaged_exercises",
    "read_course",
    "same_text",
    "without_markers",
]
