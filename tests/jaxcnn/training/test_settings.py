"""Settings, learning rates and optimisers."""

import json

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import training
from jaxcnn.models import list_models


@pytest.mark.parametrize("name", list_models())
def test_every_network_has_settings(name):
    assert training.default_settings(name).epochs >= 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"epochs": 0}, r"epochs \(=0\) must be an int of at least 1"),
        ({"batch_size": 1.5}, r"batch_size \(=1.5\)"),
        ({"accumulate": True}, r"accumulate \(=True\).* not a bool"),
        ({"seed": -1}, r"seed \(=-1\)"),
        ({"patience": 0}, r"patience \(=0\)"),
        ({"optimizer": "adan"}, r"optimizer \(='adan'\) must be one of 'sgd', 'adam'"),
        ({"schedule": 3}, r"schedule \(=3\) must be one of 'constant'"),
        ({"learning_rate": 0}, r"learning_rate \(=0\) must be a number above 0 and finite"),
        ({"learning_rate": float("nan")}, r"learning_rate \(=nan\)"),
        ({"learning_rate": "1e-3"}, r"learning_rate \(='1e-3'\)"),
        ({"weight_decay": -1e-3}, r"weight_decay \(=-0.001\) must be a number at least 0"),
        ({"clip": 0.0}, r"clip \(=0.0\) must be a number above 0"),
        ({"warmup": 1.0}, r"warmup \(=1.0\) must be a number at least 0 and below 1"),
        ({"label_smoothing": True}, r"label_smoothing \(=True\)"),
        ({"mixed_precision": "yes"}, r"mixed_precision \(='yes'\) must be true or false"),
    ],
)
def test_a_value_out_of_range_names_itself_and_the_rule(values, message):
    with pytest.raises(ValueError, match=message):
        training.Settings(**values)


def test_an_unknown_setting_is_told_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'learning_rate'"):
        training.Settings().replace(learing_rate=1.0)


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        ("constant", [0.8, 0.8, 0.8, 0.8]),
        ("cosine", [0.8, 0.4, 0.4 * (1 - np.sqrt(0.5)), 0.0]),
        ("linear", [0.8, 0.4, 0.2, 0.0]),
        ("step", [0.8, 0.08, 0.008, 0.008]),
    ],
)
def test_a_schedule_falls_as_its_name_says(schedule, rates):
    settings = training.Settings(schedule=schedule, learning_rate=0.8)
    rate = training.make_schedule(settings, 100)
    np.testing.assert_allclose([rate(u) for u in (0, 50, 75, 100)], rates, atol=1e-6)


def test_warmup_rises_from_zero():
    rate = training.make_schedule(training.Settings(warmup=0.1, learning_rate=0.8), 100)
    np.testing.assert_allclose([rate(0), rate(5), rate(10)], [0, 0.4, 0.8], rtol=1e-6)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop"])
def test_weight_decay_shrinks_kernels_and_leaves_biases(optimizer):
    settings = training.Settings(
        optimizer=optimizer, weight_decay=0.1, schedule="constant", learning_rate=0.1
    )
    rule = training.make_optimizer(settings, 10)
    parameters = [jnp.ones((2, 2)), jnp.ones(2)]
    updates, _ = rule.update([p * 0 for p in parameters], rule.init(parameters), parameters)
    assert float(updates[0].max()) < 0
    assert float(jnp.abs(updates[1]).max()) == 0


def test_clip_bounds_the_gradient():
    settings = training.Settings(
        optimizer="sgd", momentum=0.0, clip=1.0, schedule="constant", learning_rate=1.0
    )
    rule = training.make_optimizer(settings, 10)
    updates, _ = rule.update([jnp.full(4, 100.0)], rule.init([jnp.ones(4)]), [jnp.ones(4)])
    np.testing.assert_allclose(jnp.linalg.norm(updates[0]), 1.0, rtol=1e-6)


def test_numbers_of_numpy_are_numbers():
    settings = training.Settings(
        learning_rate=np.float32(0.5), epochs=np.int64(3), warmup=np.float64(0.25)
    )
    assert json.dumps(settings.to_dict()) == json.dumps(
        training.Settings(learning_rate=0.5, epochs=3, warmup=0.25).to_dict()
    )
