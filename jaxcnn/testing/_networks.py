"""Networks that watch how they are used."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from jaxcnn import analysis
from jaxcnn.models import Network, create_model
from jaxcnn.nn import Flatten, Linear, Sequential


def counting_network(image_size: int = 4) -> Network:
    """A network for grey images whose features tell how many images it computes at once.

    So what should be computed in batches can be seen to be: the maps of the layer
    ``features.count`` hold, for each image, the number of images in its batch.

    Args:
        image_size: Height and width of the images.

    Returns:
        A network with one layer of features, ``features.count``, and a head for two classes.

    >>> from jaxcnn.models import intermediates
    >>> model, images = counting_network(), jnp.zeros((7, 4, 4, 1))
    >>> float(intermediates(model, images, "features.count")["features.count"].max())
    7.0
    """
    fc = Linear(image_size * image_size, 2, rngs=nnx.Rngs(0))
    shape = (image_size, image_size, 1)
    return Network(Sequential(count=_Count()), Sequential(flatten=Flatten(), fc=fc), shape)


class _Count(nnx.Module):
    def __call__(self, x: jax.Array) -> jax.Array:
        return jnp.full_like(x, len(x))

    def describe(self) -> analysis.Layer:
        return analysis.Activation("Count")


def limited_network(size: int, name: str, **options: Any) -> Network:
    """Makes a network that takes no more than so many images at once, to test code that is to compute in batches.

    It raises as soon as it is given more, compiled or not, since the number of images is part of an array's shape.

    Args:
        size: The largest number of images.
        name: What `jaxcnn.models.create_model` is to make.
        options: For `jaxcnn.models.create_model`.

    Returns:
        The network, with one more layer in front of its features.

    >>> import jax.numpy as jnp
    >>> model = limited_network(4, "lenet5", seed=0)
    >>> model(jnp.zeros((4, 32, 32, 1))).shape
    (4, 10)
    >>> model(jnp.zeros((5, 32, 32, 1)))
    Traceback (most recent call last):
        ...
    ValueError: 5 images at once: this network takes at most 4
    """
    model = create_model(name, **options)
    model.features = Sequential(_AtMost(size), *model.features)
    model.eval()
    return model


class _AtMost(nnx.Module):
    """Hands on what it is given, if that is not too much."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, x: jax.Array) -> jax.Array:
        if x.ndim > 3 and x.shape[0] > self.size:
            raise ValueError(f"{x.shape[0]} images at once: this network takes at most {self.size}")
        return x

    def describe(self) -> analysis.Layer:
        """A layer that changes nothing, as `jaxcnn.analysis` sees it."""
        return analysis.Chain()
