import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import jaxcnn.functional as F

from .helpers import a_map, assert_close, examples, quick_jit

FILL_MODES = ["nearest", "constant", "reflect", "mirror"]
ORDER = {"nearest": 0, "bilinear": 1}
CASES = [(mode, between) for mode in FILL_MODES for between in ORDER]

# Compiled once: the examples differ in numbers only.
_transform = jax.jit(F.affine_transform, static_argnames=("fill_mode", "interpolation"))


def scipy_affine(x, matrices, offsets, fill_mode, fill_value=0.0, interpolation="bilinear"):
    """One channel of one image at a time, in float64."""
    ndimage = pytest.importorskip("scipy.ndimage")
    y = np.empty(x.shape)
    for place in np.ndindex(x.shape[0], x.shape[-1]):
        one = (place[0], ..., place[1])
        y[one] = ndimage.affine_transform(
            np.asarray(x[one], np.float64),
            np.asarray(matrices[place[0]], np.float64),
            np.asarray(offsets[place[0]], np.float64),
            order=ORDER[interpolation],
            mode=fill_mode,
            cval=fill_value,
        )
    return y


def near_a_jump(matrices, offsets, sizes, fill_mode, interpolation):
    """Where rounding decides: half-way between pixels, or on the border of nothing."""
    pixels = np.stack(np.meshgrid(*map(np.arange, sizes), indexing="ij"), -1)
    places = np.einsum("nij,...j->n...i", matrices, pixels)
    places = places + offsets.reshape(len(offsets), *(1,) * len(sizes), len(sizes))
    near = np.zeros(places.shape, bool)
    if interpolation == "nearest":
        near |= np.abs(places % 1 - 0.5) < 1e-3
    if fill_mode == "constant":
        near |= np.abs(places) < 2e-3
        near |= np.abs(places - (np.array(sizes) - 1)) < 2e-3
    return near.any(-1)[..., None]


@pytest.mark.parametrize(("fill_mode", "interpolation"), CASES)
@given(seed=st.integers(0, 10**6), reach=st.sampled_from([0.3, 1.0, 3.0]))
@examples(8)
def test_an_affine_transform_is_scipys(fill_mode, interpolation, seed, reach):
    rng = np.random.default_rng(seed)
    x = a_map(3, 6, 9, 2, seed=seed)
    matrices = (np.eye(2) + reach * rng.normal(size=(3, 2, 2))).astype("float32")
    offsets = (reach * rng.normal(size=(3, 2)) * 4).astype("float32")
    options = {"fill_mode": fill_mode, "fill_value": 0.5, "interpolation": interpolation}
    ours = _transform(x, matrices, offsets, **options)
    theirs = scipy_affine(x, matrices, offsets, **options)
    unsure = near_a_jump(matrices, offsets, (6, 9), fill_mode, interpolation)
    assert unsure.mean() < 0.2
    assert_close(np.where(unsure, 0, ours), np.where(unsure, 0, theirs))


@pytest.mark.parametrize(("fill_mode", "interpolation"), CASES)
@pytest.mark.parametrize("sizes", [(7,), (3, 4, 5), (1, 6)])
def test_series_volumes_and_thin_images_are_scipys(sizes, fill_mode, interpolation):
    rank = len(sizes)
    rng = np.random.default_rng(rank)
    x = a_map(2, *sizes, 1)
    matrices = np.eye(rank) + 0.3 * rng.normal(size=(2, rank, rank))
    offsets = rng.normal(size=(2, rank))
    options = {"fill_mode": fill_mode, "interpolation": interpolation}
    ours = quick_jit(lambda *args: F.affine_transform(*args, **options))(x, matrices, offsets)
    theirs = scipy_affine(x, matrices, offsets, **options)
    unsure = near_a_jump(matrices, offsets, sizes, fill_mode, interpolation)
    assert_close(np.where(unsure, 0, ours), np.where(unsure, 0, theirs))


def test_a_rotation_is_scipys():
    ndimage = pytest.importorskip("scipy.ndimage")
    x, angles = a_map(3, 5, 8, 2), np.array([-33.0, 12.5, 140.0], "float32")
    ours = quick_jit(lambda x: F.rotate(x, angles, fill_mode="reflect"))(x)
    for image, angle, result in zip(x, angles, ours, strict=True):
        theirs = ndimage.rotate(image, angle, reshape=False, order=1, mode="reflect")
        assert_close(result, theirs)


@pytest.mark.parametrize("fill_mode", FILL_MODES)
@pytest.mark.parametrize("interpolation", ORDER)
def test_quarter_turns_are_exact(fill_mode, interpolation):
    x, quarters = a_map(6, 6, 6, 2), [0, 1, 2, 3, 4, -1]
    angles = 90.0 * np.array(quarters)
    options = {"fill_mode": fill_mode, "fill_value": 9.0, "interpolation": interpolation}
    turned = quick_jit(lambda x, angles: F.rotate(x, angles, **options))(x, angles)
    for image, times, result in zip(x, quarters, turned, strict=True):
        np.testing.assert_array_equal(result, np.rot90(image, times))


def test_a_shift_is_scipys_and_whole_pixels_are_exact():
    ndimage = pytest.importorskip("scipy.ndimage")
    x, pixels = a_map(3, 5, 7, 1), np.array([[1, -2], [0.5, 0.25], [-9, 3.7]])
    ours = quick_jit(lambda x: F.shift(x, pixels, fill_mode="constant", fill_value=7))(x)
    for image, moved, result in zip(x, pixels, ours, strict=True):
        theirs = ndimage.shift(image, (*moved, 0), order=1, mode="constant", cval=7)
        assert_close(result, theirs)
    np.testing.assert_array_equal(ours[0, 1:, :-2], x[0, :-1, 2:])


def test_zooming_by_two_halves_the_distance_from_the_centre():
    x = a_map(1, 5, 9, 1)
    y = np.asarray(quick_jit(lambda x: F.zoom(x, (2.0, 2.0)))(x))
    np.testing.assert_array_equal(y[0, ::2, ::2], x[0, 1:4, 2:7])
    shrunk = np.asarray(quick_jit(lambda x: F.zoom(x, (0.5, 0.5), fill_mode="constant"))(x))
    np.testing.assert_array_equal(shrunk[0, 1:4, 2:7], x[0, ::2, ::2])
    assert not shrunk[0, 0].any()


def test_an_offset_of_none_keeps_the_centre():
    x, matrix = a_map(2, 5, 7, 1), np.array([[0.7, 0.2], [-0.4, 1.1]])
    center = np.array([2.0, 3.0])
    expected = F.affine_transform(x, matrix, center - matrix @ center)
    assert_close(F.affine_transform(x, matrix), expected)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the name of SciPy's module in Keras
@pytest.mark.parametrize("sizes", [(7, 7), (6, 6)])
@pytest.mark.parametrize("fill_mode", ["nearest", "reflect"])
def test_one_composed_map_is_keras_on_square_images(sizes, fill_mode, monkeypatch):
    """Keras calls a shift of columns tx and one of rows ty, whatever its generator draws them as."""
    pytest.importorskip("scipy.ndimage")
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    keras = pytest.importorskip("keras.src.legacy.preprocessing.image")
    from jaxcnn.functional._augment._affine import Drawn, composed
    from jaxcnn.functional._augment._resample import filling, resample

    x = a_map(1, *sizes, 2)
    drawn = {"theta": 31.0, "tx": 1.3, "ty": -0.8, "shear": 12.0, "zx": 0.85, "zy": 1.15}
    generator = keras.ImageDataGenerator(fill_mode=fill_mode, data_format="channels_last")
    theirs = generator.apply_transform(x[0], {**drawn, "flip_horizontal": True})
    look = composed(
        Drawn(
            jnp.array([31.0]),
            jnp.array([[-0.8, 1.3]]),
            jnp.array([12.0]),
            jnp.array([[1.15, 0.85]]),
            jnp.array([[1.0, -1.0]]),
        ),
        sizes,
    )
    ours = resample(jnp.asarray(x), look, filling(fill_mode, 0.0, "bilinear", 2))
    assert_close(ours[0], theirs)


@pytest.mark.parametrize("batch", [(), (2, 3)])
def test_every_image_of_any_batch_has_its_own_parameters(batch):
    x = a_map(*batch, 5, 6, 2)
    angles = np.asarray(30.0 * np.arange(np.prod(batch, dtype=int)).reshape(batch) + 10)
    together = np.asarray(quick_jit(F.rotate)(x, angles))
    alone = quick_jit(F.rotate)
    for place in np.ndindex(*batch):
        assert_close(together[place], alone(x[place], angles[place]), atol=1e-6)


def test_vmap_equals_the_batch():
    x, angles = a_map(3, 5, 6, 2), np.array([10.0, 20.0, 70.0])
    mapped = quick_jit(jax.vmap(F.rotate))(x, angles)
    assert_close(mapped, quick_jit(F.rotate)(x, angles), atol=1e-6)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_sixteen_bits_are_computed_in_float32_and_rounded_once(dtype):
    x = a_map(2, 6, 7, 2).astype(jnp.dtype(dtype))
    with jax.numpy_dtype_promotion("strict"):
        y = quick_jit(lambda x: F.rotate(x, 25.0, fill_mode="constant", fill_value=0.5))(x)
    wide = F.rotate(x.astype("float32"), 25.0, fill_mode="constant", fill_value=0.5)
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, np.asarray(wide).astype(dtype))


def test_float64_images_are_computed_in_float64():
    x, matrix, offset = a_map(1, 6, 7, 1).astype("float64"), [[0.9, 0.2], [-0.3, 1.1]], [0.4, -1.1]
    with jax.enable_x64(True):
        y = np.asarray(F.affine_transform(x, matrix, offset, fill_mode="mirror"))
        drawn = F.course_augmentation(jax.random.key(0), x)
    assert y.dtype == drawn.dtype == "float64"
    assert_close(y, scipy_affine(x, [matrix], [offset], "mirror"), 1e-13, 1e-13)


def test_a_batch_may_be_empty():
    x, key = np.zeros((0, 6, 7, 1), "float32"), jax.random.key(0)
    assert F.course_augmentation(key, x).shape == x.shape
    assert F.random_crop(key, x, 3).shape == (0, 3, 3, 1)


@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_the_gradient_is_the_transpose(fill_mode):
    """Resampling is linear in the image, so <A x, g> = <x, A' g>."""
    x, g = a_map(2, 5, 6, 1), a_map(2, 5, 6, 1, seed=1)

    @quick_jit
    def both(x, g):
        y, pull_back = jax.vjp(lambda x: F.rotate(x, 33.0, fill_mode=fill_mode), x)
        return (y * g).sum(), (pull_back(g)[0] * x).sum()

    forward, backward = both(x, g)
    assert np.isfinite(forward)
    np.testing.assert_allclose(forward, backward, rtol=1e-4)


def test_the_gradient_of_the_angle_is_that_of_the_picture():
    ramp = np.broadcast_to(np.arange(9.0, dtype="float32")[:, None, None], (9, 9, 1))

    @quick_jit
    @jax.grad
    def slope(degrees):
        return F.rotate(jnp.asarray(ramp), degrees)[4, 6, 0]

    # Two pixels right of the centre, a turn by an angle a looks 2 sin(a) rows further down.
    np.testing.assert_allclose(slope(0.1), 2 * np.cos(np.deg2rad(0.1)) * np.pi / 180, rtol=1e-3)


def test_positions_that_are_no_numbers_stay_inside_memory():
    x = a_map(1, 4, 4, 1)
    y = np.asarray(quick_jit(F.rotate)(x, jnp.array([jnp.nan])))
    assert np.isnan(y).all()
    far = quick_jit(lambda x, pixels: F.shift(x, pixels))(x, jnp.array([[1e30, -1e30]]))
    np.testing.assert_array_equal(far, np.full(x.shape, x[0, 0, -1, 0]))


def test_each_channel_can_have_its_own_filling():
    y = F.shift(
        np.ones((1, 2, 2, 3), "float32"), (5, 0), fill_mode="constant", fill_value=(1, 2, 3)
    )
    assert y[0, 0, 0].tolist() == [1.0, 2.0, 3.0]
