"""A chapter as a Jupyter notebook: cells as they are, and what Jupyter does not know written in what it does."""

import re
from pathlib import Path

import jupytext
import nbformat

_FENCE = re.compile(r"^(:{3,})(?:\{([\w-]+)\} ?(.*))?$")
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)#:]+)\.md(#[^)]*)?\)")


def write_notebooks(chapters: Path, folder: Path) -> list[Path]:
    """Write a notebook of each chapter of a folder, without outputs.

    Args:
        chapters: A folder of MyST chapters with code cells.
        folder: Where the notebooks go; made where it is not there.

    Returns:
        The files that were written, in the chapters' order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for chapter in sorted(chapters.glob("[0-9]*.md")):
        path = folder / f"{chapter.stem}.ipynb"
        path.write_text(nbformat.writes(to_notebook(chapter.read_text("utf-8"))) + "\n", "utf-8")
        written.append(path)
    return written


def to_notebook(text: str) -> nbformat.NotebookNode:
    """A chapter's text as a notebook that Jupyter shows without any extension."""
    notebook = jupytext.reads(text, fmt="md:myst")
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"  # the same chapter gives the same file
        if cell.cell_type == "markdown":
            cell.source = plain_markdown(cell.source)
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )
    return notebook


def plain_markdown(text: str) -> str:
    """Folded answers as ``<details>``, tabs and boxes under a bold title, links to chapters as links to notebooks.

    >>> plain_markdown("[chapter 2](02-the-layer.md#one) of [the course](index.md)")
    '[chapter 2](02-the-layer.ipynb) of the course'
    """
    lines, open_fences, in_code = [], [], False
    for line in text.splitlines():
        in_code ^= line.startswith("```")
        fence = None if in_code else _FENCE.match(line)
        if fence is None:
            if not (open_fences and not in_code and re.match(r":\w+:", line)):  # options
                lines.append(line)
        elif fence[2]:
            open_fences.append(fence[2])
            lines += _opened(fence[2], fence[3])
        else:
            lines += ["", "</details>"] if open_fences.pop() == "dropdown" else []
    return _LINK.sub(_link, "\n".join(lines))


def _opened(directive: str, title: str) -> list[str]:
    if directive == "dropdown":
        return [f"<details><summary>{title}</summary>", ""]
    return [f"**{title}**", ""] if title else []


def _link(match: re.Match[str]) -> str:
    text, target = match[1], match[2]
    return f"[{text}]({target}.ipynb)" if re.match(r"\d\d-[\w-]+$", target) else text
