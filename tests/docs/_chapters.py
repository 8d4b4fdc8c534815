"""The chapters of the course: their cells, their text, and what came out of the cells."""

import ast
import contextlib
import io
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ._blocks import ROOT

COURSE = ROOT / "docs" / "course"
LANGUAGES = ("en", "fr")
NAMES = tuple(path.name for path in sorted((COURSE / "en").glob("[0-9]*.md")))

_CELL = re.compile(r"^```\{code-cell\}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_TAB = re.compile(r"^:::\{tab-item\} (\w+)\n```python\n(.*?)^```\n:::$", re.DOTALL | re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """A chapter in one language."""

    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @property
    def cells(self) -> list[str]:
        return _CELL.findall(self.text)

    @property
    def tabs(self) -> list[tuple[str, str]]:
        """``(library, code)`` for each way of saying a layer."""
        return _TAB.findall(self.text)

    @property
    def prose(self) -> str:
        """What is neither cell nor code nor the page's head."""
        return _FENCED.sub("", self.text.split("---\n", 2)[2])

    @property
    def figures(self) -> list[str]:
        """The course's figures that its cells draw."""
        drawn = re.findall(r"^course\.(\w+)\(", "\n".join(self.cells), re.MULTILINE)
        return [name.replace("_", "-") for name in drawn]


@cache
def chapter(language: str, name: str) -> Chapter:
    return Chapter(COURSE / language / name)


@cache
def executed(name: str) -> tuple[str, list[Any]]:
    """What the cells of a chapter print, and what they show; French cells differ by words only, so English ones run."""
    names: dict[str, Any] = {"__name__": "chapter"}
    shown, printed = [], io.StringIO()
    with contextlib.redirect_stdout(printed):
        for cell in chapter("en", name).cells:
            tree = ast.parse(cell)
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, name, "exec"), names)
            if isinstance(last, ast.Expr):
                shown.append(eval(compile(ast.Expression(last.value), name, "eval"), names))
    return printed.getvalue(), shown


def without_words(source: str) -> str:
    """A cell as a tree, but for comments, for the words that it prints, and for the language of its figures."""

    class Words(ast.NodeTransformer):
        inside = False

        def visit_Call(self, node: ast.Call) -> ast.AST:
            outer, self.inside = self.inside, self.inside or ast.unparse(node.func) == "print"
            self.generic_visit(node)
            self.inside = outer
            return node

        def visit_keyword(self, node: ast.keyword) -> ast.AST:
            if node.arg == "language":
                node.value = ast.Constant("")
            return self.generic_visit(node)

        def visit_Constant(self, node: ast.Constant) -> ast.AST:
            words = self.inside and isinstance(node.value, str)
            return ast.Constant("") if words else node

    return ast.dump(Words().visit(ast.parse(source)))
