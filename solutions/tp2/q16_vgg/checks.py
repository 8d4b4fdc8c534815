"""Checks of question 16: what is peculiar to VGG, then the adapted network, then a wide image.

What is frozen, what moves and how is looked at on the small VGG, whatever the data of the run; the network of the
data is then asked about new images.
"""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, expect, forall, network
from jaxcnn.models import layer_names
from jaxcnn.testing import integer_arrays

from ..adapted import (
    after,
    classes,
    for_two_classes,
    kernels_of,
    require_descent_in,
    require_frozen,
    require_head_alone,
    require_open_moved,
    telling,
)
from ..tasks import BACKBONES, Bench, judge, scores_of
from ..trained import require_moved, require_seeded

STEPS = {"clothing": 60, "hymenoptera": 60}
KNOWN = {"clothing": 0.7, "hymenoptera": 0.88}
FRESH = {"clothing": 0.88, "hymenoptera": 0.88}  # of some 90 photos one is 1.1 %
FEW = 3  # steps
LEARNED = 0.75  # share of its own images that a new last layer must tell apart
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
    examples=20,
    step=st.integers(0, 30),
    parts=st.integers(2, 5).map(lambda n: [f"part{i}" for i in range(n)]),
    every=st.integers(1, 8),
    most=st.integers(1, 4),
)
def test_trained_parts(student, reference, step, parts, every, most):
    opening = every * (1 + step % 2)  # a part opens at this step, and not at the one before
    for at in (step, opening, opening - 1):
        agree(student.trained_parts, reference.trained_parts, at, parts, every, most)


def tuned(student, original, backbone, task, steps, seed):
    """The network that comes back from the student's function; its structure is that of ``original``."""
    given = task.images, task.labels
    return student.fine_tune.network(
        backbone.network, *given, steps=steps, seed=seed, like=original
    )


def last_of_the_features(model):
    """The layer up to which a network is frozen."""
    return [name for name in layer_names(model) if name.startswith("features")][-1]


@check(points=1, fr="Les couches denses apprennent", en="The dense layers learn")
def test_dense_layers(student, rng, streams):
    task, original = Bench("clothing", streams).known(), for_two_classes(VGG.network)
    cut, steps = last_of_the_features(original), STEPS["clothing"]
    seed, another = (int(number) for number in rng.choice(1000, 2, replace=False))

    def run(steps, seed):
        return tuned(student, original, VGG, task, steps, seed)

    began = run(0, seed)
    require_head_alone(
        original,
        began,
        fr="Avec steps = 0, seule la dernière couche est neuve : tout le reste doit revenir égal au bit près.",
        en="With steps = 0 only the last layer is new: all the rest must come back equal to the last bit.",
    )
    right = float(np.mean(scores_of(began, task.images).argmax(axis=1) == task.labels))
    expect(
        right >= LEARNED,
        fr="Avec steps = 0, la nouvelle couche ne reconnaît même pas les images sur "
        "lesquelles elle devait apprendre : elle s'apprend seule d'abord, avant toutes "
        "les étapes.",
        en="With steps = 0 the new layer does not even recognise the images that it was to learn from: it is learned "
        "on its own first, before all steps.",
        right=round(right, 3),
    )
    model = run(steps, seed)
    require_frozen(original, model, cut)
    require_open_moved(began, model, cut)
    kernels = kernels_of(after(cut, model))
    for name in telling(model, kernels, len(task.images)):
        require_descent_in(name, began, model, task.images, task.labels)
    short = run(FEW, seed)
    require_moved(
        short,
        model,
        kernels,
        fr=f"Que ``steps`` vaille {FEW} ou {steps}, le même réseau revient : c'est le nombre d'étapes.",
        en=f"Whether ``steps`` is {FEW} or {steps}, the same network comes back: it is the number of steps.",
    )
    require_seeded(short, run(FEW, seed), run(FEW, another))


@check(points=1, fr="Le VGG adapté", en="The adapted VGG", needs=("dense_layers",))
def test_fine_tune(student, rng, data, streams):
    desk = Bench(data, streams)
    backbone = desk.backbones["vgg"]
    original = for_two_classes(backbone.network)
    cut = last_of_the_features(original)

    def answers(task):
        model = tuned(student, original, backbone, task, STEPS[data], int(rng.integers(1000)))
        require_frozen(original, model, cut)
        require_open_moved(original, model, cut)
        return classes(model, task)

    def of_the_last_layer(task):
        return classes(tuned(student, original, backbone, task, 0, 0), task)

    asked = [desk.known(), desk.fresh(backbone)]
    judge(answers, asked, known=KNOWN[data], fresh=FRESH[data], before=of_the_last_layer)


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
def test_wide_scores(student, reference, rng, streams):
    task = Bench("clothing", streams).known(60, 60)
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
    """A wide picture with one new image of each class, and where their corners are."""
    wide, places = np.zeros((44, 108, 1), np.float32), []
    for kind, left in enumerate(8 * (rng.permutation([0, 7]) + rng.integers(0, 4, 2))):
        top = 8 * int(rng.integers(0, 3))
        pictures = task.new_images[task.answers == kind]
        wide[top : top + WINDOW, left : left + WINDOW] = pictures[rng.integers(len(pictures))]
        places.append((top, int(left)))
    return wide, places


def head_of(task, reference, rng):
    """Weights and bias of a last layer for three classes: a task's two classes, and no whole garment."""
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
