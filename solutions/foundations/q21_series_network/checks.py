"""Checks of question 21: a convolution in time, global pooling, the network, and what does not depend on length."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall

from ..distinct import distinct

# (time, size of the kernel, channels, filters)
_CONVOLUTIONS = [(7, 3, 2, 3), (6, 5, 1, 2), (9, 3, 3, 1), (4, 1, 2, 4), (5, 5, 2, 2)]
# Channels of the series, then (size, filters) of each layer, and the number of classes.
# In all but the last the filters of every layer are as many: the dense layer fits wherever one stops.
_NETWORKS = [(2, [(3, 3), (5, 3)], 3), (1, [(5, 3)], 4), (3, [(3, 2), (1, 3), (3, 4)], 2)]
_networks = st.tuples(
    st.integers(1, 3),
    st.lists(st.tuples(st.sampled_from([1, 3, 5, 7]), st.integers(2, 4)), min_size=1, max_size=3),
    st.integers(2, 5),
)


def _network(rng, channels, layers, classes):
    """Small weights of both signs, so that about half of each map is above zero."""
    found = []
    for size, filters in layers:
        kernel = distinct(rng, (size, channels, filters)) / (4 * filters) + 0.05
        found.append({"kernel": kernel, "bias": distinct(rng, (filters,)) / 4 + 0.1})
        channels = filters
    dense = {
        "kernel": distinct(rng, (channels, classes)) / 4,
        "bias": distinct(rng, (classes,)) / 2,
    }
    return {"layers": found, "dense": dense}


def _series(rng, time, channels):
    return (rng.integers(-8, 9, (time, channels)) / 4).astype(np.float32)


@check(points=2, fr="Convolution d'une série", en="Convolution of a series")
@forall(examples=4, case=st.sampled_from(_CONVOLUTIONS), time=st.integers(5, 12))
def test_conv1d(student, reference, rng, case, time):
    for length, size, channels, filters in [*_CONVOLUTIONS, (time, *case[1:])]:
        x, kernel = (
            distinct(rng, (length, channels)),
            distinct(rng, (size, channels, filters)) + 0.5,
        )
        agree(student.conv1d, reference.conv1d, x, kernel, distinct(rng, (filters,)) + 2)


@check(points=1, fr="Moyenne globale", en="Global average")
@forall(examples=4, time=st.integers(1, 12), filters=st.integers(1, 5))
def test_global(student, reference, rng, time, filters):
    for shape in [(5, 3), (2, 4), (7, 2), (time, filters)]:
        agree(student.global_average, reference.global_average, distinct(rng, shape) + 1)


@check(points=1, fr="Les scores", en="The scores")
@forall(examples=4, network=_networks, time=st.integers(1, 12))
def test_scores(student, reference, rng, network, time):
    for length, one in [*zip((8, 5, 11), _NETWORKS, strict=True), (time, network)]:
        x, weights = _series(rng, length, one[0]), _network(rng, *one)
        agree(student.scores, reference.scores, x, weights, rtol=1e-3, atol=1e-4)


@check(points=1, fr="Des séries de longueurs différentes", en="Series of different lengths")
@forall(examples=3, network=_networks, lengths=st.lists(st.integers(1, 12), min_size=2, max_size=5))
def test_classify(student, reference, rng, network, lengths):
    for sizes, one in [
        ([5, 9, 3, 12, 2] * 5, _NETWORKS[0]),
        ([4, 8, 6] * 6, _NETWORKS[1]),
        (lengths, network),
    ]:
        weights = _network(rng, *one)
        series = [_series(rng, length, one[0]) for length in sizes]
        agree(student.classify, reference.classify, series, _decided(reference, series, weights))


def _decided(reference, series, network):
    """The network, with biases under which every class is the answer now and then and none by a hair."""
    found = np.array([reference.scores(x, network) for x in series])
    bias = network["dense"]["bias"] - np.median(found, axis=0) + 1e-3 * np.arange(found.shape[1])
    return {**network, "dense": {**network["dense"], "bias": bias.astype(np.float32)}}


@check(points=1, fr="Paramètres", en="Parameters", reveal=True)
@forall(examples=4, network=_networks)
def test_parameters(student, reference, rng, network):
    for one in [*_NETWORKS, network]:
        agree(student.parameter_count, reference.parameter_count, _network(rng, *one))


@check(points=1, fr="Ce que voit un instant", en="What a time step sees", reveal=True)
@forall(examples=4, network=_networks)
def test_seen(student, reference, rng, network):
    for one in [*_NETWORKS, network]:
        agree(student.steps_seen, reference.steps_seen, _network(rng, *one))
