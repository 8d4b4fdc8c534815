"""Checks of question 10: classical methods, on pixels and on what a network makes of them."""

import dataclasses

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, built, check, expect, forall, network
from jaxcnn.testing import integer_arrays

from ..points import for_a_forest, for_support_vectors
from ..tasks import Bench, classes_in, judge

# Least accuracies, on known classes from pixels and on fresh ones from features.  In large photographs
# pixels tell next to nothing.
LEAST = {
    "clothing": {"svm": (0.72, 0.85), "forest": (0.7, 0.74)},
    "hymenoptera": {"svm": (0.53, 0.82), "forest": (0.53, 0.75)},
}

SAME = 0.92  # MEASURE

pictures = st.sampled_from([(2, 6, 9, 2), (3, 7, 6, 1)]).flatmap(
    lambda shape: integer_arrays(shape, 0, 4)
)


@check(points=1, fr="Les images en vecteurs", en="Images as vectors")
@forall(examples=8, images=integer_arrays((2, 3, 4, 2)))
def test_vectors(student, reference, images):
    agree(student.vectors, reference.vectors, images)


@check(points=1, fr="La standardisation", en="Standardisation")
@forall(
    examples=12,
    train=integer_arrays((6, 3)),
    new=integer_arrays((4, 3)),
    constant=st.integers(0, 2),
)
def test_standardise(student, reference, train, new, constant):
    train = train.copy()
    train[:, constant] = train[0, constant]
    agree(student.standardise, reference.standardise, train, new, atol=1e-5)


@check(points=1, fr="Les orientations du gradient", en="Orientations of the gradient")
@forall(images=pictures, cell=st.sampled_from([3, 2]), bins=st.sampled_from([3, 5, 9]))
def test_orientations(student, reference, images, cell, bins):
    agree(student.orientations, reference.orientations, images, cell, bins, atol=1e-5)


def small_layers(rng):
    """A convolution and a normalisation that is still learning: what it says of an image depends on the batch."""
    seed = int(rng.integers(1000))
    return network(
        "jaxcnn.nn:Sequential",
        conv=network("jaxcnn.nn:Conv2d", 2, 3, 3, seed=seed),
        norm=network("jaxcnn.nn:BatchNorm", 3, seed=seed),
    )


@check(
    points=1,
    fr="Les caractéristiques d'un réseau",
    en="The features of a network",
    needs=("vectors",),
)
def test_network_features(student, reference, rng, data, streams):
    desk = Bench(data, streams)
    backbone = desk.backbones["resnet"]
    images = desk.known(40, 10).images[:70]
    close = {"rtol": 1e-3, "atol": 1e-3}
    function, wanted = student.network_features, reference.network_features
    agree(function, wanted, backbone.network, images, backbone.last, 60, **close)
    layers, maps = small_layers(rng), rng.normal(size=(12, 6, 5, 2)).astype(np.float32)
    agree(function, wanted, layers, maps[:7], "conv", 3, **close)
    together = function(layers, maps, "norm", 4).array((12, None), kind="float")
    taken = [size for size in (6, 12) if alike(together, wanted(built(layers), maps, "norm", size))]
    expect(
        not taken,
        fr="Le réseau reçoit plus d'images à la fois que ``batch`` ne le permet.",
        en="The network is given more images at a time than batch allows.",
        batch=4,
        given_at_a_time=taken[:1],
    )


def alike(one, other):
    """Whether two answers are the same, rounding apart."""
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-3, atol=1e-3)


def judge_on_images(predict, method, reference, data, streams) -> None:
    """Known classes told apart by pixels, fresh ones by features."""
    desk = Bench(data, streams)
    backbone, (known, fresh) = desk.backbones["resnet"], LEAST[data][method]

    def features(images):
        return reference.network_features(built(backbone.network), images, backbone.last)

    tasks = [
        dataclasses.replace(task, images=vectors(task.images), new_images=vectors(task.new_images))
        for task, vectors in ((desk.known(), reference.vectors), (desk.fresh(backbone), features))
    ]
    judge(lambda t: classes_in(predict(t.images, t.labels, t.new_images), t), tasks, known, fresh)


NO_MACHINE = {
    "fr": "Une machine à vecteurs de support, avec C=10 et le noyau gaussien, sur des colonnes standardisées, répond "
    "autrement.",
    "en": "A support vector machine with C=10 and the Gaussian kernel, on standardised columns, answers otherwise.",
}


@check(points=1, fr="Une machine à vecteurs de support", en="A support vector machine")
def test_svm_predict(student, reference, rng, data, streams):
    for ring in (True, False):
        points = for_support_vectors(rng, ring)
        given = points.train, points.labels, points.new
        agree(student.svm_predict, reference.svm_predict, *given, note=NO_MACHINE)
    judge_on_images(student.svm_predict, "svm", reference, data, streams)


@check(points=1, fr="Une forêt aléatoire", en="A random forest")
def test_forest_predict(student, reference, rng, data, streams):
    seed, another = rng.choice(1000, 2, replace=False).tolist()

    def grown(points, seed):
        new = np.concatenate([points.new, points.undecided])
        answer = student.forest_predict(points.train, points.labels, new, seed)
        found = answer.array((len(new),), kind="int", between=(0, 1))
        return np.split(found, [len(points.new)])

    clouds = [for_a_forest(rng, ring) for ring in (True, False)]
    answers = [grown(points, seed) for points in clouds]
    same = [np.mean(sure == p.answers) for (sure, _), p in zip(answers, clouds, strict=True)]
    expect(
        float(np.mean(same)) >= SAME,
        fr="Ces réponses ne sont pas celles d'une forêt aléatoire de 100 arbres.",
        en="These answers are not those of a random forest of 100 trees.",
        same_answers=round(float(np.mean(same)), 3),
    )
    require_seeded(answers[0][1], *(grown(clouds[0], number)[1] for number in (seed, another)))
    judge_on_images(
        lambda *given: student.forest_predict(*given, seed), "forest", reference, data, streams
    )


def require_seeded(one, again, other):
    """Answers where the trees are of two minds: what decides there is which of them were drawn."""
    expect(
        np.array_equal(one, again),
        fr="Le même appel donne d'autres réponses : random_state=seed rend le tirage des arbres reproductible.",
        en="The same call gives other answers: random_state=seed makes the draw of the trees repeatable.",
    )
    expect(
        not np.array_equal(one, other),
        fr="Avec une autre graine, les arbres sont les mêmes : seed doit servir (random_state=seed).",
        en="With another seed the trees are the same: the seed must be used (random_state=seed).",
    )


@check(
    points=1,
    fr="Toutes les méthodes, toutes les descriptions",
    en="All methods, all descriptions",
    needs=("vectors", "orientations", "network_features", "svm_predict", "forest_predict"),
)
def test_compare(student, reference, rng, data, streams):
    desk = Bench(data, streams)
    backbone = desk.backbones["resnet"]
    # Both parts from among the images shown with their labels: these answers are given away.
    task = desk.known()
    images, labels = task.images[:120], task.labels[:120]
    held_out, answers = task.images[120:], task.labels[120:]
    seed = int(rng.integers(1000))
    told_of = student.compare(
        backbone.network, backbone.last, images, labels, held_out, answers, seed
    ).entries(["svm", "forest"])
    described = {
        # Checked above, and too large to come over the wire where images are photographs.
        "pixels": [reference.vectors(x) for x in (images, held_out)],
        "orientations": [reference.orientations(x) for x in (images, held_out)],
        "features": [
            reference.network_features(built(backbone.network), x, backbone.last)
            for x in (images, held_out)
        ],
    }
    scores = {method: part.entries(described) for method, part in told_of.items()}
    for name, (train, new) in described.items():
        found = {
            "svm": student.svm_predict(train, labels, new),
            "forest": student.forest_predict(train, labels, new, seed),
        }
        found = {name: answer.array(answers.shape, kind="int") for name, answer in found.items()}
        for method, predicted in found.items():
            right, told = float(np.mean(predicted == answers)), scores[method][name].number()
            expect(
                abs(told - right) <= 1.5 / len(answers),
                fr=f'compare(...)["{method}"]["{name}"] n\'est pas la justesse que '
                f"donne {method}_predict : apprenez sur images et labels, jugez sur held_out.",
                en=f'compare(...)["{method}"]["{name}"] is not the accuracy that '
                f"{method}_predict gives: learn from images and labels, judge on held_out.",
                told=told,
                by_your_functions=round(right, 4),
            )


@st.composite
def outcomes(draw, most):
    """Right and wrong of two classifiers; each is alone right on up to so many images."""
    counts = [draw(st.integers(0, 4)), draw(st.integers(0, most)), draw(st.integers(0, most)), 2]
    pairs = [(True, True), (True, False), (False, True), (False, False)]
    rows = [pair for pair, count in zip(pairs, counts, strict=True) for _ in range(count)]
    return np.array(rows)


@check(points=1, fr="La statistique de McNemar", en="McNemar's statistic", reveal=True)
@forall(examples=50, pairs=outcomes(3))
def test_mcnemar(student, reference, pairs):
    agree(student.mcnemar, reference.mcnemar, pairs[:, 0], pairs[:, 1])


@check(points=1, fr="Ce que l'on peut en conclure", en="What may be concluded", needs=("mcnemar",))
@forall(examples=60, pairs=outcomes(14))
def test_better(student, reference, pairs):
    agree(student.better, reference.better, pairs[:, 0], pairs[:, 1])
