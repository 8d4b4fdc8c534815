"""Checks of question 5: a statistic that tells iconic images from natural ones."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.checks import agree, check, forall
from jaxcnn.data import load_embedded
from jaxcnn.testing import integer_arrays

SHAPES = [(4, 6, 1), (5, 4, 2), (9, 7, 1)]
# Levels of one fifth: the energies of a failing case are 0.04, 0.16, 0.36...
images = st.sampled_from(SHAPES).flatmap(
    lambda shape: integer_arrays(shape, 0, 5).map(lambda levels: (51 * levels).astype(np.uint8))
)
measures = arrays.arrays(np.float64, st.integers(1, 6), elements=st.integers(-4, 4).map(float))


def subset(rng, name, number=30):
    """Fresh images of an embedded set."""
    pool = load_embedded(name).images
    return pool[rng.choice(len(pool), number, replace=False)]


def framed(centre, ring):
    """Two 8 x 8 images on black: a square of level `centre` inside a ring of level `ring`."""
    image = np.zeros((8, 8, 1), np.uint8)
    image[1:7, 1:7] = ring
    image[2:6, 2:6] = centre
    return np.stack([image, image])


@check(points=1, fr="L'énergie de contraste", en="Contrast energy")
@forall(image=images)
def test_contrast_energy(student, reference, image):
    agree(student.contrast_energy, reference.contrast_energy, image)


@check(
    points=1,
    fr="Le biais central",
    en="The central bias",
    needs=("contrast_energy",),
    reveal=True,
)
@forall(image=images)
def test_window_bias(student, reference, image):
    agree(student.window_bias, reference.window_bias, image)


@check(
    points=1,
    fr="La fenêtre décalée",
    en="The window moved aside",
    needs=("window_bias",),
    reveal=True,
)
@forall(image=images, offset=st.integers(-1, 1))
def test_moved_window(student, reference, image, offset):
    agree(student.window_bias, reference.window_bias, image, offset)


@check(points=1, fr="À quel point on les distingue", en="How well they are told apart", reveal=True)
@forall(first=measures, second=measures)
def test_separability(student, reference, first, second):
    agree(student.separability, reference.separability, first, second)


@check(
    points=1,
    fr="Le profil des vraies images",
    en="The profile of the real images",
    needs=("moved_window",),
)
def test_bias_profile(student, reference, rng):
    offsets = [0, *(int(d) for d in rng.choice([-7, -5, -3, 3, 5, 7], 2, replace=False))]
    for name in ("iconic", "natural"):
        agree(student.bias_profile, reference.bias_profile, subset(rng, name), offsets)


framings = st.tuples(st.sampled_from([30, 40, 50, 60]), st.sampled_from([100, 130, 160]))


@check(points=1, fr="Ce que l'on en conclut", en="What follows", needs=("bias_profile",))
@forall(examples=40, train=framings, target=framings)
def test_advice(student, reference, train, target):
    agree(student.advice, reference.advice, framed(*train), framed(*target))


@check(points=1, fr="Et sur les vraies images", en="And on the real images", needs=("advice",))
def test_advice_on_real_images(student, reference, rng):
    for train, target in (("iconic", "natural"), ("natural", "iconic"), ("natural", "natural")):
        agree(student.advice, reference.advice, subset(rng, train), subset(rng, target))
