"""Checks of question 13: what to measure before deciding how to adapt a network."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.checks import agree, check, expect, forall

from ..tasks import bench, judge

# Layers on both sides of the question. No fixed choice of one passes on all three tasks below.
CUTS = {
    "clothing": ["features.layer2", "classifier.pool"],
    "hymenoptera": ["features.blocks.10", "classifier.pool"],
}
# Least shares of right answers (known, fresh).
# Of bees and ants some 90 photos are asked: one is 1.1 %, so the bounds of hymenoptera leave some slack.
LEAST = {"clothing": (0.81, 0.96), "hymenoptera": (0.88, 0.88)}
LEAST_ELSEWHERE = 0.95
SAME = 0.97  # share of answers that the layer decided on gives; a head on all layers at once shares 0.95

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
def test_accuracy_table(student, reference, rng, data, seed):
    desk = bench(data, seed)
    backbone = desk.backbones["resnet"]
    # Both parts from among the images shown with their labels: these answers are given away.
    task = desk.known(rng)
    agree(
        student.accuracy_table,
        reference.accuracy_table,
        backbone.network,
        CUTS[data],
        task.images[:120],
        task.labels[:120],
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
    fr="Décider, puis répondre",
    en="Deciding, then answering",
    needs=("fold_accuracies",),
)
def test_decide_and_predict(student, reference, rng, data, seed):
    def answer_with(network, cuts):
        def answer(t):
            given = cuts, t.images, t.labels, t.new_images
            answers = student.decide_and_predict(network, *given)
            decided.append((answers, reference.decide_and_predict(network.build(), *given)))
            return answers

        return answer

    decided = []
    desk = bench(data, seed)
    backbone = desk.backbones["resnet"]
    known, fresh = LEAST[data]
    tasks = [desk.known(rng), desk.fresh(rng, backbone)]
    judge(answer_with(backbone.network, CUTS[data]), tasks, known, fresh)
    # Far from what the network knows; digits are 28 pixels wide, whatever the data of the run.
    desk = bench("clothing", seed)
    answer = answer_with(desk.backbones["resnet"].network, CUTS["clothing"])
    judge(answer, [desk.elsewhere(rng, new=600)], known, fresh, LEAST_ELSEWHERE)
    same = min(float(np.mean(answers == wanted)) for answers, wanted in decided)
    expect(
        same >= SAME,
        fr="Ces réponses ne sont pas celles de la tête linéaire sur la couche que choisit la validation "
        "croisée : gardez une seule des couches ``cuts``, celle de plus grande moyenne.",
        en="These answers are not those of the linear head on the layer that cross-validation chooses: "
        "keep one of the layers ``cuts`` only, that with the largest mean.",
        same_answers=round(same, 3),
    )
