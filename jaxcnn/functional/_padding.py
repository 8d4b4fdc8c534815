"""The padding vocabulary of convolutions, transposed convolutions and pools, in one place."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn.functional._arguments import (
    MAX_RANK,
    a_choice,
    an_array,
    an_int,
    check_rank,
    clipped,
    known_below,
    per_axis,
)

PADDINGS = ("valid", "same", "full", "causal")
PADDING_MODES = ("zeros", "reflect", "symmetric", "replicate", "circular")

Pairs = tuple[tuple[int, int], ...]
Padding = str | int | Sequence[int] | Sequence[tuple[int, int]]


def span(kernel_size: int, dilation: int) -> int:
    """Return the pixels from the first to the last tap: ``dilation * (kernel_size - 1) + 1``."""
    return dilation * (kernel_size - 1) + 1


def is_padding_name(padding: Any) -> bool:
    """Tell whether ``padding`` is a word rather than numbers; an unknown word is an error."""
    return isinstance(padding, str) and bool(_a_name(padding))


def _a_name(padding: Any) -> str:
    if isinstance(padding, str) and padding.lower() in PADDINGS:
        return padding.lower()
    raise ValueError(
        f"padding (={padding!r}) must be one of {', '.join(map(repr, PADDINGS))}, an int, "
        "one int per spatial axis, or one (low, high) pair per spatial axis"
    )


def numeric_padding(padding: Any, rank: int) -> Pairs:
    """Return (low, high) pairs from an int, ints per axis, or pairs."""
    if not isinstance(padding, (tuple, list)):
        if isinstance(padding, str) or not hasattr(padding, "__index__"):
            _a_name(padding)
        amount = an_int("padding", padding, 0)
        return ((amount, amount),) * rank
    if len(padding) != rank:
        raise ValueError(
            f"padding (={padding!r}) must have one entry per spatial axis: {rank} expected, "
            f"{len(padding)} given; an entry is an int or a (low, high) pair"
        )
    return tuple(_pair(f"padding[{axis}]", entry) for axis, entry in enumerate(padding))


def _pair(name: str, entry: Any) -> tuple[int, int]:
    if not isinstance(entry, (tuple, list)):
        amount = an_int(name, entry, 0)
        return amount, amount
    if len(entry) != 2:
        raise ValueError(f"{name} (={entry!r}) must be an int or a (low, high) pair")
    return an_int(f"{name}[0]", entry[0], 0), an_int(f"{name}[1]", entry[1], 0)


def resolve_padding(
    padding: Any,
    sizes: Sequence[int],
    kernel_size: Sequence[int],
    strides: Sequence[int],
    kernel_dilation: Sequence[int],
) -> Pairs:
    """Return the (low, high) padding per axis of a convolution or a pool over ``sizes``."""
    if not isinstance(padding, str):
        return numeric_padding(padding, len(sizes))
    name = _a_name(padding)
    axes = zip(sizes, kernel_size, strides, kernel_dilation, strict=True)
    return tuple(_named(name, size, span(k, d), s) for size, k, s, d in axes)


def _named(name: str, size: int, extent: int, stride: int) -> tuple[int, int]:
    if name == "valid":
        return 0, 0
    if name == "full":
        return extent - 1, extent - 1
    if name == "causal":
        return extent - 1, 0
    # "same": the last of ceil(size / stride) windows ends on the last padded pixel.
    total = (-(-size // stride) - 1) * stride + extent - size
    if stride > extent:
        total = clipped(total)
    return total // 2, total - total // 2


def explicit_padding(
    padding: Padding,
    size: int | Sequence[int],
    kernel_size: int | Sequence[int],
    strides: int | Sequence[int] = 1,
    kernel_dilation: int | Sequence[int] = 1,
) -> Pairs:
    """Translate any padding into the pixels added before and after each spatial axis.

    Args:
        padding: A word, an int, one int per axis, or one (low, high) pair per axis. With ``E``
            the pixels that the dilated kernel spans, ``"valid"`` adds none, ``"full"`` adds
            ``E - 1`` on both sides, ``"causal"`` adds ``E - 1`` before every axis and none after,
            and ``"same"`` as many as give ``ceil(size / strides)`` outputs, the odd one after.
        size: Pixels per spatial axis, an int for rank 1.
        kernel_size: Taps per spatial axis.
        strides: Steps of the kernel, per axis.
        kernel_dilation: Distance between two taps, per axis.

    Returns:
        One ``(low, high)`` pair per spatial axis.

    Raises:
        ValueError: An unknown word, a negative amount, or a wrong number of entries.

    Source: for ``"same"``, the convention of TensorFlow and Flax; it equals PyTorch's at stride 1,
    where PyTorch accepts it.

    >>> explicit_padding("same", (7, 8), 3, strides=2)
    ((1, 1), (0, 1))
    """
    rank = len(size) if isinstance(size, (tuple, list)) else 1
    return resolve_padding(
        padding,
        per_axis("size", size, rank),
        per_axis("kernel_size", kernel_size, rank),
        per_axis("strides", strides, rank),
        per_axis("kernel_dilation", kernel_dilation, rank),
    )


def pad(
    x: jax.Array,
    padding: Padding,
    *,
    padding_mode: str = "zeros",
    window_shape: int | Sequence[int] | None = None,
    strides: int | Sequence[int] = 1,
    kernel_dilation: int | Sequence[int] = 1,
) -> jax.Array:
    """Add pixels around the spatial axes of a map.

    Args:
        x: ``(*batch, *spatial, channels)``, of any dtype. The number of spatial axes is the
            length of ``padding`` or of ``window_shape``; where both are one value or a word, it
            is all axes between one batch axis and the channels.
        padding: See `explicit_padding`.
        padding_mode: What the new pixels hold: ``"zeros"``; ``"reflect"``, the image mirrored at
            its border pixel, which is not repeated; ``"symmetric"``, the image mirrored at its
            edge, which repeats the border pixel; ``"replicate"``, the border pixel;
            ``"circular"``, the opposite side. In any case of letters.
        window_shape: The kernel or window that a padding given as a word is meant for.
        strides: Its steps, which ``"same"`` depends on.
        kernel_dilation: The distance between two of its taps.

    Returns:
        ``(*batch, *padded, channels)``, with the dtype of ``x``.

    Raises:
        ValueError: An unknown word or mode, a word without ``window_shape``, reflect padding as
            wide as the map, symmetric or circular padding wider than the map.

    Source: modes as in PyTorch's ``torch.nn.functional.pad``; ``"symmetric"``, which PyTorch lacks,
    as in ``numpy.pad`` (SciPy calls it "reflect").

    >>> x = jnp.arange(1.0, 5.0).reshape(1, 4, 1)
    >>> pad(x, 2, padding_mode="reflect")[0, :, 0].tolist()
    [3.0, 2.0, 1.0, 2.0, 3.0, 4.0, 3.0, 2.0]
    >>> pad(x, 2, padding_mode="symmetric")[0, :, 0].tolist()
    [2.0, 1.0, 1.0, 2.0, 3.0, 4.0, 4.0, 3.0]
    """
    x = an_array("x", x)
    rank = _rank_of_padding(x, padding, window_shape)
    if not isinstance(padding, str):
        return pad_with(x, numeric_padding(padding, rank), padding_mode)
    name = _a_name(padding)
    if window_shape is None:
        raise ValueError(
            f"padding (={name!r}) depends on the window: give window_shape, or numbers as padding"
        )
    window = per_axis("window_shape", window_shape, rank)
    steps = per_axis("strides", strides, rank)
    dilation = per_axis("kernel_dilation", kernel_dilation, rank)
    sizes = x.shape[-rank - 1 : -1]
    return pad_with(x, resolve_padding(name, sizes, window, steps, dilation), padding_mode)


def _rank_of_padding(x: jax.Array, padding: Any, window_shape: Any) -> int:
    given = [entry for entry in (padding, window_shape) if isinstance(entry, (tuple, list))]
    rank = len(given[0]) if given else x.ndim - 2
    if not 1 <= rank <= MAX_RANK:
        raise ValueError(
            f"padding (={padding!r}) must cover 1 to {MAX_RANK} spatial axes; x has shape {x.shape}"
            ", and one value stands for all axes between one batch axis and the channels"
        )
    check_rank("x", x, rank)
    return rank


def pad_with(x: jax.Array, pairs: Pairs, padding_mode: str) -> jax.Array:
    """Pad the spatial axes of ``x`` by explicit pairs."""
    mode = a_choice("padding_mode", padding_mode, PADDING_MODES)
    if mode == "zeros":
        config = [(0, 0, 0)] * x.ndim
        config[-len(pairs) - 1 : -1] = [(low, high, 0) for low, high in pairs]
        return jax.lax.pad(x, jnp.zeros((), x.dtype), config)
    for axis, (low, high) in enumerate(pairs, start=x.ndim - 1 - len(pairs)):
        x = _extend(x, axis, low, high, mode)
    return x


def _extend(x: jax.Array, axis: int, low: int, high: int, mode: str) -> jax.Array:
    size = x.shape[axis]
    limit = {"reflect": size - 1, "symmetric": size, "circular": size, "replicate": None}[mode]
    if limit is not None and (known_below(limit, low) or known_below(limit, high)):
        raise ValueError(
            f"padding (={(low, high)}) must be at most {limit} with padding_mode {mode!r}, since "
            f"axis {axis} of x (shape {x.shape}) has {size} pixels"
        )

    def part(start: int, stop: int) -> jax.Array:
        return jax.lax.slice_in_dim(x, start, stop, axis=axis)

    if mode == "replicate":
        before = jnp.repeat(part(0, 1), low, axis)
        after = jnp.repeat(part(size - 1, size), high, axis)
    elif mode == "circular":
        before, after = part(size - low, size), part(0, high)
    elif mode == "symmetric":
        before = jnp.flip(part(0, low), axis)
        after = jnp.flip(part(size - high, size), axis)
    else:
        before = jnp.flip(part(1, low + 1), axis)
        after = jnp.flip(part(size - 1 - high, size - 1), axis)
    return jnp.concatenate([before, x, after], axis)
