"""The order in which arrays are read."""

import numpy as np
import pytest

from jaxcnn.training import ArraySource, BatchSource

IMAGES, LABELS = np.zeros((10, 4, 4, 1), np.uint8), np.arange(10)


def read(source, *place):
    return [labels.tolist() for _, labels in source.batches(*place)]


def test_an_epoch_has_an_order_of_its_own_that_can_be_repeated():
    first, second = (ArraySource(IMAGES, LABELS, 5, seed=1) for _ in range(2))
    assert read(first, 0) == read(second, 0) != read(first, 1)
    assert sorted(np.concatenate(read(first, 0))) == list(range(10))
    assert read(first, 0) != read(ArraySource(IMAGES, LABELS, 5, seed=2), 0)


def test_an_epoch_goes_on_in_the_middle():
    source = ArraySource(IMAGES, LABELS, 3, seed=1)
    assert read(source, 4, 1) == read(source, 4)[1:]
    assert read(source, 4, 4) == []


def test_shuffled_batches_are_full_and_others_complete():
    shuffled = read(ArraySource(IMAGES, LABELS, 4), 0)
    assert [len(b) for b in shuffled] == [4, 4, 4]
    order = np.concatenate(shuffled).tolist()
    assert sorted(order[:10]) == list(range(10)), "each example is seen in every epoch"
    assert order[10:] == order[:2], "the last batch is filled up with the first examples"
    plain = ArraySource(IMAGES, LABELS, 4, shuffle=False)
    assert read(plain, 3) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert len(plain) == 3


def test_images_stay_with_their_labels():
    source = ArraySource(np.arange(10.0).reshape(10, 1, 1), LABELS, 5)
    for images, labels in source.batches(0):
        np.testing.assert_array_equal(images.ravel(), labels)


def test_it_is_a_source():
    assert isinstance(ArraySource(IMAGES, LABELS, 4), BatchSource)


@pytest.mark.parametrize("size", [0, 11, 2.5])
def test_a_batch_size_out_of_range_is_refused(size):
    with pytest.raises(ValueError, match=r"batch_size \(="):
        ArraySource(IMAGES, LABELS, size)
