"""How a network is judged."""

import numpy as np
import pytest
from flax import nnx

from jaxcnn import data, nn, training
from jaxcnn.data import DataWarning

from .helpers import CLASSES, assert_same, examples, network


def test_answers_come_in_the_order_of_the_set_also_from_an_uneven_last_batch():
    model, (images, labels) = network(), examples(11)
    found = training.evaluate(model, (images, labels), batch_size=4)
    logits = np.asarray(model(images))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_array_equal(found.labels, labels)
    np.testing.assert_array_equal(found.predictions, logits.argmax(1))
    np.testing.assert_allclose(found.confidences, chances.max(1), rtol=1e-5)
    np.testing.assert_allclose(found.losses, -np.log(chances[range(11), labels]), rtol=1e-5)
    assert found.accuracy == (logits.argmax(1) == labels).mean()
    assert found.loss == pytest.approx(found.losses.mean())


def test_judging_changes_nothing():
    model = network(dropout=0.5)
    training.evaluate(model, examples())
    assert_same(model, network(dropout=0.5))


def test_the_confusion_matrix_counts_every_answer_once():
    found = training.evaluate(network(), examples(30))
    assert found.confusion.shape == (CLASSES, CLASSES)
    assert found.confusion.sum(axis=1).tolist() == [10, 10, 10]
    assert np.trace(found.confusion) == found.correct


def test_the_worst_mistakes_come_first_and_right_answers_never():
    losses = np.array([0.1, 5.0, 2.0, 9.0])
    found = training.Evaluation(
        np.array([0, 1, 1, 0]), np.array([0, 0, 0, 1]), np.ones(4), losses, 2
    )
    assert found.worst(2).tolist() == [3, 1]
    assert found.worst(9).tolist() == [3, 1, 2]


@pytest.mark.parametrize("ending", [{}, {"drop_last": True}, {"fill_last": True}])
def test_a_loader_is_judged_once_in_the_order_of_the_set_whatever_it_does_to_learn(ending):
    model = training_free()
    plain = data.load("iconic", "all", dtype="float32")
    batches = data.loader("iconic", "all", batch_size=64, seed=5, **ending)
    next(iter(batches))
    found = training.evaluate(model, batches)
    np.testing.assert_array_equal(found.labels, plain.labels)
    wanted = training.evaluate(model, plain).predictions
    np.testing.assert_array_equal(found.predictions, wanted)
    assert (batches.epoch, batches.position) == (0, 1)  # its own place is left alone


def training_free():
    """A network for images of any size."""
    return nn.Sequential(nn.GlobalAvgPool(), nn.Linear(1, 10, rngs=nnx.Rngs(0)))


def test_bytes_as_floats_that_nobody_scaled_are_told():
    images, labels = examples()
    unscaled = np.round(images / images.max() * 255)
    with pytest.warns(DataWarning, match="whole numbers up to 255 as floats"):
        training.evaluate(network(), (unscaled, labels))
    training.evaluate(network(), (unscaled.astype(np.uint8), labels))
    training.evaluate(network(), (unscaled / 255, labels))


def test_images_of_a_source_that_are_no_numbers_are_refused():
    images, labels = examples(8)

    class Source:
        def __len__(self):
            return 1

        def batches(self, epoch, start=0):
            yield images * np.float32(np.inf), labels

    with pytest.raises(ValueError, match=r"images\[0\] must hold finite numbers"):
        training.evaluate(network(), Source())


NAN = np.zeros((2, 4, 4, 1), np.float32)
NAN[1, 2, 3] = np.nan


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((np.zeros((0, 4, 4, 1)), np.zeros(0, int)), "at least one example"),
        ((np.zeros((2, 4, 4, 1)), np.array([0, 3])), r"labels\[1\] \(=3\) must be a class"),
        ((np.zeros((2, 4, 4, 1)), np.array([3, 1])), "count from 1: give labels - 1"),
        ((np.zeros((2, 4, 4, 1)), np.eye(2)), r"give labels.argmax\(-1\)"),
        ((np.zeros((2, 4, 4, 2)), np.array([0, 1])), "2 channels"),
        ((np.zeros((2, 0, 4, 1)), np.array([0, 1])), "at least one example, pixel and channel"),
        ((NAN, np.array([0, 1])), r"images\[1\] must hold finite numbers"),
    ],
)
def test_bad_sets_are_refused(data, message):
    with pytest.raises(ValueError, match=message):
        training.evaluate(network(), data)


@pytest.mark.parametrize(
    ("labels", "predictions", "message"),
    [
        ([0, 1], [0], r"predictions has shape \(1,\)"),
        ([0, 2], [0, 1], "labels must be classes from 0 to 1"),
        ([0, 1], [0, -1], "predictions must be classes from 0 to 1"),
    ],
)
def test_a_confusion_matrix_of_something_else_is_refused(labels, predictions, message):
    with pytest.raises(ValueError, match=message):
        training.confusion_matrix(np.array(labels), np.array(predictions), 2)
