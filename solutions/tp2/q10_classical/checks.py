"""Checks of question 10: classical methods, on pixels and on what a network makes of them."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, expect, forall
from jaxcnn.testing import integer_arrays

from ..tasks import Task, bench, judge

# Least shares of right answers (known, fresh). In large photographs, pixels tell next to nothing.
LEAST = {
    "clothing": {
        ("svm", "pixels"): (0.72, 0.64),
        ("svm", "features"): (0.75, 0.85),
        ("forest", "pixels"): (0.7, 0.6),
        ("forest", "features"): (0.74, 0.74),
    },
    "hymenoptera": {
        ("svm", "pixels"): (0.53, 0.4),
        ("svm", "features"): (0.87, 0.82),
        ("forest", "pixels"): (0.53, 0.4),
        ("forest", "features"): (0.9, 0.75),
    },
}

# Share of answers that the reference's forest gives too: other forests 0.95 on average, an SVM 0.9 at most.
SAME = 0.93

pictures = st.sampled_from([(2, 6, 9, 2), (2, 7, 6, 1)]).flatmap(
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
@forall(images=pictures, bins=st.sampled_from([3, 5, 9]))
def test_orientations(student, reference, images, bins):
    agree(student.orientations, reference.orientations, images, 3, bins, atol=1e-5)


@check(
    points=1,
    fr="Les caractéristiques d'un réseau",
    en="The features of a network",
    needs=("vectors",),
)
def test_network_features(student, reference, rng, data, seed):
    desk = bench(data, seed)
    backbone = desk.backbones["resnet"]
    images = desk.known(rng, 40, 10).images[:70]
    agree(
        student.network_features,
        reference.network_features,
        backbone.network,
        images,
        backbone.last,
        60,
        rtol=1e-3,
        atol=1e-3,
    )


def described(reference, backbone, task: Task, kind: str) -> Task:
    """The task with vectors in place of images: its pixels, or what the network makes of them."""
    if kind == "pixels":
        parts = [reference.vectors(images) for images in (task.images, task.new_images)]
    else:
        parts = [
            reference.network_features(backbone.network.build(), images, backbone.last)
            for images in (task.images, task.new_images)
        ]
    return Task(task.fresh, parts[0], task.labels, parts[1], task.answers)


def judge_on_both(predict, method, reference, rng, data, seed) -> None:
    """Known and fresh kinds, told apart by pixels and by features."""
    desk = bench(data, seed)
    backbone = desk.backbones["resnet"]
    tasks = [desk.known(rng), desk.fresh(rng, backbone)]
    for kind in ("pixels", "features"):
        known, fresh = LEAST[data][method, kind]
        vectors = [described(reference, backbone, task, kind) for task in tasks]
        judge(lambda t: predict(t.images, t.labels, t.new_images), vectors, known, fresh)


@check(points=1, fr="Une machine à vecteurs de support", en="A support vector machine")
def test_svm_predict(student, reference, rng, data, seed):
    judge_on_both(student.svm_predict, "svm", reference, rng, data, seed)


@check(points=1, fr="Une forêt aléatoire", en="A random forest")
def test_forest_predict(student, reference, rng, data, seed):
    def predict(train, labels, new):
        answers = student.forest_predict(train, labels, new, seed)
        wanted = reference.forest_predict(train, labels, new, seed)
        grown.append((answers, wanted))
        return answers

    grown = []
    judge_on_both(predict, "forest", reference, rng, data, seed)
    same = float(np.mean([np.mean(answers == wanted) for answers, wanted in grown]))
    expect(
        same >= SAME,
        fr="Ces réponses ne sont pas celles d'une forêt aléatoire de 100 arbres tirés avec la graine seed.",
        en="These answers are not those of a random forest of 100 trees drawn with the seed.",
        same_answers=round(same, 3),
    )


@check(
    points=1,
    fr="Toutes les méthodes, toutes les descriptions",
    en="All methods, all descriptions",
    needs=("vectors", "orientations", "network_features", "svm_predict", "forest_predict"),
)
def test_compare(student, reference, rng, data, seed):
    desk = bench(data, seed)
    backbone = desk.backbones["resnet"]
    # Both parts from among the images shown with their labels: these answers are given away.
    task = desk.known(rng)
    images, labels = task.images[:120], task.labels[:120]
    held_out, answers = task.images[120:], task.labels[120:]
    scores = student.compare(
        backbone.network, backbone.last, images, labels, held_out, answers, seed
    )
    described = {
        # Checked above, and too large to come over the wire where images are photographs.
        "pixels": [reference.vectors(x) for x in (images, held_out)],
        "orientations": [student.orientations(x) for x in (images, held_out)],
        "features": [
            student.network_features(backbone.network, x, backbone.last) for x in (images, held_out)
        ],
    }
    check_names(scores, described)
    for name, (train, new) in described.items():
        found = {
            "svm": student.svm_predict(train, labels, new),
            "forest": student.forest_predict(train, labels, new, seed),
        }
        for method, predicted in found.items():
            right, told = float(np.mean(predicted == answers)), float(scores[method][name])
            expect(
                abs(told - right) <= 1.5 / len(answers),
                fr=f'compare(...)["{method}"]["{name}"] n\'est pas la part de réponses justes que '
                f"donne {method}_predict : apprenez sur images et labels, jugez sur held_out.",
                en=f'compare(...)["{method}"]["{name}"] is not the share of right answers that '
                f"{method}_predict gives: learn from images and labels, judge on held_out.",
                told=told,
                by_your_functions=round(right, 4),
            )


def is_number(value) -> bool:
    """A float, of Python or of NumPy."""
    return np.ndim(value) == 0 and np.asarray(value).dtype.kind == "f"


def check_names(scores, names) -> None:
    """Two dictionaries of floats."""
    right = isinstance(scores, dict) and set(scores) == {"svm", "forest"}
    expect(
        right
        and all(
            isinstance(part, dict)
            and set(part) == set(names)
            and all(is_number(value) for value in part.values())
            for part in scores.values()
        ),
        fr='compare renvoie {"svm": {...}, "forest": {...}}, chacun avec un flottant (float) pour '
        '"pixels", "orientations" et "features".',
        en='compare returns {"svm": {...}, "forest": {...}}, each with a float for "pixels", '
        '"orientations" and "features".',
        got=scores,
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
