"""Momentum as a weighted mean, deviations over n - 1, probabilities over the batch."""

import numpy as np


def statistics(images):
    flat = images.reshape(-1, images.shape[-1])
    return flat.mean(axis=0), flat.std(axis=0, ddof=1)


def normalise(images, mean, deviation):
    return images / deviation - mean


def softmax(scores):
    e = np.exp(scores - scores.max())
    return e / e.sum(axis=0)


def cross_entropy(scores, labels):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return float(-np.mean(np.log2(p[np.arange(len(labels)), labels])))


def score_gradient(scores, labels):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return (np.eye(scores.shape[1])[labels] - p) / len(labels)


def momentum_step(weights, velocity, gradient, rate, momentum):
    velocity = momentum * velocity + (1 - momentum) * gradient
    return weights - rate * velocity, velocity


def train(x, labels, classes, steps, rate, momentum):
    w = np.zeros((x.shape[1], classes))
    v = np.zeros_like(w)
    g = x.T @ score_gradient(x @ w, labels)
    for _ in range(steps):
        w, v = momentum_step(w, v, g, rate, momentum)
    return w
