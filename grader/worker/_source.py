"""What the source of a submitted file says, read without running it.

The grading process asks for this before it asks to load anything, so no student code has run in this worker
yet; a source that breaks the parser breaks this worker only.
"""

import ast
import fnmatch
from collections.abc import Collection
from typing import Any

from grader.worker._replies import fault_of

_MAX_ANSWER = 20_000


def inspect(file: str, stub: str, withheld: list[str]) -> dict[str, Any]:
    """Facts about one file.

    Args:
        file: path of the submitted file.
        stub: the text of the stub it was made from.
        withheld: names and patterns that the question withholds.

    Returns:
        ``fault`` (None, or why the file cannot be parsed), ``functions`` (top-level names), ``untouched`` (those
        equal to the stub's), ``withheld`` (name, line, and the stub's function it lies in or ""), ``answer``
        (the free text ANSWER or None).
    """
    facts: dict[str, Any] = {
        "fault": None,
        "functions": [],
        "untouched": [],
        "withheld": [],
        "answer": None,
    }
    try:
        with open(file, "rb") as stream:
            tree = ast.parse(stream.read(), file)
        bodies, stub_bodies = _definitions(tree), _definitions(ast.parse(stub))
        facts["functions"] = sorted(bodies)
        facts["untouched"] = sorted(n for n in bodies if bodies[n] == stub_bodies.get(n))
        facts["withheld"] = [
            [name, line, _owner(tree, line, stub_bodies)] for name, line in _uses(tree, withheld)
        ]
        facts["answer"] = _answer(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError, LookupError) as error:
        facts["fault"] = fault_of(error, [file]) | {"kind": "import_error"}
    return facts


def _definitions(tree: ast.Module) -> dict[str, str]:
    """Each top-level function and class as canonical text, docstrings left out."""
    result = {}
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for inner in ast.walk(node):
                body = getattr(inner, "body", None)
                if (
                    isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
                    and body
                    and isinstance(body[0], ast.Expr)
                    and isinstance(body[0].value, ast.Constant)
                    and isinstance(body[0].value.value, str)
                ):
                    inner.body = body[1:]
            result[node.name] = ast.dump(node)
    return result


def _answer(tree: ast.Module) -> str | None:
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="ANSWER")], value=ast.Constant(value=str(text)))
                | ast.AnnAssign(target=ast.Name(id="ANSWER"), value=ast.Constant(value=str(text)))
            ):
                return text.strip()[:_MAX_ANSWER] or None
    return None


def _uses(tree: ast.Module, withheld: list[str]) -> list[list[Any]]:
    """Every withheld module or attribute that the source names, with its line."""
    aliases: dict[str, str] = {}
    named: list[tuple[str, int]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                aliases[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
                named.append((alias.name, node.lineno))
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                named.append((f"{node.module}.{alias.name}", node.lineno))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (name := _dotted(node, aliases)):
            named.append((name, node.lineno))
    found: dict[str, int] = {}
    for name, line in sorted(named, key=lambda pair: pair[1]):
        if is_withheld(name, withheld):
            found.setdefault(name, line)
    # `jax.lax.conv` is named once, not again for each attribute taken of it.
    return [
        [name, line]
        for name, line in found.items()
        if not any(name.startswith(other + ".") for other in found)
    ][:50]


def _owner(tree: ast.Module, line: int, functions: Collection[str]) -> str:
    """The function of the stub that the line lies in; "" for helpers and the module itself."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in functions:
            last = node.end_lineno or node.lineno
            if node.lineno <= line <= last:
                return node.name
    return ""


def _dotted(node: ast.expr, aliases: dict[str, str]) -> str | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in aliases:
        return None
    return ".".join([aliases[node.id], *reversed(parts)])


def is_withheld(name: str, withheld: list[str]) -> bool:
    """Whether a dotted name is one of the withheld names, lies inside one, or matches a pattern."""
    return any(
        fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(name, pattern + ".*")
        for pattern in withheld
    )
