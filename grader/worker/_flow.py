"""Where a function can end, read off its source."""

import ast
from collections.abc import Iterator, Sequence

__all__ = ["may_return_nothing"]

_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def may_return_nothing(function: ast.FunctionDef) -> bool:
    """Whether a path through it reaches its end, or a bare ``return``; ``return None`` is a value that was meant.

    Conditions are not looked into: every branch may be taken.
    """
    bare = any(isinstance(n, ast.Return) and n.value is None for n in _own(function))
    return bare or _falls(function.body)


def _falls(block: Sequence[ast.stmt]) -> bool:
    """Whether control may run out of the end of a block."""
    return all(_passes(statement) for statement in block)


def _passes(statement: ast.stmt) -> bool:
    """Whether control may reach what follows the statement."""
    match statement:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return False
        case ast.If():
            return _falls(statement.body) or _falls(statement.orelse)
        case ast.While(test=ast.Constant(value=always)) if always:
            return _breaks(statement.body)
        case ast.While() | ast.For() | ast.AsyncFor():
            return _falls(statement.orelse) or _breaks(statement.body)
        case ast.With() | ast.AsyncWith():
            return _falls(statement.body)
        case ast.Try() | ast.TryStar():
            tried = _falls(statement.body) and _falls(statement.orelse)
            caught = any(_falls(handler.body) for handler in statement.handlers)
            return (tried or caught) and _falls(statement.finalbody)
        case ast.Match():
            # Without a case for everything else, none may fit.
            last = statement.cases[-1]
            rest = last.guard is None and _takes_all(last.pattern)
            return not rest or any(_falls(case.body) for case in statement.cases)
    return True


def _takes_all(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _breaks(block: Sequence[ast.stmt]) -> bool:
    """Whether a loop's body ends that loop by ``break``."""
    waiting: list[ast.AST] = list(block)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Break):
            return True
        if isinstance(node, (ast.While, ast.For, ast.AsyncFor)):
            waiting += node.orelse  # a `break` further in ends the inner loop
        elif not isinstance(node, _INNER):
            waiting += ast.iter_child_nodes(node)
    return False


def _own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What lies in the function itself, not in those that it defines."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _INNER):
            waiting += ast.iter_child_nodes(node)
