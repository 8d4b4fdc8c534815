"""The order of an epoch is a permutation that only seed and epoch determine."""

import numpy as np
import pytest

from jaxcnn.data._order import shuffled


@pytest.mark.parametrize("count", [0, 1, 2, 1000])
def test_every_example_comes_once(count):
    assert sorted(shuffled(count, 3, 5)) == list(range(count))


def test_seeds_and_epochs_give_different_orders():
    orders = {tuple(shuffled(50, seed, epoch)) for seed in range(8) for epoch in range(8)}
    assert len(orders) == 64


def test_the_order_is_the_same_on_every_machine():
    assert shuffled(10, 0, 0).tolist() == [5, 7, 8, 2, 9, 0, 3, 1, 6, 4]


def test_places_are_spread_evenly():
    firsts = np.bincount([shuffled(8, seed, 0)[0] for seed in range(800)], minlength=8)
    assert firsts.min() > 60
    assert firsts.max() < 140
