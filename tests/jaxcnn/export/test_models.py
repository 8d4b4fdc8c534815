"""Every network of the zoo, for every platform, without allocating its weights."""

import functools
import re

import jax
import numpy as np
import pytest
from flax import nnx

from jaxcnn import analysis, export
from jaxcnn.models import create_model, list_models
from jaxcnn.transfer import convolutionise

PLATFORMS = ("cpu", "cuda", "tpu")
FAMILIES = {re.sub(r"\d+", "", name): name for name in reversed(list_models())}
NAMES = [
    name if name in FAMILIES.values() else pytest.param(name, marks=pytest.mark.many)
    for name in list_models()
]  # the first of each family always, the others by `pytest -m many`


@functools.cache
def abstract(name):
    return nnx.eval_shape(lambda: create_model(name))


def concrete(name, **options):
    """A network whose running statistics are not those of a fresh one."""
    model = create_model(name, seed=0, **options)
    draw = np.random.default_rng(0)
    for path, value in nnx.to_flat_state(nnx.state(model, nnx.BatchStat)):
        random = draw.uniform(0.5, 1.5, value.shape).astype(value.dtype)
        nnx.update(model, nnx.from_flat_state([(path, value.replace(jax.numpy.asarray(random)))]))
    return model


def images(*shape):
    return np.random.default_rng(1).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("name", NAMES)
def test_one_program_serves_every_platform_and_any_batch(name):
    model = abstract(name)
    exported = export.export_model(model, name=name)
    assert exported.platforms == PLATFORMS
    assert exported.input_shape == ("batch", *model.input_shape)
    (scores,) = analysis.summary(model, model.input_shape).output_shape
    assert exported.output_shape == ("batch", scores)


@pytest.mark.parametrize("platform", ["cuda", "tpu"])
@pytest.mark.parametrize("name", NAMES)
def test_an_accelerator_gets_xlas_own_convolution_and_pooling(name, platform):
    model = abstract(name)
    module = export.export_model(model, platforms=platform).program.mlir_module()
    layers = [row.layer for row in analysis.summary(model, model.input_shape).rows]
    convolutions = sum(isinstance(layer, analysis.Conv) for layer in layers)
    pools = sum(isinstance(layer, analysis.Pool) for layer in layers)
    assert module.count("stablehlo.convolution") == convolutions
    assert module.count("stablehlo.reduce_window") >= pools


CASES = {
    "lenet": {},
    "lenet5": {"num_classes": 3},
    "vgg11_bn": {"image_size": 32, "blocks": ((4, 1), (8, 2)), "hidden": (6,), "num_classes": 5},
}


@pytest.mark.parametrize("name", CASES)
def test_the_file_computes_what_the_network_does(name, tmp_path):
    model = concrete(name, **CASES[name])
    export.export_model(model, name=name).save(tmp_path / "model.jaxcnn")
    loaded = export.load(tmp_path / "model.jaxcnn")
    for batch in (1, 3):
        x = images(batch, *model.input_shape)
        np.testing.assert_allclose(loaded(x), model(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["lenet5", "vgg11_bn"])
def test_a_map_of_scores_comes_from_images_of_any_size(name):
    model = concrete(name, **CASES[name])
    maps = convolutionise(model)
    exported = export.export_model(maps, input_shape=model.input_shape, image_size="any")
    assert exported.smallest == (1, *model.input_shape)
    for height, width in ((32, 32), (45, 38)):
        x = images(2, height, width, model.input_shape[-1])
        np.testing.assert_allclose(exported(x), maps(x), rtol=1e-5, atol=1e-5)


def takes(model, size):
    """Whether the network can be computed on images of that size, found by tracing it."""
    graph, state = nnx.split(model)
    x = jax.ShapeDtypeStruct((1, *size, model.input_shape[-1]), "float32")
    try:
        jax.eval_shape(lambda state, x: nnx.merge(graph, state)(x), state, x)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", NAMES)
def test_a_network_takes_its_smallest_image_and_none_below_or_one_size_alone(name):
    model = abstract(name)
    own = model.input_shape[:-1]
    if not takes(model, [2 * size + 1 for size in own]):
        with pytest.raises(ValueError, match=r"image_size \(='any'\) must be left to networks"):
            export.export_model(model, image_size="any")
        return
    smallest = export.export_model(model, image_size="any").smallest[1:-1]
    assert takes(model, smallest)
    for axis, least in enumerate(smallest):
        below = (*own[:axis], least - 1, *own[axis + 1 :])
        assert least == 1 or not takes(model, below)
