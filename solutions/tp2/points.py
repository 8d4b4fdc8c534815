"""Points in a few dimensions, chosen so that one method of classification answers them unlike the others.

On real images a support vector machine, a forest and a ridge regression agree nine times out of ten, so that right
answers do not tell which of them gave these.  Here the points that are asked are those on which the wanted method is
sure of itself, so that no rounding decides, and others answer something else.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtr
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

TRAIN = 100
CANDIDATES = 1500
WRONG = (
    0.15  # share of the labels that are wrong: how much a method trusts a single point then shows
)

Answer = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


class Points(NamedTuple):
    """What is given to a method, and what it should say.

    Attributes:
        train: (number, columns) in float32.
        labels: (number,), 0 or 1 in int32.
        new: (new, columns), those to be told apart.
        answers: (new,), of the wanted method.
        undecided: (some, columns), on which the wanted method hardly prefers one class.
    """

    train: np.ndarray
    labels: np.ndarray
    new: np.ndarray
    answers: np.ndarray
    undecided: np.ndarray


SURE = 0.1  # least distance from the border, where a support vector is at 1; rounding moves it by 0.001 at most


def for_support_vectors(rng: np.random.Generator, ring: bool) -> Points:
    """Points that a machine with C = 10 and a Gaussian kernel tells apart as nothing else does, once standardised.

    The columns differ in scale up to a thousand times.

    Args:
        rng: draws all.
        ring: whether one class surrounds the other; otherwise they lie like the squares of a chessboard.
    """
    columns = 4
    plane, labels = _drawn(rng, columns, ring)
    scales = 10.0 ** rng.uniform(-1.5, 1.5, columns)
    points = ((plane + rng.normal(0, 2, columns)) * scales).astype(np.float32)
    train, new = points[:TRAIN], points[TRAIN:]
    mean, scale = train.mean(axis=0, dtype=float), train.std(axis=0, dtype=float)
    known, asked = (train - mean) / scale, (new - mean) / scale
    distances = SVC(C=10).fit(known, labels).decision_function(asked)
    answers = (distances > 0).astype(np.int32)
    others = [answer(known, labels, asked) for answer in _other_than_support_vectors(columns)]
    others += [answer(train.astype(float), labels, new) for answer in _unscaled()]
    different = np.array([other != answers for other in others], float)
    rows = _telling(rng, different, np.abs(distances) > SURE, telling=40, further=20)
    return Points(train, labels, new[rows], answers[rows], new[:0])


def _other_than_support_vectors(columns: int) -> list[Answer]:
    def by_regression(alpha: float) -> Answer:
        def answer(train: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
            model = KernelRidge(alpha=alpha, kernel="rbf", gamma=1 / columns)
            return model.fit(train, 2.0 * labels - 1).predict(new) > 0

        return answer

    gamma = 1 / columns  # what it is by default, on standardised columns
    return [
        *(by_regression(alpha) for alpha in (0.03, 0.1, 0.3)),
        *(_by(lambda c=c: SVC(C=c)) for c in (1, 3, 30, 100)),
        *(_by(lambda g=g: SVC(C=10, gamma=g * gamma)) for g in (1 / 3, 3)),
        _by(lambda: SVC(C=10, kernel="linear")),
        *(_by(lambda k=k: KNeighborsClassifier(k)) for k in (1, 5)),
        _by(RidgeClassifier),
        _by(lambda: RandomForestClassifier(30, random_state=0)),
    ]


def _unscaled() -> list[Answer]:
    return [_by(lambda: SVC(C=10)), _by(lambda: SVC(C=10, gamma="auto"))]


MAJORITY = 0.6  # least share of many trees; of 100 others one half or less says so twice in a hundred times


def for_a_forest(rng: np.random.Generator, ring: bool) -> Points:
    """Points that a random forest of 100 trees tells apart as nothing else does, whatever its draws.

    The columns have a few values that are far larger than the rest, which trees do not mind.

    Args:
        rng: draws all.
        ring: as in :func:`for_support_vectors`.
    """
    plane, labels = _drawn(rng, 9, ring)
    points = np.exp(1.5 * plane).astype(np.float32)
    train, new = points[:TRAIN], points[TRAIN:]
    state = int(rng.integers(2**31))

    def votes(forest: Any) -> np.ndarray:
        return forest.fit(train, labels).predict_proba(new)[:, 1]

    shares = votes(RandomForestClassifier(200, random_state=state))
    answers = (shares > 0.5).astype(np.int32)
    others = [
        votes(ExtraTreesClassifier(60, random_state=state)),
        votes(RandomForestClassifier(60, max_features=None, random_state=state)),
    ]
    # How often 100 trees of these kinds would answer otherwise.
    different = [np.where(answers, 1 - p, p) for p in (ndtr((o - 0.5) / 0.05) for o in others)]
    mean, scale = train.mean(axis=0), train.std(axis=0)
    for answer in (
        _by(lambda: SVC(C=10)),
        _by(lambda: DecisionTreeClassifier(random_state=state)),
        _by(lambda: KNeighborsClassifier(5)),
        _by(RidgeClassifier),
        _by(lambda: GradientBoostingClassifier(n_estimators=50, random_state=state)),
    ):
        other = answer((train - mean) / scale, labels, (new - mean) / scale)
        different.append((other != answers).astype(float))
    sure = np.abs(shares - 0.5) > MAJORITY - 0.5
    rows = _telling(rng, np.array(different), sure, telling=100, further=0)
    undecided = np.argsort(np.abs(shares - 0.5))[:40]
    return Points(train, labels, new[rows], answers[rows], new[undecided])


def _drawn(rng: np.random.Generator, columns: int, ring: bool) -> tuple[np.ndarray, np.ndarray]:
    """Points of variance 1 in each column, and the labels of the first ``TRAIN``, some of them wrong."""
    points = rng.normal(size=(TRAIN + CANDIDATES, columns))
    one, two, three = points[:TRAIN, rng.permutation(columns)[:3]].T
    side = one**2 + two**2 - 1.4 + 0.4 * three if ring else one * two + 0.3 * three
    labels = (side > 0) ^ (rng.random(TRAIN) < WRONG)
    return points, labels.astype(np.int32)


def _by(make: Callable[[], Any]) -> Answer:
    return lambda train, labels, new: make().fit(train, labels).predict(new)


def _telling(
    rng: np.random.Generator, different: np.ndarray, sure: np.ndarray, telling: int, further: int
) -> Sequence[int]:
    """Rows on which other methods are told apart, each of them by about as many.

    Args:
        rng: draws the order, and what fills up.
        different: (methods, rows), how surely each method answers otherwise.
        sure: (rows,), which may be taken.
        telling: number of rows chosen so, one after the other: the one that tells most of those told least so far.
        further: number of other rows, whatever others say, so that no method is right when turned round.
    """
    free, told, rows = sure.copy(), np.zeros(len(different)), []
    for _ in range(telling):
        worth = np.where(free, (different / (1 + told[:, None]) ** 2).sum(axis=0), -1.0)
        rows.append(int(np.argmax(worth)))
        free[rows[-1]] = False
        told += different[:, rows[-1]]
    rows += rng.choice(np.flatnonzero(free), further, replace=False).tolist()
    return rng.permutation(rows)
