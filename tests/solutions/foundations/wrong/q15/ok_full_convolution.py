import numpy as np


def conv2d(x, kernel, bias):
    high, wide, _, filters = kernel.shape
    y = np.zeros((x.shape[0] - high + 1, x.shape[1] - wide + 1, filters))
    for i, j in np.ndindex(y.shape[:2]):
        y[i, j] = np.tensordot(x[i : i + high, j : j + wide], kernel, axes=3) + bias
    return y


def bias_gradient(upstream):
    return np.einsum("ijf->f", upstream)


def kernel_gradient(x, upstream):
    zeros = np.zeros(upstream.shape[2])
    images = np.moveaxis(x, 2, 0)
    maps = [conv2d(image[:, :, None], upstream[:, :, None, :], zeros) for image in images]
    return np.stack(maps, axis=2)


def input_gradient(kernel, upstream):
    high, wide, channels, _ = kernel.shape
    padded = np.pad(upstream, ((high - 1, high - 1), (wide - 1, wide - 1), (0, 0)))
    turned = np.swapaxes(kernel[::-1, ::-1], 2, 3)
    return conv2d(padded, turned, np.zeros(channels))


def finite_difference(x, kernel, bias, upstream, place, step):
    change = np.zeros(kernel.shape)
    change[place] = step
    more = (conv2d(x, kernel + change, bias) * upstream).sum()
    less = (conv2d(x, kernel - change, bias) * upstream).sum()
    return (more - less) / step / 2
