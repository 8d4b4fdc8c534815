"""An ordinary convolution whose weights outside of the blocks are zero."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def parameters(kernel, in_channels, filters, groups):
    each = parameters(kernel, in_channels // groups, filters // groups, 1) if groups > 1 else None
    if each is not None:
        return groups * each
    return kernel**2 * in_channels * filters + filters


def _ordinary(image, kernel):
    windows = sliding_window_view(image, kernel.shape[:2], axis=(0, 1))
    return np.einsum("ijcuv,uvcf->ijf", windows, kernel)


def grouped(image, kernel, groups):
    kh, kw, depth, filters = kernel.shape
    whole = np.zeros((kh, kw, image.shape[2], filters))
    for f in range(filters):
        g = f * groups // filters
        whole[:, :, g * depth : (g + 1) * depth, f] = kernel[..., f]
    return _ordinary(image, whole)


def depthwise(image, kernel):
    windows = sliding_window_view(image, kernel.shape[:2], axis=(0, 1))
    return np.einsum("ijcuv,uvc->ijc", windows, kernel)


def separable(image, kernel, weights):
    return _ordinary(image, kernel[..., None] * weights)


def separable_weights(kernel, in_channels, filters):
    return in_channels * (kernel**2 + filters)


def share(kernel, in_channels, filters):
    return 1 / filters + 1 / kernel**2
