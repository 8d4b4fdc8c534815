"""A model in one file: its weights, how it is built, its classes, how images are prepared.

These live here, not in `jaxcnn.models`: networks know nothing of files.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
from flax import nnx

import jaxcnn
from jaxcnn import analysis
from jaxcnn.models import list_models
from jaxcnn.models._recipe import Head, Recipe
from jaxcnn.weights import (
    UnknownFormatError,
    UnsupportedFileError,
    WeightFileError,
    read_metadata,
    read_weights,
    write_safetensors,
)

from ._head import build
from ._preprocessing import Preprocessing
from ._state import assign, check_fit, name_of, variables

KEY = "jaxcnn"
_FORMAT = 2


class _Description(msgspec.Struct):
    """What stands beside the weights, as JSON."""

    format: int
    version: str
    model: str
    arguments: dict[str, Any]
    class_names: tuple[str, ...] | None = None
    preprocessing: Preprocessing | None = None
    heads: tuple[Head, ...] = ()  # of format 2


def save_model(
    model: Any,
    path: str | os.PathLike[str],
    *,
    class_names: Iterable[str] | None = None,
    preprocessing: Preprocessing | None = None,
) -> None:
    """Writes a network to a file that `load_model` turns into the same network.

    The file is a `.safetensors` with the arrays under their names in the model
    (``features.0.kernel``); its metadata say under ``jaxcnn``, in JSON, the version, the network's
    name and arguments, its classes and how images are prepared. It appears whole or not at all.

    Args:
        model: A network that `jaxcnn.models.create_model` made; it may have been trained and given
            another head by `replace_head` since.
        path: The file; one that exists is replaced.
        class_names: Names of the classes; by default the model's own, if it has some.
        preprocessing: How images are prepared; by default the model's own.

    Raises:
        ValueError: The model was not made by `create_model`, or changed since then so that this no
            longer describes it; or there is not one name per class.
        OSError: The file cannot be written.

    >>> from jaxcnn.models import create_model
    >>> model = create_model("lenet5", num_classes=2, seed=0)
    >>> save_model(model, "lenet.safetensors", class_names=["cat", "dog"])
    >>> load_model("lenet.safetensors").class_names
    ('cat', 'dog')
    """
    recipe = getattr(model, "recipe", None)
    if recipe is None:
        raise ValueError(
            f"model (={type(model).__name__}) must come from jaxcnn.models.create_model: only then "
            "a file can say how it is built (save a network before fold_batch_norm, and fold what "
            "load_model returns)"
        )
    _check_unchanged(model)
    names = model.class_names if class_names is None else _names(class_names)
    _check_classes(names, model)
    description = _Description(
        _FORMAT if recipe.heads else 1,
        jaxcnn.__version__,
        recipe.name,
        dict(recipe.arguments),
        names,
        model.preprocessing if preprocessing is None else preprocessing,
        recipe.heads,
    )
    try:
        values = msgspec.to_builtins(description, builtin_types=())
        if not recipe.heads:
            del values["heads"]  # what format 1 knows
        text = json.dumps(values, sort_keys=True)
    except TypeError as error:
        raise ValueError(f"model cannot be described by JSON: {error}") from error
    arrays = {name_of(path): np.asarray(value[...]) for path, value in variables(model).items()}
    write_safetensors(path, arrays, {KEY: text})


def load_model(path: str | os.PathLike[str]) -> Any:
    """Reads a network that `save_model` wrote.

    Args:
        path: The file.

    Returns:
        The network, in evaluation mode, with ``class_names`` and ``preprocessing``.

    Raises:
        WeightFileError: The file is no such file, damaged, made by a newer format, or has values
            that are not finite; or it names a network or an argument that this version lacks.
        MismatchError: Its arrays are not those of the network that it names.
        OSError: It cannot be opened.

    >>> from jaxcnn.models import create_model
    >>> save_model(create_model("lenet5", seed=0), "lenet.safetensors")
    >>> load_model("lenet.safetensors")(jnp.zeros((1, 32, 32, 1))).shape
    (1, 10)
    """
    description = _described(path)
    try:
        recipe = Recipe.of(description.model, description.arguments)
        model = build(replace(recipe, heads=description.heads))
        _check_classes(description.class_names, model)
    except (ValueError, TypeError) as error:
        raise WeightFileError(
            f"describes a network that cannot be built: {error}", entry=KEY, path=path
        ) from error
    arrays = read_weights(path)
    set_named(model, arrays, os.fspath(path))
    model.class_names = description.class_names
    model.preprocessing = description.preprocessing
    return model


def is_model_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file was written by `save_model`."""
    try:
        return KEY in read_metadata(path)
    except WeightFileError:
        return False


def set_named(model: nnx.Module, arrays: dict[str, np.ndarray], source: str) -> None:
    """Sets arrays with the model's own names and layouts."""
    paths = {name_of(path): path for path in variables(model)}
    shapes = {name_of(path): tuple(value.shape) for path, value in variables(model).items()}
    check_fit(source, model, shapes, arrays)
    assign(model, {paths[name]: array for name, array in arrays.items()})


def _described(path: str | os.PathLike[str]) -> _Description:
    text = read_metadata(path).get(KEY)
    if text is None:
        raise UnknownFormatError(
            "has weights but no model; create_model and load_weights read such files", path=path
        )
    try:
        raw = json.loads(text)
        number = raw.get("format") if isinstance(raw, dict) else None
        if isinstance(number, int) and number > _FORMAT:
            raise UnsupportedFileError(
                f"has format {number}, written by jaxcnn {raw.get('version')}; this is jaxcnn "
                f"{jaxcnn.__version__}, which reads format {_FORMAT}",
                entry=KEY,
                path=path,
            )
        found = msgspec.convert(raw, _Description)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        if isinstance(error, WeightFileError):
            raise
        raise WeightFileError(
            f"has a description that is damaged: {error}", entry=KEY, path=path
        ) from None
    if found.model not in list_models():
        raise UnsupportedFileError(
            f"is of the network {found.model!r}, which jaxcnn {jaxcnn.__version__} does not have",
            entry=KEY,
            path=path,
        )
    return found


def _names(class_names: Iterable[str]) -> tuple[str, ...]:
    if isinstance(class_names, str):
        raise ValueError(f"class_names (={class_names!r}) must be several texts, not one")
    return tuple(class_names)


def _check_classes(names: tuple[str, ...] | None, model: Any) -> None:
    if names is None:
        return
    classes = analysis.summary(model, model.input_shape).output_shape[-1]
    if len(names) != classes or not all(isinstance(name, str) for name in names):
        raise ValueError(f"class_names has {len(names)} entries, but must have {classes} texts")


def _check_unchanged(model: Any) -> None:
    fresh = nnx.eval_shape(lambda: build(model.recipe))
    shapes, wanted = (
        {name_of(path): tuple(value.shape) for path, value in variables(each).items()}
        for each in (model, fresh)
    )
    changed = sorted(name for name in {*shapes, *wanted} if shapes.get(name) != wanted.get(name))
    if changed or model.describe() != fresh.describe():
        where = f": {', '.join(changed[:3])}" if changed else ""
        raise ValueError(
            f"model has other layers than create_model({model.recipe.name!r}, ...) gave it{where}; "
            "give num_classes and the like to create_model, or another head by replace_head, so that "
            "the file can say them"
        )
