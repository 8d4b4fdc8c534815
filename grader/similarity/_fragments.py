"""Code as fragments of its syntax tree, without all that is changed to hide where it comes from.

It runs as a script in a process of its own, since a parser may be made to run out of memory or stack: lines of JSON
come in, with the code in base64, and lines of JSON go out, with a hash and a line number for each fragment, or null for
code that cannot be parsed. Nothing is run.
"""

import ast
import base64
import hashlib
import json
import sys
import time
import warnings
from collections.abc import Iterator

__all__ = ["LENGTH", "fragments", "main"]

LENGTH = 12  # nodes
_MOST_MEMORY = 2 * 2**30
_MOST_SECONDS = 30  # of the CPU, for one file
# How a value is used is said by where the name stands; and what a name is annotated with is the statement's.
_SKIPPED = (ast.expr_context, ast.Import, ast.ImportFrom, ast.alias, ast.Pass)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def fragments(code: bytes) -> list[tuple[int, int]]:
    """Hashes of all runs of nodes, with the line on which each begins.

    Functions are taken one by one, so their order is no matter.

    Raises:
        SyntaxError: for code that cannot be parsed.
        ValueError: likewise.
        RecursionError: for code that is nested too deeply.
        MemoryError: likewise.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the student's code is warned of
        tree = ast.parse(code)
    found = []
    for part in _parts(tree):
        for start in range(len(part) - LENGTH + 1):
            run = part[start : start + LENGTH]
            text = " ".join(kind for kind, _ in run).encode()
            digest = hashlib.blake2b(text, digest_size=7).digest()
            found.append((int.from_bytes(digest, "big"), run[0][1]))
    return found


def _parts(tree: ast.Module) -> list[list[tuple[str, int]]]:
    """The nodes of each function, and of what stands outside of them."""
    waiting: list[ast.AST] = [tree]
    parts = []
    while waiting:
        root = waiting.pop()
        part: list[tuple[str, int]] = []
        inner: list[ast.AST] = []
        line = 1  # of the last node that tells it: some have none
        for node in _walk(root, inner):
            line = getattr(node, "lineno", line)
            part.append((type(node).__name__, line))
        parts.append(part)
        waiting += inner
    return parts


def _walk(root: ast.AST, inner: list[ast.AST]) -> Iterator[ast.AST]:
    """A function's nodes in the order of the text; functions in it are put aside."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node is not root and isinstance(node, _FUNCTIONS):
            inner.append(node)
            continue
        yield node
        children = [c for c in ast.iter_child_nodes(node) if not isinstance(c, _SKIPPED)]
        stack += reversed([c for c in children if not _is_said_only(c, node)])


def _is_said_only(node: ast.AST, parent: ast.AST) -> bool:
    """Docstrings, texts that stand alone, annotations, decorators and the answer in words."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(parent, ast.AnnAssign) and node is parent.annotation:
        return True
    if isinstance(parent, ast.arg):
        return True
    if isinstance(parent, _FUNCTIONS):
        given = [*parent.decorator_list, getattr(parent, "returns", None)]
        return any(node is one for one in given)
    return (
        isinstance(node, ast.Assign)
        and isinstance(parent, ast.Module)
        and any(isinstance(t, ast.Name) and t.id == "ANSWER" for t in node.targets)
    )


def main() -> None:
    """Answer line by line until the input ends."""
    for line in sys.stdin:
        _limit()
        try:
            answer = fragments(base64.b64decode(json.loads(line)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            answer = None
        print(json.dumps(answer), flush=True)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seconds = int(time.process_time()) + _MOST_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
