"""Turns a trained network into a program that takes images as they are."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp

from jaxcnn import models, transfer
from jaxcnn.export import Preparation, export_model

from ._networks import check_name, load_network, names_file
from ._prepared import plain

if TYPE_CHECKING:
    from jaxcnn.export import ExportedModel


def export(
    model: Any,
    *,
    weights: str | os.PathLike[str] | None = None,
    classes: int | None = None,
    input_shape: Sequence[int] | None = None,
    seed: int | None = None,
    dtype: str | None = None,
    platforms: Sequence[str] = ("cpu", "cuda", "tpu"),
    any_size: bool = False,
    convolutionise: bool = False,
    raw: bool = False,
) -> "ExportedModel":
    """Turns a network into one program that runs on CPU, GPU and TPU, with any batch.

    The program takes pixels from 0 to 1 and prepares them as the network wants them; how photos are
    resized and cut stands beside it, so that `jaxcnn run` answers what `predict` answers.

    Args:
        model: A file that `jaxcnn.transfer.save_model` wrote, a network's name, or a network itself.
        weights: A file of weights of the named network; without, the published ones are taken.
        classes: Number of classes of these weights.
        input_shape: ``(*spatial, channels)``, where it is not the network's own.
        seed: Instead of trained weights, random ones of this seed.
        dtype: Type of weights and computation, such as ``"bfloat16"``.
        platforms: Some of ``cpu``, ``cuda``, ``rocm``, ``tpu``.
        any_size: Whether images of any size are taken, down to the least.
        convolutionise: Whether a dense head becomes convolutions: a map of scores, for any size.
        raw: Whether the program takes what the network itself takes, with nothing put before it.

    Returns:
        The program, to be called or saved.

    Raises:
        ValueError: There is no such network, it has no trained weights, or it cannot be exported so.
        OSError: Its weights cannot be had.

    >>> export("lenet5")
    Traceback (most recent call last):
    ValueError: lenet5 has no published weights: ...
    >>> export("resnet8_clothing").input_shape
    ('batch', 28, 28, 1)
    """
    options = {"input_shape": input_shape, "dtype": dtype, "param_dtype": dtype}
    network = _network(model, weights, classes, seed, options)
    rule = None if raw else _rule(network)
    free = any_size or convolutionise
    recipe = getattr(network, "recipe", None)
    return export_model(
        transfer.convolutionise(network) if convolutionise else network,
        platforms=platforms,
        input_shape=network.input_shape,
        image_size="any" if free else None,
        preprocess=None if rule is None else _normalised(rule),
        preparation=None if rule is None or free else Preparation.of(rule),
        raw=raw,
        name=recipe.name if recipe else None,
        class_names=network.class_names,
    )


def _network(
    model: Any,
    weights: str | os.PathLike[str] | None,
    classes: int | None,
    seed: int | None,
    options: dict[str, Any],
) -> Any:
    if not isinstance(model, str | os.PathLike):
        return model
    given = {key: value for key, value in options.items() if value is not None}
    if seed is not None and weights is None and not names_file(model):
        return models.create_model(os.fspath(model), num_classes=classes, seed=seed, **given)
    published = (*transfer.list_pretrained(), "googlenet")
    if weights is None and not names_file(model) and model not in published:
        check_name(os.fspath(model))
        raise ValueError(
            f"{model} has no published weights: name the file of a trained network, give `weights`, "
            "or a `seed` for random ones"
        )
    return load_network(model, weights=weights, classes=classes, **given)


def _rule(network: Any) -> Any:
    """How the network's images are prepared; None where it takes no images."""
    try:
        return network.preprocessing or plain(network.input_shape)
    except ValueError:
        return None


def _normalised(rule: Any) -> Any:
    mean, std = (jnp.asarray(values, jnp.float32) for values in (rule.mean, rule.std))

    def normalise(images: jax.Array) -> jax.Array:
        return ((images - mean) / std).astype(images.dtype)

    return None if (set(rule.mean), set(rule.std)) == ({0.0}, {1.0}) else normalise
