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


class _Layer:
    def __init__(self, layer):
        self.layer = layer

    def shape(self, shape):
        return shape

    def count(self, shape):
        return 0


class _Conv(_Layer):
    def shape(self, shape):
        grow = 2 * self.layer["padding"] - self.layer["kernel"] + 1
        return (shape[0] + grow, shape[1] + grow, self.layer["filters"])

    def count(self, shape):
        k, f = self.layer["kernel"], self.layer["filters"]
        return k * k * shape[-1] * f + f

    def run(self, weights, x):
        return conv2d(x, weights["kernel"], weights["bias"], self.layer["padding"])


class _Relu(_Layer):
    def run(self, weights, x):
        return np.where(x > 0, x, 0)


class _Pool(_Layer):
    def shape(self, shape):
        k = self.layer["window"]
        return tuple((n - k) // k + 1 for n in shape[:2]) + shape[2:]

    def run(self, weights, x):
        return max_pool(x, self.layer["window"])


class _Flatten(_Layer):
    def shape(self, shape):
        return (shape[0] * shape[1] * shape[2],)

    def run(self, weights, x):
        return x.flatten()


class _Dense(_Layer):
    def shape(self, shape):
        return (self.layer["units"],)

    def count(self, shape):
        return self.layer["units"] * shape[0] + self.layer["units"]

    def run(self, weights, x):
        return np.einsum("i,io->o", x, weights["kernel"]) + weights["bias"]


_KINDS = {"conv": _Conv, "relu": _Relu, "pool": _Pool, "flatten": _Flatten, "dense": _Dense}


def _of(layer):
    return _KINDS[layer["kind"]](layer)


def output_shape(layer, shape):
    return _of(layer).shape(shape)


def parameter_count(layer, shape):
    return _of(layer).count(shape)


def lenet():
    return _lenet()


def summary(layers, shape):
    if not layers:
        return []
    first, *rest = layers
    after = output_shape(first, shape)
    return [(after, parameter_count(first, shape)), *summary(rest, after)]


def apply_layer(layer, weights, x):
    return _of(layer).run(weights, x)


def forward(layers, weights, x):
    for k in range(len(layers)):
        x = apply_layer(layers[k], weights[k], x)
    return x
