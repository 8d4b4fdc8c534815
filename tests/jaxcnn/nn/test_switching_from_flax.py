"""A practitioner changes `nnx.Conv` to `Conv2d` and keeps the rest: arguments, training, checkpoints."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import orbax.checkpoint as checkpoints
import pytest
from flax import nnx

from jaxcnn import nn

X = jnp.asarray(np.random.default_rng(0).normal(size=(2, 7, 8, 4)), jnp.float32)
LEFT_OUT = {"conv_general_dilated"}  # the layer is a shell over `functional.conv`


def both(**options):
    theirs = nnx.Conv(4, 6, (3, 3), rngs=nnx.Rngs(3), **options)
    return theirs, nn.Conv2d(4, 6, (3, 3), rngs=nnx.Rngs(3), **options)


def shown(default):
    return getattr(default, "__qualname__", repr(default))


def test_every_argument_of_flax_is_taken_with_its_default():
    theirs = dict(inspect.signature(nnx.Conv.__init__).parameters)
    ours = inspect.signature(nn.Conv2d.__init__).parameters
    assert set(theirs) - set(ours) == LEFT_OUT
    for name in set(theirs) - LEFT_OUT - {"padding"}:
        assert shown(ours[name].default) == shown(theirs[name].default), name
        assert ours[name].kind == theirs[name].kind, name
    assert ours["padding"].default.upper() == theirs["padding"].default


def test_the_argument_that_is_left_out_is_refused_not_ignored():
    with pytest.raises(TypeError, match="conv_general_dilated"):
        both(conv_general_dilated=jax.lax.conv_general_dilated)


@pytest.mark.parametrize("dtype", [None, jnp.float32, jnp.bfloat16])
@pytest.mark.parametrize("param_dtype", [jnp.float32, jnp.bfloat16])
@pytest.mark.parametrize("preferred", [None, jnp.float32])
def test_the_dtypes_are_those_of_flax(dtype, param_dtype, preferred):
    options = {"dtype": dtype, "param_dtype": param_dtype, "preferred_element_type": preferred}
    theirs, ours = both(**options)
    for x in (X, X.astype(jnp.bfloat16)):
        expected, y = theirs(x), ours(x)
        assert y.dtype == expected.dtype
        error = 2e-2 if y.dtype == jnp.bfloat16 else 1e-5
        np.testing.assert_allclose(
            y.astype(jnp.float32), expected.astype(jnp.float32), rtol=error, atol=error
        )


@pytest.mark.parametrize("build", [nn.Conv2d, nn.ConvTranspose2d])
def test_the_preferred_type_is_that_of_the_output(build):
    layer = build(4, 6, 3, preferred_element_type=jnp.float32, dtype="bfloat16", rngs=nnx.Rngs(0))
    with jax.numpy_dtype_promotion("strict"):
        assert layer(X).dtype == jnp.float32


def test_attributes_that_flax_has_are_there():
    theirs, ours = both(feature_group_count=2, strides=2)
    assert ours.kernel_shape == theirs.kernel_shape == ours.kernel.shape
    assert (ours.in_features, ours.out_features) == (theirs.in_features, theirs.out_features)


def test_masks_and_promotion_are_applied_as_in_flax():
    def to_half(arrays, *, dtype):
        return tuple(array.astype(jnp.float16) for array in arrays)

    mask = jnp.zeros((3, 3, 4, 6)).at[::2].set(1)
    theirs, ours = both(mask=mask, promote_dtype=to_half)
    assert ours(X).dtype == jnp.float16
    np.testing.assert_allclose(ours(X), theirs(X), rtol=1e-2, atol=1e-2)


def loss(model, x):
    return (model(x) ** 2).sum()


def test_gradients_are_those_of_flax_under_nnx_and_plain_transformations():
    theirs, ours = both()
    expected = nnx.grad(loss)(theirs, X)
    graph, state = nnx.split(ours)
    plain = jax.jit(jax.grad(lambda state, x: loss(nnx.merge(graph, state), x)))(state, X)
    for found in (nnx.jit(nnx.grad(loss))(ours, X), plain):
        for name in ("kernel", "bias"):
            np.testing.assert_allclose(
                found[name][...], expected[name][...], rtol=1e-4, atol=1e-4, err_msg=name
            )


def test_vmap_over_examples_equals_the_batch():
    _, ours = both(padding="CIRCULAR", strides=2)
    np.testing.assert_allclose(jax.vmap(ours)(X), ours(X), rtol=1e-5, atol=1e-5)


def test_a_state_saved_from_flax_is_read_by_the_layer_that_replaces_it():
    theirs, ours = both()
    other = nn.Conv2d(4, 6, (3, 3), rngs=nnx.Rngs(8))
    saved = jax.tree.map(np.asarray, nnx.to_pure_dict(nnx.state(theirs)))
    state = nnx.state(other)
    nnx.replace_by_pure_dict(state, saved)
    nnx.update(other, state)
    np.testing.assert_array_equal(other(X), ours(X))


def test_an_orbax_checkpoint_brings_the_numbers_back(tmp_path):
    layers = nn.Sequential(nn.Conv2d(4, 6, 3, rngs=nnx.Rngs(0)), nn.BatchNorm(6, rngs=nnx.Rngs(0)))
    layers(X)
    with checkpoints.StandardCheckpointer() as store:
        store.save(tmp_path / "state", nnx.to_pure_dict(nnx.state(layers)))
    fresh = nn.Sequential(nn.Conv2d(4, 6, 3, rngs=nnx.Rngs(1)), nn.BatchNorm(6, rngs=nnx.Rngs(1)))
    state = nnx.state(fresh)
    with checkpoints.StandardCheckpointer() as store:
        saved = store.restore(tmp_path / "state", nnx.to_pure_dict(state))
    nnx.replace_by_pure_dict(state, saved)
    nnx.update(fresh, state)
    for model in (layers, fresh):
        model.eval()
    np.testing.assert_array_equal(fresh(X), layers(X))
