"""Checks of question 8: a network whose head slides over the image."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall, network
from jaxcnn.data import load_embedded
from jaxcnn.testing import integer_arrays

MAP = (2, 3, 2)
heads = st.tuples(
    st.tuples(integer_arrays((12, 3)), integer_arrays((3,))),
    st.tuples(integer_arrays((3, 2)), integer_arrays((2,))),
)


def small_network(rng, padding):
    """Two convolutions and two dense layers of small whole numbers, with stride 4 in all."""

    def draw(*shape):
        return rng.integers(-2, 3, shape).astype(np.float32)

    return {
        "trunk": [(draw(3, 3, 1, 2) + 1, draw(2)), (draw(3, 3, 2, 3) + 1, draw(3))],
        "padding": padding,
        "shape": (2, 2, 3),
        "head": [(draw(12, 8), draw(8)), (draw(8, 3), draw(3))],
        "window": 8 if padding else 14,
        "stride": 4,
    }


def picture(rng, height, width):
    """A grey image of small whole numbers."""
    return rng.integers(0, 4, (height, width, 1)).astype(np.float32)


@check(points=1, fr="La tête convolutive", en="The convolutional head")
@forall(examples=10, head=heads)
def test_convolutional_head(student, reference, head):
    agree(student.convolutional_head, reference.convolutional_head, list(head), MAP)


@check(points=1, fr="La carte de scores", en="The map of scores")
@forall(examples=10, x=integer_arrays((3, 4, 2)), head=heads)
def test_score_map(student, reference, x, head):
    layers = reference.convolutional_head(list(head), MAP)
    agree(student.score_map, reference.score_map, x, layers)


@check(points=1, fr="La forme de la carte", en="The shape of the map", reveal=True)
@forall(
    examples=30,
    height=st.integers(1, 24),
    width=st.integers(1, 24),
    window=st.integers(2, 12),
    stride=st.integers(1, 4),
)
def test_map_shape(student, reference, height, width, window, stride):
    """Beside any image one in which the window just fits, and one that is a pixel too small for it."""
    for shape in ((height, width), (window, width), (height, window - 1)):
        agree(student.map_shape, reference.map_shape, shape, window, stride)


@check(points=1, fr="Fenêtre après fenêtre", en="Window after window")
def test_sliding_scores(student, reference, rng):
    """Where the trunk adds zeros, windows that were cut out differ from one pass over the whole image."""
    for padding in (0, 1, 1):
        net = small_network(rng, padding)
        agree(student.sliding_scores, reference.sliding_scores, picture(rng, 19, 22), net)


@check(
    points=1,
    fr="Une seule passe vaut toutes les fenêtres",
    en="One pass is worth all windows",
    needs=("convolutional_head", "score_map", "sliding_scores"),
)
def test_largest_gap(student, reference, rng):
    for padding in (0, 1, 1):
        image, net = picture(rng, 18, 22), small_network(rng, padding)
        agree(student.largest_gap, reference.largest_gap, image, net)
        *hidden, (weights, bias) = net["head"]
        opposite = {**net, "head": [*hidden, (-weights, -bias)]}
        agree(student.largest_gap, reference.largest_gap, image, opposite)


@check(points=1, fr="De la carte à l'image", en="From the map to the image", reveal=True)
@forall(
    scores=integer_arrays((2, 4, 2)),
    label=st.integers(0, 1),
    window=st.integers(3, 9),
    stride=st.integers(1, 4),
)
def test_locate(student, reference, scores, label, window, stride):
    agree(student.locate, reference.locate, scores, label, window, stride)


@check(
    points=1,
    fr="Retrouver un objet dans une image large",
    en="Finding an object in a wide image",
    needs=("score_map", "locate"),
    reveal=True,
)
def test_find_the_object(student, reference, rng):
    garments = load_embedded("iconic").images
    chosen = garments[rng.choice(len(garments), 2, replace=False)] / np.float32(255)
    wide = np.zeros((40, 84, 1), np.float32)
    top, left = int(rng.integers(0, 13)), int(rng.integers(0, 57))
    wide[top : top + 28, left : left + 28] = chosen[0]
    templates = chosen.transpose(1, 2, 3, 0)
    layers = [(np.ascontiguousarray(templates), np.zeros(2, np.float32))]
    scores = agree(student.score_map, reference.score_map, wide, layers)
    agree(student.locate, reference.locate, scores, 0, 28, 1)


@check(
    points=1,
    fr="Un vrai VGG",
    en="A real VGG",
    needs=("convolutional_head", "score_map"),
)
def test_vgg(student, reference, rng):
    vgg = network(
        "jaxcnn.models:create_model",
        "vgg11",
        image_size=4,
        blocks=((4, 1),),
        hidden=(6,),
        num_classes=3,
        seed=int(rng.integers(1000)),
    )
    image = rng.normal(size=(4, 8, 3)).astype(np.float32)
    agree(student.vgg_score_map, reference.vgg_score_map, vgg, image, (2, 2, 4))
