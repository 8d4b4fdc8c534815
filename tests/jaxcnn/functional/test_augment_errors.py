import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn.functional as F

KEY = jax.random.key(0)
X = np.zeros((2, 6, 8, 3), "float32")
LABELS = np.eye(2, dtype="float32")
BYTES = np.zeros((2, 6, 8, 3), "uint8")

CASES = [
    # The argument, its value and the rule.
    (lambda: F.rotate(BYTES, 3), "x has dtype uint8, but must be floating"),
    (lambda: F.random_flip(KEY, BYTES), "x has dtype uint8"),
    (lambda: F.mixup(BYTES, LABELS, [0, 1], 0.5), "x has dtype uint8"),
    (lambda: F.rotate(X[0, 0], 3), "x has shape (8, 3), but needs at least 3 axes"),
    (lambda: F.rotate([[1.0]], 3), "x must be an array, not list"),
    (lambda: F.rotate(np.zeros((1, 0, 2, 1), "float32"), 3), "must be at least 1"),
    (lambda: F.rotate(X, [1.0, 2.0, 3.0]), "degrees has shape (3,), but must have () for all"),
    (lambda: F.rotate(X, [1.0, 2.0, 3.0]), "or (2,), one for each image"),
    (lambda: F.rotate(X, float("nan")), "degrees (=nan) must be finite"),
    (lambda: F.rotate(X, True), "degrees has dtype bool, but must hold numbers"),
    (lambda: F.rotate(X, 3, fill_mode="border"), "fill_mode (='border') must be one of 'nearest'"),
    (lambda: F.rotate(X, 3, interpolation="cubic"), "interpolation (='cubic') must be one of"),
    (lambda: F.rotate(X, 3, fill_value=(1, 2)), "fill_value has shape (2,), but must be a number"),
    (lambda: F.affine_transform(X, np.eye(4)), "matrix has shape (4, 4), but its last axis"),
    (lambda: F.affine_transform(X, np.ones((3, 2))), "matrix has shape (3, 2), but must have"),
    (lambda: F.affine_transform(X, np.eye(2), [1.0]), "offset has shape (1,), but must have (2,)"),
    (lambda: F.shift(X, 3.0), "pixels has shape (), but its last axis must hold one entry per"),
    (lambda: F.shift(X, (1, 2, 3, 4)), "pixels has shape (4,)"),
    (lambda: F.zoom(X, (1.0, 0.0)), "factors (=[1.0, 0.0]) must be above 0"),
    (lambda: F.random_rotation(KEY, X, -3), "degrees (=-3) must be a finite number of at least 0"),
    (lambda: F.random_rotation(KEY, X, 200), "degrees (=200) must be a finite number of at least"),
    (lambda: F.random_rotation(KEY, X, True), "degrees (=True) must be a finite number"),
    (lambda: F.random_rotation(KEY, X, "40"), "degrees (='40') must be a finite number"),
    (lambda: F.random_rotation(3, X, 40), "key must be one key, as jax.random.key(0)"),
    (lambda: F.random_rotation(None, X, 40), "not NoneType (=None)"),
    (lambda: F.random_flip(jax.random.split(KEY), X), "not an array of shape (2,) and dtype key"),
    (lambda: F.random_shear(KEY, X, 90), "degrees (=90) must be a finite number of at least 0 and"),
    (lambda: F.random_shift(KEY, X, 1.5), "fraction (=1.5) must be a finite number of at least 0"),
    (lambda: F.random_shift(KEY, X, (0.1, -0.1)), "fraction[1] (=-0.1) must be"),
    (
        lambda: F.random_shift(KEY, X, ()),
        "fraction (=()) must be a number, or one per spatial axis",
    ),
    (lambda: F.random_zoom(KEY, X, 1.0), "amount (=1.0) must be a finite number of at least 0 and"),
    (lambda: F.random_zoom(KEY, X, -0.1), "amount (=-0.1)"),
    (
        lambda: F.random_affine(KEY, X, zoom=1),
        "zoom (=1) must be a finite number of at least 0 and",
    ),
    (lambda: F.random_affine(KEY, X, shift=(0.1,)), "shift (=(0.1,)) must be a number or two"),
    (lambda: F.random_affine(KEY, X, rotation=-1), "rotation (=-1)"),
    (lambda: F.random_affine(KEY, X, shear=float("inf")), "shear (=inf)"),
    (lambda: F.random_affine(KEY, X, horizontal_flip=2), "horizontal_flip (=2)"),
    (lambda: F.course_augmentation(KEY, BYTES), "x has dtype uint8"),
    (lambda: F.flip(X, 0), "axis (=0) must be a spatial axis of x with shape (2, 6, 8, 3)"),
    (lambda: F.flip(X, -1), "axis (=-1) must be a spatial axis"),
    (lambda: F.flip(X, where=[True]), "where has shape (1,), but must have ()"),
    (lambda: F.flip(X, where=1.0), "where has dtype float32, but must hold booleans"),
    (lambda: F.flip(X, rank=4), "rank (=4) must be from 1 to 3"),
    (lambda: F.random_flip(KEY, X, probability=1.1), "probability (=1.1)"),
    (lambda: F.crop(X, (0, 0), 7), "shape (=7) must not be larger than the image"),
    (lambda: F.crop(X, (0, 0), (2, 9)), "x has shape (2, 6, 8, 3), so its spatial axes are (6, 8)"),
    (lambda: F.crop(X, (0, 7), 2), "start (=(0, 7)) must leave room for the window"),
    (lambda: F.crop(X, (-1, 0), 2), "start (=[-1, 0]) must be at least 0"),
    (lambda: F.crop(X, (0.5, 0), 2), "start has dtype float32, but must hold integers"),
    (lambda: F.crop(X, (0, 0), (2, 0)), "shape[1] (=0) must be an int of at least 1"),
    (lambda: F.crop(X, (0,), 2), "start has shape (1,), but must have (2,)"),
    (lambda: F.random_crop(KEY, X, (7, 7)), "shape (=(7, 7)) must not be larger"),
    (lambda: F.random_crop(KEY, X, (1,) * 4), "shape (=(1, 1, 1, 1)) must be an int, or one per"),
    (lambda: F.random_cutout(KEY, X, 9), "shape (=9) must not be larger than the image"),
    (lambda: F.cutout(X, (0, 0), 2, fill_value=(1, 2)), "fill_value has shape (2,)"),
    (lambda: F.adjust_brightness(X, -0.5), "factor (=-0.5) must be at least 0"),
    (lambda: F.adjust_contrast(X, -0.5), "factor (=-0.5) must be at least 0"),
    (lambda: F.random_brightness(KEY, X, -0.5), "amount (=-0.5)"),
    (lambda: F.random_contrast(KEY, X, 1.5), "amount (=1.5)"),
    (lambda: F.mixup(X, np.eye(3, dtype="f4"), [0, 1], 0.5), "labels has shape (3, 3), but must"),
    (lambda: F.mixup(X, LABELS[0], [0, 1], 0.5), "labels has shape (2,), but must be (*batch"),
    (lambda: F.mixup(X, np.array([0, 1]), [0, 1], 0.5), "jax.nn.one_hot(labels, classes)"),
    (lambda: F.mixup(X, LABELS, [0, 2], 0.5), "partners (=[0, 2]) must be at most 1"),
    (lambda: F.mixup(X, LABELS, [0, -1], 0.5), "partners (=[0, -1]) must be at least 0"),
    (lambda: F.mixup(X, LABELS, [1, 0], 1.5), "share (=1.5) must be at most 1"),
    (lambda: F.random_mixup(KEY, X, LABELS, 0.0), "alpha (=0.0) must be a finite number above 0"),
    (lambda: F.random_cutmix(KEY, X, LABELS, -1), "alpha (=-1) must be a finite number above 0"),
    (lambda: F.random_cutmix(KEY, X, LABELS[:1]), "labels has shape (1, 2)"),
    (lambda: F.cutmix(X, LABELS, [1, 0], (0,), (1,)), "low speaks of 1 spatial axes, but x with"),
    (lambda: F.cutmix(X, LABELS, [1, 0], (0, 0), (1,)), "high has shape (1,), but must have (2,)"),
    (lambda: F.compose(), "steps must hold at least one augmentation"),
    (lambda: F.compose(F.random_flip, 3), "steps[1] (=3) must be a function of key and x"),
]


@pytest.mark.parametrize(("call", "part"), CASES, ids=[part for _, part in CASES])
def test_a_wrong_call_names_argument_value_and_rule(call, part):
    with pytest.raises(ValueError, match=re.escape(part)):
        call()


def test_shapes_are_checked_under_jit_and_vmap():
    with pytest.raises(ValueError, match="degrees has shape"):
        jax.jit(F.rotate)(X, jnp.zeros(5))
    with pytest.raises(ValueError, match="needs at least 3 axes"):
        jax.vmap(F.course_augmentation)(jax.random.split(KEY), X[:, 0])
