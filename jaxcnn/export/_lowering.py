"""Lowering for several platforms at once, with sizes left free."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import jax
import jax.export

from ._forward import Forward

_AXES = (("length",), ("height", "width"), ("depth", "height", "width"))
_BATCH = "batch"
_PLACES = "jax_traceback_in_locations_limit"
_MOST_RULES = 16
_UNDECIDED = re.compile(r"comparison '([^']+)' (?:>=|<) '([^']+)' is inconclusive")


class Sizes:
    """The shape of a batch of images, of which some sizes may be free.

    Args:
        batch: Number of examples, or None when it is free.
        example: ``(*spatial, channels)``.
        smallest: The same with the least spatial sizes that are accepted; None when they are fixed.
    """

    def __init__(
        self, batch: int | None, example: tuple[int, ...], smallest: tuple[int, ...] | None
    ) -> None:
        axes = _AXES[len(example) - 2]
        sizes = map(str, example[:-1]) if smallest is None else axes
        first = _BATCH if batch is None else str(batch)
        self.text = ", ".join((first, *sizes, str(example[-1])))
        self.smallest = (1 if batch is None else batch, *(smallest or example))
        self.rules = [
            f"{axis} >= {least}" for axis, least in zip(axes, smallest or (), strict=False)
        ]
        self._larger = [
            (batch or 3, *(2 * size + more if smallest else size for size in example[:-1]))
            for more in (7, 8)
        ]
        self._channels = example[-1]

    def symbolic(self) -> tuple[Any, ...]:
        """The shape for ``jax.export``, in a scope of its own."""
        return tuple(jax.export.symbolic_shape(self.text, constraints=self.rules))

    def examples(self) -> list[tuple[int, ...]]:
        """The smallest shape, an odd one and an even one."""
        return [self.smallest, *((*shape, self._channels) for shape in self._larger)]


def lower(
    forward: Forward, sizes: Sizes, dtype: Any, platforms: Sequence[str]
) -> jax.export.Exported:
    """Lowers a forward pass.

    Where JAX cannot tell that a size is positive, such as ``height*width - 2*width - 6*height + 12``
    for a map of ``(height - 2) * (width - 6)`` pixels, this is added to the rules that it takes for
    granted, and that every call checks. The smallest images and larger ones must keep them.

    Args:
        forward: What to lower.
        sizes: The shape of the images; rules may be added to it.
        dtype: Their type.
        platforms: Names as ``jax.export`` knows them.

    Returns:
        The program of ``(weights, images)``.

    Raises:
        ValueError: What the network computes depends on a size that was left free, or it has
            several results.
    """
    known = len(sizes.rules)
    while True:
        try:
            program = _export(forward, sizes.symbolic(), dtype, platforms)
            break
        except jax.errors.InconclusiveDimensionOperation as error:
            found = _UNDECIDED.search(str(error))
            rule = " >= ".join(found.groups()) if found else ""
            if not rule or rule in sizes.rules or len(sizes.rules) >= known + _MOST_RULES:
                raise _undecided(sizes, str(error)) from error
            sizes.rules.append(rule)
    if len(program.out_avals) != 1:
        raise ValueError(
            f"model must return one array, but returns {len(program.out_avals)}: "
            f"{', '.join(map(str, program.out_avals))}"
        )
    for shape in sizes.examples():
        images = jax.ShapeDtypeStruct(shape, dtype)
        try:
            found = jax.eval_shape(program.call, forward.specs, images)
        except ValueError as error:
            raise _undecided(sizes, str(error)) from error
        if found != forward.trace(images):
            raise _undecided(sizes, f"images {shape} give {found}, not {forward.trace(images)}")
    return program


def _export(
    forward: Forward, shape: tuple[Any, ...], dtype: Any, platforms: Sequence[str]
) -> jax.export.Exported:
    export = jax.export.export(jax.jit(forward.call), platforms=platforms)
    with _without_places():
        return export(forward.specs, jax.ShapeDtypeStruct(shape, dtype))


def _undecided(sizes: Sizes, why: str) -> ValueError:
    return ValueError(
        f"image_size and batch must be numbers for this network: what it computes depends on sizes "
        f"that are free in ({sizes.text}). {why}"
    )


@contextlib.contextmanager
def _without_places() -> Iterator[None]:
    """Keeps the names of this machine's source files out of the program."""
    before = getattr(jax.config, _PLACES)
    jax.config.update(_PLACES, 0)
    try:
        yield
    finally:
        jax.config.update(_PLACES, before)
