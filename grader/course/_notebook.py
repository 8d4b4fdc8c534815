"""A notebook as a submission: its code cells as one Python file, and where each line of it stood.

A notebook is data: it is decoded within caps, and nothing of it is parsed as Python, imported or run.
"""

import dataclasses
import re
from collections.abc import Iterator
from typing import Annotated

import msgspec

__all__ = ["MAX_NOTEBOOK_BYTES", "Notebook", "NotebookError", "read_notebook"]

MAX_NOTEBOOK_BYTES = 8 * 2**20  # with the pictures that it shows
_MOST_CELLS = 2_000

# What IPython takes for its own where a statement begins: %magic, !command, name = %magic, name?  None of it is Python.
_MAGIC = re.compile(r"(?:[%!?]|[\w.,\s()\[\]]+=\s*(?:%(?=[a-zA-Z])|!)|%?[\w.*]+\?\??\s*$)")
_CELL_MAGIC = re.compile(r"%%(\w+)")
_PYTHON_CELLS = {"time", "timeit", "capture", "prun"}  # whose cells hold Python all the same
_OPENING, _CLOSING = "([{", ")]}"
_TOKEN = re.compile(r"\\.|'''|\"\"\"|['\"#()\[\]{}]", re.DOTALL)


class NotebookError(ValueError):
    """What cannot be read as a notebook of version 4."""


@dataclasses.dataclass(frozen=True)
class Notebook:
    """The code of a notebook.

    Attributes:
        source: the code cells one below the other, magics as comments.
        places: for each line of it the number of its code cell and of the line in that, both from 1.
    """

    source: bytes
    places: tuple[tuple[int, int], ...]


class _Cell(msgspec.Struct):
    cell_type: str
    source: str | list[str] = ""


class _File(msgspec.Struct):
    nbformat: int
    cells: Annotated[list[_Cell], msgspec.Meta(max_length=_MOST_CELLS)]


def read_notebook(content: bytes) -> Notebook:
    """The code of an ``.ipynb`` file.

    Raises:
        NotebookError: for anything but a notebook of version 4.
    """
    try:
        file = msgspec.json.decode(content, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotebookError(str(error)) from error
    if file.nbformat != 4:
        raise NotebookError(f"nbformat (={file.nbformat}) must be 4")
    lines: list[str] = []
    places: list[tuple[int, int]] = []
    code = (cell for cell in file.cells if cell.cell_type == "code")
    for number, cell in enumerate(code, 1):
        text = cell.source if isinstance(cell.source, str) else "".join(cell.source)
        written = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        lines += [*_python(written), ""]
        places += [(number, line) for line in range(1, len(written) + 2)]
    return Notebook("\n".join(lines).encode("utf-8", "replace"), tuple(places))


def _python(lines: list[str]) -> Iterator[str]:
    """The lines of a cell, as many, what is IPython's commented out."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    magic = _CELL_MAGIC.match(lines[first])
    if magic and magic[1] not in _PYTHON_CELLS:
        yield from (f"# {line}".rstrip() for line in lines)
        return
    open_brackets, quote, joined = 0, "", False
    for number, line in enumerate(lines):
        begins = not (open_brackets or quote or joined)
        code = line.lstrip()
        if begins and (_MAGIC.match(code) or (magic and number == first)):
            indent = line[: len(line) - len(code)]
            # A block may hold nothing else.
            yield f"{indent}{'pass  ' if indent else ''}# {code}".rstrip()
            joined = line.endswith("\\")
            continue
        yield line
        open_brackets, quote = _after(line, open_brackets, quote)
        joined = line.endswith("\\") and not quote


def _after(line: str, open_brackets: int, quote: str) -> tuple[int, str]:
    """How many brackets are open after a line, and which quotes of a long text."""
    for match in _TOKEN.finditer(line):
        token = match[0]
        if quote:
            # `"a"""` ends one text and holds an empty one.
            quote = "" if token in (quote, quote * 3) else quote
        elif token == "#":
            break
        elif token in _OPENING:
            open_brackets += 1
        elif token in _CLOSING:
            open_brackets = max(open_brackets - 1, 0)
        elif token[0] in "'\"":
            quote = token
    return open_brackets, quote if len(quote) == 3 else ""
