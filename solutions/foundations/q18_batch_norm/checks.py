"""Checks of question 18: statistics, training, running statistics, evaluation, folding."""

from hypothesis import strategies as st

from grader.checks import agree, check, forall

from ..distinct import distinct

_BATCHES = [(3, 2, 4, 2), (2, 3, 2, 3), (4, 3, 1, 1), (1, 5, 3, 2)]
_epsilons = st.sampled_from([0.5, 1.0, 3.0])  # large, so that one sees where it is added


def _batch(rng, shape):
    """Values of a few units, whose mean is not 0 and whose channels differ."""
    return distinct(rng, shape) / 8 + distinct(rng, shape[-1:], lowest=1)


def _channels(rng, number, shape):
    """As many arrays with a value per channel, positive, none of them 1."""
    return [part / 4 + 0.3 for part in distinct(rng, (number, *shape[-1:]), lowest=1)]


@check(points=1, fr="Statistiques du lot", en="Statistics of the batch")
@forall(examples=4, shape=st.sampled_from(_BATCHES))
def test_statistics(student, reference, rng, shape):
    for one in [*_BATCHES, shape]:
        agree(student.batch_statistics, reference.batch_statistics, _batch(rng, one))


@check(points=2, fr="À l'entraînement", en="In training")
@forall(examples=4, shape=st.sampled_from(_BATCHES), epsilon=_epsilons)
def test_train(student, reference, rng, shape, epsilon):
    for one, small in [*zip(_BATCHES, (0.5, 1.0, 3.0, 1.5), strict=True), (shape, epsilon)]:
        x, (scale, shift) = _batch(rng, one), _channels(rng, 2, one)
        agree(student.batch_norm_train, reference.batch_norm_train, x, scale, shift, small)


@check(points=2, fr="Statistiques glissantes", en="Running statistics")
@forall(examples=4, shape=st.sampled_from(_BATCHES), rate=st.sampled_from([0.125, 0.25, 0.75]))
def test_running(student, reference, rng, shape, rate):
    for one, share in [*zip(_BATCHES, (0.25, 0.125, 0.75, 0.3), strict=True), (shape, rate)]:
        x, running = _batch(rng, one), _channels(rng, 2, one)
        agree(student.update_running, reference.update_running, *running, x, share)


@check(points=1, fr="En évaluation", en="In evaluation")
@forall(examples=4, shape=st.sampled_from(_BATCHES), epsilon=_epsilons)
def test_eval(student, reference, rng, shape, epsilon):
    for one, small in [*zip(_BATCHES, (0.5, 1.0, 3.0, 1.5), strict=True), (shape, epsilon)]:
        x, numbers = _batch(rng, one), _channels(rng, 4, one)
        agree(student.batch_norm_eval, reference.batch_norm_eval, x, *numbers, small)


@check(points=1, fr="Fondue dans la convolution", en="Folded into the convolution")
@forall(examples=4, shape=st.sampled_from([(3, 2, 2, 4), (1, 3, 3, 2)]), epsilon=_epsilons)
def test_fold(student, reference, rng, shape, epsilon):
    for one, small in [
        ((2, 3, 1, 3), 0.5),
        ((3, 1, 2, 4), 1.0),
        ((1, 2, 3, 1), 3.0),
        (shape, epsilon),
    ]:
        kernel, numbers = distinct(rng, one) + 0.5, _channels(rng, 5, one)
        agree(student.fold, reference.fold, kernel, *numbers, small)
