"""Networks are cut and given other heads."""

import numpy as np
import pytest
from flax import nnx

from jaxcnn import analysis, export, nn, transfer
from jaxcnn.models import Network, create_model, intermediates, layer_names

from ..models.small import SMALL
from .test_model_files import rewrite

X = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def resnet():
    model = create_model("resnet8", num_classes=4, seed=1, **SMALL["resnet8"])
    model.class_names = ("a", "b", "c", "d")
    model.preprocessing = transfer.Preprocessing((8, 8), 9)
    return model


@pytest.fixture(scope="module")
def vgg():
    return create_model("vgg11", num_classes=4, seed=1, **SMALL["vgg11_bn"])


def test_a_cut_computes_what_the_layer_computes_and_owns_its_weights(resnet):
    first = transfer.cut(resnet, "features.layer1")
    assert layer_names(first) == layer_names(resnet)[:4]
    assert layer_names(first)[-1] == "features.layer1.0"
    wanted = intermediates(resnet, X, "features.layer1")["features.layer1"]
    np.testing.assert_array_equal(first(X), wanted)
    first[0]["conv1"].kernel[...] = 0 * first[0]["conv1"].kernel[...]
    assert np.abs(resnet.features["conv1"].kernel[...]).max() > 0


def test_a_cut_may_lie_in_the_head_or_be_all(resnet, vgg):
    assert transfer.cut(vgg, "classifier.1")(X).shape == (2, 16)
    np.testing.assert_array_equal(transfer.cut(resnet, "classifier")(X), resnet(X))


def test_an_unknown_cut_names_what_is_near(resnet):
    with pytest.raises(ValueError, match=r"name \(='features.layer9'\).*features.layer"):
        transfer.cut(resnet, "features.layer9")


@pytest.mark.parametrize("at", [None, "features.layer1", "features.bn1", "classifier.pool"])
@pytest.mark.parametrize("options", [{}, {"hidden": (6, 5), "dropout": 0.5}])
def test_a_network_with_another_head_survives_a_file(resnet, tmp_path, at, options):
    adapted = transfer.replace_head(resnet, 3, at=at, seed=5, **options)
    adapted.class_names = ("x", "y", "z")
    transfer.save_model(adapted, tmp_path / "a.safetensors")
    loaded = transfer.load_model(tmp_path / "a.safetensors")
    np.testing.assert_array_equal(loaded(X), adapted(X))
    assert loaded.recipe == adapted.recipe
    assert loaded.describe() == adapted.describe()
    assert loaded.class_names == ("x", "y", "z")
    assert loaded.preprocessing == resnet.preprocessing


def test_the_original_is_left_as_it_was(resnet):
    before = np.asarray(resnet(X))
    adapted = transfer.replace_head(resnet, 2)
    adapted.features["conv1"].kernel[...] = 0 * adapted.features["conv1"].kernel[...]
    np.testing.assert_array_equal(resnet(X), before)
    assert resnet.class_names == ("a", "b", "c", "d")
    assert adapted.class_names is None


def test_features_stay_and_a_new_head_gives_all_classes_alike(resnet):
    adapted = transfer.replace_head(resnet, 5, at="features.layer1", hidden=(7,))
    np.testing.assert_array_equal(
        transfer.cut(adapted, "features")(X), transfer.cut(resnet, "features.layer1")(X)
    )
    np.testing.assert_array_equal(adapted(X), np.zeros((2, 5)))


def test_heads_can_be_replaced_again_and_again(resnet, tmp_path):
    model = resnet
    for classes in (2, 3):
        model = transfer.replace_head(model, classes, at="features.layer1", hidden=(4,))
        model = transfer.replace_head(model, classes + 1)
    assert len(model.recipe.heads) == 2
    assert model.recipe.heads[-1].num_classes == 4
    transfer.save_model(model, tmp_path / "a.safetensors")
    assert transfer.load_model(tmp_path / "a.safetensors")(X).shape == (2, 4)


def test_other_classes_alone_need_no_entry_of_their_own(resnet):
    adapted = transfer.replace_head(resnet, 7)
    assert adapted.recipe.heads == ()
    assert dict(adapted.recipe.arguments)["num_classes"] == 7


def test_a_dropout_takes_the_place_of_the_one_that_is_there():
    model = create_model("efficientnet_lite0", seed=0, **SMALL["efficientnet_lite0"])
    adapted = transfer.replace_head(model, 2, dropout=0.7)
    rates = [layer.rate for layer in adapted.classifier if isinstance(layer, nn.Dropout)]
    assert rates == [0.7]


def test_a_dense_head_can_become_a_pooled_one_that_takes_every_size(vgg):
    adapted = transfer.replace_head(vgg, 3, at="features")
    assert adapted(np.zeros((1, 16, 24, 3), np.float32)).shape == (1, 3)
    assert analysis.summary(adapted, (8, 8, 3)).output_shape == (3,)


@pytest.mark.parametrize("at", [None, "features.2", "classifier.1"])
def test_a_network_with_another_head_becomes_convolutions_and_is_exported(vgg, at, tmp_path):
    adapted = transfer.replace_head(vgg, 3, at=at, hidden=(5,))
    adapted.classifier[-1].kernel[...] = 1 + adapted.classifier[-1].kernel[...]
    wanted = np.asarray(adapted(X))
    assert np.abs(wanted).max() > 0
    np.testing.assert_allclose(
        transfer.convolutionise(adapted)(X).reshape(2, 3), wanted, rtol=2e-4, atol=1e-5
    )
    export.export_model(adapted, platforms=["cpu"]).save(tmp_path / "a.jaxcnn")
    np.testing.assert_allclose(export.load(tmp_path / "a.jaxcnn")(X), wanted, rtol=2e-4, atol=1e-5)


def test_a_network_of_ones_own_gets_a_head_but_no_recipe():
    rngs = nnx.Rngs(0)
    own = Network(
        nn.Sequential(nn.Conv2d(3, 4, 3, rngs=rngs)), nn.Sequential(nn.GlobalAvgPool()), (8, 8, 3)
    )
    with pytest.raises(ValueError, match=r"at \(=None\) must name the last layer"):
        transfer.replace_head(own, 2)
    adapted = transfer.replace_head(own, 2, at="features")
    assert adapted(X).shape == (2, 2)
    assert adapted.recipe is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"num_classes": 0}, "num_classes"),
        ({"num_classes": 2, "at": "features.layer7"}, r"at \(='features.layer7'\)"),
        ({"num_classes": 2, "hidden": 5}, r"hidden \(=5\) must be a sequence"),
        ({"num_classes": 2, "hidden": (0,)}, r"hidden\[0\]"),
        ({"num_classes": 2, "dropout": 1.0}, "dropout"),
        ({"num_classes": 2, "seed": -1}, "seed"),
    ],
)
def test_wrong_heads_are_refused(resnet, arguments, said):
    with pytest.raises(ValueError, match=said):
        transfer.replace_head(resnet, **arguments)
    with pytest.raises(ValueError, match=r"must be a jaxcnn\.models\.Network"):
        transfer.replace_head(transfer.cut(resnet, "features"), 2)


def test_a_file_with_a_head_that_does_not_fit_is_refused(resnet, tmp_path):
    path = tmp_path / "a.safetensors"
    transfer.save_model(transfer.replace_head(resnet, 3, hidden=(4,)), path)
    rewrite(path, heads=[{"num_classes": 3, "at": "features.layer8"}])
    with pytest.raises(ValueError, match=r"cannot be built.*layer8"):
        transfer.load_model(path)
