"""What training does to a network, and what it tells."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from jaxcnn import nn, training

from .helpers import (
    CLASSES,
    Recorder,
    arrays_of,
    assert_same,
    examples,
    network,
    quick,
)


def test_a_network_learns_what_it_is_shown():
    model = network()
    history = training.fit(model, examples(), quick(epochs=10), validation=examples(seed=1))
    assert history["accuracy"][-1] > 0.9
    assert history["validation_accuracy"][-1] > 0.9
    assert history["epoch"] == list(range(1, 11))
    assert history["step"] == [6 * epoch for epoch in range(1, 11)]


def test_training_is_repeatable_and_the_seed_changes_it():
    first, again, other = network(), network(), network()
    training.fit(first, examples(), quick())
    training.fit(again, examples(), quick())
    training.fit(other, examples(), quick(seed=1))
    assert_same(again, first)
    assert any(
        (a != b).any()
        for a, b in zip(arrays_of(first).values(), arrays_of(other).values(), strict=True)
    )


def test_the_model_comes_back_in_evaluation_mode_with_moved_statistics():
    model = network()
    before = arrays_of(model)
    training.fit(model, examples(), quick(epochs=1))
    assert model.layers[1].use_running_average
    assert all((before[name] != array).any() for name, array in arrays_of(model).items())


def test_arrays_that_the_caller_holds_stay_usable():
    model = network()
    kernel = model.layers[0].kernel[...]
    training.fit(model, examples(), quick(epochs=1))
    assert np.isfinite(np.asarray(kernel)).all()


def test_a_step_is_the_one_written_by_hand():
    images, labels = examples(8)
    model, plain = network(norm=False), network(norm=False)

    def loss(model):
        return optax.softmax_cross_entropy_with_integer_labels(model(images), labels).mean()

    slopes = nnx.grad(loss)(plain)
    settings = quick(
        epochs=1, optimizer="sgd", momentum=0.0, schedule="constant", learning_rate=0.5
    )
    history = training.fit(model, (images, labels), settings)
    assert history["loss"][0] == pytest.approx(float(loss(plain)), rel=1e-5)
    expected = jax.tree.map(lambda p, g: p - 0.5 * g, nnx.state(plain, nnx.Param), slopes)
    nnx.update(plain, expected)
    assert_same(model, plain, rtol=1e-5, atol=1e-6)


def test_accumulated_batches_give_the_update_of_one_large_batch():
    data = examples(16)
    large, small = network(norm=False), network(norm=False)
    settings = quick(epochs=2, batch_size=16, optimizer="sgd")
    training.fit(large, data, settings)
    history = training.fit(small, data, settings.replace(batch_size=4, accumulate=4))
    assert history["step"] == [4, 8]
    assert_same(small, large, rtol=1e-4, atol=1e-5)


def test_mixed_precision_computes_in_bfloat16_and_keeps_float32():
    seen = []

    class Spy(nnx.Module):
        def __init__(self):
            self.inner = network()

        def __call__(self, x):
            seen.append((x.dtype, self.inner.layers[0].kernel[...].dtype))
            return self.inner(x)

    model = Spy()
    history = training.fit(model, examples(), quick(epochs=6, mixed_precision=True))
    assert (jnp.bfloat16, jnp.bfloat16) in seen
    assert {array.dtype for array in arrays_of(model).values()} == {np.dtype("float32")}
    assert history["accuracy"][-1] > 0.6


def test_bytes_are_divided_by_255():
    images, labels = examples(24)
    pixels = (images / images.max() * 255).astype(np.uint8)
    first, second = network(norm=False), network(norm=False)
    training.fit(first, (pixels, labels), quick(epochs=1))
    training.fit(second, (pixels.astype(np.float32) / 255, labels), quick(epochs=1))
    assert_same(first, second, rtol=1e-4, atol=1e-5)


def test_augmentation_gets_another_key_in_each_step():
    keys = []

    def augment(key, images):
        jax.debug.callback(
            lambda words: keys.append(tuple(words.tolist())), jax.random.key_data(key)
        )
        return images

    training.fit(network(), examples(), quick(epochs=2), augment=augment)
    jax.effects_barrier()
    assert len(set(keys)) == len(keys) == 12


def test_mixing_gets_targets_and_changes_them():
    def swap(key, images, targets):
        assert targets.shape == (8, CLASSES)
        return images, jnp.roll(targets, 1, axis=-1)

    model = network()
    images, labels = examples()
    training.fit(model, (images, labels), quick(epochs=10), mix=swap)
    found = training.evaluate(model, (images, (labels + 1) % CLASSES))
    assert found.accuracy > 0.9


def test_only_what_is_trainable_changes():
    model = network()
    before = arrays_of(model)
    training.fit(
        model, examples(), quick(epochs=1), trainable=nnx.All(nnx.Param, nnx.PathContains(4))
    )
    changed = {name for name, array in arrays_of(model).items() if (array != before[name]).any()}
    assert {name for name in changed if "kernel" in name or "bias" in name} == {
        "layers.4.kernel",
        "layers.4.bias",
    }


def test_an_optimizer_of_ones_own_has_no_known_learning_rate():
    history = training.fit(network(), examples(), quick(epochs=1), optimizer=optax.sgd(0.1))
    assert history["learning_rate"] == [None]


def test_patience_stops_and_keeps_the_best_weights():
    images, labels = examples()
    wrong = (images, (labels + 1) % CLASSES)  # the better it learns, the worse on these
    model = network()
    history = training.fit(model, (images, labels), quick(epochs=9, patience=2), validation=wrong)
    losses = history["validation_loss"]
    best = losses.index(min(losses))
    assert len(history) == best + 3 < 9
    assert training.evaluate(model, wrong).loss == pytest.approx(losses[best], rel=1e-5)


def test_progress_is_told_every_batch_and_every_epoch():
    seen = Recorder()
    history = training.fit(network(), examples(), quick(epochs=2), progress=seen)
    assert seen.planned == (2, 6)
    assert seen.batches == [(epoch, batch) for epoch in (1, 2) for batch in range(1, 7)]
    assert seen.rows == history.rows
    assert seen.closed


def test_a_loader_is_read_in_its_own_order():
    class Loader:
        """As `jaxcnn.data.Loader`: a place that is set, and a loop."""

        def __init__(self):
            self.epoch, self.position, self.asked = 0, 0, []

        def __len__(self):
            return 3

        def __iter__(self):
            self.asked.append((self.epoch, self.position))
            for _ in range(self.position, 3):
                images, labels = examples(8)
                yield {"image": images, "label": labels}

    loader = Loader()
    history = training.fit(network(), loader, quick(epochs=2))
    assert history["step"] == [3, 6]
    assert loader.asked[-2:] == [(0, 0), (1, 0)]


IMAGES, LABELS = examples()


@pytest.mark.parametrize(
    ("data", "changes", "message"),
    [
        ((IMAGES[:0], LABELS[:0]), {}, r"data: images has shape \(0, 4, 4, 1\).* at least one"),
        ((IMAGES, LABELS[:5]), {}, r"data: labels has shape \(5,\), but must be \(48,\)"),
        ((IMAGES, LABELS * 0 + 2), {}, "data: labels are all 2, .* at least two classes"),
        ((IMAGES, LABELS + 1), {}, r"data: labels\[2\] \(=3\) must be a class from 0 to 2"),
        ((IMAGES, LABELS - 1), {}, r"labels\[0\] \(=-1\) must be a class from 0 to 2147483647$"),
        ((IMAGES, LABELS * 1.0), {}, "labels must be .* integers, .* float64"),
        ((IMAGES.astype(int), LABELS), {}, "images has type int64, but must be uint8 or floating"),
        ((IMAGES, LABELS), {"batch_size": 49}, r"batch_size \(=49\) must be at most .* \(=48\)"),
        ((IMAGES, LABELS), {"accumulate": 7}, r"accumulate \(=7\) must be at most .* \(=6\)"),
        ((IMAGES, LABELS), {"patience": 1}, r"patience \(=1\) needs validation"),
        ((IMAGES[..., 0], LABELS), {}, "x has shape|axes"),
        ([1, 2, 3], {}, "data must be .*, not list"),
        (7, {}, "data must be .*, not int"),
    ],
)
def test_bad_data_is_refused_before_anything_is_computed(data, changes, message):
    model = network()
    before = arrays_of(model)
    with pytest.raises(ValueError, match=message):
        training.fit(model, data, quick(**changes))
    assert all((before[name] == array).all() for name, array in arrays_of(model).items())


def test_validation_of_another_size_is_refused_before_the_first_epoch():
    seen = Recorder()
    other = np.zeros((6, 5, 5, 1), np.float32), np.arange(6) % 3
    with pytest.raises(ValueError, match=r"^validation: "):
        training.fit(network(), (IMAGES, LABELS), quick(), validation=other, progress=seen)
    assert not seen.batches


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"settings": {"epochs": 1}}, r"settings \(=\{'epochs': 1\}\) must be a jaxcnn.training.S"),
        ({"optimizer": "adam"}, r"optimizer \(='adam'\) must be one of optax"),
        ({"progress": True}, r"progress \(=True\) must be as jaxcnn.training.show_progress"),
    ],
)
def test_an_argument_of_another_kind_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        training.fit(network(), (IMAGES, LABELS), **options)


def test_a_network_without_scores_is_refused():
    with pytest.raises(ValueError, match=r"model gives \(1, 4, 4, 4\) for one example"):
        training.fit(network().layers[0], (IMAGES, LABELS), quick())


def test_nothing_to_train_is_refused():
    with pytest.raises(ValueError, match="trainable must select at least one parameter"):
        training.fit(network(), (IMAGES, LABELS), quick(), trainable=nnx.Cache)


class Batches:
    def __init__(self, batches, length):
        self.given, self.length = batches, length

    def __len__(self):
        return self.length

    def batches(self, epoch, start=0):
        return iter(self.given[start:])


def test_a_source_that_gives_less_than_it_says_is_refused():
    with pytest.raises(ValueError, match="data gave 1 batches in epoch 1, but its length is 2"):
        training.fit(network(), Batches([examples(8)], 2), quick())


def test_an_empty_source_is_refused():
    with pytest.raises(ValueError, match="data must have at least one batch"):
        training.fit(network(), Batches([], 0), quick())


@pytest.mark.parametrize("how", ["augment", "mix"])
def test_random_numbers_that_compiling_would_freeze_are_refused(how):
    def noisy(key, images, *targets):
        images = images + np.random.default_rng().random()
        return (images, *targets) if targets else images

    with pytest.raises(ValueError, match=f"{how} must draw its numbers from the key"):
        training.fit(network(), examples(), quick(epochs=1), **{how: noisy})


def test_images_of_too_few_axes_do_not_become_rows_of_one_image():
    images, labels = examples(64)
    pooled = nn.Sequential(
        nn.Conv2d(1, 4, 3, rngs=nnx.Rngs(0)), nn.GlobalAvgPool(), nn.Linear(4, 3, rngs=nnx.Rngs(0))
    )
    for judge in (training.fit, training.evaluate):
        with pytest.raises(ValueError, match="takes the examples for one of them"):
            judge(pooled, (images[:, 0], labels))
    flat = nn.Sequential(lambda x: x.reshape(-1, 4, 4, 1), *pooled.layers)
    assert training.evaluate(flat, (images.reshape(64, 16), labels)).loss > 0


def test_a_function_instead_of_a_model_is_refused():
    with pytest.raises(ValueError, match="not function"):
        training.fit(lambda x: x, examples(), quick())


def test_a_wrong_label_in_a_later_batch_keeps_the_weights_so_far():
    model = network()
    images, labels = examples(8)
    with pytest.raises(ValueError, match=r"labels\[0\] \(=9\) must be a class"):
        training.fit(model, Batches([(images, labels), (images, labels * 0 + 9)], 2), quick())
    assert np.isfinite(arrays_of(model)["layers.4.kernel"]).all()


def test_a_loss_that_is_nan_stops_with_the_weights_before_that_step():
    images, labels = examples(8)
    bad = np.full_like(images, np.nan)
    model, until = network(), network()
    batches = [(images, labels)] * 3 + [(bad, labels)] + [(images, labels)] * 4
    settings = quick(epochs=1, schedule="constant")
    with pytest.raises(training.DivergedError, match="at step 4, epoch 1") as caught:
        training.fit(model, Batches(batches, 8), settings)
    assert (caught.value.step, caught.value.epoch) == (4, 1)
    training.fit(until, Batches(batches[:3], 3), settings)
    assert_same(model, until)


def test_the_loss_that_is_reported_has_no_smoothing():
    images, labels = examples(8)
    model = network(norm=False)
    plain = training.evaluate(model, (images, labels)).loss
    history = training.fit(model, (images, labels), quick(epochs=1, label_smoothing=0.3))
    assert history["loss"][0] == pytest.approx(plain, rel=1e-5)
