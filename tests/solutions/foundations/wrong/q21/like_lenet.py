"""A series is cut by the borders; no ReLU at the end; the sum in place of the mean."""

import numpy as np


def conv1d(x, kernel, bias):
    size = len(kernel)
    return np.array(
        [np.tensordot(x[t : t + size], kernel, axes=2) + bias for t in range(len(x) - size + 1)]
    )


def global_average(maps):
    return maps.sum(axis=0)


def _same(x, layer):
    k = len(layer["kernel"]) // 2
    return conv1d(np.pad(x, ((k, k), (0, 0))), layer["kernel"], layer["bias"])


def scores(x, network):
    for n, layer in enumerate(network["layers"]):
        x = _same(x, layer)
        if n < len(network["layers"]) - 1:
            x = np.maximum(x, 0)
    return x.mean(axis=0) @ network["dense"]["kernel"] + network["dense"]["bias"]


def _scores(x, network):
    for layer in network["layers"]:
        x = np.maximum(_same(x, layer), 0)
    return x.mean(axis=0) @ network["dense"]["kernel"] + network["dense"]["bias"]


def classify(series, network):
    longest = max(len(x) for x in series)
    padded = [np.pad(x, ((0, longest - len(x)), (0, 0))) for x in series]
    return [int(_scores(x, network).argmax()) for x in padded]


def parameter_count(network):
    return sum(layer["kernel"].size + layer["bias"].size for layer in network["layers"])


def steps_seen(network):
    return sum(len(layer["kernel"]) for layer in network["layers"]) + 1
