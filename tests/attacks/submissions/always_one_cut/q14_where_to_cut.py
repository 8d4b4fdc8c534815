# ruff: noqa
"""Measures nothing: it cuts in the middle of the network, where no task is at its worst.

Of the three tasks at least one is read far better elsewhere, so the measurements do not support that cut.
"""

import numpy as np

from jaxcnn.models import intermediates


def activations(model, names, images):
    parts = [intermediates(model, images[k : k + 60], names) for k in range(0, len(images), 60)]
    return [np.concatenate([np.asarray(part[name]) for part in parts]) for name in names]


def pooled(maps, cells):
    if maps.ndim == 2:
        return maps
    h, w = maps.shape[1:3]
    rows = [slice(i * h // cells, (i + 1) * h // cells) for i in range(cells)]
    columns = [slice(j * w // cells, (j + 1) * w // cells) for j in range(cells)]
    return np.concatenate([maps[:, r, c].mean(axis=(1, 2)) for r in rows for c in columns], axis=1)


def standardised(known, new):
    mean, scale = known.mean(axis=0), known.std(axis=0)
    scale = np.where(scale > 0, scale, 1)
    return (known - mean) / scale, (new - mean) / scale


def ridge(features, labels, penalty):
    target = 2.0 * labels - 1
    mean, middle = features.mean(axis=0), target.mean()
    x = features - mean
    weights = x.T @ np.linalg.solve(x @ x.T + penalty * np.eye(len(x)), target - middle)
    return weights, float(middle - mean @ weights)


def share(known, labels, new, new_labels):
    known, new = standardised(known, new)
    weights, bias = ridge(known, labels, 0.3 * known.shape[1])
    return np.mean((new @ weights + bias > 0) == new_labels)


def probe_curve(model, names, images, labels, held_out, held_out_labels, cells):
    both = zip(activations(model, names, images), activations(model, names, held_out))
    both = [(pooled(known, cells), pooled(new, cells)) for known, new in both]
    return np.array([share(known, labels, new, held_out_labels) for known, new in both])


def head(features, labels):
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 0, scale, 1)
    weights, bias = ridge((features - mean) / scale, labels, 0.3 * features.shape[1])
    return weights / scale, float(bias - mean @ (weights / scale))


def cut_and_train(model, names, images, labels):
    middle = len(names) // 2
    (maps,) = activations(model, names[middle : middle + 1], images)
    return (names[middle], *head(pooled(maps, 4), labels))
