"""The kernel spread with zeros, then ordinary windows."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def effective_size(kernel, dilation):
    return kernel + (kernel - 1) * (dilation - 1)


def output_size(size, kernel, padding, stride, dilation):
    return len(range(effective_size(kernel, dilation), size + 2 * padding + 1, stride))


def dilate(kernel, dilation):
    mask = np.zeros((dilation, dilation))
    mask[0, 0] = 1
    spread = np.kron(kernel, mask)
    return spread[: 1 - dilation or None, : 1 - dilation or None]


def correlate(signal, kernel, dilation):
    spread = dilate(kernel[None], dilation)[0]
    return sliding_window_view(signal, len(spread)) @ spread


def correlate2d(image, kernel, dilation):
    spread = dilate(kernel, dilation)
    return np.tensordot(sliding_window_view(image, spread.shape), spread, 2)


def samples_seen(kernel, dilations):
    response = np.ones(1)
    for d in dilations:
        taps = np.zeros(effective_size(kernel, d))
        taps[::d] = 1
        longer = np.zeros(len(response) + len(taps) - 1)
        for a in np.flatnonzero(taps):
            longer[a : a + len(response)] += response
        response = longer
    return np.flatnonzero(response).tolist()
