"""Checks of question 20: three changes, then chance that can be repeated, for one image and for a batch."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall, untouched

from ..distinct import brightnesses, distinct

_SHAPES = [(4, 6, 2), (5, 3, 3), (3, 7, 1)]


def _images(rng, shape):
    """Brightnesses, no two of which are equal, none of them 0 or 1."""
    numbers = distinct(rng, shape, lowest=1)
    return (numbers / (numbers.max() + 1)).astype(np.float32)


def _keys_of_both_kinds(rng):
    """Four keys: two that mirror the image and two that do not, with two different offsets, one of them the last."""
    found = {True: [], False: []}
    while min(map(len, found.values())) < 2:
        key = int(rng.integers(1_000_000))
        draws = np.random.default_rng(key)
        mirrored, offsets = bool(draws.random() < 0.5), draws.integers(0, 5, 2).tolist()
        if offsets[0] != offsets[1] and 4 in offsets:
            found[mirrored].append(key)
    return [*found[True][:2], *found[False][:2]]


@check(points=1, fr="Le reflet", en="The mirror image")
@forall(examples=4, chosen=st.lists(st.booleans(), min_size=4, max_size=4))
def test_flip(student, reference, rng, chosen):
    pictures = brightnesses(rng, (3, 9, 12, 3)) / 255
    agree(student.flip, reference.flip, pictures, np.array([False, True, False]))
    for shape, which in [
        (_SHAPES[0], [True, False, False]),
        (_SHAPES[1], [False, True, True, False]),
        (_SHAPES[2], chosen),
    ]:
        images = _images(rng, (len(which), *shape))
        agree(student.flip, reference.flip, images, np.array(which))
    untouched(student.flip, _images(rng, (2, *_SHAPES[0])), np.array([False, True]))


@check(points=2, fr="Recouper", en="Cropping")
@forall(examples=4, top=st.integers(0, 6), left=st.integers(0, 6))
def test_crop(student, reference, rng, top, left):
    picture = brightnesses(rng, (10, 13, 3)) / 255
    agree(student.crop, reference.crop, picture, 1, 5, 3)
    for shape, *place in [
        (_SHAPES[0], 0, 3, 2),
        (_SHAPES[1], 2, 1, 1),
        (_SHAPES[2], 5, 2, 3),
        (_SHAPES[0], 3, 0, 2),
        (_SHAPES[1], top, left, 3),
    ]:
        agree(student.crop, reference.crop, _images(rng, shape), *place)


@check(points=1, fr="Le bruit", en="The noise")
@forall(examples=4, shape=st.sampled_from(_SHAPES), strength=st.sampled_from([0.125, 0.5, 2.0]))
def test_noise(student, reference, rng, shape, strength):
    for one, factor in [*zip(_SHAPES, (0.25, 0.5, 2.0), strict=True), (shape, strength)]:
        noise = rng.normal(size=one).astype(np.float32)
        agree(student.add_noise, reference.add_noise, _images(rng, one), noise, factor)


@check(points=2, fr="Une image, une clé", en="One image, one key")
@forall(examples=3, shape=st.sampled_from(_SHAPES), padding=st.integers(1, 3))
def test_augment(student, reference, rng, shape, padding):
    for key in _keys_of_both_kinds(rng):
        for one, around, strength in [(_SHAPES[0], 2, 0.0625), (shape, padding, 0.125)]:
            image = _images(rng, one)
            agree(student.augment, reference.augment, image, key, around, strength)


@check(points=1, fr="Un lot", en="A batch")
@forall(examples=3, shape=st.sampled_from(_SHAPES), padding=st.integers(1, 3))
def test_batch(student, reference, rng, shape, padding):
    for number, one, around in [(4, _SHAPES[0], 2), (3, _SHAPES[1], 1), (5, shape, padding)]:
        images, key = _images(rng, (number, *one)), int(rng.integers(1_000_000))
        agree(student.augment_batch, reference.augment_batch, images, key, around, 0.125)
