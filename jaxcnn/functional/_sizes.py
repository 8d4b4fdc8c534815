"""Output sizes of convolutions and pools, in integers: nothing is executed."""

from collections.abc import Callable, Sequence
from typing import Any, overload

from jaxcnn.functional._arguments import per_axis
from jaxcnn.functional._geometry import conv_sizes, pool_sizes, transposed_pairs, transposed_sizes
from jaxcnn.functional._padding import Padding, resolve_padding, span

Ints = int | Sequence[int]


@overload
def conv_output_size(
    size: int,
    kernel_size: Ints,
    strides: Ints = 1,
    padding: Padding = "valid",
    kernel_dilation: Ints = 1,
    input_dilation: Ints = 1,
) -> int: ...
@overload
def conv_output_size(
    size: Sequence[int],
    kernel_size: Ints,
    strides: Ints = 1,
    padding: Padding = "valid",
    kernel_dilation: Ints = 1,
    input_dilation: Ints = 1,
) -> tuple[int, ...]: ...
def conv_output_size(
    size: Ints,
    kernel_size: Ints,
    strides: Ints = 1,
    padding: Padding = "valid",
    kernel_dilation: Ints = 1,
    input_dilation: Ints = 1,
) -> int | tuple[int, ...]:
    """Return the size of a convolution's output: ``(N + P - D(K - 1) - 1) // S + 1`` per axis.

    Args:
        size: Pixels ``N`` of the input: an int for one axis, or one int per spatial axis.
        kernel_size: Taps ``K``, one int or one per axis.
        strides: Steps ``S``, one int or one per axis.
        padding: See `explicit_padding`; ``P`` is the sum of both sides.
        kernel_dilation: Distance ``D`` between two taps, one int or one per axis.
        input_dilation: Distance between two pixels after zeros are put between them.

    Returns:
        An int when ``size`` is one, else one int per axis.

    Raises:
        ValueError: The padded map is smaller than the dilated kernel, or a value is out of range.

    Source: Dumoulin and Visin, *A guide to convolution arithmetic for deep learning*, 2016.

    >>> conv_output_size(7, 3), conv_output_size(7, 3, strides=2), conv_output_size(7, 3, padding=1)
    (5, 3, 7)
    >>> conv_output_size((32, 32), 5, padding=2)
    (32, 32)
    """

    def compute(sizes: tuple[int, ...]) -> tuple[int, ...]:
        rank = len(sizes)
        kernel, steps, dilation = _geometry(
            rank, "kernel_size", kernel_size, strides, kernel_dilation
        )
        spread = per_axis("input_dilation", input_dilation, rank)
        sizes = tuple(span(n, d) for n, d in zip(sizes, spread, strict=True))
        pairs = resolve_padding(padding, sizes, kernel, steps, dilation)
        return conv_sizes(sizes, kernel, steps, pairs, dilation)

    return _as_given(size, compute)


@overload
def pool_output_size(
    size: int,
    window_shape: Ints,
    strides: Ints | None = None,
    padding: Padding = "valid",
    kernel_dilation: Ints = 1,
    ceil_mode: bool = False,
) -> int: ...
@overload
def pool_output_size(
    size: Sequence[int],
    window_shape: Ints,
    strides: Ints | None = None,
    padding: Padding = "valid",
    kernel_dilation: Ints = 1,
    ceil_mode: bool = False,
) -> tuple[int, ...]: ...
def pool_output_size(
    size: Ints,
    window_shape: Ints,
    strides: Ints | None = None,
    padding: Padding = "valid",
    kernel_dilation: Ints = 1,
    ceil_mode: bool = False,
) -> int | tuple[int, ...]:
    """Return the size of a pool's output.

    Args:
        size: Pixels of the input: an int for one axis, or one int per spatial axis.
        window_shape: Pixels of the window, one int or one per axis.
        strides: Steps of the window; None means the window itself.
        padding: See `explicit_padding`.
        kernel_dilation: Distance between two taps of the window.
        ceil_mode: Round up instead of down: a last window may reach over the end, if it starts
            inside the map or the padding before it.

    Returns:
        An int when ``size`` is one, else one int per axis.

    Raises:
        ValueError: The padded map is smaller than the window, or a window sees only padding.

    Source: PyTorch's ``MaxPool2d``, including the rule for the last window.

    >>> pool_output_size(7, 2), pool_output_size(7, 2, ceil_mode=True)
    (3, 4)
    """

    def compute(sizes: tuple[int, ...]) -> tuple[int, ...]:
        window, steps, dilation = _geometry(
            len(sizes), "window_shape", window_shape, strides, kernel_dilation
        )
        pairs = resolve_padding(padding, sizes, window, steps, dilation)
        return pool_sizes(sizes, window, steps, pairs, dilation, ceil_mode)

    return _as_given(size, compute)


@overload
def conv_transpose_output_size(
    size: int,
    kernel_size: Ints,
    strides: Ints = 1,
    padding: Padding = 0,
    output_padding: Ints = 0,
    kernel_dilation: Ints = 1,
) -> int: ...
@overload
def conv_transpose_output_size(
    size: Sequence[int],
    kernel_size: Ints,
    strides: Ints = 1,
    padding: Padding = 0,
    output_padding: Ints = 0,
    kernel_dilation: Ints = 1,
) -> tuple[int, ...]: ...
def conv_transpose_output_size(
    size: Ints,
    kernel_size: Ints,
    strides: Ints = 1,
    padding: Padding = 0,
    output_padding: Ints = 0,
    kernel_dilation: Ints = 1,
) -> int | tuple[int, ...]:
    """Return the size of a transposed convolution's output: ``(N - 1)S + D(K - 1) + 1 - P + O``.

    Args:
        size: Pixels ``N`` of the input: an int for one axis, or one int per spatial axis.
        kernel_size: Taps ``K``, one int or one per axis.
        strides: Steps ``S`` of the convolution that is transposed.
        padding: Pixels cropped from the output, see `conv_transpose`; ``P`` sums both sides.
        output_padding: Pixels ``O`` added after the output.
        kernel_dilation: Distance ``D`` between two taps.

    Returns:
        An int when ``size`` is one, else one int per axis.

    Raises:
        ValueError: ``output_padding`` is not below the stride or the dilation, or nothing is left.

    Source: PyTorch's ``ConvTranspose2d``.

    >>> conv_transpose_output_size(4, 3, strides=2, padding=1, output_padding=1)
    8
    """

    def compute(sizes: tuple[int, ...]) -> tuple[int, ...]:
        rank = len(sizes)
        kernel, steps, dilation = _geometry(
            rank, "kernel_size", kernel_size, strides, kernel_dilation
        )
        extra = per_axis("output_padding", output_padding, rank, minimum=0)
        pairs = transposed_pairs(padding, kernel, steps, dilation)
        return transposed_sizes(sizes, kernel, steps, pairs, extra, dilation)

    return _as_given(size, compute)


def _geometry(
    rank: int, name: str, window: Any, strides: Any, kernel_dilation: Any
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    shape = per_axis(name, window, rank)
    return (
        shape,
        shape if strides is None else per_axis("strides", strides, rank),
        per_axis("kernel_dilation", kernel_dilation, rank),
    )


def _as_given(
    size: Any, compute: Callable[[tuple[int, ...]], tuple[int, ...]]
) -> int | tuple[int, ...]:
    """Apply ``compute`` to one int or to a sequence, and answer in the same form."""
    if isinstance(size, (tuple, list)):
        return compute(tuple(per_axis("size", size, len(size))))
    return compute(per_axis("size", size, 1))[0]
