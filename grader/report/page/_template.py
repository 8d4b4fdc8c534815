"""The template of the page: whatever it writes is printable, and text unless it was made as markup here."""

import functools
import re
from typing import Any

import jinja2
from markupsafe import Markup, escape

from grader.text import printable

__all__ = ["fill"]

_OWN = "grader.report.page"

_CODE = re.compile(r"(`[^`\n]+`)")


def fill(template: str = "page.html", package: str = _OWN, /, **parts: Any) -> str:
    """A page with these parts.

    Args:
        template: its name.
        package: the one whose folder ``templates`` holds it; it may extend ``base.html`` and import ``parts.html``.
        parts: what the template names; ``language``, ``say`` and ``title`` are needed by all.
    """
    return _environment(package).get_template(template).render(**parts)


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
def _environment(package: str) -> jinja2.Environment:
    loaders = [jinja2.PackageLoader(name) for name in dict.fromkeys((package, _OWN))]
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["with_code"] = _with_code
    source, _, _ = environment.loader.get_source(environment, "page.css")  # type: ignore[union-attr]
    environment.globals["style"] = Markup(source)
    return environment
