"""Checks of question 13: what to measure before deciding how to adapt a network."""

import dataclasses

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.checks import agree, built, check, forall

from ..heads import Head, head_in, require_head, require_supported
from ..tasks import PER_CLASS, Bench

# Layers on both sides of the question: no fixed choice of one is supported on all three tasks below.
CUTS = {
    "clothing": ["features.layer2", "classifier.pool"],
    "hymenoptera": ["features.blocks.10", "classifier.pool"],
}
NOISE = 3.01  # answers that may turn with the last digits of a score; between the two layers there are 3 to 25
MISLEADING = (0, 4)  # the folds that speak for the other layer: the first and the last
TRIES = 4  # orders drawn in search of such folds

tenths = st.integers(0, 10).map(lambda tenth: tenth / 10)


def domain(rng, number, sign, wrong):
    """Rows of one side, by their first number: clear in the even rows, misleading in some odd ones.

    In the second half, the first number of some rows misleads, unless one has seen their second.
    """
    rows = np.zeros((number, 3))
    rows[:, 0] = sign
    rows[40:54, :2] = -0.4 * sign, sign
    rows[rng.choice(np.arange(1, 33, 2), wrong, replace=False), 0] *= -1
    rows[[55, 57], 0] *= -1
    rows[:, ::2] += rng.normal(size=(number, 2)) / 20
    return rows


@check(points=1, fr="La distance entre deux domaines", en="The distance between two domains")
def test_domain_distance(student, reference, rng):
    for rows in ((66, 66), (66, 70)):
        first, second = (
            domain(rng, number, sign, int(rng.integers(4, 9)))
            for number, sign in zip(rows, (-1, 1), strict=True)
        )
        agree(student.domain_distance, reference.domain_distance, first, second)
    known, asked = rng.normal(size=(2, 35, 8))
    asked += 0.5
    # What is learned from the even rows is wrong on every odd one.
    first, second = (
        np.stack(pair, axis=1).reshape(70, 8) for pair in ((known, asked), (asked, known))
    )
    agree(student.domain_distance, reference.domain_distance, first, second)


@check(points=1, fr="La validation croisée", en="Cross-validation")
def test_fold_accuracies(student, reference, rng):
    for number, folds in ((40, 5), (43, 5), (41, 4)):
        labels = rng.permutation(np.arange(number) % 2).astype(np.int32)
        features = rng.normal(size=(number, 3)) + 0.7 * labels[:, np.newaxis]
        agree(student.fold_accuracies, reference.fold_accuracies, features, labels, folds)


@check(points=1, fr="La moyenne et son erreur", en="The mean and its error", reveal=True)
@forall(accuracies=arrays.arrays(np.float64, st.integers(2, 8), elements=tenths))
def test_mean_and_error(student, reference, accuracies):
    agree(student.mean_and_error, reference.mean_and_error, accuracies, atol=1e-9)


@check(points=1, fr="Selon le nombre d'images", en="By number of images")
def test_accuracy_table(student, reference, rng, data, streams):
    desk = Bench(data, streams)
    backbone = desk.backbones["resnet"]
    # Both parts from among the images shown with their labels: these answers are given away.
    task = desk.known()
    # Ten of one class come first: who takes the first rows whatever their class learns from that class alone.
    ahead = np.flatnonzero(task.labels[:120] == rng.integers(2))[:10]
    order = np.concatenate([ahead, np.setdiff1d(np.arange(120), ahead)])
    agree(
        student.accuracy_table,
        reference.accuracy_table,
        backbone.network,
        CUTS[data],
        task.images[order],
        task.labels[order],
        task.images[120:],
        task.labels[120:],
        [4, 12, 40],
        atol=1.01 / 120,  # one answer may turn with the last digit of a score
    )


@check(points=1, fr="Le point de croisement", en="The crossing point", reveal=True)
@forall(
    examples=60,
    first=arrays.arrays(np.float64, 4, elements=tenths),
    gaps=st.lists(st.integers(-1, 1), min_size=4, max_size=4),
)
def test_crossover(student, reference, first, gaps):
    second = first + np.array(gaps) / 10
    agree(student.crossover, reference.crossover, [5, 15, 40, 120], first, second)


@check(points=1, fr="Le choix raisonnable", en="The reasonable choice")
def test_choose(student, reference, rng):
    # (score below the best, own error, in thousandths, cost): the best, one as good, one as good and
    # dear, one beyond one error, one badly measured, one cheap and bad.
    methods = [(0, 20, 60), (10, 5, 40), (15, 5, 90), (30, 5, 30), (80, 200, 20), (300, 5, 10)]
    for number in (6, 6, 5, 4, 3, 2, 1):
        for _ in range(3):
            names = rng.permutation(["pixels", "early", "middle", "last", "tuned", "scratch"])
            best = int(rng.integers(850, 950))
            rows = [methods[row] for row in rng.permutation(number)]
            scores, errors, costs = {}, {}, {}
            for name, (below, error, cost) in zip(names.tolist(), rows, strict=False):
                scores[name] = (best - below - int(rng.integers(0, 3))) / 1000
                errors[name] = (error + int(rng.integers(0, 3)) / 4) / 1000
                costs[name] = cost + int(rng.integers(0, 9))
            agree(student.choose, reference.choose, scores, errors, costs)


@check(points=1, fr="La règle de départ", en="The rule to start from")
@forall(
    examples=60,
    per_class=st.sampled_from([5, 120, 499, 500, 501, 5000]),
    distance=st.sampled_from([0.0, 0.5, 0.96, 1.0, 1.04, 2.0]),
)
def test_recommend(student, reference, per_class, distance):
    agree(student.recommend, reference.recommend, per_class, distance)


@check(
    points=2,
    fr="Décider, puis apprendre",
    en="Deciding, then learning",
    needs=("fold_accuracies",),
)
def test_decide_and_train(student, reference, rng, data, streams):
    desk = Bench(data, streams)
    # Digits are far from what the network knows; they are 28 pixels wide, whatever the data of the run.
    far = desk if data == "clothing" else Bench("clothing", streams)
    near = desk.backbones["resnet"], CUTS[data]
    require_decision(student, reference, *near, desk.known(2 * PER_CLASS), rng)
    require_decision(student, reference, *near, desk.fresh(near[0]))
    elsewhere = far.backbones["resnet"], CUTS["clothing"]
    require_decision(student, reference, *elsewhere, far.elsewhere())


def require_decision(student, reference, backbone, cuts, task, misleading=None):
    """The layer is one that cross-validation supports, and the head is learned there, from all images.

    ``misleading`` draws, of the images, some in an order in which single folds speak for the other layer.
    """
    known, new = (
        reference.features_at(built(backbone.network), cuts, images)
        for images in (task.images, task.new_images)
    )
    if misleading is not None:
        rows = misleading_rows(reference, known, task.labels, misleading)
        known = {cut: features[rows] for cut, features in known.items()}
        task = dataclasses.replace(task, images=task.images[rows], labels=task.labels[rows])
    answer = student.decide_and_train(backbone.network, cuts, task.images, task.labels)
    head = head_in(answer, {cut: features.shape[1] for cut, features in known.items()})
    shares = {
        cut: float(reference.fold_accuracies(features, task.labels).mean())
        for cut, features in known.items()
    }
    require_supported(head.cut, shares, max(shares.values()) - NOISE / len(task.labels))
    features = known[head.cut]

    def learned(rows):
        return Head(head.cut, *reference.linear_head(features[rows], task.labels[rows]))

    require_head(
        head,
        learned(np.arange(len(task.labels))),
        new[head.cut],
        ((learned(rows), ONE_FOLD_LEFT_OUT) for rows in but_one_fold(len(task.labels))),
        fr="La couche est la bonne, mais ces poids et ce biais ne sont pas ceux que "
        "``linear_head`` apprend sur toutes les images à cette couche. Les sorties "
        "sont-elles celles que donne ``features_at``, sans autre traitement ? Images et "
        "classes restent-elles dans le même ordre ?",
        en="The layer is the right one, but these weights and this bias are not what ``linear_head`` learns from all "
        "images at that layer. Are the outputs those of ``features_at``, without other treatment? Do images and "
        "labels stay in the same order?",
    )


ONE_FOLD_LEFT_OUT = {
    "fr": "Cette tête n'a pas vu l'un des plis : c'est l'une de celles de la validation "
    "croisée. Une fois la couche choisie, apprenez-en une nouvelle, sur toutes les "
    "images.",
    "en": "This head has not seen one of the folds: it is one of those of the cross-validation. Once the layer is "
    "chosen, learn a new one, from all images.",
}


def but_one_fold(number, folds=5):
    """The rows of all folds but one, for each fold."""
    return [np.flatnonzero(np.arange(number) % folds != fold) for fold in range(folds)]


def answered_rightly(reference, features, labels):
    """For each row, whether a head that has not seen its fold answers rightly."""
    right = np.zeros(len(labels), bool)
    for rows in but_one_fold(len(labels)):
        asked = np.setdiff1d(np.arange(len(labels)), rows)
        answers = reference.linear_answers(features[rows], labels[rows], features[asked])
        right[asked] = answers == labels[asked]
    return right


def misleading_rows(reference, known, labels, rng):
    """Rows in an order in which all folds together speak for one layer and some for the other, if it is found.

    Args:
        reference: the solution.
        known: the features of each of two layers.
        labels: of the rows.
        rng: draws the rows.
    """
    right = {cut: answered_rightly(reference, x, labels) for cut, x in known.items()}
    better, worse = sorted(right, key=lambda cut: right[cut].sum(), reverse=True)
    speaks_for = right[better].astype(int) - right[worse]
    places = np.isin(np.arange(2 * PER_CLASS) % 5, MISLEADING)
    rows = np.empty(len(places), int)
    for _ in range(TRIES):
        against, in_favour = [], []
        for kind in (0, 1):
            drawn = rng.permutation(np.flatnonzero(labels == kind))
            drawn = drawn[np.argsort(speaks_for[drawn], kind="stable")]
            against.append(drawn[: places.sum() // 2])
            in_favour.append(drawn[len(drawn) - (~places).sum() // 2 :])
        rows[places] = rng.permutation(np.concatenate(against))
        rows[~places] = rng.permutation(np.concatenate(in_favour))
        gap = np.subtract(
            *(reference.fold_accuracies(known[cut][rows], labels[rows]) for cut in (better, worse))
        )
        if gap.mean() * len(rows) > NOISE and (gap[list(MISLEADING)] < 0).all():
            break
    return rows
