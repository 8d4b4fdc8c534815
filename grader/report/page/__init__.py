"""A Result, or the statements of a course, as one page of HTML that needs nothing but itself."""

from grader.report.page._page import Marked, Past, statements_to_html, text_to_html, to_html
from grader.report.page._template import fill

__all__ = ["Marked", "Past", "fill", "statements_to_html", "text_to_html", "to_html"]
