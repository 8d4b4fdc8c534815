"""Checks of question 12: a new head on a pretrained network."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.checks import agree, check, forall, network
from jaxcnn.testing import integer_arrays

from ..adapted import classes, for_two_classes, require_head_alone
from ..tasks import Bench, judge

LEAST = {"clothing": {"known": 0.76, "fresh": 0.93}, "hymenoptera": {"known": 0.88, "fresh": 0.88}}
SIZE = 60  # of a batch
RESNET = network("jaxcnn.transfer:load_pretrained", "resnet8_clothing")

# Levels of one fifth, grey or coloured; black would hide the order of the operations.
photos = st.sampled_from([(2, 2, 2, 1), (2, 1, 2, 3)]).flatmap(
    lambda shape: integer_arrays(shape, 1, 5).map(lambda levels: (51 * levels).astype(np.uint8))
)
means = st.permutations([0.2, 0.4, 0.5])
scales = st.permutations([0.2, 0.25, 0.5])


def small_vgg(rng, num_classes=5, at_once=None):
    """A VGG for images of 4 x 4 pixels, with one hidden dense layer; perhaps one that takes only so many at once."""
    maker = "jaxcnn.models:create_model" if at_once is None else "jaxcnn.testing:limited_network"
    return network(
        maker,
        *(() if at_once is None else (at_once,)),
        "vgg11_bn",
        in_features=1,
        image_size=4,
        blocks=((6, 1),),
        hidden=(int(rng.integers(7, 12)),),
        num_classes=num_classes,
        seed=int(rng.integers(1000)),
    )


def drawn_images(rng, number, side):
    """Images of whole numbers of fifths."""
    return (rng.integers(0, 6, (number, side, side, 1)) / 5).astype(np.float32)


@check(points=1, fr="Préparer les images", en="Preparing the images")
@forall(images=photos, mean=means, std=scales)
def test_prepare(student, reference, images, mean, std):
    agree(student.prepare, reference.prepare, images, list(mean), list(std))


@check(points=1, fr="Les caractéristiques, lot après lot", en="The features, batch after batch")
def test_extract(student, reference, rng):
    for number, size in ((12, 4), (13, 4), (3, 8), (int(rng.integers(30, 60)), 7)):
        agree(student.batches, reference.batches, number, size)
    tolerances = {"rtol": 1e-3, "atol": 1e-3}
    vgg, few = small_vgg(rng, at_once=4), drawn_images(rng, 7, 4)
    agree(student.extract, reference.extract, vgg, few, 4, **tolerances)
    images = drawn_images(rng, SIZE + 10, 28)
    agree(student.extract, reference.extract, RESNET, images, SIZE, **tolerances)


LARGE = {  # what is added to the scores of the right class and of another
    "small": (0, 0),
    "right": (1000, 0),
    "wrong": (1000, 2000),
}


@check(points=1, fr="La perte de la tête", en="The loss of the head")
@forall(
    examples=30,
    features=integer_arrays((4, 2)),
    labels=arrays.arrays(np.int32, (4,), elements=st.integers(0, 2)),
    weights=integer_arrays((2, 3)),
    bias=integer_arrays((3,)),
    scores=st.sampled_from(["small", "right", "wrong", "apart"]),
)
def test_head_loss(student, reference, features, labels, weights, bias, scores):
    if scores == "apart":  # one image's are all far above another's
        weights, features = np.abs(weights) + 1, features.copy()
        features[:2] += [[300], [-300]]
    elif scores != "small":
        right = labels[0]
        labels = np.full_like(labels, right)
        raised = np.zeros_like(bias)
        raised[[right, (right + 1) % 3]] = LARGE[scores]
        bias = bias + raised
    agree(student.head_loss, reference.head_loss, features, labels, weights, bias)


@check(points=1, fr="Entraîner la tête", en="Training the head")
def test_train_head(student, reference, rng):
    for number, steps, rate in ((5, 1, 0.5), (6, 4, 0.25), (8, 20, 0.125)):
        features = rng.integers(-2, 3, (number, 3)).astype(np.float32) + np.float32(0.5)
        labels = rng.permutation(np.arange(number) % 3 % 2 + (np.arange(number) == 2))
        agree(
            student.train_head,
            reference.train_head,
            features,
            labels.astype(np.int32),
            3,
            steps,
            rate,
            rtol=1e-3,
            atol=1e-4,
        )


@check(points=1, fr="Changer la tête", en="Replacing the head")
def test_replace_head(student, reference, rng):
    for model, units, side in ((small_vgg(rng), None, 4), (RESNET, 64, 28)):
        units = units or model.kwargs["hidden"][0]
        weights = rng.integers(-2, 3, (units, 3)).astype(np.float32)
        bias = rng.permutation([-1, 1, 2]).astype(np.float32)
        images = drawn_images(rng, 3, side)
        agree(
            student.operated,
            reference.operated,
            model,
            weights,
            bias,
            images,
            rtol=1e-3,
            atol=1e-2,
        )


@check(points=1, fr="Ce qui reste à apprendre", en="What is left to learn", reveal=True)
def test_trainable_parameters(student, reference, rng):
    for model in (small_vgg(rng, num_classes=int(rng.integers(6, 9))), RESNET):
        num_classes = int(rng.integers(2, 6))
        agree(student.trainable_parameters, reference.trainable_parameters, model, num_classes)


@check(points=1, fr="Ce que coûte chaque façon", en="What each way costs", reveal=True)
@forall(
    base=st.integers(10, 1000),
    head=st.integers(1, 9),
    images=st.integers(1, 300),
    epochs=st.integers(1, 20),
)
def test_training_costs(student, reference, base, head, images, epochs):
    agree(student.training_costs, reference.training_costs, base, head, images, epochs)


@check(
    points=2,
    fr="Reconnaître de nouvelles images",
    en="Recognising new images",
    needs=("extract", "train_head"),
)
def test_adapt(student, rng, data, streams):
    desk = Bench(data, streams)
    backbone = desk.backbones["resnet"]
    original = for_two_classes(backbone.network)

    def answers(task):
        # However its head was found, by descent or by a linear solve: it is the network that was asked for.
        model = student.adapt.network(backbone.network, task.images, task.labels, like=original)
        require_head_alone(
            original,
            model,
            fr="Seule la dernière couche est neuve : tous les autres tableaux du réseau, statistiques des "
            "normalisations comprises, doivent revenir égaux au bit près.",
            en="Only the last layer is new: all other arrays of the network, statistics of normalisations included, "
            "must come back equal to the last bit.",
        )
        return classes(model, task)

    judge(answers, [desk.known(new=600), desk.fresh(backbone)], **LEAST[data])
