"""How much the layers of a trained network know of another task."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from jaxcnn.models._intermediates import check_names

from ._features import Pool, batches_of, cut_points

_PENALTIES = np.logspace(-4, 4, 17)


class Probe(NamedTuple):
    """What a linear classifier on the output of one layer finds.

    Attributes:
        name: The path of the layer.
        features: How many numbers the classifier reads.
        train_accuracy, test_accuracy: Share of right answers on either set.

    >>> Probe("features.layer1", 256, 0.95, 0.9).test_accuracy
    0.9
    """

    name: str
    features: int
    train_accuracy: float
    test_accuracy: float


def probe_cuts(
    model: Any,
    train: Any,
    test: Any,
    names: Iterable[str] | None = None,
    *,
    pool: Pool = 4,
    batch_size: int = 64,
    progress: Callable[[int, int], None] | None = None,
) -> list[Probe]:
    """Fits a linear classifier to the output of each layer: where is the network best cut?

    The images pass through the network once, whatever the number of layers. The classifier is
    ridge regression on one-hot labels, in closed form; its penalty is the one whose leave-one-out
    error on ``train`` is lowest.

    Args:
        model: A network, or a `jaxcnn.nn.Sequential`; it runs in evaluation mode.
        train: ``(images, labels)``, or an object with these, such as `jaxcnn.data.load` returns;
            images as `extract_features` takes them, labels ``(number,)`` integers.
        test: Other examples, as ``train``.
        names: Paths of layers or parts; by default all layers before the last dense one.
        pool: What is made of a map, see `extract_features`.
        batch_size: Images computed at once.
        progress: Called with the number of images done and of all.

    Returns:
        One row for each name, in that order.

    Raises:
        ValueError: A name is unknown, there is not one label for each image, labels are no
            integers, or ``train`` has a single class.

    Source: G. Alain, Y. Bengio, *Understanding intermediate layers using linear classifier probes*,
    2017; T. Hastie et al., *The elements of statistical learning*, 2009, section 7.10, for the
    leave-one-out error.

    >>> from jaxcnn.models import create_model
    >>> images = np.random.default_rng(0).random((20, 32, 32, 3), np.float32)
    >>> labels = np.arange(20) % 2
    >>> images[labels == 1, :, :16] += 1
    >>> model = create_model("resnet8", seed=0)
    >>> rows = probe_cuts(model, (images[:10], labels[:10]), (images[10:], labels[10:]))
    >>> rows[0].name, rows[0].features, rows[0].test_accuracy
    ('features.conv1', 256, 1.0)
    """
    chosen = cut_points(model) if names is None else list(names)
    check_names(model, chosen)
    (images, labels), (others, truth) = _pair("train", train), _pair("test", test)
    classes = np.unique(labels)
    if len(classes) < 2:
        raise ValueError(f"train: labels are all {classes[0]}, but must have at least two classes")
    total = len(labels) + len(truth)

    def told(before: int) -> Callable[[int, int], None]:
        def tell(done: int, _: int) -> None:
            if progress is not None:
                progress(before + done, total)

        return tell

    known = list(batches_of(model, images, chosen, pool, batch_size, told(0)))
    unknown = list(batches_of(model, others, chosen, pool, batch_size, told(len(labels))))
    rows = []
    for name in chosen:
        x, z = (np.concatenate([part[name] for part in parts]) for parts in (known, unknown))
        x, z = x.reshape(len(x), -1), z.reshape(len(z), -1)
        at_home, abroad = ridge_answers(x, labels, z)
        rows.append(
            Probe(
                name, x.shape[1], float((at_home == labels).mean()), float((abroad == truth).mean())
            )
        )
    return rows


def ridge_answers(
    x: np.ndarray, labels: np.ndarray, z: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fits ridge regression to ``(number, features)`` and labels; its answers to both sets."""
    classes, rows = np.unique(labels, return_inverse=True)
    mean, scale = x.mean(0), x.std() + 1e-12
    x, z = ((part - mean) / scale for part in (x, z))
    targets = np.eye(len(classes))[rows]
    offset = targets.mean(0)
    left, sizes, right = _decomposed(x)
    shadows = left.T @ (targets - offset)
    best, weights = np.inf, np.zeros((x.shape[1], len(classes)))
    for penalty in _PENALTIES * max(float((sizes**2).mean()), 1e-12):
        kept = sizes**2 / (sizes**2 + penalty)
        errors = targets - offset - left @ (kept[:, None] * shadows)
        weight = (left**2 @ kept) + 1 / len(x)  # of each example on its own prediction
        loss = float(np.square(errors / np.maximum(1 - weight, 1e-12)[:, None]).mean())
        if loss < best:
            best = loss
            weights = right @ ((sizes / (sizes**2 + penalty))[:, None] * shadows)
    return tuple(classes[(part @ weights + offset).argmax(1)] for part in (x, z))  # type: ignore[return-value]


def _decomposed(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Singular vectors and values, by the smaller of the two products of ``x`` with itself."""
    wide = x.shape[1] > x.shape[0]
    x = x.astype(np.float64)
    values, vectors = np.linalg.eigh(x @ x.T if wide else x.T @ x)
    kept = values > values[-1] * 1e-12
    sizes, vectors = np.sqrt(values[kept]), vectors[:, kept]
    if wide:
        return vectors, sizes, x.T @ vectors / sizes
    return x @ vectors / sizes, sizes, vectors


def _pair(name: str, data: Any) -> tuple[Any, np.ndarray]:
    pair: Any = (data.images, data.labels) if hasattr(data, "images") else data
    if not (isinstance(pair, tuple | list) and len(pair) == 2):
        raise ValueError(f"{name} must be (images, labels), or an object with these two")
    images, labels = pair[0], np.asarray(pair[1])
    if labels.shape != (len(images),) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"{name}: labels have shape {labels.shape} and type {labels.dtype}, but must be "
            f"({len(images)},) integers: one for each image"
        )
    return images, labels
