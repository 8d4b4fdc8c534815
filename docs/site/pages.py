"""What the site adds to pages: the other language, the notebook of a chapter, words for pictures, whole signatures."""

import inspect
import re
from typing import Any

from docutils import nodes

WORDS = {
    "en": {
        "notebook": "Download this chapter as a Jupyter notebook",
        "other": "Français",
        "switch": "Cette page en français",
        "home": "Le cours en français",
    },
    "fr": {
        "notebook": "Télécharger ce chapitre comme notebook Jupyter",
        "other": "English",
        "switch": "This page in English",
        "home": "The course in English",
    },
}
OTHER = {"en": "fr", "fr": "en"}
_CHAPTER = re.compile(r"course/(en|fr)/(\d\d-[\w-]+)$")
_FIGURE = re.compile(r"course\.(\w+)\(language=")
_FILE = re.compile(r"\[([^\]]+)\]\(\.\./([^)]+)\)")
_LINK = re.compile(r"\[([\w-]+\.md)\]\(\1(#[^)]*)?\)")
_ENGLISH_ONLY = frozenset({"genindex", "py-modindex"})
_TOOLS = _ENGLISH_ONLY | {"search"}


def counterpart(page: str, language: str) -> str | None:
    """The page that says the same in the other language's site, or None where only its first page is left to show.

    >>> counterpart("course/en/02-the-layer", "en"), counterpart("training", "en"), counterpart("api/nn", "en")
    ('course/fr/02-the-layer', 'training', None)
    """
    if page.startswith(("api/", "_modules")) or page in _ENGLISH_ONLY:
        return None
    return page.replace(f"course/{language}/", f"course/{OTHER[language]}/")


def add_to_page(app: Any, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    language = app.config.language
    other, words = OTHER[language], WORDS[language]
    there = counterpart(page, language)
    up = "../" * (page.count("/") + 1)
    context["switch"] = {
        "address": f"{up}{other}/{there or f'course/{other}/index'}.html",
        "language": other,
        "name": words["other"],
        "title": words["switch"] if there else words["home"],
    }
    if language == "fr":
        context["reference"] = f"{up}en/api/index.html"
    body = context.get("body", "")
    if body and language == "fr" and not page.startswith("course/") and page not in _TOOLS:
        body = f'<div lang="en">{body}</div>'  # guides are in English
    if chapter := _CHAPTER.match(page):
        address = f"{'../' * page.count('/')}notebooks/{chapter[2]}.ipynb"
        link = f'<p class="notebook"><a href="{address}" download>{words["notebook"]}</a></p>'
        body = body.replace("</h1>", f"</h1>\n{link}", 1)
    if body:
        context["body"] = body


def name_targets(app: Any, page: str, source: list[str]) -> None:
    """Guides link to files of the repository, which here are only named, and to each other by file: here by title."""
    if "/" not in page:
        source[0] = _LINK.sub(r"[](\1\2)", _FILE.sub(r"\1 (`\2`)", source[0]))


def describe_pictures(app: Any, tree: nodes.document) -> None:
    """A figure that a cell has drawn is described by the title of the function that drew it."""
    from jaxcnn.plotting import course

    for cell in tree.findall(nodes.container):
        if "cell" not in cell["classes"]:
            continue
        if not (drawn := _FIGURE.search(cell.astext())):
            continue
        title = course.figure_title(drawn[1].replace("_", "-"), language=app.config.language)
        for image in cell.findall(nodes.image):
            image["alt"] = title


def whole_signature(
    app: Any,
    what: str,
    name: str,
    value: Any,
    options: Any,
    signature: str | None,
    answer: str | None,
) -> tuple[str, str | None] | None:
    """Of a layer or network that of its constructor: Flax's metaclass shows ``(*args, **kwargs)``."""
    if what != "class" or not isinstance(value, type):
        return None
    if (signature or "").replace(": Any", "") != "(*args, **kwargs)":
        return None
    parameters = list(inspect.signature(value.__init__).parameters.values())[1:]
    bare = [p.replace(annotation=p.empty) for p in parameters]
    shown = str(inspect.Signature(bare))
    return re.sub(r"<[^<>]*(?:<[^<>]*>[^<>]*)*>", "...", shown), answer


def setup(app: Any) -> dict[str, bool]:
    app.connect("html-page-context", add_to_page)
    app.connect("source-read", name_targets)
    app.connect("doctree-read", describe_pictures)
    app.connect("autodoc-process-signature", whole_signature)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
