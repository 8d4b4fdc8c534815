"""Question 10: points that one method answers as no other does, however honestly the others try."""

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

CLOUDS = [(seed, ring) for seed in (0, 1) for ring in (True, False)]


@pytest.fixture(scope="module")
def points(beside):
    return beside("q10", "for_a_forest")


@pytest.fixture(scope="module")
def machine_clouds(points):
    return [points.for_support_vectors(np.random.default_rng(seed), ring) for seed, ring in CLOUDS]


@pytest.fixture(scope="module")
def forest_clouds(points):
    return [points.for_a_forest(np.random.default_rng(seed), ring) for seed, ring in CLOUDS]


def _agreement(make, clouds, scaled=True):
    """The mean over clouds of the share of answers that are the wanted ones."""
    shares = []
    for cloud in clouds:
        model = make_pipeline(StandardScaler(), make()) if scaled else make()
        found = model.fit(cloud.train, cloud.labels).predict(cloud.new)
        shares.append(np.mean((found > 0) == cloud.answers))
    return float(np.mean(shares))


def test_clouds_are_drawn_and_both_classes_are_asked(machine_clouds, forest_clouds):
    for cloud in (*machine_clouds, *forest_clouds):
        assert cloud.train.dtype == cloud.new.dtype == np.float32
        assert len(cloud.train) == len(cloud.labels) == 100
        assert 0.1 < cloud.answers.mean() < 0.9
        assert 0.2 < cloud.labels.mean() < 0.8
    assert not np.array_equal(machine_clouds[0].train, machine_clouds[2].train)


@pytest.mark.parametrize(
    ("make", "scaled"),
    [
        (lambda: SVC(C=10), True),
        (lambda: SVC(C=10, gamma="auto", tol=1e-2), True),
        (lambda: make_pipeline(StandardScaler(), SVC(C=10)), False),
    ],
)
def test_a_machine_is_right_everywhere(machine_clouds, make, scaled):
    assert _agreement(make, machine_clouds, scaled) == 1


def test_so_is_the_reference(machine_clouds, reference):
    for cloud in machine_clouds:
        found = reference("q10").svm_predict(cloud.train, cloud.labels, cloud.new)
        np.testing.assert_array_equal(found, cloud.answers)


@pytest.mark.parametrize(
    ("make", "scaled"),
    [
        (lambda: SVC(C=1), True),
        (lambda: SVC(C=100), True),
        (lambda: SVC(C=10), False),
        (lambda: SVC(C=10, kernel="linear"), True),
        (RidgeClassifier, True),
        (LogisticRegression, True),
        (lambda: KNeighborsClassifier(3), True),
        (lambda: RandomForestClassifier(50, random_state=1), False),
    ],
)
def test_no_other_method_passes_for_a_machine(machine_clouds, make, scaled):
    assert _agreement(make, machine_clouds, scaled) < 0.75


@pytest.mark.parametrize("alpha", [0.03, 0.1, 1.0])
def test_nor_does_a_regression_with_its_kernel(machine_clouds, alpha):
    for cloud in machine_clouds:
        scale = StandardScaler().fit(cloud.train)
        model = KernelRidge(alpha=alpha, kernel="rbf", gamma=1 / cloud.train.shape[1])
        model.fit(scale.transform(cloud.train), 2.0 * cloud.labels - 1)
        found = model.predict(scale.transform(cloud.new)) > 0
        assert np.mean(found == cloud.answers) < 0.8


@pytest.mark.parametrize("scaled", [True, False])
@pytest.mark.parametrize("seed", [0, 1])
def test_every_forest_passes(forest_clouds, scaled, seed):
    make = lambda: RandomForestClassifier(100, random_state=seed)  # noqa: E731
    assert _agreement(make, forest_clouds, scaled) > 0.95


@pytest.mark.parametrize(
    "make",
    [
        lambda: SVC(C=10),
        lambda: DecisionTreeClassifier(random_state=0),
        lambda: ExtraTreesClassifier(100, random_state=0),
        lambda: KNeighborsClassifier(5),
        RidgeClassifier,
        lambda: RandomForestClassifier(5, random_state=0),
    ],
)
def test_no_other_method_passes_for_a_forest(forest_clouds, make):
    assert _agreement(make, forest_clouds) < 0.85


def test_on_some_points_each_forest_says_something_else(forest_clouds):
    for cloud in forest_clouds:
        one, other = (
            RandomForestClassifier(100, random_state=seed)
            .fit(cloud.train, cloud.labels)
            .predict(cloud.undecided)
            for seed in (0, 1)
        )
        assert 0.2 < np.mean(one == other) < 0.9
