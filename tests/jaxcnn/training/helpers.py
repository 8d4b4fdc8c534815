"""Tiny networks and tiny sets that every training test shares."""

import numpy as np
from flax import nnx

from jaxcnn import nn, training

SIDE, CLASSES = 4, 3


def network(seed=0, *, dropout=0.0, norm=True):
    """A network that compiles in well under a second."""
    rngs = nnx.Rngs(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding="same", rngs=rngs),
        *([nn.BatchNorm(4, unbiased=True, momentum=0.9, rngs=rngs)] if norm else []),
        nnx.relu,
        nn.Flatten(),
        *([nn.Dropout(dropout, rngs=rngs)] if dropout else []),
        nn.Linear(SIDE * SIDE * 4, CLASSES, rngs=rngs),
    )
    model.eval()
    return model


def examples(number=48, seed=0):
    """Images whose brightest row says the class, and noise."""
    random = np.random.default_rng(seed)
    labels = np.arange(number) % CLASSES
    images = random.random((number, SIDE, SIDE, 1), np.float32)
    images[np.arange(number), labels] += 0.5
    return images, labels


def arrays_of(model):
    state = nnx.state(model, nnx.Any(nnx.Param, nnx.BatchStat))
    return {".".join(map(str, path)): np.array(v[...]) for path, v in nnx.to_flat_state(state)}


def assert_same(got, wanted, **tolerance):
    """Two models have the same parameters and statistics: bit by bit unless a tolerance is given."""
    found, expected = arrays_of(got), arrays_of(wanted)
    assert list(found) == list(expected)
    for name, array in expected.items():
        if tolerance:
            np.testing.assert_allclose(found[name], array, err_msg=name, **tolerance)
        else:
            np.testing.assert_array_equal(found[name], array, err_msg=name)


def quick(**changes):
    values = {"epochs": 3, "batch_size": 8, "learning_rate": 0.02, **changes}
    return training.Settings(**values)


class Recorder:
    """A progress that can do something at a batch, and remembers what it was told."""

    def __init__(self, at=None, act=None):
        self.batches, self.rows, self.closed = [], [], False
        self.at, self.act = at, act

    def start(self, epochs, batches):
        self.planned = (epochs, batches)

    def batch(self, epoch, done, examples, loss, accuracy):
        self.batches.append((epoch, done))
        if (epoch, done) == self.at:
            self.act()

    def epoch(self, row):
        self.rows.append(row)

    def close(self):
        self.closed = True
