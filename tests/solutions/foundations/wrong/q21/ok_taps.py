import numpy as np


def conv1d(x, kernel, bias):
    size = kernel.shape[0]
    y = np.tile(np.asarray(bias, np.float64), (len(x), 1))
    for u in range(size):
        lag = u - size // 2
        for t in range(len(x)):
            if 0 <= t + lag < len(x):
                y[t] += x[t + lag] @ kernel[u]
    return y


def global_average(maps):
    return maps.sum(0) / maps.shape[0]


def scores(x, network):
    maps = x
    for layer in network["layers"]:
        maps = conv1d(maps, **layer).clip(min=0)
    dense = network["dense"]
    return np.einsum("f,fk->k", global_average(maps), dense["kernel"]) + dense["bias"]


def classify(series, network):
    return list(map(lambda x: scores(x, network).argmax(), series))  # noqa: C417


def parameter_count(network):
    total = network["dense"]["kernel"].size + len(network["dense"]["bias"])
    for layer in network["layers"]:
        size, channels, filters = layer["kernel"].shape
        total += (size * channels + 1) * filters
    return total


def steps_seen(network):
    left = sum(layer["kernel"].shape[0] // 2 for layer in network["layers"])
    return 2 * left + 1
