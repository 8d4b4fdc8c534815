"""Checks of question 3: receptive fields by arithmetic, then by differentiating a network."""

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from grader.checks import agree, check, forall

_LAYER = st.fixed_dictionaries(
    {
        "kernel": st.integers(1, 5),
        "stride": st.integers(1, 3),
        "dilation": st.integers(1, 3),
        "padding": st.integers(0, 2),
    }
)
_LAYERS = st.lists(_LAYER, max_size=4)


@check(points=1, fr="Écart entre neurones voisins", en="Jump between neighbours", reveal=True)
@forall(layers=_LAYERS)
def test_jump(student, reference, layers):
    agree(student.field_jump, reference.field_jump, layers)


@check(points=1, fr="Taille du champ", en="Size of the field", reveal=True)
@forall(examples=30, layers=_LAYERS)
def test_size(student, reference, layers):
    agree(student.field_size, reference.field_size, layers)


@check(points=1, fr="Centre du premier champ", en="Centre of the first field", reveal=True)
@forall(examples=30, layers=_LAYERS)
def test_offset(student, reference, layers):
    agree(student.field_offset, reference.field_offset, layers)


def _taps(layer, neuron):
    """The inputs of one layer on which one of its outputs depends."""
    first = neuron * layer["stride"] - layer["padding"]
    return {first + layer["dilation"] * tap for tap in range(layer["kernel"])}


def _outputs(layer, size):
    reach = layer["dilation"] * (layer["kernel"] - 1)
    return (size + 2 * layer["padding"] - reach - 1) // layer["stride"] + 1


@st.composite
def _neurons(draw):
    """A neuron for which cutting the field at the borders tells exactly what it depends on.

    Left out: pixels that no filter reaches because the stride steps over them, and fields cut in
    the middle of a dilated filter's hole. A solution may reason either way.
    """
    layers = draw(st.lists(_LAYER, min_size=1, max_size=3))
    sizes = [draw(st.integers(12, 40))]
    for layer in layers:
        sizes.append(_outputs(layer, sizes[-1]))
    assume(min(sizes) >= 1)
    neuron = draw(st.integers(0, sizes[-1] - 1))

    seen = field = {neuron}
    for layer, size in zip(reversed(layers), reversed(sizes[:-1]), strict=True):
        seen = {tap for output in seen for tap in _taps(layer, output) if 0 <= tap < size}
        field = {tap for output in field for tap in _taps(layer, output)}
    assume(seen and min(seen) == max(0, min(field)))
    assume(max(seen) == min(sizes[0] - 1, max(field)))
    return layers, neuron, sizes[0]


@check(points=2, fr="Pixels vus par un neurone", en="Pixels that a neuron sees")
@forall(examples=40, case=_neurons())
def test_seen_pixels(student, reference, case):
    layers, neuron, image_size = case
    agree(student.seen_pixels, reference.seen_pixels, layers, neuron, image_size)


# Two layers on an 11 x 13 image, whose weights are small whole numbers: what they add up to is exact.
_IMAGE = (11, 13)


def _layer(weights, stride=1):
    return {"weights": weights.astype(np.float32), "stride": stride, "dilation": 1, "padding": 1}


def _layers(rng, low):
    """Filters of which no two paths cancel out; a neuron of the 6 x 7 map sees up to 7 x 7 pixels."""
    weights = rng.integers(low, 4, (2, 3, 3))
    weights[:, 1, 1] = 1  # the neuron sees something, wherever it lies
    weights *= rng.permutation([-1, 1])[:, None, None]  # less than zero is not nothing
    return [_layer(weights[0], stride=2), _layer(weights[1])]


def _cancelling_layers(rng):
    """Filters without a zero: seen from the upper border, the two paths to row 0 cancel out all the same."""
    across = rng.integers(1, 4, (2, 3))
    first, third, before, below = rng.integers(1, 4, 4)
    down = [(first, -below * first, third), (before, 1, below)]
    return [_layer(np.outer(*pair)) for pair in zip(down, across, strict=True)]


def _rectangle_seen(layers, image, position):
    """What `pixels_by_gradient` answers, without `jax.grad`: add up all paths from the neuron back to the image."""
    sizes = [image.shape]
    for layer in layers[:-1]:
        sizes.append(tuple(_outputs(layer | {"kernel": 3}, size) for size in sizes[-1]))
    parts = {position: 1.0}
    for layer, (height, width) in zip(reversed(layers), reversed(sizes), strict=True):
        behind = {}
        for (row, column), part in parts.items():
            for (u, v), weight in np.ndenumerate(layer["weights"]):
                i = row * layer["stride"] - layer["padding"] + u * layer["dilation"]
                j = column * layer["stride"] - layer["padding"] + v * layer["dilation"]
                if 0 <= i < height and 0 <= j < width:
                    behind[i, j] = behind.get((i, j), 0.0) + part * float(weight)
        parts = behind
    rows, columns = zip(*(place for place, part in parts.items() if part), strict=True)
    return (min(rows), max(rows)), (min(columns), max(columns))


@check(points=1, fr="En dérivant : filtres pleins", en="By differentiating: full filters")
def test_gradient(student, reference, rng):
    image = rng.integers(-3, 4, _IMAGE).astype(np.float32)
    for position in ((5, int(rng.integers(1, 5))), (0, 3)):
        agree(student.pixels_by_gradient, _rectangle_seen, _layers(rng, 1), image, position)
    upper = 0, int(rng.integers(3, 10))
    agree(student.pixels_by_gradient, _rectangle_seen, _cancelling_layers(rng), image, upper)


@check(
    points=1,
    fr="En dérivant : filtres à trous",
    en="By differentiating: filters with holes",
    needs=("gradient",),
)
def test_gradient_holes(student, reference, rng):
    """Zero weights: the formula gives a bound, only the gradient says what is really seen."""
    image = rng.integers(-3, 4, _IMAGE).astype(np.float32)
    for position in ((3, 2), (int(rng.integers(1, 5)), 6)):
        layers = _layers(rng, 0)
        layers[1]["weights"][:, 2] = 0
        agree(student.pixels_by_gradient, _rectangle_seen, layers, image, position)


@check(points=1, fr="Profondeur nécessaire", en="Depth that is needed")
@forall(
    examples=40,
    block=st.lists(
        st.fixed_dictionaries(
            {
                "kernel": st.integers(2, 4),
                "stride": st.integers(1, 2),
                "dilation": st.integers(1, 2),
                "padding": st.integers(0, 1),
            }
        ),
        min_size=1,
        max_size=2,
    ),
    object_size=st.integers(2, 60),
)
def test_blocks_needed(student, reference, block, object_size):
    agree(student.blocks_needed, reference.blocks_needed, block, object_size)
