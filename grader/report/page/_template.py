"""The template of the page: whatever it writes is printable, and text unless it was made as markup here."""

import functools
import re
from typing import Any

import jinja2
from markupsafe import Markup, escape

from grader.text import printable

__all__ = ["fill"]

_CODE = re.compile(r"(`[^`\n]+`)")


def fill(**parts: Any) -> str:
    """The page with these parts."""
    return _template().render(**parts)


def _with_code(text: str) -> Markup:
    """A text with what stands between backticks as code."""
    parts = _CODE.split(printable(text))
    marked = (
        Markup("<code>{}</code>").format(part[1:-1]) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )
    return Markup("").join(marked)


def _shown(value: object) -> object:
    """Whatever the template writes is printable; what is markup already was made here."""
    return printable(value) if type(value) is str else value


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("grader.report.page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["with_code"] = _with_code
    source, _, _ = environment.loader.get_source(environment, "page.css")  # type: ignore[union-attr]
    environment.globals["style"] = Markup(source)
    return environment.get_template("page.html")
