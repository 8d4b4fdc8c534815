"""Checks of question 11: the sizes, then the values of three poolings and of the global one."""

from hypothesis import strategies as st

from grader.checks import agree, check, forall

from ..distinct import brightnesses, distinct

# (size, window, stride): the last window just fits, or sticks out; windows overlap, or leave gaps.
_SIZES = [(8, 3, 2), (11, 2, 3), (6, 2, 2), (7, 3, 1), (10, 3, 3), (9, 1, 4), (5, 5, 2)]
# (shape, window, stride): no image is square, and each has windows that stick out.
_CASES = [((5, 8, 2), 2, 1), ((7, 6, 3), 3, 2), ((6, 9, 2), 2, 3), ((7, 8, 1), 4, 3)]
_TILED = [((4, 6, 1), 2, 2), ((5, 7, 2), 2, 2), ((8, 7, 3), 3, 3)]
_EXTREME = -200  # every number is negative: a maximum that starts from 0 shows at once


@check(points=1, fr="Nombre de fenêtres", en="Number of windows", reveal=True)
@forall(size=st.integers(4, 40), window=st.integers(1, 4), stride=st.integers(1, 4))
def test_size(student, reference, size, window, stride):
    for case in [*_SIZES, (size, window, stride)]:
        agree(student.pooled_size, reference.pooled_size, *case)


@check(points=1, fr="Maximum, fenêtres juxtaposées", en="Maximum, windows side by side")
@forall(examples=4, case=st.sampled_from(_TILED))
def test_max(student, reference, rng, case):
    for shape, window, stride in [*_TILED, case]:
        x = distinct(rng, shape, lowest=_EXTREME)
        agree(student.max_pool, reference.max_pool, x, window, stride)


@check(points=1, fr="Maximum, pas et fenêtre différents", en="Maximum, stride and window differ")
@forall(examples=4, case=st.sampled_from(_CASES))
def test_max_stride(student, reference, rng, case):
    for shape, window, stride in [*_CASES, case]:
        agree(student.max_pool, reference.max_pool, distinct(rng, shape), window, stride)


@check(points=1, fr="Moyenne", en="Average")
@forall(examples=4, case=st.sampled_from([*_TILED, *_CASES]))
def test_avg(student, reference, rng, case):
    picture = brightnesses(rng, (11, 13, 3))
    agree(student.avg_pool, reference.avg_pool, picture, 3, 2)
    for shape, window, stride in [*_TILED[:2], *_CASES, case]:
        agree(student.avg_pool, reference.avg_pool, distinct(rng, shape), window, stride)


@check(points=1, fr="Minimum", en="Minimum")
@forall(examples=4, case=st.sampled_from([*_TILED, *_CASES]))
def test_min(student, reference, rng, case):
    for shape, window, stride in [*_CASES, case]:
        x = distinct(rng, shape, lowest=1 if window == 2 else None)
        agree(student.min_pool, reference.min_pool, x, window, stride)


@check(points=1, fr="Pooling global", en="Global pooling")
@forall(examples=4, shape=st.sampled_from([(3, 4, 2), (5, 2, 3), (1, 7, 1)]))
def test_global(student, reference, rng, shape):
    for size in [(3, 4, 2), (5, 2, 3), (4, 5, 1), shape]:
        x = distinct(rng, size)
        agree(student.global_pool, reference.global_pool, x, "max")
        agree(student.global_pool, reference.global_pool, x - 70, "max")
        agree(student.global_pool, reference.global_pool, x**2, "avg")
        agree(student.global_pool, reference.global_pool, x - 1, "avg")
