"""Question 11: the weights of a single layer show which images a training has seen, and how they had been moved."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from grader import wire
from grader.checks import built
from grader.checks._agree import Expectation

PLAIN, AUGMENTED, REACH = 5, 8, 4


@pytest.fixture(scope="module")
def dots(beside):
    return beside("q11", "dotted")


@pytest.fixture(scope="module")
def solution(reference):
    return reference("q11")


@pytest.fixture
def labels():
    return np.random.default_rng(1).permutation(np.arange(400) % 2).astype(np.int32)


@pytest.fixture
def run(dots, solution, labels):
    """Trains the single layer on dots, and looks at it."""

    def trained(places, steps, seed=3, augmented=False, labels=labels):
        images = dots.dotted(*places, solution.CENTRE)
        model = wire.copy_of(built(dots.single_layer()))
        return solution.train(model, images, labels, steps, seed, augmented)

    return trained


@pytest.fixture
def places(dots, labels):
    return dots.scattered(np.random.default_rng(2), len(labels))


def test_a_layer_starts_from_zero_and_is_another_for_each_call(dots):
    layer = built(dots.single_layer())
    assert layer.kernel.shape == (28, 28, 1, 2)
    assert not layer.kernel[...].any()
    assert layer(jnp.ones((3, 28, 28, 1))).shape == (3, 2)


def test_dots_lie_where_they_are_put_and_nowhere_twice(dots):
    rows, columns = dots.scattered(np.random.default_rng(0), 400)
    images = dots.dotted(rows, columns, 0.25)
    assert images.dtype == np.float32
    assert (images == 1).sum() == 400
    assert (images == 0.25).sum() == images.size - 400
    assert images.max(axis=0).sum() == 400 + 0.25 * (28**2 - 400)
    assert images[:, 0, 0].max() == 0.25


class TestPlain:
    def test_the_reference_sees_the_images_of_its_batches_and_no_others(
        self, dots, run, places, labels
    ):
        found = dots.traces(run(places, PLAIN))
        assert np.count_nonzero(found) == PLAIN * 40
        dots.require_batches(found, *places, labels, steps=PLAIN, size=40)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"augmented": True}, "is augmented used"),
            ({"steps": 2 * PLAIN}, "batches of 40 images"),
            ({"steps": 2}, "batches of 40 images"),
            ({"steps": 0}, "batches of 40 images"),
        ],
    )
    def test_another_training_shows(self, dots, run, places, labels, change, words):
        found = dots.traces(run(places, **{"steps": PLAIN, **change}))
        with pytest.raises(Expectation, match=words):
            dots.require_batches(found, *places, labels, steps=PLAIN, size=40)

    @pytest.mark.parametrize("change", [lambda y: np.roll(y, 1), lambda y: 1 - y])
    def test_labels_of_other_images_show(self, dots, run, places, labels, change):
        found = dots.traces(run(places, PLAIN, labels=change(labels)))
        with pytest.raises(Expectation, match="class of another"):
            dots.require_batches(found, *places, labels, steps=PLAIN, size=40)

    def test_larger_batches_show(self, dots, solution, run, places, labels, monkeypatch):
        monkeypatch.setattr(solution, "BATCH", 80)
        found = dots.traces(run(places, PLAIN))
        with pytest.raises(Expectation, match="batches of 40 images"):
            dots.require_batches(found, *places, labels, steps=PLAIN, size=40)

    def test_chance_comes_from_the_seed(self, dots, run, places):
        one, same, other = (run(places, PLAIN, seed) for seed in (3, 3, 4))
        dots.require_repeatable(one, same, other)
        with pytest.raises(Expectation, match="same call gives two different"):
            dots.require_repeatable(one, other, same)
        with pytest.raises(Expectation, match="give the same batches"):
            dots.require_repeatable(one, same, same)


class TestAugmented:
    def test_each_step_of_the_reference_moves_its_batch_in_a_way_of_its_own(
        self, dots, run, labels
    ):
        found = dots.traces(run(dots.lined_up(labels), AUGMENTED, augmented=True))
        assert np.count_nonzero(found) > 150
        dots.require_new_draws(found, reach=REACH, steps=AUGMENTED, size=40)

    @pytest.mark.parametrize("keys", [1, 2])
    def test_a_key_that_comes_back_shows(self, dots, run, labels, monkeypatch, keys):
        fold_in = jax.random.fold_in
        monkeypatch.setattr(jax.random, "fold_in", lambda key, step: fold_in(key, step % keys))
        found = dots.traces(run(dots.lined_up(labels), AUGMENTED, augmented=True))
        with pytest.raises(Expectation, match="Is the key new at each step"):
            dots.require_new_draws(found, reach=REACH, steps=AUGMENTED, size=40)

    def test_no_augmentation_shows(self, dots, run, labels):
        found = dots.traces(run(dots.lined_up(labels), AUGMENTED))
        with pytest.raises(Expectation, match="in 1 ways only"):
            dots.require_new_draws(found, reach=REACH, steps=AUGMENTED, size=40)

    def test_larger_shifts_show(self, dots, solution, run, labels, monkeypatch):
        monkeypatch.setattr(solution, "_augment", _by_rows)
        found = dots.traces(run(dots.lined_up(labels), AUGMENTED, augmented=True))
        with pytest.raises(Expectation, match="that augment does not give"):
            dots.require_new_draws(found, reach=REACH, steps=AUGMENTED, size=40)


def _by_rows(key, images):
    """Shifts a batch down by five rows."""
    return jnp.roll(images, 5, axis=1)
