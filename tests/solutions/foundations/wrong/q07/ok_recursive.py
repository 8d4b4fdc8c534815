"""Loops, and a stack that is followed down, layer by layer."""

import numpy as np


def effective_size(kernel, dilation):
    return 1 if kernel == 1 else dilation + effective_size(kernel - 1, dilation)


def output_size(size, kernel, padding, stride, dilation):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def dilate(kernel, dilation):
    h, w = kernel.shape
    out = np.zeros((effective_size(h, dilation), effective_size(w, dilation)))
    for i in range(h):
        for j in range(w):
            out[i * dilation, j * dilation] = kernel[i, j]
    return out


def correlate(signal, kernel, dilation):
    n = output_size(len(signal), len(kernel), 0, 1, dilation)
    return np.array(
        [float(signal[i::dilation][: len(kernel)] @ kernel) for i in range(n)], np.float64
    )


def correlate2d(image, kernel, dilation):
    kh, kw = kernel.shape
    h = output_size(image.shape[0], kh, 0, 1, dilation)
    w = output_size(image.shape[1], kw, 0, 1, dilation)
    return np.array(
        [
            [np.sum(image[i::dilation, j::dilation][:kh, :kw] * kernel) for j in range(w)]
            for i in range(h)
        ]
    )


def samples_seen(kernel, dilations):
    if not dilations:
        return [0]
    below = samples_seen(kernel, dilations[:-1])
    return sorted({p + dilations[-1] * a for p in below for a in range(kernel)})
