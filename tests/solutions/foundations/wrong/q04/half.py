"""Half a kernel on both sides, whatever its parity; causal zeros behind."""

import numpy as np


def zeros_around(taps, padding):
    if padding == "valid":
        return 0, 0
    if padding == "same":
        return taps // 2, taps // 2
    if padding == "full":
        return taps - 1, taps - 1
    return 0, taps - 1


def output_length(length, taps, padding):
    p = {"valid": 0, "same": (taps - 1) // 2, "full": taps - 1, "causal": taps - 1}[padding]
    return length + 2 * p - taps + 1


def pad(signal, before, after):
    return np.concatenate([np.zeros(after), signal, np.zeros(before)])


def correlate(signal, kernel, padding):
    p = {"valid": 0, "same": len(kernel) // 2, "full": len(kernel) - 1}.get(padding, 0)
    x = np.pad(signal, p)
    return _slide(x, kernel)


def _slide(x, kernel):
    k = len(kernel)
    return np.array([np.sum(x[i : i + k] * kernel) for i in range(len(x) - k + 1)], np.float32)


def correlate2d(image, kernel, padding):
    p = {"valid": 0, "same": kernel.shape[0] // 2, "full": kernel.shape[0] - 1}[padding]
    x = np.pad(image, p)
    kh, kw = kernel.shape
    h, w = x.shape[0] - kh + 1, x.shape[1] - kw + 1
    return np.array(
        [[np.sum(x[i : i + kh, j : j + kw] * kernel) for j in range(w)] for i in range(h)],
        np.float32,
    )
