"""Features of a trained network, for other classifiers."""

import numpy as np
import pytest
from PIL import Image

from jaxcnn import transfer
from jaxcnn.models import create_model, intermediates

from ..models.small import SMALL

RANDOM = np.random.default_rng(0)
BYTES = RANDOM.integers(0, 256, (7, 8, 8, 3), np.uint8)
FLOATS = BYTES / np.float32(255)


@pytest.fixture(scope="module")
def model():
    return create_model("resnet8", num_classes=3, seed=0, **SMALL["resnet8"])


def test_features_are_what_the_last_dense_layer_reads(model):
    wanted = intermediates(model, FLOATS, "classifier.pool")["classifier.pool"]
    got = transfer.extract_features(model, FLOATS, batch_size=3)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("pool", "made"),
    [
        ("avg", lambda maps: maps.mean((1, 2))),
        ("max", lambda maps: maps.max((1, 2))),
        ("flatten", lambda maps: maps.reshape(len(maps), -1)),
        (2, lambda maps: maps.reshape(-1, 2, 4, 2, 4, 4).mean((2, 4)).reshape(len(maps), -1)),
    ],
)
def test_maps_are_pooled_as_asked(model, pool, made):
    maps = np.asarray(intermediates(model, FLOATS, "features.layer1")["features.layer1"])
    got = transfer.extract_features(model, FLOATS, "features.layer1", pool=pool)
    np.testing.assert_allclose(got, made(maps), rtol=1e-5, atol=1e-6)


def test_bytes_and_files_are_prepared_as_the_network_says(model, tmp_path):
    rule = transfer.Preprocessing((8, 8), mean=(0.5,) * 3, std=(0.25,) * 3)
    plain = transfer.extract_features(model, (FLOATS - 0.5) / 0.25)
    model.preprocessing = rule
    try:
        Image.fromarray(BYTES[0]).save(tmp_path / "0.png")
        files = [tmp_path / "0.png", *map(Image.fromarray, BYTES[1:])]
        for images in (BYTES, files):
            got = transfer.extract_features(model, images)
            np.testing.assert_allclose(got, plain, rtol=1e-4, atol=1e-5)
    finally:
        model.preprocessing = None


def test_no_more_than_a_batch_is_asked_for_at_once_and_progress_is_told(model):
    class Lazy:
        dtype, shape = FLOATS.dtype, FLOATS.shape
        largest = 0

        def __len__(self):
            return len(FLOATS)

        def __getitem__(self, rows):
            Lazy.largest = max(Lazy.largest, len(FLOATS[rows]))
            return FLOATS[rows]

    told = []
    transfer.extract_features(model, Lazy(), batch_size=3, progress=lambda *n: told.append(n))
    assert Lazy.largest == 3
    assert told == [(3, 7), (6, 7), (7, 7)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"at": "features.layer9"}, r"at \(='features.layer9'\)"),
        ({"pool": "mean"}, "pool"),
        ({"pool": 0}, "pool"),
        ({"batch_size": 0}, "batch_size"),
        ({"images": FLOATS[:0]}, "at least one image"),
        ({"images": FLOATS[..., :1]}, "channels"),
    ],
)
def test_wrong_arguments_are_refused(model, arguments, said):
    with pytest.raises(ValueError, match=said):
        transfer.extract_features(model, **{"images": FLOATS, **arguments})


def test_without_a_dense_layer_the_cut_must_be_named(model):
    with pytest.raises(ValueError, match=r"at \(=None\) must name a layer"):
        transfer.extract_features(transfer.cut(model, "features"), FLOATS)


def test_the_extractor_is_a_step_of_scikit_learn(model):
    pytest.importorskip("sklearn")
    from sklearn.base import clone
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline

    labels = np.arange(30) % 2
    images = RANDOM.random((30, 8, 8, 3), np.float32) + labels[:, None, None, None]
    extractor = transfer.FeatureExtractor(model, pool="max")
    copy = clone(extractor)
    assert copy is not extractor
    assert copy.model is model
    pipeline = make_pipeline(extractor, LogisticRegression())
    grid = {"featureextractor__at": ["features.layer1", "features.layer2"]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(images, labels)
    assert search.best_score_ == 1.0
    with pytest.raises(ValueError, match="depth must be one of model, at"):
        extractor.set_params(depth=3)


def test_probes_find_where_the_classes_are_told_apart(model):
    labels = np.arange(40) % 2
    images = RANDOM.random((40, 8, 8, 3), np.float32)
    images[labels == 1, :, :4] += 1
    told = []
    rows = transfer.probe_cuts(
        model,
        (images[:20], labels[:20]),
        (images[20:], labels[20:]),
        progress=lambda *n: told.append(n),
    )
    names = [row.name for row in rows]
    assert names[0], names[-1] == ("features.conv1", "classifier.pool")
    assert rows[0].features == 4 * 4 * 4
    assert rows[0].test_accuracy == 1.0
    assert told[-1] == (40, 40)
    shuffled = RANDOM.permutation(labels[:20])
    (row,) = transfer.probe_cuts(
        model, (images[:20], shuffled), (images[20:], labels[20:]), ["features.layer1"]
    )
    assert row.test_accuracy < 0.9


def ridge(x, y, penalty):
    """Weights and offset by the normal equations."""
    mean = x.mean(0)
    gram = (x - mean).T @ (x - mean) + penalty * np.eye(x.shape[1])
    weights = np.linalg.solve(gram, (x - mean).T @ (y - y.mean(0)))
    return weights, y.mean(0) - mean @ weights


@pytest.mark.parametrize("shape", [(24, 5), (15, 40)])
def test_probes_answer_as_ridge_regression_with_the_best_penalty_does(shape):
    from jaxcnn.transfer._probe import _PENALTIES, ridge_answers

    labels = np.arange(shape[0]) % 3
    x, z = RANDOM.normal(size=shape), RANDOM.normal(size=(60, shape[1]))
    x[:, :3] += 2 * np.eye(3)[labels]
    scaled = (x - x.mean(0)) / x.std()
    targets = np.eye(3)[labels]
    sizes = np.square(np.linalg.svd(scaled)[1])
    mean_square = sizes[sizes > 1e-9].mean()

    def loss(penalty):
        errors = []
        for out in range(shape[0]):
            rest = np.arange(shape[0]) != out
            weights, offset = ridge(scaled[rest], targets[rest], penalty)
            errors.append(targets[out] - scaled[out] @ weights - offset)
        return np.square(errors).mean()

    weights, offset = ridge(scaled, targets, min(_PENALTIES * mean_square, key=loss))
    at_home, abroad = ridge_answers(x, labels + 7, z)
    np.testing.assert_array_equal(at_home, 7 + (scaled @ weights + offset).argmax(1))
    wanted = ((z - x.mean(0)) / x.std()) @ weights + offset
    np.testing.assert_array_equal(abroad, 7 + wanted.argmax(1))


@pytest.mark.parametrize(
    ("train", "names", "said"),
    [
        ((FLOATS, np.zeros(7, int)), None, "at least two classes"),
        ((FLOATS, np.zeros(6, int)), None, "one for each image"),
        ((FLOATS, np.zeros(7)), None, "integers"),
        (FLOATS, None, "must be"),
        ((FLOATS, np.arange(7)), ["features.layer8"], "layer8"),
    ],
)
def test_wrong_probes_are_refused(model, train, names, said):
    with pytest.raises(ValueError, match=said):
        transfer.probe_cuts(model, train, (FLOATS, np.arange(7)), names)
