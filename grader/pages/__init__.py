"""Pages of a cohort: one for its owner, and one for each student, who sees nothing of the others."""

from grader.pages._class_page import class_page
from grader.pages._student_page import StudentPage, student_pages
from grader.pages._survey import Survey, survey

__all__ = ["StudentPage", "Survey", "class_page", "student_pages", "survey"]
