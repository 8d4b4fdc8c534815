import math

import numpy as np


def statistics(images):
    flat = np.asarray(images, np.float64).reshape(-1, images.shape[-1])
    mean = flat.sum(axis=0) / len(flat)
    return mean, np.sqrt((flat**2).mean(axis=0) - mean**2)


def normalise(images, mean, deviation):
    return np.stack(
        [(images[..., c] - mean[c]) / deviation[c] for c in range(images.shape[-1])], axis=-1
    )


def _logarithms(scores):
    shifted = scores - np.amax(scores, axis=-1)[:, None]
    return shifted - np.log(np.exp(shifted).sum(axis=-1))[:, None]


def softmax(scores):
    return np.exp(_logarithms(scores))


def cross_entropy(scores, labels):
    rows = _logarithms(scores)
    return -math.fsum(float(row[label]) for row, label in zip(rows, labels, strict=True)) / len(
        rows
    )


def score_gradient(scores, labels):
    one_hot = np.eye(scores.shape[1])[labels]
    return (softmax(scores) - one_hot) / scores.shape[0]


def momentum_step(weights, velocity, gradient, rate, momentum):
    new = gradient + velocity * momentum
    return weights - new * rate, new


def train(x, labels, classes, steps, rate, momentum):
    w = v = np.zeros((x.shape[1], classes))
    for _ in range(steps):
        g = np.einsum("ni,nk->ik", x, score_gradient(x @ w, labels))
        w, v = momentum_step(w, v, g, rate, momentum)
    return w
