"""Which dotted names a source uses, by whatever alias, found without running it.

A name is followed through imports, assignments (``lax = jax.lax``), ``getattr(jax, "lax")``, ``__import__("jax")``
and star imports.  What cannot be told from the text is left out: nobody is accused of a guess.
"""

import ast
import builtins
import collections
from collections.abc import Iterator

from grader.worker._reserved import BUILTINS, PRIVATE_ATTRIBUTES

__all__ = ["used_names"]

_Scope = dict[str, str | None]  # a local name -> the dotted name that it stands for, if it is known
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def used_names(tree: ast.Module) -> list[tuple[str, int]]:
    """Every dotted name of a module or of something in one, with its line, in no particular order.

    Attributes and builtins that open up frames, functions and texts stand under their own name: ``f_back``.
    """
    return list(_Reading().module(tree))


class _Reading:
    def __init__(self) -> None:
        self.stars: list[str] = []
        # Nodes by identity: targets of plain assignments, and what is only looked into (`in sys.modules`).
        self.assigned: set[int] = set()
        self.looked_into: set[int] = set()

    def module(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from self.block(tree, [self.bound_in(tree, {})])

    def block(self, owner: ast.AST, scopes: list[_Scope]) -> Iterator[tuple[str, int]]:
        """What a module, class or function uses, its inner functions with scopes of their own."""
        for node in _own_nodes(owner):
            yield from self.node(node, scopes)
            if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
                inner = self.bound_in(node, {}, scopes)
                yield from self.block(node, [*scopes, inner])

    def node(self, node: ast.AST, scopes: list[_Scope]) -> Iterator[tuple[str, int]]:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = (
                node.module if a.name == "*" else f"{node.module}.{a.name}" for a in node.names
            )
            yield from ((name, node.lineno) for name in names)
        elif isinstance(node, ast.Compare):
            pairs = zip(node.ops, node.comparators, strict=True)
            self.looked_into |= {id(c) for op, c in pairs if isinstance(op, (ast.In, ast.NotIn))}
        elif id(node) in self.looked_into:
            return
        elif isinstance(node, ast.Attribute):
            if node.attr in PRIVATE_ATTRIBUTES:
                yield node.attr, node.lineno
            if name := self.dotted(node, scopes):
                yield name, node.lineno
        elif isinstance(node, (ast.Call, ast.Subscript)):
            if name := self.dotted(node, scopes):
                yield name, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield from ((name, node.lineno) for name in self.free(node.id, scopes))

    def free(self, name: str, scopes: list[_Scope]) -> Iterator[str]:
        """What a name that the file does not bind may stand for."""
        if any(name in scope for scope in scopes):
            return
        if name in BUILTINS:
            yield name
        elif not hasattr(builtins, name):
            yield from (f"{module}.{name}" for module in self.stars)

    def bound_in(self, owner: ast.AST, scope: _Scope, outer: list[_Scope] | None = None) -> _Scope:
        """The names that a module, class or function binds, and what they stand for where that is certain."""
        scopes = [*(outer or []), scope]
        if isinstance(owner, _FUNCTIONS):
            arguments = owner.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            every += [a for a in (arguments.vararg, arguments.kwarg) if a]
            scope |= {argument.arg: None for argument in every}
        for node in _own_nodes(owner):
            self.bind(node, scope, scopes)
        return scope

    def bind(self, node: ast.AST, scope: _Scope, scopes: list[_Scope]) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.split(".")[0]
                scope[alias.asname or root] = alias.name if alias.asname else root
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                known = node.module and not node.level
                if alias.name == "*":
                    self.stars += [node.module] if known and node.module else []
                else:
                    full = f"{node.module}.{alias.name}" if known else None
                    scope[alias.asname or alias.name] = full
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            scope[node.name] = None
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    self.assigned.add(id(target))
                    name = self.dotted(node.value, scopes)
                    # A name bound twice stands for what is known only if it is the same each time.
                    same = target.id not in scope or scope[target.id] == name
                    scope[target.id] = name if same else None
        elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            if id(node) not in self.assigned:
                scope[node.id] = None
        elif isinstance(node, ast.ExceptHandler) and node.name:
            scope[node.name] = None

    def dotted(self, node: ast.AST, scopes: list[_Scope]) -> str | None:
        """What an expression names: a module, or something in one."""
        if isinstance(node, ast.Name):
            for scope in reversed(scopes):
                if node.id in scope:
                    return scope[node.id]
            return None
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value, scopes)
            return f"{base}.{node.attr}" if base else None
        if isinstance(node, ast.Call):
            return self.called(node, scopes)
        if isinstance(node, ast.Subscript):
            base = self.dotted(node.value, scopes)
            key = _literal(node.slice)
            if base and key and base == "sys.modules":
                return key
            if base and key and base.endswith(".__dict__"):
                return f"{base.removesuffix('.__dict__')}.{key}"
        return None

    def called(self, node: ast.Call, scopes: list[_Scope]) -> str | None:
        texts = [_literal(argument) for argument in node.args]
        if isinstance(node.func, ast.Name) and not any(node.func.id in s for s in scopes):
            if node.func.id == "getattr" and len(texts) >= 2 and texts[1]:
                base = self.dotted(node.args[0], scopes)
                return f"{base}.{texts[1]}" if base else None
            if node.func.id == "vars" and node.args:
                base = self.dotted(node.args[0], scopes)
                return f"{base}.__dict__" if base else None
            if node.func.id == "__import__" and texts and texts[0]:
                return texts[0] if len(texts) > 1 or node.keywords else texts[0].split(".")[0]
        elif self.dotted(node.func, scopes) == "importlib.import_module" and texts:
            return texts[0]
        return None


def _own_nodes(owner: ast.AST) -> Iterator[ast.AST]:
    """What lies inside, in the order of the text, but not inside its functions and classes."""
    waiting = collections.deque(ast.iter_child_nodes(owner))
    while waiting:
        node = waiting.popleft()
        yield node
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            inside = [*getattr(node, "decorator_list", []), *_defaults(node)]
        else:
            inside = list(ast.iter_child_nodes(node))
        waiting.extendleft(reversed(inside))


def _defaults(node: ast.AST) -> list[ast.AST]:
    """What a definition computes where it stands."""
    if isinstance(node, ast.ClassDef):
        return [*node.bases, *(keyword.value for keyword in node.keywords)]
    arguments = getattr(node, "args", None)
    if not isinstance(arguments, ast.arguments):
        return []
    return [*arguments.defaults, *(value for value in arguments.kw_defaults if value)]


def _literal(node: ast.AST) -> str | None:
    """A text that is written out, perhaps in pieces."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _literal(node.left), _literal(node.right)
        return None if left is None or right is None else left + right
    if isinstance(node, ast.JoinedStr):
        parts = [_literal(part) for part in node.values]
        return None if None in parts else "".join(part for part in parts if part)
    return None
