"""Networks with weights, named in one way: by a name, or by the file of a network that was saved."""

import difflib
import os
from pathlib import Path
from typing import Any

from jaxcnn import models, transfer
from jaxcnn._files import is_spelled_so
from jaxcnn.export._file import is_exported
from jaxcnn.transfer._files import is_model_file

_SUFFIXES = (".safetensors", ".pth", ".pt", ".bin", ".keras", ".h5", ".onnx", ".npz", ".ckpt")


def names_file(model: str | os.PathLike[str]) -> bool:
    """Whether a file is meant, not a network's name."""
    path = Path(model)
    return (
        isinstance(model, os.PathLike)
        or path.suffix.lower() in _SUFFIXES
        or len(path.parts) > 1
        or (path.is_file() and (str(model) not in models.list_models() or is_spelled_so(path)))
    )


def check_name(name: str) -> None:
    """Refuses what is no network's name.

    Raises:
        ValueError: It is none; the message says which is meant.
    """
    if name not in models.list_models():
        models.create_model(name)


def load_network(
    model: str | os.PathLike[str] | None,
    *,
    weights: str | os.PathLike[str] | None = None,
    classes: int | None = None,
    **options: Any,
) -> Any:
    """A network that has learned something: from a file, from its published weights, or from a file of weights.

    Args:
        model: A file of `jaxcnn.transfer.save_model`, or a network's name. None where ``weights`` is
            such a file.
        weights: A file of weights of the named network, of PyTorch, Keras, safetensors or ONNX.
        classes: Number of classes, where it is not the network's own.
        **options: Further arguments of `jaxcnn.models.create_model`; those that are None are not given.

    Returns:
        The network, in evaluation mode.

    Raises:
        ValueError: No weights are published for it, or those of the file do not fit.
        OSError: The weights cannot be had.

    >>> load_network("resnet8_clothing").class_names[:2]
    ('t-shirt', 'trousers')
    """
    options = {key: value for key, value in options.items() if value is not None}
    if model is not None and names_file(model):
        return _from_file(Path(model), weights, {"classes": classes, **options})
    if weights is not None and is_model_file(_existing(Path(weights))):
        found = _from_file(Path(weights), None, {"classes": classes, **options})
        if model not in (None, found.recipe.name):
            raise ValueError(f"{weights} has the network {found.recipe.name!r}, not {model!r}")
        return found
    if model is None:
        if weights is None:
            raise ValueError(f"`weights` or `model` must be given{_published_names()}")
        raise ValueError(
            f"{weights} has weights but does not say of which network: give its name as `model` too"
        )
    name = os.fspath(model)
    if name in (*transfer.list_pretrained(), "googlenet") and (weights is None or classes is None):
        return _published(name, weights, classes, options)
    check_name(name)
    if weights is None:
        raise ValueError(f"`weights` must be given for {name!r}{_published_names()}")
    made = models.create_model(name, num_classes=classes, **options)
    try:
        transfer.load_weights(made, weights)
    except transfer.MissingPackageError as error:
        raise ValueError(str(error)) from error
    return made


def _published(
    name: str, weights: str | os.PathLike[str] | None, classes: int | None, options: dict[str, Any]
) -> Any:
    if classes is not None:
        raise ValueError(
            f"classes (={classes}) goes with `weights`: published weights have classes of their own"
        )
    try:
        return transfer.load_pretrained(name, path=weights, **options)
    except transfer.MissingPackageError as error:
        raise ValueError(str(error)) from error


def _from_file(path: Path, weights: str | os.PathLike[str] | None, options: dict[str, Any]) -> Any:
    if not is_model_file(_existing(path)):
        if is_exported(path):
            raise ValueError(
                f"{path} is an exported network, which `run` takes; here the file that it was exported "
                "from is wanted"
            )
        raise ValueError(
            f"{path} has weights but does not say of which network: to predict or export, give the "
            "network's name as `model` and this file as `weights`; others take the file of a trained "
            "network"
        )
    if weights is not None:
        raise ValueError(f"weights (={weights}) must not be given: {path} has its own")
    given = sorted(name for name, value in options.items() if value is not None)
    if given:
        raise ValueError(
            f"{path} says how its network is built: {', '.join(given)} must not be given"
        )
    return transfer.load_model(path)


def _existing(path: Path) -> Path:
    """The same path.

    Raises:
        FileNotFoundError: There is no such file; the message says what is near.
    """
    if path.exists():
        return path
    folder = path.parent
    names = [p.name for p in folder.iterdir() if p.is_file()] if folder.is_dir() else []
    near = difflib.get_close_matches(path.name, names, n=1)
    meant = f"; did you mean {folder / near[0]}?" if near else ""
    if not meant and len(path.parts) == 1:
        known = difflib.get_close_matches(path.stem, models.list_models(), n=1)
        meant = f"; did you mean the network {known[0]!r}?" if known else ""
    raise FileNotFoundError(f"{path}: there is no such file{meant}")


def _published_names() -> str:
    return f"; networks with published weights: {', '.join(transfer.list_pretrained())}"
