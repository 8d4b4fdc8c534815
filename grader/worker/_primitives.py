"""Make the operations behind withheld functions refuse to be compiled in this worker.

A withheld function has other doors: private modules, ``jax.extend``, objects that the garbage collector knows.  All
of them lead to the same primitives, so these are shut where JAX turns them into operations.  Who writes operations
by hand gets past it; compiled programs are judged elsewhere (``grader.checks.Program``).
"""

from collections.abc import Callable, Sequence
from typing import Any

from grader.worker._replies import Withheld
from grader.worker._reserved import is_named

__all__ = ["shut"]

_BEHIND = {
    "jax.lax.conv_general_dilated": ("conv_general_dilated",),
    "jax.lax.reduce_window": (
        *("reduce_window", "reduce_window_max", "reduce_window_min", "reduce_window_sum"),
        *("select_and_gather_add", "select_and_scatter", "select_and_scatter_add"),
    ),
}


def shut(withheld: Sequence[str]) -> None:
    """Shut the primitives behind the withheld names; JAX must have been imported, and no student code."""
    from jax.extend.core import primitives
    from jax.interpreters import mlir

    for public, names in _BEHIND.items():
        if is_named(public, withheld):
            for name in names:
                primitive = getattr(primitives, f"{name}_p")
                rule = mlir._lowerings[primitive].rule
                for platform in (None, "cpu"):
                    mlir.register_lowering(primitive, _refusing(public, rule), platform=platform)


def _refusing(public: str, rule: Callable[..., Any]) -> Callable[..., Any]:
    def refuse(context: Any, *operands: Any, **parameters: Any) -> Any:
        # Cumulative sums are windows that end at each entry, to XLA on CPUs.
        if _is_cumulative(context.avals_in[0].shape, parameters):
            return rule(context, *operands, **parameters)
        raise Withheld(public)

    return refuse


def _is_cumulative(shape: tuple[int, ...], parameters: dict[str, Any]) -> bool:
    """Whether windows are as long as one axis, and reach from its beginning, or its end, to each entry."""
    window, padding = parameters.get("window_dimensions"), parameters.get("padding")
    if window is None or padding is None or set(parameters["window_strides"]) != {1}:
        return False
    return all(
        (size == 1 and tuple(pad) == (0, 0))
        or (size == length and tuple(pad) in ((size - 1, 0), (0, size - 1)))
        for size, length, pad in zip(window, shape, padding, strict=True)
    )
