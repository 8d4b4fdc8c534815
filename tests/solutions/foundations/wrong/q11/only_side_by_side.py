"""Reshapes, which works where the stride is the window."""


def pooled_size(size, window, stride):
    return size // window


def _blocks(x, window):
    h, w = x.shape[0] // window, x.shape[1] // window
    return x[: h * window, : w * window].reshape(h, window, w, window, -1)


def max_pool(x, window, stride):
    return _blocks(x, window).max(axis=(1, 3))


def avg_pool(x, window, stride):
    return _blocks(x, window).mean(axis=(1, 3))


def min_pool(x, window, stride):
    return _blocks(x, window).min(axis=(1, 3))


def global_pool(x, kind):
    return x.max(axis=0) if kind == "max" else x.mean(axis=0)
