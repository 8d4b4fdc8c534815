"""Which functions of a question are built on which others, as its solution shows."""

import ast
from collections.abc import Mapping

__all__ = ["helpers_of"]

_MARKER = "# BEGIN SOLUTION"


def helpers_of(solution: str) -> Mapping[str, tuple[str, ...]]:
    """For each function that students write, those of the others that it calls, through others too.

    What the stub gives away, and what the solution alone has, helps but is not named.

    Args:
        solution: the text of ``solution.py``, with its markers.
    """
    lines = solution.splitlines()
    functions = {
        node.name: node for node in ast.parse(solution).body if isinstance(node, ast.FunctionDef)
    }
    uses = {name: _used(node) & functions.keys() - {name} for name, node in functions.items()}
    written = [
        name
        for name, node in functions.items()
        if any(_MARKER in line for line in lines[node.lineno - 1 : node.end_lineno])
    ]
    found = {}
    for name in written:
        reached = _reached(name, uses)
        if helpers := tuple(other for other in written if other in reached):
            found[name] = helpers
    return found


def _used(function: ast.FunctionDef) -> set[str]:
    """The names that a function takes from outside: a variable of its own may be called like another function."""
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    own = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    own |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    return {node.id for node in names} - own


def _reached(name: str, uses: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        new = uses[ahead.pop()] - reached - {name}
        reached |= new
        ahead += new
    return reached
