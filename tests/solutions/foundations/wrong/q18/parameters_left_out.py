"""Leaves scale and shift out, and adds running statistics up."""

import numpy as np


def batch_statistics(x):
    return x.mean(), x.var()


def batch_norm_train(x, scale, shift, epsilon):
    return scale * (x - x.mean(axis=(0, 1, 2))) / np.sqrt(x.var(axis=(0, 1, 2)) + epsilon)


def update_running(running_mean, running_variance, x, rate):
    mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2), ddof=1)
    return running_mean + rate * mean, running_variance + rate * variance


def batch_norm_eval(x, scale, shift, mean, variance, epsilon):
    return (x - mean) / np.sqrt(variance + epsilon) + shift


def fold(kernel, bias, scale, shift, mean, variance, epsilon):
    factor = scale / np.sqrt(variance + epsilon)
    return kernel * factor, (bias - mean + shift) * factor
