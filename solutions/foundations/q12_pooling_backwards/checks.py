"""Checks of question 12: which pixel wins, then where the gradients of both poolings go."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall

from ..distinct import distinct

# (shape, window, stride): side by side, overlapping, with gaps; the last windows may stick out.
_TILED = [((4, 6, 1), 2, 2), ((5, 7, 2), 2, 2), ((7, 8, 2), 3, 3)]
_CASES = [((5, 6, 2), 3, 1), ((7, 6, 3), 3, 2), ((6, 9, 2), 2, 3), ((6, 5, 1), 2, 1)]


def _upstream(rng, shape, window, stride):
    rows, columns = ((size - window) // stride + 1 for size in shape[:2])
    return distinct(rng, (rows, columns, shape[2]), lowest=-3)


@check(points=1, fr="Le pixel qui l'emporte", en="The pixel that wins")
@forall(examples=4, case=st.sampled_from([*_TILED, *_CASES]))
def test_winners(student, reference, rng, case):
    for shape, window, stride in [*_TILED, *_CASES, case]:
        agree(student.winners, reference.winners, distinct(rng, shape), window, stride)


@check(points=1, fr="En cas d'égalité", en="Where there is a tie")
@forall(examples=4, case=st.sampled_from([*_TILED, *_CASES]))
def test_ties(student, reference, rng, case):
    for shape, window, stride in [*_TILED, *_CASES, case]:
        x = rng.integers(-1, 2, shape).astype(np.float32)
        agree(student.winners, reference.winners, x, window, stride)


@check(points=1, fr="Moyenne, fenêtres juxtaposées", en="Average, windows side by side")
@forall(examples=4, case=st.sampled_from(_TILED))
def test_avg(student, reference, rng, case):
    for one in [*_TILED, case]:
        shape, *steps = one
        upstream = _upstream(rng, *one)
        agree(student.avg_pool_backward, reference.avg_pool_backward, shape, upstream, *steps)


@check(points=1, fr="Moyenne, fenêtres quelconques", en="Average, any windows")
@forall(examples=4, case=st.sampled_from(_CASES))
def test_avg_stride(student, reference, rng, case):
    for one in [*_CASES, case]:
        shape, *steps = one
        upstream = _upstream(rng, *one)
        agree(student.avg_pool_backward, reference.avg_pool_backward, shape, upstream, *steps)


@check(points=1, fr="Maximum, fenêtres juxtaposées", en="Maximum, windows side by side")
@forall(examples=4, case=st.sampled_from(_TILED))
def test_max(student, reference, rng, case):
    for one in [*_TILED, case]:
        shape, *steps = one
        x, upstream = distinct(rng, shape), _upstream(rng, *one)
        agree(student.max_pool_backward, reference.max_pool_backward, x, upstream, *steps)


@check(points=1, fr="Maximum, chevauchements et égalités", en="Maximum, overlaps and ties")
@forall(examples=4, case=st.sampled_from(_CASES))
def test_max_overlap(student, reference, rng, case):
    for one in [*_CASES, case]:
        shape, *steps = one
        upstream = _upstream(rng, *one)
        for x in (distinct(rng, shape), rng.integers(0, 2, shape).astype(np.float32)):
            agree(student.max_pool_backward, reference.max_pool_backward, x, upstream, *steps)
