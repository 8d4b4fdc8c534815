"""Networks that watch how they are used."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn.models import create_model, intermediates
from jaxcnn.testing import counting_network, limited_network

SMALL = {"in_features": 1, "image_size": 4, "blocks": ((2, 1),), "hidden": (3,), "num_classes": 2}


def test_as_many_images_as_are_allowed_pass_unchanged():
    limited, free = (
        limited_network(4, "vgg11_bn", **SMALL, seed=1),
        create_model("vgg11_bn", **SMALL, seed=1),
    )
    images = jnp.linspace(0, 1, 4 * 16).reshape(4, 4, 4, 1)
    assert (limited(images) == free(images)).all()
    assert limited.features(images).shape == free.features(images).shape


@pytest.mark.parametrize("compiled", [False, True])
def test_one_image_too_many_is_refused_with_both_numbers(compiled):
    graph, state = nnx.split(limited_network(4, "vgg11_bn", **SMALL, seed=1))

    def run(state, x):
        return nnx.merge(graph, state).features(x)

    run = jax.jit(run) if compiled else run
    with pytest.raises(ValueError, match="5 images at once: this network takes at most 4"):
        run(state, jnp.zeros((5, 4, 4, 1)))


def test_layers_inside_can_be_looked_at():
    model = limited_network(4, "vgg11_bn", **SMALL, seed=1)
    found = intermediates(model, jnp.zeros((3, 4, 4, 1)), "classifier.2")
    assert found["classifier.2"].shape == (3, 3)


@pytest.mark.parametrize("number", [1, 5, 60])
def test_each_map_holds_the_number_of_images_computed_at_once(number):
    images = np.random.default_rng(0).random((number, 4, 4, 1), np.float32)
    maps = intermediates(counting_network(), images, "features.count")["features.count"]
    np.testing.assert_array_equal(maps, np.full((number, 4, 4, 1), number, np.float32))


def test_it_counts_when_compiled_and_when_mapped_over_single_images():
    graph, state = nnx.split(counting_network(image_size=3))

    def maps(x):
        return intermediates(nnx.merge(graph, state), x, ["features.count"])["features.count"]

    images = jnp.zeros((6, 3, 3, 1))
    assert jax.jit(maps)(images).max() == 6
    assert jax.vmap(lambda image: maps(image[None])[0])(images).max() == 1
