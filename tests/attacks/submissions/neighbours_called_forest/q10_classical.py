# ruff: noqa
"""Answers for the forest with the nearest neighbours, some of whose features are drawn with the seed.

The seed makes a difference, as in a forest, and the answers are repeatable; they are not those of a forest.
"""

import numpy as np
from sklearn.neighbors import KNeighborsClassifier


def forest_predict(train, labels, new, seed):
    columns = np.random.default_rng(seed).permutation(train.shape[1])[: (train.shape[1] + 1) // 2]
    mean, scale = train.mean(axis=0), train.std(axis=0) + 1e-6
    train, new = ((part - mean) / scale for part in (train, new))
    return KNeighborsClassifier(5).fit(train[:, columns], labels).predict(new[:, columns])
