"""A Result, or the statements of a course, as one page of HTML that needs nothing but itself."""

from grader.report.page._page import Past, statements_to_html, text_to_html, to_html

__all__ = ["Past", "statements_to_html", "text_to_html", "to_html"]
