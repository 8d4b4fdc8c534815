"""Normalises over the batch axis alone, as for a dense layer."""

import numpy as np


def batch_statistics(x):
    return x.mean(axis=0), x.var(axis=0)


def batch_norm_train(x, scale, shift, epsilon):
    return scale * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + epsilon) + shift


def update_running(running_mean, running_variance, x, rate):
    mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    return (
        rate * running_mean + (1 - rate) * mean,
        rate * running_variance + (1 - rate) * variance,
    )


def batch_norm_eval(x, scale, shift, mean, variance, epsilon):
    return scale * (x - mean) / (np.sqrt(variance) + epsilon) + shift


def fold(kernel, bias, scale, shift, mean, variance, epsilon):
    factor = scale / np.sqrt(variance + epsilon)
    return kernel * factor, bias + shift - mean * factor
