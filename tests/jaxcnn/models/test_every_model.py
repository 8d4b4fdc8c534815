"""What holds for every network, on a small variant of each kind."""

import inspect

import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn import models, nn
from jaxcnn.analysis import output_shapes
from jaxcnn.models import create_model, intermediates, layer_names, list_models
from jaxcnn.transfer import convolutionise

from ..functional.helpers import quick_jit
from .small import OF_EACH_CLASS, SMALL, listed


def small(name, **options):
    return create_model(name, num_classes=3, in_features=2, seed=0, **SMALL[name], **options)


def abstract(name, **options):
    return nnx.eval_shape(lambda: small(name, **options))


def images(model, batch=2):
    x = np.random.default_rng(0).normal(size=(batch, *model.input_shape))
    return jnp.asarray(x, jnp.float32)


def fixed(model):
    return isinstance(model.classifier[0], nn.Flatten)


def test_there_is_a_small_variant_of_every_class():
    classes = {value for value in vars(models).values() if inspect.isclass(value)}
    assert {type(abstract(name)) for name in SMALL} == classes - {models.Network}


@pytest.mark.parametrize("name", OF_EACH_CLASS)
def test_logits_and_slopes_are_finite_in_training(name):
    model = small(name)
    x = images(model)
    model.train()
    graph, parameters, rest = nnx.split(model, nnx.Param, ...)

    @quick_jit
    def slopes(parameters, rest):
        def loss(parameters):
            logits = nnx.merge(graph, parameters, rest, copy=True)(x)
            return -jax.nn.log_softmax(logits)[:, 0].sum(), logits

        return jax.grad(loss, has_aux=True)(parameters)

    found, logits = slopes(parameters, rest)
    assert logits.shape == (2, 3)
    assert np.isfinite(logits).all()
    assert np.ptp(logits) > 0
    for path, leaf in jax.tree.leaves_with_path(found):
        assert np.isfinite(leaf).all(), path
        assert path[-2].key == "bias" or np.any(leaf), path


@pytest.mark.parametrize("name", SMALL)
def test_paths_are_rows_of_the_summary_with_the_shapes_computed(name):
    model = abstract(name)
    x = jax.ShapeDtypeStruct((1, *model.input_shape), jnp.float32)
    found = nnx.eval_shape(lambda m, x: intermediates(m, x, layer_names(m)), model, x)
    rows = output_shapes(model, model.input_shape)
    assert {path: rows[path] for path in found} == {p: v.shape[1:] for p, v in found.items()}
    assert set(found) == set(layer_names(model))
    assert [path for path in rows if path in found] == layer_names(model)


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("stored", [jnp.float32, jnp.bfloat16])
def test_networks_compute_in_half_precision(name, stored):
    model = abstract(name, dtype=jnp.bfloat16, param_dtype=stored)
    leaves = jax.tree.leaves(nnx.state(model, nnx.Param))
    assert {leaf.dtype for leaf in leaves} == {jnp.dtype(stored)}
    x = jax.ShapeDtypeStruct((1, *model.input_shape), jnp.float32)
    flax = isinstance(model, models.VisionTransformer)  # its LayerNorm promotes
    with jax.numpy_dtype_promotion("standard" if flax else "strict"):
        assert nnx.eval_shape(lambda m, x: m(x), model, x).dtype == jnp.bfloat16


@pytest.mark.parametrize("name", SMALL)
def test_networks_export_with_a_symbolic_batch_and_size(name):
    model = abstract(name)
    rank = 0 if fixed(model) else len(model.input_shape) - 1
    names = ("batch", "height", "width", "depth")[: rank + 1]
    bounds = [f"{axis} >= 24" for axis in names[1:]]
    batch, *sizes = jax.export.symbolic_shape(", ".join(names), constraints=bounds)
    step = getattr(model, "patch_size", 1)
    spatial = [step * size for size in sizes] or model.input_shape[:-1]
    x = jax.ShapeDtypeStruct((batch, *spatial, model.input_shape[-1]), jnp.float32)
    graph, state = nnx.split(model)
    exported = jax.export.export(jax.jit(lambda s, x: nnx.merge(graph, s)(x)))(state, x)
    assert exported.out_avals[0].shape == (batch, 3)


@pytest.mark.parametrize("name", SMALL)
def test_heads_slide_over_larger_inputs(name):
    model = small(name)
    scores = convolutionise(model)
    graph, state = nnx.split((model, scores))

    @quick_jit
    def both(state, x):
        return [network(x) for network in nnx.merge(graph, state)]

    expected, found = both(state, images(model))
    assert found.shape == (2, *(1 for _ in model.input_shape[:-1]), 3)
    np.testing.assert_allclose(found.reshape(2, 3), expected, rtol=1e-4, atol=1e-5)
    larger = tuple(2 * size for size in model.input_shape[:-1])
    shape = output_shapes(scores, (*larger, 2)).popitem()[1]
    assert all(size > 1 for size in shape[:-1])


@pytest.mark.parametrize("name", list_models())
def test_every_listed_model_can_be_given_classes_and_channels(name):
    shape = (*listed(name).input_shape[:-1], 2)
    model = nnx.eval_shape(lambda: create_model(name, num_classes=3, input_shape=shape))
    assert model.classifier[-1].out_features == 3
    assert model.input_shape == shape


@pytest.mark.parametrize("name", SMALL)
def test_constructors_share_their_arguments(name):
    parameters = list(inspect.signature(type(abstract(name)).__init__).parameters)
    assert parameters[1:3] == ["in_features", "num_classes"]
    assert parameters[-3:] == ["dtype", "param_dtype", "rngs"]


@pytest.mark.parametrize("name", SMALL)
def test_no_classes_are_refused(name):
    with pytest.raises(ValueError, match=r"num_classes \(=0\)"):
        create_model(name, num_classes=0, **SMALL[name])
