"""Paths choose what is trained."""

import pytest
from flax import nnx

from jaxcnn import transfer
from jaxcnn.models import create_model
from jaxcnn.transfer import Group

from ..models.small import SMALL


@pytest.fixture(scope="module")
def model():
    return create_model("resnet8", num_classes=3, seed=0, **SMALL["resnet8"])


def chosen(model, selection):
    return {
        ".".join(str(part) for part in path if part != "layers")
        for path, _ in nnx.to_flat_state(nnx.state(model, selection))
    }


def test_freezing_and_training_only_divide_the_parameters(model):
    every = chosen(model, nnx.Param)
    frozen = chosen(model, transfer.freeze(model, ["features.layer*", "*.bias"]))
    trained = chosen(model, transfer.train_only(model, ["features.layer*", "*.bias"]))
    assert frozen | trained == every
    assert not frozen & trained
    assert "features.layer1.0.conv1.kernel" in trained
    assert "classifier.fc.bias" in trained
    assert "classifier.fc.kernel" in frozen


def test_a_path_is_no_prefix_of_a_longer_name(model):
    assert not transfer.freeze(model, "features.layer1").selects("features.layer1.0.bn1.scale")
    assert transfer.freeze(model, "features.layer1").selects("features.layer10.bn1.scale")


@pytest.mark.parametrize("choose", [transfer.freeze, transfer.train_only])
def test_an_unknown_pattern_names_what_is_near(model, choose):
    with pytest.raises(ValueError, match=r"patterns \(='classifer'\).*near: .*classifier"):
        choose(model, ["features", "classifer"])
    with pytest.raises(ValueError, match="must be a path, or several"):
        choose(model, [])


def test_something_must_be_left_to_train(model):
    with pytest.raises(ValueError, match="must leave a parameter to train"):
        transfer.freeze(model, ["features", "classifier"])


def test_rates_fall_towards_the_input(model):
    groups = transfer.layerwise_rates(model, 0.5, start=3)
    assert [(group.rate, group.start, group.paths) for group in groups] == [
        (1.0, 1, ("classifier.fc",)),
        (0.5, 3, ("features.layer2.0",)),
        (0.25, 3, ("features.layer1.0",)),
        (0.125, 3, ("features.conv1", "features.bn1")),
    ]


def test_layers_thaw_from_the_top(model):
    groups = transfer.gradual_unfreezing(model, 2, decay=0.5)
    assert [(group.rate, group.start, group.paths) for group in groups] == [
        (1.0, 1, ("classifier",)),
        (0.5, 3, ("features.layer2",)),
        (0.25, 5, ("features.layer1",)),
        (0.125, 7, ("features.conv1", "features.bn1")),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"paths": ()}, "paths"),
        ({"paths": "a", "rate": -1.0}, "rate"),
        ({"paths": "a", "rate": float("nan")}, "rate"),
        ({"paths": "a", "start": 0}, "start"),
    ],
)
def test_wrong_groups_are_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        Group(**arguments)


def test_wrong_arguments_of_schedules_are_refused(model):
    for decay in (0, 1.5):
        with pytest.raises(ValueError, match="decay"):
            transfer.layerwise_rates(model, decay)
        with pytest.raises(ValueError, match="decay"):
            transfer.gradual_unfreezing(model, decay=decay)
    with pytest.raises(ValueError, match="every"):
        transfer.gradual_unfreezing(model, 0)
    with pytest.raises(ValueError, match="features and a classifier"):
        transfer.gradual_unfreezing(transfer.cut(model, "features").layers.features)
