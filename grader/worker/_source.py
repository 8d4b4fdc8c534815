"""What the source of a submitted file says, read without running it.

The grading process asks for this before it asks to load anything, so no student code has run in this worker
yet; a source that breaks the parser breaks this worker only.
"""

import ast
from collections.abc import Collection, Iterator
from typing import Any

from grader.worker._flow import may_return_nothing
from grader.worker._names import used_names
from grader.worker._replies import fault_of
from grader.worker._reserved import BUILTINS, PRIVATE_ATTRIBUTES, is_named, is_reserved

_MAX_ANSWER = 20_000


def inspect(file: str, stub: str, withheld: list[str]) -> dict[str, Any]:
    """Facts about one file.

    Args:
        file: path of the submitted file.
        stub: the text of the stub it was made from.
        withheld: names and patterns that the question withholds.

    Returns:
        ``fault`` (None, or why the file cannot be parsed), ``functions`` (top-level names), ``untouched`` (those
        equal to the stub's), ``withheld`` (name, line, the stub's function it lies in or "", and whether it is
        reserved everywhere rather than withheld by this question), ``answer`` (the free text ANSWER: empty where the
        stub asks for it and nothing is written, None where it is not asked for or cannot be read), ``valueless``
        (functions that may end without returning a value).
    """
    facts: dict[str, Any] = {
        "fault": None,
        "functions": [],
        "untouched": [],
        "withheld": [],
        "answer": None,
        "valueless": [],
    }
    try:
        with open(file, "rb") as stream:
            tree = ast.parse(stream.read(), file)
        stub_tree = ast.parse(stub)
        bodies, stub_bodies = _definitions(tree), _definitions(stub_tree)
        facts["functions"] = sorted(bodies)
        facts["untouched"] = sorted(n for n in bodies if bodies[n] == stub_bodies.get(n))
        if withheld:
            facts["withheld"] = [
                [name, line, _owner(tree, line, stub_bodies), not is_named(name, withheld)]
                for name, line in _uses(tree, withheld)
            ]
        asked = any(_stores(stub_tree))
        facts["answer"] = _answer(tree, asked)
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        facts["valueless"] = sorted({f.name for f in functions if may_return_nothing(f)})
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


def _answer(tree: ast.Module, asked: bool) -> str | None:
    """The last text that is written out; None where there is none, or where it may be made in another way."""
    texts = []
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="ANSWER")], value=ast.Constant(value=str(text)))
                | ast.AnnAssign(target=ast.Name(id="ANSWER"), value=ast.Constant(value=str(text)))
            ):
                texts.append(text.strip()[:_MAX_ANSWER])
    if written := [text for text in texts if text]:
        return written[-1]
    return "" if asked and len(list(_stores(tree))) == len(texts) else None


def _stores(tree: ast.Module) -> Iterator[ast.AST]:
    """Every place that gives ANSWER a value."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "ANSWER" and isinstance(node.ctx, ast.Store):
            yield node


def _uses(tree: ast.Module, withheld: list[str]) -> list[list[Any]]:
    """Every withheld or reserved name that the source uses, with its line."""
    found: dict[str, int] = {}
    for name, line in sorted(used_names(tree), key=lambda pair: pair[1]):
        if is_named(name, withheld) or _gets_around(name):
            found.setdefault(name, line)
    # `jax.lax.conv` is named once, not again for each attribute taken of it.
    return [
        [name, line]
        for name, line in found.items()
        if not any(name.startswith(other + ".") for other in found)
    ][:50]


def _gets_around(name: str) -> bool:
    return name in PRIVATE_ATTRIBUTES or name in BUILTINS or is_reserved(name)


def _owner(tree: ast.Module, line: int, functions: Collection[str]) -> str:
    """The function of the stub that the line lies in; "" for helpers and the module itself."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in functions:
            last = node.end_lineno or node.lineno
            if node.lineno <= line <= last:
                return node.name
    return ""
