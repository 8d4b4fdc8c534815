"""Uses the batch in evaluation too; forgets roots."""

import numpy as np


def batch_statistics(x):
    return x.mean(axis=(0, 1, 2)), x.std(axis=(0, 1, 2))


def batch_norm_train(x, scale, shift, epsilon):
    return scale * (x - x.mean(axis=(0, 1, 2))) / (x.var(axis=(0, 1, 2)) + epsilon) + shift


def update_running(running_mean, running_variance, x, rate):
    mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    return (1 - rate) * running_mean + rate * mean, (1 - rate) * running_variance + rate * variance


def batch_norm_eval(x, scale, shift, mean, variance, epsilon):
    m, v = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    return scale * (x - m) / np.sqrt(v + epsilon) + shift


def fold(kernel, bias, scale, shift, mean, variance, epsilon):
    factor = scale / np.sqrt(variance + epsilon)
    return kernel * factor, bias * factor + shift
