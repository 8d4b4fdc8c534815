"""Convolutions and pools as NumPy loops over output positions and taps, in float64.

Independent of the library: it shares neither code nor formulas for paddings and sizes with it.
"""

import itertools

import numpy as np

NUMPY_MODES = {
    "reflect": "reflect",
    "symmetric": "symmetric",
    "replicate": "edge",
    "circular": "wrap",
}


def pairs_of(padding, sizes, kernel_size, strides, dilation):
    """Return (low, high) per axis, by the definition of each named padding."""
    found = []
    for axis, (size, k, s, d) in enumerate(zip(sizes, kernel_size, strides, dilation, strict=True)):
        reach = d * (k - 1)
        if isinstance(padding, str):
            outputs = int(np.ceil(size / s))
            needed = max(0, (outputs - 1) * s + reach + 1 - size)
            found.append(
                {
                    "valid": (0, 0),
                    "full": (reach, reach),
                    "causal": (reach, 0),
                    "same": (needed // 2, (needed + 1) // 2),
                }[padding]
            )
        else:
            entry = padding if isinstance(padding, int) else padding[axis]
            found.append((entry, entry) if isinstance(entry, int) else tuple(entry))
    return found


def tuples(rank, *values):
    return [value if isinstance(value, tuple) else (value,) * rank for value in values]


def sources(size, pair, spread=1, mode="zeros"):
    """Return, for each padded position of an axis, the pixel it holds, or -1 for a zero."""
    line = np.full((size - 1) * spread + 1, -1)
    line[::spread] = np.arange(size)
    if mode == "zeros":
        return np.pad(line, pair, constant_values=-1)
    return np.pad(line, pair, mode=NUMPY_MODES[mode])


def incidence(lines, kernel_size, strides, dilation):
    """Yield (output position, tap, input position) wherever a tap meets a pixel."""
    counts = [
        len(range(0, len(line) - d * (k - 1), s))
        for line, k, s, d in zip(lines, kernel_size, strides, dilation, strict=True)
    ]
    for place in np.ndindex(*counts):
        for tap in np.ndindex(*kernel_size):
            pixel = tuple(
                int(line[p * s + t * d])
                for line, p, t, s, d in zip(lines, place, tap, strides, dilation, strict=True)
            )
            if min(pixel) >= 0:
                yield place, tap, pixel


def conv_problem(x, kernel, strides, padding, kernel_dilation, input_dilation, mode):
    rank = kernel.ndim - 2
    strides, dilation, spread = tuples(rank, strides, kernel_dilation, input_dilation)
    kernel_size, sizes = kernel.shape[:rank], x.shape[1:-1]
    spread_sizes = [(n - 1) * d + 1 for n, d in zip(sizes, spread, strict=True)]
    pairs = pairs_of(padding, spread_sizes, kernel_size, strides, dilation)
    lines = [sources(n, p, d, mode) for n, p, d in zip(sizes, pairs, spread, strict=True)]
    shape = [
        (len(line) - d * (k - 1) - 1) // s + 1
        for line, k, s, d in zip(lines, kernel_size, strides, dilation, strict=True)
    ]
    return shape, list(incidence(lines, kernel_size, strides, dilation))


def conv(
    x,
    kernel,
    bias=None,
    cotangent=None,
    *,
    strides=1,
    padding="same",
    padding_mode="zeros",
    kernel_dilation=1,
    input_dilation=1,
    feature_group_count=1,
    flip=False,
):
    """Return y, and with a cotangent also the gradients of x and kernel."""
    x, kernel = np.float64(x), np.float64(kernel)
    if flip:
        kernel = kernel[tuple(slice(None, None, -1) for _ in kernel.shape[:-2])]
    shape, meetings = conv_problem(
        x, kernel, strides, padding, kernel_dilation, input_dilation, padding_mode
    )
    y = np.zeros((x.shape[0], *shape, kernel.shape[-1]))
    grad_x, grad_kernel = np.zeros_like(x), np.zeros_like(kernel)
    wide, deep = kernel.shape[-2], kernel.shape[-1] // feature_group_count
    for group in range(feature_group_count):
        i, o = slice(group * wide, (group + 1) * wide), slice(group * deep, (group + 1) * deep)
        for place, tap, pixel in meetings:
            p, q = (slice(None), *place, o), (slice(None), *pixel, i)
            y[p] += x[q] @ kernel[(*tap, slice(None), o)]
            if cotangent is not None:
                grad_x[q] += cotangent[p] @ kernel[(*tap, slice(None), o)].T
                grad_kernel[(*tap, slice(None), o)] += x[q].T @ cotangent[p]
    if bias is not None:
        y += np.float64(bias)
    if flip:
        grad_kernel = grad_kernel[tuple(slice(None, None, -1) for _ in kernel.shape[:-2])]
    return y if cotangent is None else (y, grad_x, grad_kernel)


def conv_transpose(
    x,
    kernel,
    *,
    strides=1,
    padding=0,
    output_padding=0,
    kernel_dilation=1,
    feature_group_count=1,
):
    """Add a copy of the kernel per pixel on a canvas, then crop."""
    x, kernel = np.float64(x), np.float64(kernel)
    rank = kernel.ndim - 2
    strides, dilation, extra = tuples(rank, strides, kernel_dilation, output_padding)
    kernel_size, sizes = kernel.shape[:rank], x.shape[1:-1]
    pairs = pairs_of(padding, sizes, kernel_size, strides, dilation)
    canvas = np.zeros(
        (
            x.shape[0],
            *(
                (n - 1) * s + d * (k - 1) + 1 + e
                for n, s, d, k, e in zip(sizes, strides, dilation, kernel_size, extra, strict=True)
            ),
            kernel.shape[-1],
        )
    )
    wide, deep = kernel.shape[-2], kernel.shape[-1] // feature_group_count
    for group in range(feature_group_count):
        i, o = slice(group * wide, (group + 1) * wide), slice(group * deep, (group + 1) * deep)
        for pixel in np.ndindex(*sizes):
            for tap in np.ndindex(*kernel_size):
                place = [
                    p * s + t * d for p, t, s, d in zip(pixel, tap, strides, dilation, strict=True)
                ]
                painted = x[(slice(None), *pixel, i)] @ kernel[(*tap, slice(None), o)]
                canvas[(slice(None), *place, o)] += painted
    ends = zip(pairs, canvas.shape[1:-1], strict=True)
    crop = (slice(low, size - high) for (low, high), size in ends)
    return canvas[(slice(None), *crop)]


def pool_counts(sizes, window, strides, pairs, dilation, ceil_mode):
    """Count window positions by walking: a start is allowed while its window fits.

    With ``ceil_mode`` one more, partial window follows if anything is left to see for it, but no
    window may start in the padding after the map.
    """
    counts = []
    for size, k, s, (low, high), d in zip(sizes, window, strides, pairs, dilation, strict=True):
        reach, total = d * (k - 1), low + size + high
        starts = list(range(0, total - reach, s))
        following = starts[-1] + s if starts else 0
        last_seen = starts[-1] + reach + 1 if starts else 0
        if ceil_mode:
            starts += [following] if last_seen < total else []
            starts = [start for start in starts if start < low + size]
        counts.append(len(starts))
    return counts


def pool(
    x,
    window_shape,
    strides=None,
    padding="valid",
    *,
    kernel_dilation=1,
    ceil_mode=False,
    count_include_pad=True,
    divisor_override=None,
):
    """Return max, its flat index, min and average of every window."""
    x = np.float64(x)
    rank = x.ndim - 2
    window, dilation = tuples(rank, window_shape, kernel_dilation)
    (strides,) = tuples(rank, window if strides is None else strides)
    sizes = x.shape[1:-1]
    pairs = pairs_of(padding, sizes, window, strides, dilation)
    counts = pool_counts(sizes, window, strides, pairs, dilation, ceil_mode)
    shape = (x.shape[0], *counts, x.shape[-1])
    largest, smallest, average = (np.zeros(shape) for _ in range(3))
    where = np.zeros(shape, int)
    for place in np.ndindex(*counts):
        pixels, counted = [], 0
        for tap in np.ndindex(*window):
            pixel = [
                p * s + t * d - low
                for p, t, s, d, (low, _) in zip(place, tap, strides, dilation, pairs, strict=True)
            ]
            if all(0 <= q < n for q, n in zip(pixel, sizes, strict=True)):
                pixels.append(tuple(pixel))
                counted += 1
            elif count_include_pad and all(
                q < n + high for q, n, (_, high) in zip(pixel, sizes, pairs, strict=True)
            ):
                counted += 1
        values = np.stack([x[(slice(None), *pixel)] for pixel in pixels], axis=1)
        flat = np.array([np.ravel_multi_index(pixel, sizes) for pixel in pixels])
        at = (slice(None), *place)
        largest[at], smallest[at] = values.max(axis=1), values.min(axis=1)
        where[at] = flat[values.argmax(axis=1)]
        average[at] = values.sum(axis=1) / (divisor_override or counted)
    return {"max": largest, "indices": where, "min": smallest, "avg": average}


def adaptive_pool(x, output_size):
    """Return max, its flat index and average over windows floor(iN/M) to ceil((i+1)N/M)."""
    x = np.float64(x)
    sizes = x.shape[1:-1]
    shape = (x.shape[0], *output_size, x.shape[-1])
    largest, average, where = np.zeros(shape), np.zeros(shape), np.zeros(shape, int)
    for place in np.ndindex(*output_size):
        ranges = [
            range(int(np.floor(i * n / m)), int(np.ceil((i + 1) * n / m)))
            for i, n, m in zip(place, sizes, output_size, strict=True)
        ]
        pixels = list(itertools.product(*ranges))
        values = np.stack([x[(slice(None), *pixel)] for pixel in pixels], axis=1)
        flat = np.array([np.ravel_multi_index(pixel, sizes) for pixel in pixels])
        at = (slice(None), *place)
        largest[at], average[at] = values.max(axis=1), values.mean(axis=1)
        where[at] = flat[values.argmax(axis=1)]
    return {"max": largest, "avg": average, "indices": where}
