from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn.functional as F
from jaxcnn.functional._augment._affine import Ranges, draw

from .helpers import a_map, assert_close, quick_jit
from .test_augment_geometry import scipy_affine

MANY = 2000
KEY = jax.random.key(3)
AUGMENTATIONS = {
    "random_rotation": partial(F.random_rotation, degrees=40),
    "random_shear": partial(F.random_shear, degrees=20),
    "random_shift": partial(F.random_shift, fraction=0.2),
    "random_zoom": partial(F.random_zoom, amount=0.2),
    "random_affine": partial(F.random_affine, rotation=20, shift=(0.1, 0.0), zoom=0.1, shear=5),
    "course_augmentation": F.course_augmentation,
    "random_flip": F.random_flip,
    "random_crop": partial(F.random_crop, shape=(6, 4)),
    "random_cutout": partial(F.random_cutout, shape=4),
    "random_brightness": partial(F.random_brightness, amount=0.3),
    "random_contrast": partial(F.random_contrast, amount=0.3),
    "compose": F.compose(F.random_flip, partial(F.random_cutout, shape=2)),
}


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_the_key_decides_and_images_differ(name):
    function = quick_jit(AUGMENTATIONS[name])
    x = np.broadcast_to(a_map(9, 8, 2), (24, 9, 8, 2))
    first, again = function(KEY, x), function(KEY, x)
    np.testing.assert_array_equal(first, again)
    assert np.any(first != function(jax.random.key(4), x))
    kinds = len(np.unique(np.asarray(first).reshape(24, -1), axis=0))
    assert kinds == 2 if name == "random_flip" else kinds > 8


@pytest.mark.parametrize("name", ["random_shift", "random_affine", "random_crop", "compose"])
def test_a_mapped_key_augments_an_image_as_alone(name):
    function, x = AUGMENTATIONS[name], a_map(2, 9, 8, 2)
    keys = jax.random.split(KEY, 2)
    mapped = quick_jit(jax.vmap(function))(keys, x)
    alone = quick_jit(function)
    for key, image, result in zip(keys, x, mapped, strict=True):
        assert_close(result, alone(key, image), atol=1e-5)


@pytest.mark.parametrize(
    "name",
    ["random_affine", "random_flip", "random_crop", "random_cutout", "random_contrast"],
)
def test_gradients_flow_through_sixteen_bit_images(name):
    function, x = AUGMENTATIONS[name], a_map(2, 9, 8, 1).astype(jnp.bfloat16)

    @quick_jit
    def slope(x):
        return jax.grad(lambda x: function(KEY, x).astype("float32").sum())(x)

    with jax.numpy_dtype_promotion("strict"):
        gradient = np.asarray(slope(x), "float32")
    assert gradient.shape == x.shape
    assert np.isfinite(gradient).all()
    assert gradient.any()


def uniform(values, low, high):
    """Whether values fill a range evenly: a Kolmogorov-Smirnov distance at odds of 1 to 10^5."""
    values = np.sort(np.asarray(values, np.float64).ravel())
    assert low <= values[0]
    assert values[-1] <= high
    expected = (values - low) / (high - low)
    distance = np.abs(np.arange(1, len(values) + 1) / len(values) - expected).max()
    return distance < 2.47 / np.sqrt(len(values))


def test_the_course_draws_uniformly_within_its_ranges():
    ranges = Ranges(40.0, (0.2, 0.1), 0.2, (0.2, 0.3), (0.25, 0.5))
    drawn = jax.jit(lambda x: draw(KEY, x, ranges))(np.zeros((MANY, 10, 20, 1), "float32"))
    assert uniform(drawn.rotation, -40, 40)
    assert uniform(drawn.shift[:, 0], -2, 2)
    assert uniform(drawn.shift[:, 1], -2, 2)
    assert uniform(drawn.shear, -0.2, 0.2)
    assert uniform(drawn.zoom[:, 0], 0.8, 1.2)
    assert uniform(drawn.zoom[:, 1], 0.7, 1.3)
    flips = np.asarray((drawn.flip == -1).mean(0))
    np.testing.assert_allclose(flips, (0.25, 0.5), atol=0.05)
    both = np.stack([drawn.rotation, *drawn.shift.T, drawn.shear, *drawn.zoom.T, *drawn.flip.T])
    assert np.abs(np.corrcoef(both) - np.eye(8)).max() < 0.1


def test_a_random_affine_is_scipys_for_what_it_drew():
    """The law written out once more, with NumPy's matrices."""
    x = a_map(5, 9, 12, 2)
    options = {"rotation": 60, "shift": (0.3, 0.2), "shear": 25, "zoom": (0.4, 0.1)}
    flips = {"horizontal_flip": 0.5, "vertical_flip": 0.5}
    ours = quick_jit(lambda x: F.random_affine(KEY, x, fill_mode="mirror", **options, **flips))(x)
    drawn = draw(KEY, jnp.asarray(x), Ranges(60.0, (0.3, 0.2), 25.0, (0.4, 0.1), (0.5, 0.5)))
    center = np.array([4.0, 5.5])
    matrices, offsets = [], []
    for angle, moved, slant, part, sign in zip(*map(np.asarray, drawn), strict=True):
        a, s = np.deg2rad(angle), np.deg2rad(slant)
        turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
        sheared = np.array([[np.cos(s), 0], [-np.sin(s), 1]])
        matrix = turn @ sheared @ np.diag(part) @ np.diag(sign)
        matrices.append(matrix)
        offsets.append(center + turn @ moved - matrix @ center)
    assert_close(ours, scipy_affine(x, matrices, offsets, "mirror"), atol=2e-4)


RAMP = np.broadcast_to(np.arange(21.0, dtype="float32"), (MANY, 21))[..., None]


def test_a_random_shift_is_uniform():
    y = np.asarray(jax.jit(lambda x: F.random_shift(KEY, x, (0.2,)))(RAMP))
    assert uniform(10 - y[:, 10, 0], -0.2 * 21, 0.2 * 21)


def test_a_random_zoom_is_uniform_in_what_is_shown():
    y = np.asarray(jax.jit(lambda x: F.random_zoom(KEY, x, (0.2,)))(RAMP))
    assert uniform((y[:, 15, 0] - y[:, 5, 0]) / 10, 0.8, 1.2)


@pytest.mark.parametrize("function", [F.random_rotation, F.random_shear])
def test_random_angles_are_uniform(function):
    """The place that the right neighbour of the centre looks at tells the angle of a turn."""
    column = np.broadcast_to(np.arange(5.0, dtype="float32"), (MANY, 5, 5))[..., None]
    y = np.asarray(jax.jit(lambda x: function(KEY, x, 30))(column))
    sine = y[:, 2, 2, 0] - y[:, 3, 2, 0]
    assert uniform(np.rad2deg(np.arcsin(sine)), -30.001, 30.001)


@pytest.mark.parametrize("probability", [0, 0.2, 0.5, 1])
def test_the_share_of_flipped_images_is_the_probability(probability):
    x = np.broadcast_to(np.arange(3.0, dtype="float32"), (MANY, 1, 3))[..., None]
    y = np.asarray(F.random_flip(KEY, x, probability=probability))
    flipped = (y == x[:, :, ::-1]).all((1, 2, 3))
    assert ((y == x).all((1, 2, 3)) | flipped).all()
    assert flipped.mean() == probability if probability in (0, 1) else True
    np.testing.assert_allclose(flipped.mean(), probability, atol=0.05)


def test_every_place_of_a_crop_is_as_likely():
    x = np.broadcast_to(np.arange(20.0, dtype="float32").reshape(4, 5), (MANY, 4, 5))[..., None]
    y = np.asarray(jax.jit(lambda x: F.random_crop(KEY, x, (2, 3)))(x))
    starts, counts = np.unique(y[:, 0, 0, 0], return_counts=True)
    assert starts.tolist() == [0, 1, 2, 5, 6, 7, 10, 11, 12]
    np.testing.assert_allclose(counts / MANY, 1 / 9, atol=0.04)
    np.testing.assert_array_equal(y[:, 1, 2, 0], y[:, 0, 0, 0] + 7)


def test_every_pixel_is_the_centre_of_a_cutout_as_often():
    x = np.ones((MANY, 3, 4, 1), "float32")
    y = np.asarray(jax.jit(lambda x: F.random_cutout(KEY, x, 1, fill_value=5))(x))
    assert ((y == 5).sum((1, 2, 3)) == 1).all()
    np.testing.assert_allclose((y == 5).mean(0), 1 / 12, atol=0.04)


def test_random_brightness_and_contrast_are_uniform():
    x = np.broadcast_to(np.array([1.0, 3.0], "float32"), (MANY, 1, 2))[..., None]
    bright = np.asarray(jax.jit(lambda x: F.random_brightness(KEY, x, 0.3))(x))
    assert uniform(bright[:, 0, 0], 0.7 - 1e-6, 1.3 + 1e-6)
    np.testing.assert_allclose(bright[:, 0, 1], 3 * bright[:, 0, 0], rtol=1e-5)
    contrast = np.asarray(jax.jit(lambda x: F.random_contrast(KEY, x, 0.3))(x))
    assert uniform(contrast[:, 0, 1] - 2, 0.7 - 1e-6, 1.3 + 1e-6)
    np.testing.assert_allclose(contrast.mean((1, 2, 3)), 2, rtol=1e-5)


def test_composing_gives_each_step_its_own_key():
    def note(key, x):
        return jnp.concatenate([x, jax.random.uniform(key, (1,))])

    numbers = F.compose(note, note)(KEY, jnp.zeros(0))
    first, second = jax.random.split(KEY)
    expected = [jax.random.uniform(first, (1,))[0], jax.random.uniform(second, (1,))[0]]
    np.testing.assert_array_equal(numbers, expected)


def test_old_style_keys_work():
    x = a_map(2, 4, 4, 1)
    key = jax.random.PRNGKey(5)
    same = jax.random.wrap_key_data(key, impl="threefry2x32")
    np.testing.assert_array_equal(F.random_flip(key, x), F.random_flip(same, x))


def test_a_symbolic_batch_is_exported():
    shape = jax.export.symbolic_shape("b, 8, 8, 3")
    key = jax.ShapeDtypeStruct((2,), np.uint32)
    exported = jax.export.export(jax.jit(F.course_augmentation))(
        key, jax.ShapeDtypeStruct(shape, np.float32)
    )
    x, key = a_map(3, 8, 8, 3), jax.random.PRNGKey(0)
    assert_close(exported.call(key, x), F.course_augmentation(key, x), atol=1e-5)
