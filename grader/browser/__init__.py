"""A page on localhost, for one reader, that changes when there is something new."""

from grader.browser._live import LivePage, serve

__all__ = ["LivePage", "serve"]
