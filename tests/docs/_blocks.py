"""What the documents show: their fenced blocks, and the commands in them and in the text."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import typer
import typer.main

from grader.cli._app import app as grader_app
from jaxcnn.cli import app as jaxcnn_app

ROOT = Path(__file__).parents[2]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for path in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))
}
_APPS = {"jaxcnn": jaxcnn_app, "grader": grader_app}


class Block(NamedTuple):
    """A fenced block."""

    page: str
    line: int
    language: str
    body: str

    @property
    def first(self) -> str:
        return self.body.partition("\n")[0]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks_of(page: str, text: str) -> list[Block]:
    """The fenced blocks of a text, in order; a fence that is not closed is an error."""
    found, opened = [], None
    for number, line in enumerate(text.splitlines(), 1):
        if not (fence := re.match(r"\s*```(.*)$", line)):
            if opened is not None:
                opened[2].append(line)
        elif opened is None:
            opened = (number, fence[1].strip(), [])
        else:
            found.append(Block(page, opened[0], opened[1], "\n".join(opened[2])))
            opened = None
    assert opened is None, f"{page}:{opened and opened[0]}: this block has no end"
    return found


BLOCKS = [block for page, text in PAGES.items() for block in blocks_of(page, text)]


def lines_of_shell(block: Block) -> Iterator[str]:
    """One command after the other, without comments and what joins them."""
    for line in block.body.splitlines():
        words = shlex.split(line, comments=True)
        while words:
            end = next((n for n, word in enumerate(words) if word in ("&&", "&")), len(words))
            if words[:end]:
                yield shlex.join(words[:end])
            words = words[end + 1 :]


def spans_with_commands() -> list[tuple[str, str]]:
    """``(page, command)`` for every ``jaxcnn ...`` and ``grader ...`` in the text of a page."""
    texts = {
        **PAGES,
        **{
            str(path.relative_to(ROOT)): path.read_text("utf-8")
            for path in sorted((ROOT / "solutions").rglob("*.md"))
        },
    }
    return sorted(
        {
            (page, " ".join(span.split()))
            for page, text in texts.items()
            for span in re.findall(r"(?<!`)`((?:jaxcnn|grader)\s[^`]*)`", text)
            if not {"...", "…", "|", "["} & {*span.split(), *span}
        }
    )


def parse(command: str) -> None:
    """Have one of our commands read its arguments, and do nothing.

    Raises:
        LookupError: There is no such command.
        TyperException: It does not take these arguments.
    """
    program, *arguments = shlex.split(command)
    found: Any = typer.main.get_command(_APPS[program])
    while arguments and hasattr(found, "commands"):
        if arguments[0].startswith("-"):  # an option of the program itself, after which it ends
            if not any(arguments[0] in option.opts for option in found.params):
                raise LookupError(arguments[0])
            return
        found = found.commands[arguments.pop(0)]
    if not hasattr(found, "commands") and "--help" not in arguments:
        found.make_context(program, arguments)


def unknown_in(command: str) -> str | None:
    """What no command or option is; a sentence may leave out values, or have stand-ins for them."""
    try:
        parse(command)
    except LookupError as error:
        return str(error)
    except typer.exceptions.TyperException as error:
        lenient = type(error).__name__ in ("MissingParameter", "BadParameter", "BadOptionUsage")
        return None if lenient else str(error)
    return None


def run(source: str, names: dict[str, Any]) -> None:
    """Execute a block; an expression with a comment behind it must have that as its repr."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        piece = ast.Module([node], [])
        if isinstance(node, ast.Expr):
            value = eval(compile(ast.Expression(node.value), "<document>", "eval"), names)
            _, _, shown = lines[(node.end_lineno or 0) - 1][node.end_col_offset :].partition("#")
            assert repr(value) == shown.strip() or not shown, ast.unparse(node)
        else:
            exec(compile(piece, "<document>", "exec"), names)
