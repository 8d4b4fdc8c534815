"""A known mistake as a submission: the solution with one function replaced."""

import ast
from collections.abc import Callable
from typing import Any

from grader.checks._declare import MistakeInfo, mistake_info
from grader.course import LoadedQuestion

__all__ = ["VariantError", "variant_source"]

_SNAPSHOT = "import types as _types\nsolution = _types.SimpleNamespace(**globals())\n"


class VariantError(ValueError):
    """A mistakes.py that cannot be turned into submissions; the message says why."""


def variant_source(trusted: LoadedQuestion, *variants: Callable[..., Any]) -> str:
    """One file that a student who makes these mistakes, in different functions, could have written."""
    infos = [mistake_info(variant) for variant in variants]
    solution = trusted.solution
    path = trusted.folder / "mistakes.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if _is_kept(node, str(path))]
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            node.decorator_list = [d for d in node.decorator_list if not _is_mistake(d)]
    overrides = "\n".join(_override(name, info) for info in infos for name in info.of)
    return f"{solution}\n\n{_SNAPSHOT}\n{ast.unparse(tree)}\n\n{overrides}\n"


def _override(name: str, info: MistakeInfo) -> str:
    if not info.settings:
        return f"{name} = {info.made_by}"
    settings = "".join(f", {keyword}={value!r}" for keyword, value in info.settings.items())
    call = f"{info.made_by}(*args, **kwargs{settings})"
    return f"def {name}(*args, **kwargs):\n    return {call}"


def _is_kept(node: ast.stmt, path: str) -> bool:
    if isinstance(node, ast.ImportFrom):
        if node.level:
            if [alias.name for alias in node.names] != ["solution"] or node.module:
                raise VariantError(
                    f"{path}, line {node.lineno}: import only `from . import solution`"
                )
            return False
        return not (node.module or "").startswith("grader")
    if isinstance(node, ast.Assign) and any(map(_is_declaration, ast.walk(node.value))):
        return False  # deviations that several families share
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return not is_docstring


def _is_declaration(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "deviation"
    )


def _is_mistake(decorator: ast.expr) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(function, ast.Name) and function.id in ("mistake", "family")
