"""What layers of a trained network compute, as rows of numbers."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from jaxcnn import functional
from jaxcnn.functional._arguments import an_int
from jaxcnn.models import intermediates
from jaxcnn.models._intermediates import check_names, layers_by_name
from jaxcnn.nn import Dropout

from ._preprocessing import preprocess, scaling

Pool = str | int
Run = Callable[[np.ndarray], dict[str, np.ndarray]]
_POOLS = ("avg", "max", "flatten")


def extract_features(
    model: Any,
    images: Any,
    at: str | None = None,
    *,
    pool: Pool = "avg",
    batch_size: int = 64,
    progress: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """What one layer of a network computes for many images: the input of another classifier.

    Only one batch at a time is computed and, where ``images`` are files, decoded.

    Args:
        model: A network, or a `jaxcnn.nn.Sequential`; it runs in evaluation mode.
        images: ``(number, *spatial, channels)``: floats as the network takes them, or bytes, which
            are scaled as the network's ``preprocessing`` says, else to 0 to 1. Or a list of paths,
            Pillow images or arrays of bytes, prepared by `preprocess`.
        at: Path of a layer or part, see `jaxcnn.models.layer_names`; by default what the last dense
            layer reads.
        pool: What is made of a map: the ``"avg"`` or ``"max"`` of each channel, all of it
            (``"flatten"``), or an int k: averages over k x k windows, flattened.
        batch_size: Images computed at once.
        progress: Called with the number of images done and of all.

    Returns:
        ``(number, features)`` in float32.

    Raises:
        ValueError: The name is unknown, images do not fit, or an argument is out of range.

    >>> from jaxcnn.models import create_model
    >>> model = create_model("resnet8", seed=0)
    >>> images = np.zeros((5, 32, 32, 3), np.uint8)
    >>> extract_features(model, images).shape
    (5, 64)
    >>> extract_features(model, images, "features.layer1", pool=2, batch_size=4).shape
    (5, 64)
    """
    name = before_last_dense(model) if at is None else at
    check_names(model, [name], "at")
    parts = [found[name] for found in batches_of(model, images, [name], pool, batch_size, progress)]
    return np.concatenate(parts)


def before_last_dense(model: Any) -> str:
    """The path of the layer whose output the last dense layer reads, dropout left out."""
    names = cut_points(model)
    if not any(isinstance(layer, nnx.Linear) for layer in layers_by_name(model).values()) or (
        not names
    ):
        raise ValueError("at (=None) must name a layer: the model has no dense layer after others")
    return names[-1]


def cut_points(model: Any) -> list[str]:
    """The paths of the layers before the last dense one, but for dropouts."""
    layers = list(layers_by_name(model).items())
    dense = [index for index, (_, layer) in enumerate(layers) if isinstance(layer, nnx.Linear)]
    before = layers[: dense[-1]] if dense else layers
    return [name for name, layer in before if not isinstance(layer, Dropout)]


def batches_of(
    model: Any,
    images: Any,
    names: Sequence[str],
    pool: Pool | None,
    batch_size: int,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[dict[str, np.ndarray]]:
    """For one batch after the other, what the named layers compute; None pools nothing."""
    if pool is not None and not isinstance(pool, int) and pool not in _POOLS:
        raise ValueError(f"pool (={pool!r}) must be one of {', '.join(_POOLS)}, or an int")
    if isinstance(pool, int):
        an_int("pool", pool, 1)
    size = an_int("batch_size", batch_size, 1)
    number = len(images)
    if not number:
        raise ValueError("images must be at least one image")
    run = runner(model, names, pool, min(size, number))
    for start in range(0, number, size):
        yield run(images[start : start + size])
        if progress is not None:
            progress(min(start + size, number), number)


def runner(
    model: Any, names: Sequence[str], pool: Pool | None, size: int
) -> Callable[[Any], dict[str, np.ndarray]]:
    """What computes named layers of a batch of at most ``size`` images; None pools nothing."""
    compiled = _compiled(model, names, pool)

    def run(images: Any) -> dict[str, np.ndarray]:
        prepared = as_inputs(model, images)
        # Rows repeated, so that one compiled function serves the last batch too.
        rows = np.minimum(np.arange(size), len(prepared) - 1)
        found = compiled(prepared[rows] if len(prepared) < size else prepared)
        return {name: values[: len(prepared)] for name, values in found.items()}

    return run


def feature_shape(model: Any, name: str, shape: Sequence[int]) -> tuple[int, ...]:
    """The shape of a layer's output for one image of a shape; nothing is computed.

    Raises:
        ValueError: The image does not fit.
    """
    graph, state = nnx.split(_evaluating(model))

    def output(state: Any, x: jax.Array) -> jax.Array:
        return intermediates(nnx.merge(graph, state, copy=True), x, [name])[name]

    image = jax.ShapeDtypeStruct((1, *shape), jnp.float32)
    return jax.eval_shape(output, state, image).shape[1:]


def as_inputs(model: Any, images: Any) -> np.ndarray:
    """Images as the network takes them, in float32."""
    if not hasattr(images, "dtype"):
        return np.asarray(preprocess(images, model))
    pixels = np.asarray(images)
    if pixels.dtype != np.uint8:
        return pixels.astype(np.float32)
    mean, std = scaling(model) or (0.0, 1.0)
    return (pixels.astype(np.float32) / np.float32(255) - mean) / std


def _compiled(model: Any, names: Sequence[str], pool: Pool | None) -> Run:
    graph, state = nnx.split(_evaluating(model))

    @jax.jit
    def run(state: Any, x: jax.Array) -> dict[str, jax.Array]:
        found = intermediates(nnx.merge(graph, state, copy=True), x, names)
        return {
            name: (values if pool is None else _pooled(values, pool)).astype(jnp.float32)
            for name, values in found.items()
        }

    return lambda x: jax.tree.map(np.asarray, run(state, x))


def _evaluating(model: Any) -> Any:
    copy = nnx.clone(model)
    copy.eval()
    return copy


def _pooled(values: jax.Array, pool: Pool) -> jax.Array:
    if values.ndim <= 2:
        return values
    axes = tuple(range(1, values.ndim - 1))
    if pool == "avg":
        return values.mean(axes)
    if pool == "max":
        return values.max(axes)
    if isinstance(pool, int):
        sizes = tuple(min(pool, values.shape[axis]) for axis in axes)
        values = functional.adaptive_avg_pool(values, sizes)
    return values.reshape(len(values), -1)
