"""Training on features of images that are read while they are used."""

import numpy as np
import pytest

from jaxcnn import training
from jaxcnn.data import Loader
from jaxcnn.data._images import Form
from jaxcnn.data._sources import ArraySource
from jaxcnn.training import _feature_source

from .helpers import Recorder, assert_same, examples, network, quick

AT = "3"  # what is flattened
SETTINGS = quick(epochs=2)
TRAIN, TEST = examples(), examples(12, seed=1)


class Batches:
    """A source that says how many batches it has, not how many examples."""

    def __init__(self, data, size, more=0):
        self.data, self.size, self.more = data, size, more

    def __len__(self):
        return -(-len(self.data[1]) // self.size)

    def batches(self, epoch, start=0):
        for batch in range(start, len(self) + self.more):
            rows = (np.arange(self.size) + batch * self.size) % len(self.data[1])
            rows = rows[: len(self.data[1]) - batch * self.size] if not self.more else rows
            yield tuple(part[rows] for part in self.data)


def loader(data, **options):
    source = ArraySource("mine", "train", ("a", "b", "c"), *data, Form())
    return Loader(source, batch_size=32, shuffle=False, as_tuple=True, **options)


@pytest.fixture(scope="module")
def whole():
    model = network()
    return model, training.fit_after(model, TRAIN, SETTINGS, at=AT, validation=TEST)


@pytest.mark.parametrize("made", [loader, lambda data: Batches(data, 32)])
def test_a_stream_of_images_trains_the_weights_of_images_in_memory(whole, made):
    model = network()
    history = training.fit_after(model, made(TRAIN), SETTINGS, at=AT, validation=made(TEST))
    assert_same(model, whole[0])
    assert history["validation_loss"] == whole[1]["validation_loss"]


def test_images_pass_once_whatever_the_number_of_epochs(monkeypatch):
    source, seen = Batches(TRAIN, 16), []
    monkeypatch.setattr(
        source, "batches", lambda *place: seen.append(place) or Batches.batches(source, *place)
    )
    features = _feature_source.FeatureSource(network(), AT, (64,), source, 8, shuffle=True)
    before = len(seen)
    for epoch in range(3):
        assert len(list(features.batches(epoch))) == len(features) == 6
    assert len(seen) == before


def test_features_wait_until_a_batch_is_asked_for(monkeypatch):
    features = _feature_source.FeatureSource(
        network(), AT, (64,), training.ArraySource(*TRAIN, 8), 8, shuffle=False
    )
    assert not features.images.any()
    told = []
    features.prepare(lambda *numbers: told.append(numbers))
    assert told == [(32, 48), (48, 48)]
    assert features.images.any()
    features.prepare(lambda *_: pytest.fail("computed again"))


def test_a_training_that_is_over_computes_no_features(tmp_path, monkeypatch):
    pytest.importorskip("orbax.checkpoint")
    first, again = network(), network()
    training.fit_after(first, TRAIN, SETTINGS, at=AT, checkpoints=tmp_path)
    monkeypatch.setattr(
        _feature_source.FeatureSource, "prepare", lambda *_: pytest.fail("computed")
    )
    kept = {"checkpoints": tmp_path, "resume": True}
    assert len(training.fit_after(again, TRAIN, SETTINGS, at=AT, **kept)) == 2
    assert_same(again, first)


def test_a_training_goes_on_after_a_checkpoint_to_equal_weights(whole, tmp_path):
    pytest.importorskip("orbax.checkpoint")

    def leave():
        raise KeyboardInterrupt

    kept = {"checkpoints": tmp_path, "checkpoint_steps": 2, "validation": TEST}
    with pytest.raises(KeyboardInterrupt):
        training.fit_after(
            network(), TRAIN, SETTINGS, at=AT, progress=Recorder((1, 4), leave), **kept
        )
    model, seen = network(), Recorder()
    training.fit_after(model, loader(TRAIN), SETTINGS, at=AT, progress=seen, resume=True, **kept)
    assert seen.batches[0] == (1, 3)
    assert_same(model, whole[0])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (loader(TRAIN, drop_last=True), r"batch_size \(=40\) must be at most .* \(=32\)"),
        (Batches(TRAIN, 32, more=1), "data must give at most 64 examples"),
        ((TRAIN[0], TRAIN[1] + 1), r"labels\[2\] \(=3\) must be a class"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused_before_training(data, said):
    with pytest.raises(ValueError, match=said):
        training.fit_after(network(), data, quick(batch_size=40), at=AT)
