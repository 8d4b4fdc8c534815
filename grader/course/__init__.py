"""Courses: their manifests, where they lie, and the files of a submission."""

from grader.course._helpers import helpers_of
from grader.course._hints import function_hints, functions_with_hints, hint_levels
from grader.course._loading import LoadedQuestion, load_question
from grader.course._location import (
    COURSES,
    CourseAmbiguous,
    CourseNotFound,
    find_course,
    hidden_paths,
    list_courses,
    packaged_exercises,
    read_stub,
    stub_file,
)
from grader.course._manifest import Course, ManifestError, Number, Question, read_course
from grader.course._notebook import Notebook, NotebookError, read_notebook
from grader.course._numbers import (
    FileNumbers,
    NumbersError,
    number_sets,
    numbers_of,
    numbers_text,
    read_numbers,
    text_with_numbers,
    with_numbers,
)
from grader.course._stub import (
    StubError,
    cut_stub,
    in_language,
    is_untouched,
    same_code,
    without_markers,
)
from grader.course._submission import (
    SubmissionError,
    SubmittedFile,
    find_submission,
    numbers_there,
    place_of_files,
    size_limit,
    student_file,
    submitted_file,
)

__all__ = [
    "COURSES",
    "Course",
    "CourseAmbiguous",
    "CourseNotFound",
    "FileNumbers",
    "LoadedQuestion",
    "ManifestError",
    "Notebook",
    "NotebookError",
    "Number",
    "NumbersError",
    "Question",
    "StubError",
    "SubmissionError",
    "SubmittedFile",
    "cut_stub",
    "find_course",
    "find_submission",
    "function_hints",
    "functions_with_hints",
    "helpers_of",
    "hidden_paths",
    "hint_levels",
    "in_language",
    "is_untouched",
    "list_courses",
    "load_question",
    "number_sets",
    "numbers_of",
    "numbers_text",
    "numbers_there",
    "packaged_exercises",
    "place_of_files",
    "read_course",
    "read_notebook",
    "read_numbers",
    "read_stub",
    "same_code",
    "size_limit",
    "stub_file",
    "student_file",
    "submitted_file",
    "text_with_numbers",
    "with_numbers",
    "without_markers",
]
