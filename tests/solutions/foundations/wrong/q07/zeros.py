"""One zero too many between the taps, and zeros after the last."""

import numpy as np


def effective_size(kernel, dilation):
    return kernel + (kernel - 1) * dilation


def output_size(size, kernel, padding, stride, dilation):
    return (size + padding - (kernel + (kernel - 1) * (dilation - 1))) // stride + 1


def dilate(kernel, dilation):
    h, w = kernel.shape
    out = np.zeros((h * dilation, w * dilation), np.float32)
    out[::dilation, ::dilation] = kernel
    return out


def correlate(signal, kernel, dilation):
    step = dilation + 1 if dilation > 1 else 1
    n = len(signal) - step * (len(kernel) - 1)
    return np.array(
        [sum(signal[i + a * step] * kernel[a] for a in range(len(kernel))) for i in range(n)],
        np.float32,
    )


def correlate2d(image, kernel, dilation):
    kh, kw = kernel.shape
    h = image.shape[0] - dilation * (kh - 1)
    w = image.shape[1] - (kw - 1)
    y = np.zeros((h, w), np.float32)
    for i in range(h):
        for j in range(w):
            y[i, j] = np.sum(image[i : i + dilation * (kh - 1) + 1 : dilation, j : j + kw] * kernel)
    return y


def samples_seen(kernel, dilations):
    seen = set()
    for d in dilations:
        seen |= {d * a for a in range(kernel)}
    return sorted(seen)
