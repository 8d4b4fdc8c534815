import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn.functional import conv, fold, unfold

from .helpers import a_map, assert_close, channels_first, quick_jit, whole_numbers

OPTIONS = [
    {},
    {"strides": 2, "padding": 1},
    {"strides": (1, 3), "padding": "full", "kernel_dilation": 2},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_convolution_is_a_product_with_patches(options):
    x, kernel = whole_numbers(2, 6, 7, 3), whole_numbers(3, 2, 3, 4)
    patches = unfold(x, (3, 2), **options)
    expected = conv(x, kernel, **{"padding": "valid", **options})
    assert patches.shape == (*expected.shape[:-1], 3, 2, 3)
    np.testing.assert_array_equal(np.tensordot(patches, kernel, 3), expected)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_patches_hold_the_pixels_under_the_window(rank):
    x, window = whole_numbers(1, *(5, 4, 4)[:rank], 2), (3, 2, 2)[:rank]
    patches = np.asarray(quick_jit(lambda x: unfold(x, window))(x))
    for place in np.ndindex(*patches.shape[1 : rank + 1]):
        under = tuple(slice(p, p + k) for p, k in zip(place, window, strict=True))
        np.testing.assert_array_equal(patches[(0, *place)], x[(0, *under)])


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_fold_is_the_transpose_of_unfold(options):
    x = whole_numbers(2, 6, 7, 1)
    patches = np.asarray(quick_jit(lambda x: unfold(x, (3, 2), **options))(x))
    others = whole_numbers(*patches.shape, seed=1)
    back = np.asarray(quick_jit(lambda it: fold(it, (6, 7), **options))(others))
    assert (patches * others).sum() == (x * back).sum()


def test_fold_equals_pytorch():
    torch = pytest.importorskip("torch")
    x = a_map(2, 6, 7, 3)
    patches = unfold(x, (3, 2), 2, 1)
    theirs = torch.nn.functional.unfold(channels_first(x), (3, 2), padding=1, stride=2)
    ours = np.transpose(patches, (0, 5, 3, 4, 1, 2)).reshape(theirs.shape)
    assert_close(ours, theirs.detach().numpy())
    folded = torch.nn.functional.fold(theirs, (6, 7), (3, 2), padding=1, stride=2)
    expected = np.moveaxis(folded.detach().numpy(), 1, -1)
    assert_close(fold(patches, (6, 7), 2, 1), expected)


@pytest.mark.parametrize("batch", [(), (2, 3)])
def test_any_number_of_batch_axes(batch):
    x = whole_numbers(*batch, 5, 4, 1)
    patches, back = quick_jit(lambda x: (unfold(x, (2, 2)), fold(unfold(x, (2, 2)), (5, 4))))(x)
    assert patches.shape == (*batch, 4, 3, 2, 2, 1)
    covers = np.outer([1, 2, 2, 2, 1], [1, 2, 2, 1])[..., None]
    np.testing.assert_array_equal(back, x * covers)


def test_fold_and_unfold_under_vmap():
    x = whole_numbers(3, 1, 5, 2)
    mapped = quick_jit(jax.vmap(lambda x: fold(unfold(x, 2), 5)))(x)
    np.testing.assert_array_equal(mapped, x * np.array([1, 2, 2, 2, 1])[:, None])


def test_bfloat16_patches_are_added_in_float32():
    # 289 patches meet in the middle pixel, and adding ones in bfloat16 stops at 256.
    patches = jnp.ones((1, 17, 17, 17, 17, 1), jnp.bfloat16)
    overlapping = quick_jit(lambda patches: fold(patches, (33, 33)))(patches)
    assert overlapping.dtype == jnp.bfloat16
    assert overlapping[0, 16, 16, 0] == 288  # 289 rounded to eight bits
