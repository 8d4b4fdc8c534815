# ruff: noqa
"""Gives the map of one pass for the map of windows: without zeros at the borders the two are equal.

With zeros they are not.
"""

import numpy as np

sliding_windows = np.lib.stride_tricks.sliding_window_view


def features(image, net):
    border = net["padding"]
    for kernel, bias in net["trunk"]:
        padded = np.pad(image, ((border, border), (border, border), (0, 0)))
        windows = sliding_windows(padded, kernel.shape[:2], axis=(0, 1))
        image = np.maximum(np.einsum("ijchw,hwcf->ijf", windows, kernel) + bias, 0)
        rows, columns = image.shape[0] // 2, image.shape[1] // 2
        image = image[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2, -1).max(axis=(1, 3))
    return image


def sliding_scores(image, net):
    x = features(image, net)
    shape = net["shape"]
    for number, (weights, bias) in enumerate(net["head"]):
        x = np.maximum(x, 0) if number else x
        kernel = weights.reshape(*shape, -1)
        windows = sliding_windows(x, kernel.shape[:2], axis=(0, 1))
        x = np.tensordot(windows, kernel, axes=([3, 4, 2], [0, 1, 2])) + bias
        shape = (1, 1, weights.shape[1])
    return x
