"""Returns from within the loop; classes counted from one."""

import numpy as np


def conv1d(x, kernel, bias):
    size = len(kernel)
    padded = np.pad(x, ((size - 1, 0), (0, 0)))
    return np.array(
        [np.tensordot(padded[t : t + size], kernel, axes=2) + bias for t in range(len(x))]
    )


def global_average(maps):
    return maps.mean()


def _layers(x, layers):
    for layer in layers:
        k = len(layer["kernel"]) // 2
        padded = np.pad(x, ((k, k), (0, 0)))
        x = np.array(
            [
                np.tensordot(padded[t : t + 2 * k + 1], layer["kernel"], axes=2) + layer["bias"]
                for t in range(len(x))
            ]
        )
        x = np.maximum(x, 0)
    return x.mean(axis=0)


def scores(x, network):
    return _layers(x, network["layers"]) @ network["dense"]["kernel"]


def classify(series, network):
    return [
        int(
            np.argmax(
                _layers(x, network["layers"]) @ network["dense"]["kernel"]
                + network["dense"]["bias"]
            )
        )
        + 1
        for x in series
    ]


def parameter_count(network):
    return 2 * (len(network["layers"]) + 1)


def steps_seen(network):
    return int(np.prod([len(layer["kernel"]) for layer in network["layers"]]))
