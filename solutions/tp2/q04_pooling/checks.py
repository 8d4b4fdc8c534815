"""Checks of question 4: pooling by hand, what a one-pixel shift changes, what pooling costs."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall
from jaxcnn.data import load_embedded
from jaxcnn.testing import integer_arrays

# (window, stride): overlapping, with gaps, and none that tiles an image of 7 x 6 or 6 x 7.
_OVERLAPS = st.sampled_from([(2, 1), (3, 2), (2, 3), (4, 2)])


@check(points=1, fr="Max, fenêtres juxtaposées", en="Max, side by side")
@forall(examples=10, x=integer_arrays((4, 7, 1), -6, -1), window=st.integers(2, 3))
def test_max_pool(student, reference, x, window):
    """Negative numbers only, so that a maximum which starts from 0 shows at once."""
    agree(student.max_pool, reference.max_pool, x, window, window)


@check(points=1, fr="Max, pas et fenêtre différents", en="Max, stride and window differ")
@forall(x=integer_arrays((7, 6, 2)), case=_OVERLAPS)
def test_max_pool_stride(student, reference, x, case):
    agree(student.max_pool, reference.max_pool, x, *case)


@check(points=1, fr="Moyenne", en="Average")
@forall(x=st.sampled_from([(7, 6, 2), (6, 7, 2)]).flatmap(integer_arrays), case=_OVERLAPS)
def test_avg_pool(student, reference, x, case):
    agree(student.avg_pool, reference.avg_pool, x, *case)
    # Images as files hold them: a mean of whole numbers is no whole number.
    agree(student.avg_pool, reference.avg_pool, (x + 4).astype(np.uint8), *case)


@check(points=1, fr="Sensibilité : petites images", en="Sensitivity: small images")
@forall(
    examples=10,
    images=integer_arrays((2, 4, 5, 1), 1, 5),
    case=st.sampled_from([(1, 1), (2, 2), (2, 1)]),
)
def test_sensitivity(student, reference, images, case):
    agree(student.shift_sensitivity, reference.shift_sensitivity, images, *case, rtol=1e-4)


@check(
    points=1,
    fr="Sensibilité : vrais chiffres",
    en="Sensitivity: real digits",
    needs=("sensitivity",),
)
def test_digits(student, reference, rng):
    images = load_embedded("mnist_10k").images
    digits = images[rng.choice(len(images), 8, replace=False)].astype(np.float32) / 255
    for window, stride in ((1, 1), (1, 2), (2, 2), (3, 2)):
        measures = student.shift_sensitivity, reference.shift_sensitivity
        agree(*measures, digits, window, stride, rtol=1e-4)


@check(points=1, fr="Coût de la convolution suivante", en="Cost of the next convolution")
@forall(
    height=st.integers(8, 64),
    width=st.integers(8, 64),
    channels=st.integers(1, 8),
    window=st.integers(1, 4),
    stride=st.integers(1, 4),
    kernel=st.integers(1, 5),
    filters=st.integers(1, 16),
)
def test_multiplications(
    student, reference, height, width, channels, window, stride, kernel, filters
):
    layer = (height, width, channels, window, stride, kernel, filters)
    agree(student.multiplications, reference.multiplications, *layer)


# How the sensitivity changes from the first experiment to the second, then to the third: clearly
# down, slightly down, up, or to nothing. Where it falls clearly, then slightly, two mistakes would
# give the same answer: that pair is left out.
_RATIOS = [(0.6, 0.6), (0.95, 0.95), (0.95, 0.6), (0.6, 1.1), (0.5, 1.3), (1.1, 0.95), (0.6, 1e-6)]
_RATIOS += [(1e-6, 1.3)]
# Sensitivities on the very limits of what counts as clearly lower, and as zero.
_LIMITS = [(0.5, 0.45, 0.2), (0.6, 0.5, 0.45), (0.5, 0.4, 1e-3)]


_counts = st.fixed_dictionaries(
    {
        "multiplications": st.sampled_from([14112, 56448]),
        "weights": st.sampled_from([72, 288]),
    }
)
_plain = st.sampled_from([0.5, 0.6, 0.05])
_runs = st.lists(
    st.tuples(_counts, _counts, _counts),
    min_size=len(_RATIOS) + len(_LIMITS),
    max_size=len(_RATIOS) + len(_LIMITS),
)


@check(points=1, fr="Ce que disent les mesures", en="What the measurements say")
@forall(examples=8, plain=_plain, runs=_runs)
def test_supported_claims(student, reference, plain, runs):
    found = [(plain, plain * first, plain * first * second) for first, second in _RATIOS]
    for sensitivities, counts in zip([*found, *_LIMITS], runs, strict=True):
        experiments = [
            {"sensitivity": sensitivity, **counted}
            for sensitivity, counted in zip(sensitivities, counts, strict=True)
        ]
        agree(student.supported_claims, reference.supported_claims, *experiments)
