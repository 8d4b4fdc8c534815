"""Counts a convolution's weights as a dense layer's; shapes as they would be without padding."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d(x, kernel, bias, padding):
    x = np.pad(x, ((padding, padding), (padding, padding), (0, 0)))
    patches = sliding_window_view(x, kernel.shape[:2], axis=(0, 1))
    return np.einsum("ijcuv,uvcf->ijf", patches, kernel, optimize=True) + bias


def max_pool(x, window):
    windows = sliding_window_view(x, (window, window), axis=(0, 1))[::window, ::window]
    return windows.max(axis=(-2, -1))


def _lenet(padding=2):
    conv = [{"kind": "conv", "filters": n, "kernel": 5, "padding": padding} for n in (20, 50)]
    relu, pool = {"kind": "relu"}, {"kind": "pool", "window": 2}
    dense = [{"kind": "dense", "units": n} for n in (500, 10)]
    return [conv[0], relu, pool, conv[1], relu, pool, {"kind": "flatten"}, dense[0], relu, dense[1]]


def output_shape(layer, shape):
    if layer["kind"] == "conv":
        k = layer["kernel"]
        return shape[0] - k + 1, shape[1] - k + 1, layer["filters"]
    if layer["kind"] == "pool":
        k = layer["window"]
        return shape[0] - k + 1, shape[1] - k + 1, shape[2]
    if layer["kind"] == "flatten":
        return (shape[0] * shape[1] * shape[2],)
    return shape


def parameter_count(layer, shape):
    if layer["kind"] == "conv":
        return (layer["kernel"] * shape[2] + 1) * layer["filters"]
    if layer["kind"] == "dense":
        return shape[0] * layer["units"] + 1
    return 0


def lenet():
    layers = _lenet()
    return layers[:6] + layers[7:]


def summary(layers, shape):
    rows, total = [], 0
    for layer in layers:
        total += parameter_count(layer, shape)
        shape = output_shape(layer, shape)
        rows.append((shape, total))
    return rows


def apply_layer(layer, weights, x):
    if layer["kind"] == "conv":
        return conv2d(x, weights["kernel"], weights["bias"], 0)
    if layer["kind"] == "relu":
        return np.minimum(x, 0)
    if layer["kind"] == "pool":
        return max_pool(x, layer["window"])
    if layer["kind"] == "flatten":
        return x.reshape(-1)
    return x @ weights["kernel"] + weights["bias"]


def forward(layers, weights, x):
    return [x := apply_layer(layer, w, x) for layer, w in zip(layers, weights, strict=True)]
