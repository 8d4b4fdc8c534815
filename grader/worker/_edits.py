"""Single edits of a function's source: each is what one slip of the pen would take back.

An edit stands only while the generator waits: the tree is changed in place, and put right again.
"""

import ast
import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

__all__ = ["Edit", "edits"]

_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Div, ast.Mod)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_MEMBERSHIP = (ast.In, ast.NotIn)
# Names of functions and methods that are taken for each other.
_CONFUSED = (
    {"min", "max"},
    {"any", "all"},
    {"minimum", "maximum"},
    {"argmin", "argmax", "min", "max"},
    {"sum", "mean", "prod", "max", "median"},
    {"floor", "ceil", "round", "trunc"},
    {"zeros", "ones"},
    {"zeros_like", "ones_like"},
    {"var", "std"},
    {"append", "extend"},
)
_VARIABLES = 14
_AXES = 4
_BLOCKS = ("body", "orelse", "finalbody")
_COMPOUND = (ast.For, ast.While, ast.If, ast.With)


class Edit(NamedTuple):
    """One of them.

    Attributes:
        line: where it is.
        makes_up: whether it may also make up for a slip elsewhere, as one more at the end does for a wrong beginning.
    """

    line: int
    makes_up: bool


def edits(function: ast.FunctionDef) -> Iterator[Edit]:
    """Change the function in one place after another.

    Args:
        function: its tree, with a docstring or without.

    Yields:
        What was edited, while the tree is so; when this goes on the edit is undone.
    """
    scope = _Scope(function)
    for parent, field, place in list(_slots(function)):
        siblings: Any = getattr(parent, field) if place is not None else vars(parent)
        key: Any = field if place is None else place
        old = siblings[key]
        plain, making_up = scope.instead_of(old, field), _made_up_for(old, parent, field)
        for makes_up, found in ((False, plain), (True, making_up)):
            for new in found:
                siblings[key] = new
                yield Edit(old.lineno, makes_up)
                siblings[key] = old
    for block in list(_blocks(function)):
        for line in _block_edits(block):
            yield Edit(line, False)


class _Scope:
    """What the edits of one function are made of."""

    def __init__(self, function: ast.FunctionDef) -> None:
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        names = {argument.arg: None for argument in every}
        texts: dict[str, None] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names[node.id] = None
        for statement in _statements(function.body):
            for node in ast.walk(statement):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    texts[node.value] = None
        self._variables = list(names)[:_VARIABLES]
        self._texts = list(texts)[:_VARIABLES]

    def instead_of(self, node: ast.expr, field: str) -> Iterator[ast.expr]:
        """What may have been meant where an expression stands."""
        if _is_target(node):
            if isinstance(node, ast.Tuple):
                yield from _exchanged(node)
            return
        yield from self._of_kind(node)
        if field in ("test", "ifs"):
            yield ast.UnaryOp(ast.Not(), node)
            yield ast.Constant(True)
            yield ast.Constant(False)
        if field == "iter":
            yield _subscript(node, ast.Slice(lower=ast.Constant(1)))
            yield _subscript(node, ast.Slice(upper=ast.Constant(-1)))
            yield _subscript(node, ast.Slice(step=ast.Constant(-1)))

    def _of_kind(self, node: ast.expr) -> Iterator[ast.expr]:
        match node:
            case ast.Name():
                for name in [*self._variables, *_confused_with(node.id)]:
                    if name != node.id and node.id in (*self._variables, *_confused_with(name)):
                        yield ast.Name(name, ast.Load())
            case ast.Attribute():
                for name in _confused_with(node.attr):
                    yield ast.Attribute(node.value, name, ast.Load())
                if node.attr == "T":
                    yield node.value
            case ast.Constant():
                yield from self._constants(node.value)
            case ast.BinOp():
                yield from _of_operation(node)
            case ast.UnaryOp():
                yield node.operand
            case ast.BoolOp():
                other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
                yield ast.BoolOp(other, node.values)
                for place in range(len(node.values)):
                    left = node.values[:place] + node.values[place + 1 :]
                    yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)
            case ast.Compare(ops=[op]):
                family = _COMPARISONS if isinstance(op, _COMPARISONS) else _MEMBERSHIP
                for other in family:
                    if not isinstance(op, other):
                        yield ast.Compare(node.left, [other()], node.comparators)
            case ast.IfExp():
                yield node.body
                yield node.orelse
                yield ast.IfExp(node.test, node.orelse, node.body)
            case ast.Call():
                yield from _of_call(node)
            case ast.Tuple() | ast.List():
                yield from _exchanged(node)
                yield from node.elts[:3]
            case ast.Subscript():
                yield from _of_subscript(node)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                for generator in node.generators:
                    if generator.ifs:
                        fewer = ast.comprehension(generator.target, generator.iter, [], 0)
                        new = [fewer if g is generator else g for g in node.generators]
                        yield type(node)(node.elt, new)

    def _constants(self, value: Any) -> Iterator[ast.expr]:
        found: list[Any] = []
        if isinstance(value, bool):
            found = [not value]
        elif isinstance(value, int):
            found = [value + 1, value - 1, 0, 1, 2, -value]
        elif isinstance(value, float):
            found = [0.0, 1.0, 0.5, 2 * value, value / 2, -value]
        elif isinstance(value, str):
            found = list(self._texts)
        for other in dict.fromkeys(found):
            if other != value or type(other) is not type(value):
                yield ast.Constant(other)


def _made_up_for(node: ast.expr, parent: ast.AST, field: str) -> Iterator[ast.expr]:
    """The expression with something done to it."""
    if _is_target(node):
        return
    if _is_value(node, parent, field):
        for op, number in ((ast.Add, 1), (ast.Sub, 1), (ast.Mult, 2), (ast.FloorDiv, 2)):
            yield ast.BinOp(node, op(), ast.Constant(number))
    if isinstance(parent, ast.Return):
        yield ast.Tuple([node], ast.Load())
        yield _subscript(node, ast.Constant(0))
        for name in ("int", "float"):
            yield ast.Call(ast.Name(name, ast.Load()), [node], [])
        for rank in range(2, _AXES + 1):
            for order in list(itertools.permutations(range(rank)))[1:]:
                axes: list[ast.expr] = [ast.Constant(axis) for axis in order]
                yield ast.Call(ast.Attribute(node, "transpose", ast.Load()), axes, [])


def _is_target(node: ast.expr) -> bool:
    return isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del))


def _is_value(node: ast.expr, parent: ast.AST, field: str) -> bool:
    """Whether one more of it may make sense."""
    if isinstance(parent, ast.Attribute) or field in ("func", "iter", "items"):
        return False
    if isinstance(parent, ast.Subscript) and field == "value":
        return False
    return isinstance(node, (ast.BinOp, ast.Name, ast.Subscript, ast.Call))


def _of_operation(node: ast.BinOp) -> Iterator[ast.expr]:
    left, right = node.left, node.right
    for other in _ARITHMETIC:
        if not isinstance(node.op, other):
            yield ast.BinOp(left, other(), right)
    if not isinstance(node.op, (ast.Add, ast.Mult)):
        yield ast.BinOp(right, node.op, left)
    yield left
    yield right
    # Parentheses that are missing, or too many.
    if isinstance(left, ast.BinOp):
        yield ast.BinOp(left.left, left.op, ast.BinOp(left.right, node.op, right))
    if isinstance(right, ast.BinOp):
        yield ast.BinOp(ast.BinOp(left, node.op, right.left), right.op, right.right)


def _of_call(node: ast.Call) -> Iterator[ast.expr]:
    arguments = node.args
    for place in range(len(arguments) - 1):
        swapped = arguments[:]
        swapped[place : place + 2] = arguments[place + 1], arguments[place]
        yield ast.Call(node.func, swapped, node.keywords)
    for place in range(len(arguments)):
        yield ast.Call(node.func, arguments[:place] + arguments[place + 1 :], node.keywords)
    for place in range(len(node.keywords)):
        fewer = node.keywords[:place] + node.keywords[place + 1 :]
        yield ast.Call(node.func, arguments, fewer)
    if len(arguments) == 1:
        yield arguments[0]
        if isinstance(node.func, ast.Name) and node.func.id == "range":
            yield ast.Call(node.func, [ast.Constant(1), arguments[0]], [])
    if isinstance(node.func, ast.Attribute):
        yield node.func.value


def _of_subscript(node: ast.Subscript) -> Iterator[ast.expr]:
    index = node.slice
    yield node.value
    if isinstance(index, ast.Slice):
        for lower in (index.lower, None, ast.Constant(1)):
            for upper in (index.upper, None, ast.Constant(-1)):
                if (lower, upper) != (index.lower, index.upper):
                    yield _subscript(node.value, ast.Slice(lower, upper, index.step))
        if index.step:
            yield _subscript(node.value, ast.Slice(index.lower, index.upper, None))


def _exchanged(node: ast.Tuple | ast.List) -> Iterator[ast.expr]:
    """With two neighbours exchanged."""
    for place in range(len(node.elts) - 1):
        items = node.elts[:]
        items[place : place + 2] = items[place + 1], items[place]
        yield type(node)(items, node.ctx)


def _subscript(value: ast.expr, index: ast.expr) -> ast.Subscript:
    return ast.Subscript(value, index, ast.Load())


def _confused_with(name: str) -> list[str]:
    return sorted({other for group in _CONFUSED if name in group for other in group} - {name})


# ------------------------------------------------------------------------------------- statements


def _block_edits(block: list[ast.stmt]) -> Iterator[int]:
    for statement in _statements(block):
        place = block.index(statement)
        following = block[place + 1 :]
        if not isinstance(statement, (ast.FunctionDef, ast.Import, ast.ImportFrom)):
            yield from _with(block, place, [ast.Pass()], statement)
            if following:
                yield from _with(block, place, [following[0], statement], statement, 2)
        for new in _statements_instead_of(statement):
            yield from _with(block, place, [new], statement)
        if isinstance(statement, _COMPOUND):
            last = statement.body[-1]
            if len(statement.body) > 1:
                statement.body.pop()
                yield from _with(block, place, [statement, last], last)
                statement.body.append(last)
            if following:
                statement.body.append(following[0])
                yield from _with(block, place, [statement], following[0], 2)
                statement.body.pop()
        if isinstance(statement, ast.If) and statement.orelse:
            otherwise, statement.orelse = statement.orelse, []
            yield from _with(block, place, [statement, *otherwise], otherwise[0])
            statement.orelse = otherwise
            yield from _each_for_itself(block, place, statement)


def _each_for_itself(block: list[ast.stmt], place: int, first: ast.If) -> Iterator[int]:
    """All conditions of a chain asked, one after the other, instead of up to the first that holds."""
    chain = [first]
    while len(chain[-1].orelse) == 1 and isinstance(following := chain[-1].orelse[0], ast.If):
        chain.append(following)
    if len(chain) > 2:
        before = [link.orelse for link in chain]
        for link in chain[:-1]:
            link.orelse = []
        yield from _with(block, place, [*chain], chain[1])
        for link, otherwise in zip(chain, before, strict=True):
            link.orelse = otherwise


def _with(
    block: list[ast.stmt], place: int, new: list[Any], about: ast.stmt, number: int = 1
) -> Iterator[int]:
    """The block with other statements from this place on, and as it was after that."""
    before = block[:]
    block[place : place + number] = new
    yield about.lineno
    block[:] = before


def _statements_instead_of(statement: ast.stmt) -> Iterator[ast.stmt]:
    match statement:
        case ast.AugAssign(target=target, op=op, value=value):
            for other in (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv):
                if not isinstance(op, other):
                    yield ast.AugAssign(target, other(), value)
            yield ast.Assign([target], value)
        case ast.Assign(targets=[ast.Name() | ast.Subscript() as target], value=value):
            for other in (ast.Add, ast.Sub, ast.Mult):
                yield ast.AugAssign(target, other(), value)
        case ast.Expr(value=ast.Compare(left=left, ops=[ast.Eq()], comparators=[value])):
            match left:
                case ast.Name():
                    yield ast.Assign([ast.Name(left.id, ast.Store())], value)
                case ast.Subscript():
                    yield ast.Assign([ast.Subscript(left.value, left.slice, ast.Store())], value)
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()


def _statements(block: list[ast.stmt]) -> list[ast.stmt]:
    """Those of a block that may be edited: no docstring, and nothing that was put in to count steps."""
    return [s for s in block if not (_is_text(s) or _counts(s))]


def _counts(node: ast.AST) -> bool:
    return hasattr(node, "not_the_students")


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _blocks(function: ast.FunctionDef) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(function):
        for field in _BLOCKS:
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                yield block


def _slots(function: ast.FunctionDef) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Every place of an expression: its parent, the field, and where in it."""
    todo: list[ast.AST] = [*_statements(function.body)]
    while todo:
        node = todo.pop(0)
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                yield node, field, None
            elif isinstance(value, list):
                for place, item in enumerate(value):
                    if isinstance(item, ast.expr):
                        yield node, field, place
        todo += (child for child in ast.iter_child_nodes(node) if not _counts(child))
