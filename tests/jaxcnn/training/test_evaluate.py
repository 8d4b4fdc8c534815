"""How a network is judged."""

import numpy as np
import pytest

from jaxcnn import training

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


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((np.zeros((0, 4, 4, 1)), np.zeros(0, int)), "at least one example"),
        ((np.zeros((2, 4, 4, 1)), np.array([0, 3])), r"labels\[1\] \(=3\) must be a class"),
        ((np.zeros((2, 4, 4, 2)), np.array([0, 1])), "2 channels"),
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
