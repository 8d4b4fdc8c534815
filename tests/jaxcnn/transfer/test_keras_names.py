"""What names alone say about the layers of a Keras file: all that a dictionary of arrays has."""

import numpy as np
import pytest
from flax import nnx

from jaxcnn import nn, transfer

RNGS = nnx.Rngs(0)


def conv(*sizes):
    return nn.Conv2d(*sizes, use_bias=False, rngs=RNGS)


def kernel(value, shape=(1, 1, 2, 2)):
    return np.full(shape, value, np.float32)


def loaded(model, arrays, **options):
    """The mean of each kernel of a model, in its order."""
    transfer.load_weights(model, arrays, **options)
    return [float(np.mean(layer.kernel[...])) for layer in model]


def test_numbers_in_names_are_numbers():
    names = ["conv2d", *(f"conv2d_{k}" for k in range(1, 12))]
    arrays = {f"layers/{name}/vars/0": kernel(k) for k, name in enumerate(names)}
    alphabetical = dict(sorted(arrays.items()))
    model = nn.Sequential(*(conv(2, 2, 1) for _ in names))
    in_order = {name: alphabetical[name] for name in arrays}
    assert loaded(model, in_order) == list(range(12))
    assert loaded(model, alphabetical) == list(range(12))


def test_kinds_have_orders_of_their_own():
    arrays = {
        "layers/conv2d/vars/0": kernel(0),
        "layers/conv2d_1/vars/0": kernel(1),
        "layers/conv2d_transpose/vars/0": kernel(2),
        "layers/depthwise_conv2d/vars/0": kernel(3, (1, 1, 2, 1)),
    }
    up = nn.ConvTranspose2d(2, 2, 1, use_bias=False, rngs=RNGS)
    depthwise = nn.DepthwiseConv2d(2, 1, use_bias=False, rngs=RNGS)
    assert loaded(nn.Sequential(up, conv(2, 2, 1), depthwise, conv(2, 2, 1)), arrays) == [
        2,
        0,
        3,
        1,
    ]


def test_a_grouped_convolution_takes_a_depthwise_kernel():
    grouped = nn.Conv2d(2, 2, 1, feature_group_count=2, use_bias=False, rngs=RNGS)
    arrays = {
        "layers/conv2d/vars/0": kernel(0),
        "layers/depthwise_conv2d/vars/0": kernel(1, (1, 1, 2, 1)),
    }
    assert loaded(nn.Sequential(grouped, conv(2, 2, 1)), arrays) == [1, 0]


NESTED = {
    "layers/conv2d/vars/0": kernel(0),
    "layers/functional/layers/conv2d/vars/0": kernel(1),
}


def test_a_layer_of_a_nested_model_has_no_place_among_the_others():
    model = nn.Sequential(conv(2, 2, 1), conv(2, 2, 1))
    with pytest.raises(
        transfer.AmbiguousOrderError, match=r"layers/functional/layers/conv2d belong"
    ) as caught:
        transfer.load_weights(model, NESTED)
    assert caught.value.layers == ("layers/conv2d", "layers/functional/layers/conv2d")
    assert caught.value.places == ("0", "1")
    assert loaded(model, NESTED, rename={"layers/conv2d/vars/0": "1.kernel"}) == [1, 0]
    assert loaded(model, NESTED, rename={"layers/conv2d/vars/0": "0.kernel"}) == [0, 1]


def test_shapes_tell_where_only_one_place_fits():
    arrays = NESTED | {"layers/conv2d/vars/0": kernel(0, (1, 1, 3, 2))}
    assert loaded(nn.Sequential(conv(3, 2, 1), conv(2, 2, 1)), arrays) == [0, 1]


def test_attributes_of_a_model_of_ones_own_are_matched_by_name():
    class Net(nnx.Module):
        def __init__(self):
            self.second, self.first = conv(2, 2, 1), conv(2, 2, 1)

    model = Net()
    transfer.load_weights(model, {"first/vars/0": kernel(1), "second/vars/0": kernel(2)})
    assert model.first.kernel[...].mean() == 1
    assert model.second.kernel[...].mean() == 2
    with pytest.raises(transfer.AmbiguousOrderError):
        transfer.load_weights(model, {"one/vars/0": kernel(1), "two/vars/0": kernel(2)})


def test_an_embedding_is_no_dense_layer():
    arrays = {
        "layers/embedding/vars/0": kernel(0, (2, 2)),
        "layers/dense/vars/0": kernel(1, (2, 2)),
    }
    model = nn.Sequential(nn.Linear(2, 2, use_bias=False, rngs=RNGS))
    with pytest.raises(transfer.MismatchError, match="unexpected: layers/embedding/vars/0"):
        transfer.load_weights(model, arrays)


def test_a_prefix_is_not_for_keras(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "x.weights.h5", "w") as file:
        file["layers/conv2d/vars/0"] = kernel(0)
    with pytest.raises(ValueError, match=r"prefix \(='layers/'\) is not for files of Keras"):
        transfer.load_weights(conv(2, 2, 1), tmp_path / "x.weights.h5", prefix="layers/")


def test_flaxs_convolutions_are_convolutions_and_its_transposed_ones_are_not_kerass():
    arrays = {"layers/conv2d/vars/0": kernel(1)}
    assert loaded(nn.Sequential(nnx.Conv(2, 2, (1, 1), use_bias=False, rngs=RNGS)), arrays) == [1]
    arrays = {"layers/conv2d_transpose/vars/0": kernel(1)}
    turned = nnx.ConvTranspose(2, 2, (1, 1), use_bias=False, rngs=RNGS)  # another layout
    with pytest.raises(transfer.MismatchError):
        transfer.load_weights(nn.Sequential(turned), arrays)
