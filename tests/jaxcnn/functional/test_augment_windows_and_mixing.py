import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn.functional as F

from .helpers import a_map, assert_close, quick_jit

KEY = jax.random.key(1)


@pytest.mark.parametrize(("axis", "rank"), [(-2, 2), (-3, 2), (1, 2), (-4, 3), (-2, 1)])
def test_a_flip_reverses_a_spatial_axis(axis, rank):
    x = a_map(*(2, 3, 4, 5, 2)[-rank - 2 :])
    np.testing.assert_array_equal(F.flip(x, axis, rank=rank), np.flip(x, axis))


def test_only_chosen_images_are_flipped():
    x, chosen = a_map(2, 2, 3, 4, 1), np.array([[True, False], [False, True]])
    y = np.asarray(F.flip(x, where=chosen))
    np.testing.assert_array_equal(y[~chosen], x[~chosen])
    np.testing.assert_array_equal(y[chosen], x[chosen][..., ::-1, :])


@pytest.mark.parametrize("shape", [(2,), (2, 3), (2, 3, 1)])
def test_each_image_has_its_own_crop(shape):
    rank = len(shape)
    x = a_map(2, 2, *(4, 5, 3)[:rank], 2)
    starts = np.random.default_rng(0).integers(0, 3, (2, 2, rank))
    y = np.asarray(quick_jit(lambda x: F.crop(x, starts, shape))(x))
    for place in np.ndindex(2, 2):
        window = tuple(slice(s, s + n) for s, n in zip(starts[place], shape, strict=True))
        np.testing.assert_array_equal(y[place], x[(*place, *window)])


def test_a_crop_from_a_traced_place_stays_inside():
    x = a_map(1, 4, 4, 1)
    y = jax.jit(lambda start: F.crop(x, start, 2))(jnp.array([9, -9]))
    np.testing.assert_array_equal(y, x[:, 2:, :2])


def test_a_cutout_hides_a_box_and_its_gradient():
    x = a_map(2, 5, 6, 2)
    centers = np.array([[2, 3], [0, 5]])

    @quick_jit
    def both(x):
        return jax.vjp(lambda x: F.cutout(x, centers, (2, 3), fill_value=(7, 8)), x)

    y, pull_back = both(x)
    expected = np.array(x)
    expected[0, 1:3, 2:5] = (7, 8)
    expected[1, :1, 4:] = (7, 8)
    np.testing.assert_array_equal(y, expected)
    (gradient,) = pull_back(jnp.ones_like(y))
    np.testing.assert_array_equal(gradient, expected == x)


def test_brightness_multiplies_and_contrast_leaves_each_mean():
    x, factors = a_map(2, 3, 4, 3), np.array([0.5, 2.0], "float32")
    spread = factors[:, None, None, None]
    assert_close(F.adjust_brightness(x, factors), x * spread)
    mean = x.mean((1, 2), keepdims=True)
    assert_close(F.adjust_contrast(x, factors), mean + (x - mean) * spread)
    series = F.adjust_contrast(x[0], 0.0, rank=1)  # three series of length 4
    assert_close(series, np.broadcast_to(x[0].mean(1, keepdims=True), x[0].shape))


def test_mixup_blends_images_and_labels_alike():
    x, labels = a_map(2, 3, 4, 4, 1), np.eye(6, dtype="float32").reshape(2, 3, 6)
    partners = np.array([[5, 0, 1], [2, 3, 4]])
    share = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 1.0]])
    images, targets = quick_jit(lambda x, y: F.mixup(x, y, partners, share))(x, labels)
    flat = x.reshape(6, 4, 4, 1)
    part = share.reshape(6, 1, 1, 1)
    assert_close(images.reshape(6, 4, 4, 1), part * flat + (1 - part) * flat[partners.ravel()])
    part = share.reshape(6, 1)
    assert_close(targets.reshape(6, 6), part * np.eye(6) + (1 - part) * np.eye(6)[partners.ravel()])


def test_cutmix_counts_the_pixels_that_were_pasted():
    x, labels = (
        np.arange(2.0, dtype="float32").repeat(20).reshape(2, 4, 5, 1),
        np.eye(2, dtype="f4"),
    )
    low, high = np.array([[1, 1], [-2, 3]]), np.array([[3, 3], [2, 9]])
    images, targets = F.cutmix(x, labels, [1, 0], low, high)
    assert images[0, 1:3, 1:3].min() == 1
    assert images[0].sum() == 4
    assert images[1, :2, 3:].max() == 0
    assert images[1].sum() == 16
    assert_close(targets, np.array([[0.8, 0.2], [0.2, 0.8]]))


@pytest.mark.parametrize("function", [F.random_mixup, F.random_cutmix])
@pytest.mark.parametrize("alpha", [0.2, 1.0])
def test_labels_say_what_a_mixed_image_shows(function, alpha):
    """Images that hold their own number: mixing shows in the mean as in the labels."""
    count = 12
    x = np.broadcast_to(np.eye(count, dtype="float32")[:, None, None], (count, 9, 7, count))
    mixed = quick_jit(lambda key, x, y: function(key, x, y, alpha))
    images, targets = mixed(KEY, x, np.eye(count, dtype="float32"))
    assert_close(np.asarray(images).mean((1, 2)), targets)
    np.testing.assert_allclose(targets.sum(-1), 1, rtol=1e-5)
    assert len(np.unique(np.diag(targets).round(4))) > count // 3  # each its own share
    other = mixed(jax.random.key(2), x, np.eye(count, dtype="float32"))[1]
    assert np.abs(other - targets).max() > 0.01


def test_shares_of_mixup_are_drawn_from_the_beta_distribution():
    """Labels that tell an image from its partner: 1 for the one image of its class, 0 for the rest."""
    stats = pytest.importorskip("scipy.stats")
    count, alpha = 1000, 0.4
    x, labels = np.zeros((count, 1, 1), "float32"), np.eye(count, dtype="float32")
    targets = np.asarray(jax.jit(lambda x, y: F.random_mixup(KEY, x, y, alpha))(x, labels)[1])
    shares = np.diag(targets)[np.diag(targets) < 1]  # some image may be its own partner
    assert stats.kstest(shares, stats.beta(alpha, alpha).cdf).pvalue > 1e-3


def test_cutmix_pastes_boxes_of_the_proportions_of_the_image():
    count, height, width = 64, 20, 30
    x = np.broadcast_to(np.arange(count, dtype="float32")[:, None, None, None], (count, 20, 30, 1))
    images, targets = jax.jit(F.random_cutmix)(KEY, x, np.eye(count, dtype="float32"))
    pasted = np.asarray(images != x)[..., 0]
    rows, columns = pasted.any(2), pasted.any(1)
    np.testing.assert_array_equal(pasted, rows[:, :, None] & columns[:, None, :])
    shown = 1 - pasted.mean((1, 2))
    np.testing.assert_allclose(np.diag(targets)[shown < 1], shown[shown < 1], rtol=1e-5)
    inside = ~(rows[:, 0] | rows[:, -1] | columns[:, 0] | columns[:, -1])
    assert inside.sum() > 5
    sides = rows.sum(1)[inside] / height, columns.sum(1)[inside] / width
    np.testing.assert_allclose(*sides, atol=1 / height + 1 / width)


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_mixing_keeps_both_dtypes(dtype):
    x, labels = a_map(4, 5, 5, 1).astype(jnp.dtype(dtype)), np.eye(4, dtype="float32")
    with jax.numpy_dtype_promotion("strict"):
        for function in (F.random_mixup, F.random_cutmix):
            images, targets = quick_jit(function)(KEY, x, labels)
            assert (images.dtype, targets.dtype) == (dtype, "float32")
        y = quick_jit(lambda x: F.cutout(F.adjust_contrast(x, 0.5), (1, 1), 2))(x)
    assert y.dtype == dtype


def test_gradients_flow_through_mixed_images():
    x, labels = a_map(4, 5, 5, 1), np.eye(4, dtype="float32")
    for function in (F.random_mixup, F.random_cutmix):
        slope = quick_jit(jax.grad(lambda x, f=function: (f(KEY, x, labels)[0] ** 2).sum()))(x)
        assert np.isfinite(slope).all()
        assert np.abs(slope).max() > 0
