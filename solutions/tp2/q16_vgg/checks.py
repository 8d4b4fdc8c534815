"""Checks of question 16: what is peculiar to VGG, then the adapted network, then a wide image."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall, network
from jaxcnn.testing import integer_arrays

from ..tasks import BACKBONES, bench, judge

STEPS = {"clothing": 60, "hymenoptera": 60}
KNOWN = {"clothing": 0.7, "hymenoptera": 0.88}
FRESH = {"clothing": 0.95, "hymenoptera": 0.88}  # of some 90 photos one is 1.1 %
VGG = BACKBONES["clothing"]["vgg"]  # where it must be a VGG, whatever the data
WINDOW, STRIDE, MAP = 28, 8, (3, 3, 64)


@check(points=1, fr="Où sont les paramètres", en="Where the parameters are")
def test_parameter_counts(student, reference, rng):
    width, units, more, classes = (int(n) for n in rng.permutation(range(2, 9))[:4])
    small = network(
        "jaxcnn.models:create_model",
        "vgg11",
        image_size=(8, 4),
        blocks=((3, 1), (width, 2)),
        hidden=(units, more),
        num_classes=classes,
        seed=0,
    )
    for model in (small, VGG.network):
        agree(student.parameter_counts, reference.parameter_counts, model)
        for whole in (False, True):
            number = int(rng.integers(9, 20))
            agree(student.learned_anew, reference.learned_anew, model, number, whole)


sizes = st.tuples(st.integers(5, 40), st.integers(5, 40))
TURNED = {(16, 24): (24, 16), (9, 32): (16, 17), (33, 8): (16, 18), (24, 40): (40, 27)}


@check(points=1, fr="Une autre taille d'image", en="Another size of image")
def test_head_on(student, reference, rng):
    for planned, image in TURNED.items():
        for blocks in ([(4, 1), (8, 2)], [(4, 1), (8, 1), (8, 2)]):
            agree(student.head_on, reference.head_on, planned, image, blocks)
    blocks = [(int(n), 1) for n in rng.integers(2, 9, 3)]
    for _ in range(10):
        rows, columns = (int(n) for n in 8 * rng.integers(2, 5, 2))
        more = tuple(int(n) for n in rng.integers(1, 12, 2))
        image = (rows + more[0], columns + more[1])
        agree(student.head_on, reference.head_on, (rows, columns), image, blocks)
        agree(student.head_on, reference.head_on, (rows, columns), (rows + 7, columns + 1), blocks)


@check(points=1, fr="Le dropout", en="Dropout")
@forall(
    examples=12,
    x=integer_arrays((3, 4)).map(lambda x: x + np.float32(5)),
    quarters=integer_arrays((3, 4), 0, 3),
    rate=st.sampled_from([0.25, 0.75]),
    train=st.booleans(),
)
def test_dropout(student, reference, x, quarters, rate, train):
    agree(student.dropout, reference.dropout, x, quarters / np.float32(4), rate, train)


@check(points=1, fr="La première convolution", en="The first convolution")
def test_adapt_first_layer(student, reference, rng):
    for channels in (1, 4, 3, 6):
        kernel = rng.integers(-4, 5, (3, 3, 3, 2)).astype(np.float32)
        agree(student.adapt_first_layer, reference.adapt_first_layer, kernel, channels, rtol=1e-4)


@check(points=1, fr="Le dégel progressif", en="Gradual unfreezing")
@forall(
    examples=40,
    step=st.integers(0, 30),
    parts=st.integers(2, 5).map(lambda n: [f"part{i}" for i in range(n)]),
    every=st.integers(1, 8),
    most=st.integers(1, 4),
)
def test_trained_parts(student, reference, step, parts, every, most):
    agree(student.trained_parts, reference.trained_parts, step, parts, every, most)


@check(points=2, fr="Le VGG adapté", en="The adapted VGG")
def test_fine_tune(student, reference, rng, data, seed):
    desk = bench(data, seed)
    backbone = desk.backbones["vgg"]

    def answer(task):
        given = (task.images, task.labels, task.new_images, STEPS[data], int(rng.integers(1000)))
        return student.fine_tune(backbone.network, *given)

    tasks = [desk.known(rng), desk.fresh(rng, backbone)]
    judge(answer, tasks, known=KNOWN[data], fresh=FRESH[data])


@check(points=1, fr="De la carte à l'image", en="From the map to the image", reveal=True)
@forall(
    examples=40, scores=integer_arrays((2, 4, 3)), kind=st.integers(0, 2), stride=st.integers(1, 4)
)
def test_find_kind(student, reference, scores, kind, stride):
    agree(student.find_kind, reference.find_kind, scores, kind, 7, stride)


@check(
    points=1,
    fr="Chercher dans une image large",
    en="Searching a wide image",
    needs=("find_kind",),
)
def test_wide_scores(student, reference, rng, seed):
    task = bench("clothing", seed).known(rng, 60, 60)
    weights, bias = head_of(task, reference, rng)
    for _ in range(20):  # a pair that is told apart, which this head does in most cases
        wide, places = two_garments(task, rng)
        inputs = (VGG.network, weights, bias, wide, MAP)
        scores = reference.wide_scores(VGG.network.build(), *inputs[1:])
        boxes = [reference.find_kind(scores, kind, WINDOW, STRIDE)[:2] for kind in (0, 1)]
        if boxes == places:
            break
    scores = agree(student.wide_scores, reference.wide_scores, *inputs, rtol=1e-2, atol=1e-2)
    for kind in (0, 1):
        agree(student.find_kind, reference.find_kind, scores, kind, WINDOW, STRIDE)


def two_garments(task, rng):
    """A wide picture with one new image of each kind, and where their corners are."""
    wide, places = np.zeros((44, 108, 1), np.float32), []
    for kind, left in enumerate(8 * (rng.permutation([0, 7]) + rng.integers(0, 4, 2))):
        top = 8 * int(rng.integers(0, 3))
        pictures = task.new_images[task.answers == kind]
        wide[top : top + WINDOW, left : left + WINDOW] = pictures[rng.integers(len(pictures))]
        places.append((top, int(left)))
    return wide, places


def head_of(task, reference, rng):
    """Weights and bias of a last layer for three classes: a task's two kinds, and no whole garment."""
    moved = []
    for image in task.images:
        padded = np.pad(image, [(24, 24), (24, 24), (0, 0)])
        rows, columns = 8 * rng.integers(-3, 4, 2)
        if rows == columns == 0:
            rows = 8 * int(rng.choice([-2, -1, 1, 2]))
        moved.append(padded[24 + rows : 52 + rows, 24 + columns : 52 + columns])
    images = np.concatenate([task.images, np.stack(moved)])
    classes = np.concatenate([task.labels, np.full(len(moved), 2)])
    values = reference.activations(VGG.network.build(), images, VGG.last).astype(np.float64)
    with_one = np.pad(values, [(0, 0), (0, 1)], constant_values=1)
    wanted = 2 * np.eye(3)[classes] - 1
    products = with_one.T @ with_one
    pull = 0.01 * np.trace(products) / len(products) * np.eye(len(products))
    found = np.linalg.solve(products + pull, with_one.T @ wanted).astype(np.float32)
    return found[:-1], found[-1]
