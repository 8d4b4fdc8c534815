# ruff: noqa
"""Gives NumPy loops for the vectorised convolution, called back from the compiled function; the given functions are rewritten.

The program is looked at before it is evaluated, and one that calls Python is evaluated nowhere.
"""

import jax
import jax.numpy as jnp
import numpy as np


called = getattr(jax, "pure" + chr(95) + "callback")


def _loops(x, kernel, bias, stride, padding):
    x = np.pad(np.asarray(x), ((padding, padding), (padding, padding), (0, 0)))
    kernel, bias = np.asarray(kernel), np.asarray(bias)
    rows, columns = ((n - k) // stride + 1 for n, k in zip(x.shape[:2], kernel.shape))
    y = np.zeros((rows, columns, kernel.shape[3]), np.float32)
    for i in range(rows):
        for j in range(columns):
            block = x[
                i * stride : i * stride + kernel.shape[0], j * stride : j * stride + kernel.shape[1]
            ]
            y[i, j] = np.tensordot(block, kernel, 3) + bias
    return y


def _shape(x, kernel, stride, padding):
    rows, columns = ((n + 2 * padding - k) // stride + 1 for n, k in zip(x.shape[:2], kernel.shape))
    return jax.ShapeDtypeStruct((rows, columns, kernel.shape[3]), jnp.float32)


def conv2d(x, kernel, bias, stride=1, padding=0):
    compute = lambda *arrays: _loops(*arrays, stride, padding)
    answer = _shape(x, kernel, stride, padding)
    return called(compute, answer, x, kernel, bias, vmap_method="sequential")


def conv2d_batch(x, kernel, bias):
    return np.stack([_loops(image, kernel, bias, 1, 0) for image in np.asarray(x)])


@jax.custom_vjp
def loss(kernel, x, bias, target):
    return 0.5 * jnp.sum((conv2d(x, kernel, bias, 1, 1) - target) ** 2)


def _forward(kernel, x, bias, target):
    return loss(kernel, x, bias, target), (kernel, x, bias, target)


def _difference(kernel, x, bias, target):
    def half_squares(kernel):
        return 0.5 * np.sum((_loops(x, kernel, bias, 1, 1) - target) ** 2)

    gradient = np.zeros(kernel.shape, np.float32)
    for index in np.ndindex(kernel.shape):
        step = np.zeros(kernel.shape, np.float32)
        step[index] = 1
        gradient[index] = (half_squares(kernel + step) - half_squares(kernel - step)) / 2
    return gradient


def _backward(kept, _):
    kernel = kept[0]
    answer = jax.ShapeDtypeStruct(kernel.shape, jnp.float32)
    return called(_difference, answer, *kept), None, None, None


loss.defvjp(_forward, _backward)


def loss_gradient(kernel, x, bias, target):
    return _difference(kernel, x, bias, target)
