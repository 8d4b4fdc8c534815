"""What is frozen stays as it is, and what is trained later starts later."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn import nn, training
from jaxcnn.models import Network
from jaxcnn.training._model_state import take_apart
from jaxcnn.training._step import StepOptions, make_train_step
from jaxcnn.transfer import (
    Group,
    Preprocessing,
    freeze,
    gradual_unfreezing,
    layerwise_rates,
    train_only,
)

from .helpers import CLASSES, SIDE, Recorder, arrays_of, assert_same, examples, quick

IMAGES, LABELS = examples()
DATA = (IMAGES, LABELS)


def network(seed=0, dropout=0.0):
    """Two convolutions with batch normalisation, and a head."""
    rngs = nnx.Rngs(seed)
    features = nn.Sequential(
        conv1=nn.Conv2d(1, 4, 3, padding="same", rngs=rngs),
        bn1=nn.BatchNorm(4, rngs=rngs),
        relu1=nnx.relu,
        drop=nn.Dropout(dropout, rngs=rngs),
        conv2=nn.Conv2d(4, 4, 3, padding="same", rngs=rngs),
        bn2=nn.BatchNorm(4, rngs=rngs),
        relu2=nnx.relu,
    )
    head = nn.Sequential(flat=nn.Flatten(), fc=nn.Linear(4 * SIDE**2, CLASSES, rngs=rngs))
    return Network(features, head, (SIDE, SIDE, 1))


def changed(model, before):
    after = arrays_of(model)
    return {
        name.replace(".layers", "")
        for name in after
        if not np.array_equal(after[name], before[name])
    }


ALL = {
    *(f"features.conv{n}.{leaf}" for n in (1, 2) for leaf in ("kernel", "bias")),
    *(f"features.bn{n}.{leaf}" for n in (1, 2) for leaf in ("scale", "bias", "mean", "var")),
    "classifier.fc.kernel",
    "classifier.fc.bias",
}


def below(*parts):
    return {name for name in ALL if name.startswith(tuple(f"{part}." for part in parts))}


def test_frozen_arrays_and_statistics_stay_bit_by_bit():
    model = network()
    before = arrays_of(model)
    training.fit(model, DATA, quick(weight_decay=0.1), trainable=freeze(model, "features"))
    assert changed(model, before) == below("classifier")
    model = network()
    chosen = train_only(model, ["features.conv2", "features.bn2", "classifier"])
    training.fit(model, DATA, quick(), trainable=chosen)
    biases = {"features.conv2.bias"}  # batch normalisation takes them away again
    assert changed(model, before) | biases == below("features.conv2", "features.bn2", "classifier")


def test_a_filter_of_nnx_freezes_statistics_too():
    model = network()
    before = arrays_of(model)
    training.fit(
        model, DATA, quick(epochs=1), trainable=nnx.All(nnx.Param, nnx.PathContains("classifier"))
    )
    assert changed(model, before) == below("classifier")


def test_frozen_layers_compute_in_training_what_they_compute_in_evaluation():
    model = network(dropout=0.5)
    wanted = np.asarray(model(jnp.asarray(IMAGES)))
    blueprint, arrays = take_apart(model, freeze(model, "features"))
    np.testing.assert_array_equal(blueprint.build(*arrays, training=True)(IMAGES), wanted)
    blueprint, arrays = take_apart(model)
    assert np.abs(blueprint.build(*arrays, training=True)(IMAGES) - wanted).max() > 0.01


def test_dropout_in_a_part_that_is_trained_drops():
    model = network(dropout=0.5)
    first = take_apart(model, freeze(model, ["features.conv1", "features.bn1"]))
    one, two = (first[0].build(*first[1], training=True) for _ in range(2))
    a, _ = one(IMAGES), one(IMAGES)
    assert np.abs(one(IMAGES) - a).max() > 0.01
    np.testing.assert_array_equal(two(IMAGES), a)


def test_frozen_layers_cost_no_backward_pass():
    def operations(trainable):
        model = network()
        blueprint, arrays = take_apart(model, trainable(model))
        chosen = training.make_optimizer(quick(optimizer="sgd", momentum=0.0), 9)
        step = make_train_step(
            blueprint,
            chosen,
            StepOptions(CLASSES),
            jax.sharding.SingleDeviceSharding(jax.devices()[0]),
        )
        state = training._model_state.TrainState(
            arrays[0], arrays[2], chosen.init(arrays[0]), jnp.int32(0), jnp.bool_(True)
        )
        return step.lower(state, arrays[1], IMAGES, LABELS).compile().cost_analysis()["flops"]

    forward = jax.jit(lambda x: network()(x)).lower(IMAGES).compile().cost_analysis()["flops"]
    head = operations(lambda model: freeze(model, "features"))
    upper = operations(lambda model: freeze(model, ["features.conv1", "features.bn1"]))
    assert head < 1.5 * forward < 1.5 * upper < 1.2 * operations(lambda _: nnx.Param)


def test_groups_of_one_rate_train_as_no_groups():
    plain, grouped = network(), network()
    training.fit(plain, DATA, quick(clip=0.5))
    training.fit(grouped, DATA, quick(clip=0.5), groups=[Group("features"), Group("classifier")])
    assert_same(grouped, plain, rtol=1e-6, atol=1e-7)


def test_the_rate_of_a_group_scales_its_steps():
    settings = quick(epochs=1, batch_size=48, optimizer="sgd", momentum=0.0, schedule="constant")
    moves = {}
    for rate in (1.0, 0.25):
        model = network()
        before = arrays_of(model)
        training.fit(
            model, DATA, settings, groups=[Group("*conv2*", rate=rate), Group("classifier")]
        )
        moves[rate] = {name: array - before[name] for name, array in arrays_of(model).items()}
    conv, fc = "features.layers.conv2.kernel", "classifier.layers.fc.kernel"
    np.testing.assert_allclose(moves[0.25][conv], moves[1.0][conv] / 4, rtol=1e-3, atol=1e-7)
    np.testing.assert_array_equal(moves[0.25][fc], moves[1.0][fc])


def test_a_rate_of_zero_and_no_group_at_all_freeze():
    model = network()
    before = arrays_of(model)
    groups = [Group(("features.conv1", "features.bn1"), rate=0.0), Group("classifier")]
    training.fit(model, DATA, quick(weight_decay=0.1, optimizer="adamw"), groups=groups)
    assert changed(model, before) == below("classifier")


def test_layers_thaw_at_their_epoch_and_not_before():
    model, found = network(), []
    before = arrays_of(model)
    groups = gradual_unfreezing(model)
    for epochs in (1, 2):
        model = network()
        training.fit(
            model, DATA, quick(epochs=epochs, schedule="constant", weight_decay=0.1), groups=groups
        )
        found.append(changed(model, before))
    assert found[0] == below("classifier")
    assert found[1] == found[0] | below("features.conv2", "features.bn2")


def test_the_first_update_of_a_group_is_that_of_a_training_that_starts_then():
    settings = quick(epochs=1, batch_size=48, optimizer="adam", schedule="constant")
    late, fresh = network(), network()
    training.fit(fresh, DATA, settings, groups=[Group("classifier"), Group("features.conv2")])
    still = [Group("classifier", rate=1e-12), Group("features.conv2", start=2)]
    training.fit(late, DATA, settings.replace(epochs=2), groups=still)
    name = "features.layers.conv2.kernel"
    np.testing.assert_allclose(
        np.abs(arrays_of(late)[name] - arrays_of(network())[name]).max(), 0.02, rtol=1e-3
    )


@pytest.mark.parametrize(("accumulate", "where"), [(1, (1, 3)), (2, (2, 2))])
def test_a_training_that_is_broken_off_goes_on_bit_by_bit_across_a_thaw(
    tmp_path, accumulate, where
):
    groups = [Group("classifier"), Group("features", rate=0.5, start=2)]

    def train(model, **options):
        settings = quick(epochs=2, accumulate=accumulate)
        training.fit(model, DATA, settings, groups=options.pop("groups", groups), **options)

    def interrupt():
        raise KeyboardInterrupt

    whole, broken, resumed = (network(dropout=0.3) for _ in range(3))
    train(whole)
    with pytest.raises(KeyboardInterrupt):
        train(broken, checkpoints=tmp_path, checkpoint_steps=1, progress=Recorder(where, interrupt))
    train(resumed, checkpoints=tmp_path, resume=True)
    assert_same(resumed, whole)
    with pytest.raises(ValueError, match=r"groups .* as in the checkpoint"):
        train(network(), groups=[Group("*")], checkpoints=tmp_path, resume=True)


def test_groups_work_with_an_optimizer_of_ones_own():
    import optax

    model = network()
    before = arrays_of(model)
    training.fit(
        model, DATA, quick(epochs=1), groups=[Group("classifier")], optimizer=optax.sgd(0.1)
    )
    assert changed(model, before) == below("classifier")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"groups": [Group("features", start=2)]}, "from epoch 1 on"),
        ({"groups": [Group("features", rate=0)]}, "from epoch 1 on"),
        ({"groups": ["features"]}, r"groups\[0\] .*must be a jaxcnn.transfer.Group"),
        ({"groups": [Group("featuers")]}, r"groups\[0\] \(='featuers'\).*near: features"),
        ({"groups": [Group("features")], "trainable": nnx.BatchStat}, "together with trainable"),
    ],
)
def test_wrong_groups_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        training.fit(network(), DATA, quick(), **options)


def test_bytes_are_scaled_as_the_preprocessing_says():
    floats, scaled = network(), network()
    scaled.preprocessing = Preprocessing((SIDE, SIDE), mean=(0.4,), std=(0.3,))
    pixels = (255 * np.clip(IMAGES, 0, 1)).astype(np.uint8)
    prepared = (pixels / np.float32(255) - np.float32(0.4)) / np.float32(0.3)
    settings = quick(epochs=1, optimizer="sgd")  # Adam would follow rounding where slopes are zero
    training.fit(floats, (prepared, LABELS), settings)
    training.fit(scaled, (pixels, LABELS), settings)
    assert_same(scaled, floats, rtol=1e-4, atol=1e-5)
    got, wanted = (
        training.evaluate(model, (images, LABELS)).losses
        for model, images in ((scaled, pixels), (floats, prepared))
    )
    np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=1e-5)


def test_features_computed_once_train_the_same_head():
    whole, rest = network(), network()
    before = arrays_of(rest)
    settings = quick(epochs=2)
    training.fit(whole, DATA, settings, trainable=freeze(whole, "features"))
    history = training.fit_after(rest, DATA, settings, at="features", validation=DATA)
    assert_same(rest, whole, rtol=1e-5, atol=1e-6)
    assert changed(rest, before) == below("classifier")
    assert history["validation_accuracy"][-1] == training.evaluate(rest, DATA).accuracy


def test_groups_keep_their_paths_after_a_cut():
    whole, rest = network(), network()
    groups = [Group(("features.conv1", "features.conv2"), rate=0.1), Group("classifier")]
    settings = quick(epochs=1)
    training.fit(whole, DATA, settings, groups=[Group("features.conv2", 0.1), Group("classifier")])
    training.fit_after(rest, DATA, settings, at="features.drop", groups=groups)
    assert_same(rest, whole, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"at": "features.conv9"}, r"at \(='features.conv9'\)"),
        ({"at": "classifier"}, "must leave layers to train after it"),
        ({"augment": lambda key, x: x}, "augment must not be given"),
        ({"trainable": nnx.Param}, "trainable must not be given"),
    ],
)
def test_training_after_a_cut_refuses_what_makes_no_sense(options, said):
    with pytest.raises(ValueError, match=said):
        training.fit_after(network(), DATA, quick(), **options)
    source = training.ArraySource(IMAGES, LABELS, 8)
    assert len(source) == 6


@pytest.mark.parametrize("groups_of", [layerwise_rates, gradual_unfreezing])
def test_dropout_wakes_with_the_layer_after_it(groups_of):
    groups = groups_of(network(dropout=0.5))
    (with_it,) = (group for group in groups if group.has("features.drop"))
    assert with_it.has("features.conv2")
    assert not with_it.has("features.conv1")
    networks = [network(dropout=rate) for rate in (0.0, 0.5)]
    for one in networks:
        training.fit(one, DATA, quick(epochs=2), groups=groups)
    heads = [arrays_of(one)["classifier.layers.fc.kernel"] for one in networks]
    assert not np.array_equal(*heads)
