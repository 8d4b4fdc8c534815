# ruff: noqa
"""Answers for the support vector machine with a ridge regression, linear or with the machine's own kernel.

On real images it is right as often as the machine.  On points that were chosen where the two differ it is not.
"""

import numpy as np
from sklearn.kernel_ridge import KernelRidge


def svm_predict(train, labels, new):
    mean, scale = train.mean(axis=0), train.std(axis=0) + 1e-6
    regression = KernelRidge(alpha=0.1, kernel="rbf", gamma=1 / train.shape[1])
    regression.fit((train - mean) / scale, 2.0 * labels - 1)
    return (regression.predict((new - mean) / scale) > 0).astype(int)
