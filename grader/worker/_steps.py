"""What a StableHLO module consists of: its operations, what it calls, how many steps it takes.

Operations are met by walking the module, nested regions and every function included, never by reading text.
"""

import collections
from typing import Any

__all__ = ["survey"]

_CALL, _CUSTOM_CALL, _WHILE, _COMPOSITE = (
    "func.call",
    "stablehlo.custom_call",
    "stablehlo.while",
    "stablehlo.composite",
)
_BRANCHES = ("stablehlo.case", "stablehlo.if")
_MOST = 2**62  # steps are a number that fits the eye; a loop may ask for more


def survey(module: Any) -> dict[str, Any]:
    """Count what a module (``jaxlib.mlir.ir.Module``) consists of; see :meth:`grader.worker._reader.Reader.read`."""
    operations: collections.Counter[str] = collections.Counter()
    calls: collections.Counter[str] = collections.Counter()
    functions: dict[str, Any] = {}
    for operation in _all(module.operation):
        operations[operation.name] += 1
        if operation.name == _CUSTOM_CALL:
            calls[_text(operation, "call_target_name")] += 1
        elif operation.name == "func.func":
            functions[_text(operation, "sym_name")] = operation
    counting = _Counting(functions)
    steps = min(counting.of_function("main"), _MOST)
    return {
        "operations": dict(operations),
        "calls": dict(calls),
        "steps": steps,
        "unbounded": counting.unbounded,
    }


def _all(operation: Any) -> Any:
    """The operation and everything inside it."""
    waiting = [operation]
    while waiting:
        operation = waiting.pop()
        yield operation
        for region in operation.regions:
            for block in region.blocks:
                waiting += [inner.operation for inner in block.operations]


class _Counting:
    """Steps of functions, each counted once however often it is called."""

    def __init__(self, functions: dict[str, Any]) -> None:
        self.functions = functions
        self.known: dict[str, int] = {}
        self.unbounded = 0

    def of_function(self, name: str) -> int:
        if name not in self.known:
            self.known[name] = 0  # calls in a circle end here; XLA refuses them
            self.known[name] = self.of_regions(self.functions[name])
        return self.known[name]

    def of_regions(self, operation: Any) -> int:
        return sum(
            self.of_operation(inner.operation)
            for region in operation.regions
            for block in region.blocks
            for inner in block.operations
        )

    def of_operation(self, operation: Any) -> int:
        name = operation.name
        if name == _CALL:
            return self.of_function(_text(operation, "callee"))
        if name == _COMPOSITE:
            return self.of_function(_text(operation, "decomposition"))
        if name in _BRANCHES:
            return 1 + self.of_regions(operation)
        if name == _WHILE:
            turns = _turns(operation)
            if turns is None:
                self.unbounded += 1
            return 1 + (1 if turns is None else turns) * self.of_regions(operation)
        # Regions of other operations (the sum of a reduction) run side by side.
        return 1


def _turns(loop: Any) -> int | None:
    """How often a loop turns, if it counts from one constant to another as JAX's do; else None."""
    condition, body = (region.blocks[0] for region in loop.regions)
    verdict = _owner(_returned(condition)[0])
    if verdict is None or verdict.name != "stablehlo.compare":
        return None
    if "LT" not in str(verdict.attributes["comparison_direction"]):
        return None
    counter, end = map(_unconverted, verdict.operands)
    place = _place(counter, condition)
    if place is None:
        return None
    returned = _returned(body)
    last = _bound(end, condition, body, returned, loop)
    first = _constant(loop.operands[place])
    step = _increment(returned[place], body, place)
    if last is None or first is None or step is None or step <= 0:
        return None
    if last + step >= 2 ** (_width(counter) - 1):
        return None  # the counter may run over, and begin again
    return max(0, -(-(last - first) // step))


def _bound(end: Any, condition: Any, body: Any, returned: Any, loop: Any) -> int | None:
    """The constant that a counter is compared with: there, or carried through every turn unchanged."""
    place = _place(end, condition)
    if place is None:
        return _constant(end)
    if _place(returned[place], body) != place:
        return None
    return _constant(loop.operands[place])


def _increment(value: Any, body: Any, place: int) -> int | None:
    """What one turn adds to the counter."""
    added = _owner(_unconverted(value))
    if added is None or added.name != "stablehlo.add":
        return None
    one, other = map(_unconverted, added.operands)
    if _place(one, body) != place:
        one, other = other, one
    return _constant(other) if _place(one, body) == place else None


def _place(value: Any, block: Any) -> int | None:
    """Which argument of the block a value is, if it is one."""
    from jaxlib.mlir import ir

    if not isinstance(value, ir.BlockArgument) or value.owner != block:
        return None
    return value.arg_number


def _owner(value: Any) -> Any:
    """The operation that a value comes of; None for an argument."""
    from jaxlib.mlir import ir

    return None if isinstance(value, ir.BlockArgument) else value.owner.operation


def _unconverted(value: Any) -> Any:
    """The value before conversions to its own type."""
    source = _owner(value)
    while source is not None and source.name == "stablehlo.convert":
        if source.operands[0].type != value.type:
            break
        value = source.operands[0]
        source = _owner(value)
    return value


def _returned(block: Any) -> Any:
    """What a region gives back."""
    return block.operations[len(block.operations) - 1].operands


def _constant(value: Any) -> int | None:
    from jaxlib.mlir import ir

    source = _owner(_unconverted(value))
    if source is None or source.name != "stablehlo.constant":
        return None
    number = source.attributes["value"]
    if not isinstance(number, ir.DenseIntElementsAttr) or len(number) != 1:
        return None
    return int(number[0])


def _width(value: Any) -> int:
    """The bits of one number."""
    return value.type.element_type.width


def _text(operation: Any, attribute: str) -> str:
    return operation.attributes[attribute].value
