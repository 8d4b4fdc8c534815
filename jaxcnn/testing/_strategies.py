"""Random problems of few distinct shapes, since each distinct shape is an XLA compilation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
from hypothesis import strategies as st

Ints = int | tuple[int, ...]
_DRAWN_ONE_BY_ONE = 40
_SEEDS = st.integers(0, 2**16 - 1)


def integer_arrays(
    shape: Sequence[int], low: int = -3, high: int = 3, dtype: Any = "float32"
) -> st.SearchStrategy[np.ndarray]:
    """Draw arrays of small whole numbers, which are exact in every float format and easy to read.

    Up to 40 entries are drawn one by one; more come from a seeded generator, with a drawn number
    of entries that differ from the simplest value. Both shrink towards few and small entries.

    Args:
        shape: Shape of the arrays.
        low: Smallest value.
        high: Largest value.
        dtype: Any NumPy dtype, or ``"bfloat16"``.

    Returns:
        A strategy of NumPy arrays.

    Raises:
        ValueError: ``low`` is above ``high``.

    >>> from hypothesis import find, settings
    >>> afresh = settings(database=None)
    >>> find(integer_arrays((100,)), lambda x: x.any(), settings=afresh).sum().item()
    1.0
    """
    if low > high:
        raise ValueError(f"low (={low}) must not be above high (={high})")
    size, simplest_first = math.prod(shape), np.array(_simplest_first(low, high))
    if size > _DRAWN_ONE_BY_ONE or len(simplest_first) > 256:
        return st.composite(_seeded_array)(shape, low, high, dtype)
    # One draw of bytes, a byte for each entry, costs a third of as many draws of numbers.
    return st.binary(min_size=size, max_size=size).map(
        lambda drawn: _as_array(
            simplest_first[np.frombuffer(drawn, np.uint8).astype(np.int64) % len(simplest_first)],
            shape,
            dtype,
        )
    )


def _seeded_array(
    draw: st.DrawFn, shape: Sequence[int], low: int = -3, high: int = 3, dtype: Any = "float32"
) -> np.ndarray:
    """Draw an array as three numbers, whatever its shape.

    Hypothesis shrinks towards short descriptions: so a smaller shape is never a longer one.
    """
    size, simplest_first = math.prod(shape), _simplest_first(low, high)
    most = len(simplest_first)
    variety = draw(st.integers(min(2, most), most))
    busy = draw(st.integers(0, size))
    generator = np.random.default_rng(draw(_SEEDS))
    entries = np.full(size, simplest_first[0])
    if most > 1:
        where = generator.permutation(size)[:busy]
        entries[where] = np.array(simplest_first)[generator.integers(1, variety, size)[:busy]]
    return _as_array(entries, shape, dtype)


def _simplest_first(low: int, high: int) -> list[int]:
    return sorted(range(low, high + 1), key=lambda value: (abs(value), value < 0))


def _as_array(entries: np.ndarray, shape: Sequence[int], dtype: Any) -> np.ndarray:
    target = ml_dtypes.bfloat16 if str(dtype) == "bfloat16" else dtype
    return entries.reshape(tuple(shape)).astype(target)


@dataclass(frozen=True)
class ConvProblem:
    """The arguments of one convolution."""

    x: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray | None
    strides: Ints
    padding: Any
    kernel_dilation: Ints = 1
    feature_group_count: int = 1

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Input, kernel and bias."""
        return self.x, self.kernel, self.bias

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments of `jaxcnn.functional.conv`."""
        return {
            "strides": self.strides,
            "padding": self.padding,
            "kernel_dilation": self.kernel_dilation,
            "feature_group_count": self.feature_group_count,
        }


@dataclass(frozen=True)
class PoolProblem:
    """The arguments of one pool."""

    x: np.ndarray
    window_shape: Ints
    strides: Ints | None
    padding: Any
    kernel_dilation: Ints = 1
    ceil_mode: bool = False

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments of `jaxcnn.functional.max_pool`."""
        return {
            "window_shape": self.window_shape,
            "strides": self.strides,
            "padding": self.padding,
            "kernel_dilation": self.kernel_dilation,
            "ceil_mode": self.ceil_mode,
        }


# (spatial sizes, kernel size, in features, out features), the simplest first.
_CONV_SHAPES = {
    1: (((4,), (1,), 1, 1), ((5,), (3,), 1, 2), ((8,), (4,), 2, 4)),
    2: (((3, 3), (1, 1), 1, 1), ((4, 5), (2, 3), 1, 2), ((7, 6), (3, 3), 2, 4)),
    3: (((3, 3, 3), (1, 1, 1), 1, 1), ((4, 5, 3), (2, 3, 1), 1, 2), ((5, 4, 6), (2, 3, 3), 2, 4)),
}
# (spatial sizes, window shape, channels), the simplest first.
_POOL_SHAPES = {
    1: (((4,), (2,), 1), ((7,), (3,), 2)),
    2: (((4, 4), (2, 2), 1), ((5, 7), (2, 3), 2), ((7, 6), (3, 3), 1)),
    3: (((4, 4, 4), (2, 2, 2), 1), ((5, 4, 7), (2, 2, 3), 2)),
}


@st.composite
def conv_problems(
    draw: st.DrawFn,
    rank: int = 2,
    *,
    batch: tuple[int, ...] = (1,),
    strides: Sequence[Ints] = (1, 2),
    paddings: Sequence[Any] = ("valid", "same"),
    kernel_dilations: Sequence[Ints] = (1,),
    groups: Sequence[int] = (1,),
    with_bias: bool = True,
    dtype: Any = "float32",
) -> ConvProblem:
    """Draw convolutions of three shapes, the simplest first, so that shrinking ends there.

    Args:
        draw: Given by Hypothesis.
        rank: Number of spatial axes, 1 to 3.
        batch: Batch axes of the input, ``()`` for none.
        strides: Strides to choose from.
        paddings: Paddings to choose from.
        kernel_dilations: Dilations to choose from, as far as the dilated kernel fits the map.
        groups: Group counts to choose from, as far as they divide the channels.
        with_bias: Draw a bias; otherwise it is None.
        dtype: dtype of the arrays.

    Returns:
        A strategy of `ConvProblem`, with whole numbers from -3 to 3.

    >>> from hypothesis import find, settings
    >>> afresh = settings(database=None)
    >>> find(conv_problems(), lambda it: it.kernel.any(), settings=afresh).kernel.tolist()
    [[[[1.0]]]]
    """
    sizes, kernel_size, features, out = draw(st.sampled_from(_CONV_SHAPES[rank]))
    dilations = [d for d in kernel_dilations if fits(sizes, kernel_size, d)] or [1]
    counts = [count for count in groups if features % count == 0 and out % count == 0] or [1]
    count = draw(st.sampled_from(counts))
    return ConvProblem(
        strides=draw(st.sampled_from(strides)),
        padding=draw(st.sampled_from(paddings)),
        kernel_dilation=draw(st.sampled_from(dilations)),
        feature_group_count=count,
        x=_seeded_array(draw, (*batch, *sizes, features), dtype=dtype),
        kernel=_seeded_array(draw, (*kernel_size, features // count, out), dtype=dtype),
        bias=_seeded_array(draw, (out,), dtype=dtype) if with_bias else None,
    )


@st.composite
def pool_problems(
    draw: st.DrawFn,
    rank: int = 2,
    *,
    batch: tuple[int, ...] = (1,),
    strides: Sequence[Ints | None] = (None, 1, 2),
    paddings: Sequence[Any] = ("valid",),
    kernel_dilations: Sequence[Ints] = (1,),
    ceil_modes: Sequence[bool] = (False,),
    dtype: Any = "float32",
) -> PoolProblem:
    """Draw pools of two or three shapes, the simplest first, so that shrinking ends there.

    Args:
        draw: Given by Hypothesis.
        rank: Number of spatial axes, 1 to 3.
        batch: Batch axes of the input, ``()`` for none.
        strides: Strides to choose from; None means the window.
        paddings: Paddings to choose from.
        kernel_dilations: Dilations to choose from, as far as the dilated window fits the map.
        ceil_modes: Whether a partial last window counts, to choose from.
        dtype: dtype of the input.

    Returns:
        A strategy of `PoolProblem`, with whole numbers from -3 to 3.

    >>> from hypothesis import find, settings
    >>> afresh = settings(database=None)
    >>> find(pool_problems(), lambda it: it.x.any(), settings=afresh).window_shape
    (2, 2)
    """
    sizes, window, channels = draw(st.sampled_from(_POOL_SHAPES[rank]))
    dilations = [d for d in kernel_dilations if fits(sizes, window, d)] or [1]
    return PoolProblem(
        window_shape=window,
        strides=draw(st.sampled_from(strides)),
        padding=draw(st.sampled_from(paddings)),
        kernel_dilation=draw(st.sampled_from(dilations)),
        ceil_mode=draw(st.sampled_from(ceil_modes)),
        x=_seeded_array(draw, (*batch, *sizes, channels), dtype=dtype),
    )


def fits(sizes: Sequence[int], window: Sequence[int], dilation: Ints) -> bool:
    """Tell whether the dilated window is no larger than the map."""
    distances = dilation if isinstance(dilation, tuple) else (dilation,) * len(sizes)
    return all(d * (k - 1) + 1 <= size for size, k, d in zip(sizes, window, distances, strict=True))
