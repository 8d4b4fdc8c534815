import numpy as np


def _flat(x):
    return np.asarray(x, np.float64).reshape(-1, x.shape[-1])


def batch_statistics(x):
    flat = _flat(x)
    mean = flat.sum(axis=0) / len(flat)
    return mean, ((flat - mean) ** 2).sum(axis=0) / len(flat)


def batch_norm_train(x, scale, shift, epsilon):
    return batch_norm_eval(x, scale, shift, *batch_statistics(x), epsilon)


def update_running(running_mean, running_variance, x, rate):
    flat = _flat(x)
    mean = running_mean + rate * (flat.mean(axis=0) - running_mean)
    variance = running_variance + rate * (np.var(flat, axis=0, ddof=1) - running_variance)
    return mean, variance


def batch_norm_eval(x, scale, shift, mean, variance, epsilon):
    out = np.empty(x.shape)
    for c in range(x.shape[-1]):
        out[..., c] = (x[..., c] - mean[c]) * (variance[c] + epsilon) ** -0.5 * scale[c] + shift[c]
    return out


def fold(kernel, bias, scale, shift, mean, variance, epsilon):
    unit = batch_norm_eval(bias[None, None, None], scale, shift, mean, variance, epsilon)
    weights = np.einsum("uvcf,f->uvcf", kernel, scale / (variance + epsilon) ** 0.5)
    return weights, unit[0, 0, 0]
