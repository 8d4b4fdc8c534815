import numpy as np


def _starts(x, window, stride):
    for i, top in enumerate(range(0, x.shape[0] - window + 1, stride)):
        for j, left in enumerate(range(0, x.shape[1] - window + 1, stride)):
            yield i, j, top, left


def winners(x, window, stride):
    rows = len(range(0, x.shape[0] - window + 1, stride))
    columns = len(range(0, x.shape[1] - window + 1, stride))
    places = np.empty((rows, columns, x.shape[2], 2), np.int32)
    for i, j, top, left in _starts(x, window, stride):
        flat = (
            x[top : top + window, left : left + window].reshape(window * window, -1).argmax(axis=0)
        )
        places[i, j] = np.stack([top + flat // window, left + flat % window], axis=-1)
    return places


def max_pool_backward(x, upstream, window, stride):
    places = winners(x, window, stride)
    gradient = np.zeros(x.shape, np.float64)
    channels = np.broadcast_to(np.arange(x.shape[2]), upstream.shape)
    np.add.at(gradient, (places[..., 0], places[..., 1], channels), upstream)
    return gradient


def avg_pool_backward(shape, upstream, window, stride):
    gradient = np.zeros(shape)
    rows, columns = upstream.shape[:2]
    for u in range(window):
        for v in range(window):
            gradient[
                u : u + (rows - 1) * stride + 1 : stride,
                v : v + (columns - 1) * stride + 1 : stride,
            ] += upstream
    return gradient / (window * window)
