"""Checks of question 16: shapes, parameters, LeNet's layers, then images that cross them."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall

from ..distinct import distinct


def _conv(filters, kernel, padding):
    return {"kind": "conv", "filters": filters, "kernel": kernel, "padding": padding}


_RELU, _FLATTEN = {"kind": "relu"}, {"kind": "flatten"}
# Layers with the shapes that come to them: no map is square, some poolings leave a row out.
_MAPS = [
    (_conv(4, 5, 2), (7, 9, 3)),
    (_conv(2, 3, 0), (6, 8, 1)),
    (_conv(3, 5, 1), (8, 7, 2)),
    ({"kind": "pool", "window": 2}, (7, 8, 3)),
    ({"kind": "pool", "window": 3}, (9, 7, 2)),
]
_VECTORS = [
    (_RELU, (4, 6, 3)),
    (_RELU, (5,)),
    (_FLATTEN, (3, 4, 5)),
    ({"kind": "dense", "units": 6}, (9,)),
]
_SMALL = [
    _conv(3, 3, 1),
    _RELU,
    {"kind": "pool", "window": 2},
    _conv(2, 3, 0),
    _RELU,
    _FLATTEN,
    {"kind": "dense", "units": 5},
    _RELU,
    {"kind": "dense", "units": 4},
]


def _weights(rng, reference, layer, x):
    """Small weights, and biases that put half of the answers below 0: a ReLU too many shows. None where none are."""
    if layer["kind"] == "conv":
        kernel = layer["kernel"], layer["kernel"], x.shape[2], layer["filters"]
    elif layer["kind"] == "dense":
        kernel = x.shape[0], layer["units"]
    else:
        return None
    row = {"kernel": distinct(rng, kernel) / 8, "bias": distinct(rng, kernel[-1:]) + 1}
    middle = np.round(np.median(reference.apply_layer(layer, row, x)))
    return {**row, "bias": (row["bias"] - middle).astype(np.float32)}


@check(points=1, fr="Forme des cartes", en="Shape of the maps")
@forall(
    examples=6,
    height=st.integers(6, 20),
    width=st.integers(6, 20),
    channels=st.integers(1, 4),
    layer=st.sampled_from([one for one, _ in _MAPS]),
)
def test_maps(student, reference, height, width, channels, layer):
    for one, shape in [*_MAPS, (layer, (height, width, channels))]:
        agree(student.output_shape, reference.output_shape, one, shape)


@check(points=1, fr="Forme des vecteurs", en="Shape of the vectors")
@forall(examples=6, sizes=st.lists(st.integers(2, 9), min_size=3, max_size=3))
def test_vectors(student, reference, sizes):
    for one, shape in [*_VECTORS, (_FLATTEN, tuple(sizes))]:
        agree(student.output_shape, reference.output_shape, one, shape)


@check(points=1, fr="Paramètres", en="Parameters", reveal=True)
@forall(
    examples=6, channels=st.integers(1, 9), filters=st.integers(1, 20), kernel=st.integers(1, 5)
)
def test_parameters(student, reference, channels, filters, kernel):
    drawn = _conv(filters, kernel, 0), (8, 9, channels)
    dense = {"kind": "dense", "units": filters}, (10 * channels,)
    for one, shape in [*_MAPS, *_VECTORS, drawn, dense]:
        agree(student.parameter_count, reference.parameter_count, one, shape)


@check(points=1, fr="Les couches de LeNet et leur tableau", en="LeNet's layers and their table")
@forall(examples=4, height=st.integers(8, 20), width=st.integers(8, 20), channels=st.integers(1, 3))
def test_lenet(student, reference, height, width, channels):
    agree(student.lenet, reference.lenet)
    layers = reference.lenet()
    for shape in [(28, 28, 1), (32, 28, 3), (height, width, channels)]:
        agree(student.summary, reference.summary, layers, shape)
        agree(student.summary, reference.summary, _SMALL, shape)


@check(points=2, fr="Une couche", en="One layer")
@forall(examples=4, case=st.sampled_from([*_MAPS, *_VECTORS]))
def test_layer(student, reference, rng, case):
    for layer, shape in [*_MAPS, *_VECTORS, case]:
        x = distinct(rng, shape)
        weights = _weights(rng, reference, layer, x)
        agree(student.apply_layer, reference.apply_layer, layer, weights, x)


@check(points=1, fr="Tout un réseau", en="A whole network")
@forall(examples=3, shape=st.sampled_from([(9, 8, 2), (7, 10, 1)]))
def test_forward(student, reference, rng, shape):
    for image, layers in [
        # Each of these layers could take the image too: who gives it to all of them gets an answer.
        ((7, 9, 2), [_conv(2, 3, 1), _RELU, {"kind": "pool", "window": 2}]),
        ((7, 8, 1), _SMALL),
        ((8, 9, 2), _SMALL),
        ((6, 9, 2), _SMALL[:5]),
        (shape, _SMALL[:8]),
    ]:
        rows, x = [], distinct(rng, image) / 8
        between = x
        for layer in layers:
            rows.append(_weights(rng, reference, layer, between))
            between = reference.apply_layer(layer, rows[-1], between)
        agree(student.forward, reference.forward, layers, rows, x, rtol=1e-3, atol=1e-2)
