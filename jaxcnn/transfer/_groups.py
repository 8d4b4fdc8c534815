"""Which parts of a network are trained, how fast, and from which epoch on."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from flax import nnx
from flax.nnx import filterlib

from jaxcnn.functional._arguments import an_int
from jaxcnn.models import layer_names
from jaxcnn.models._intermediates import children

from ._state import name_of, variables

_is_parameter = filterlib.to_predicate(nnx.Param)


@dataclass(frozen=True)
class Group:
    """Parts of a network that are trained alike; `jaxcnn.training.fit` takes a list of them.

    A parameter belongs to the first group that has it, and is frozen when none has it.

    Attributes:
        paths: Paths of layers or parts, as `jaxcnn.models.layer_names` writes them, or patterns of
            paths, such as ``features.layer*``: one or several.
        rate: Factor of the learning rate; 0 freezes the group.
        start: The epoch, counted from 1, from which on the group is trained. Before it, the group
            is frozen.

    Raises:
        ValueError: A number is out of range, or there is no path.

    >>> Group("features", rate=0.1, start=2).paths
    ('features',)
    """

    paths: str | tuple[str, ...]
    rate: float = 1.0
    start: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", _texts("paths", self.paths))
        if isinstance(self.rate, bool) or not 0 <= self.rate < float("inf"):
            raise ValueError(f"rate (={self.rate!r}) must be a finite number of at least 0")
        an_int("start", self.start, 1)

    def has(self, name: str) -> bool:
        """Whether a path is one of the group's, or below one."""
        return matches(name, self.paths)


@dataclass(frozen=True)
class Selection:
    """A filter of NNX: the parameters at some paths, or all the others.

    What it does not select runs in evaluation mode in `jaxcnn.training.fit`, dropout too.

    Attributes:
        patterns: The paths.
        inside: Whether it selects what they name, or the rest.
    """

    patterns: tuple[str, ...]
    inside: bool

    def selects(self, name: str) -> bool:
        """Whether what is at a path is trained."""
        return matches(name, self.patterns) == self.inside

    def __call__(self, path: Any, value: Any) -> bool:
        return _is_parameter(path, value) and self.selects(name_of(path))


def freeze(model: Any, patterns: str | Iterable[str]) -> Selection:
    """Says that parts of a network are not trained: ``fit(..., trainable=freeze(model, "features"))``.

    Frozen parts run in evaluation mode during the training: batch normalisation uses its running
    statistics and leaves them as they are, and dropout lets everything through.

    Args:
        model: The network; it is not changed.
        patterns: Paths of layers or parts, such as ``features.layer1``, or patterns of paths, such
            as ``features.layer*`` or ``*.bias``: one or several.

    Returns:
        What `jaxcnn.training.fit` takes as ``trainable``.

    Raises:
        ValueError: A pattern has no part of the network, or nothing is left to train.

    >>> from jaxcnn.models import create_model
    >>> chosen = freeze(create_model("resnet8", seed=0), "features")
    >>> chosen.selects("features.conv1.kernel"), chosen.selects("classifier.fc.kernel")
    (False, True)
    """
    return _selection(model, patterns, inside=False)


def train_only(model: Any, patterns: str | Iterable[str]) -> Selection:
    """Says that only parts of a network are trained; the opposite of `freeze`.

    Arguments, result and errors as `freeze`.

    >>> from jaxcnn.models import create_model
    >>> chosen = train_only(create_model("resnet8", seed=0), ["features.layer3", "classifier"])
    >>> chosen.selects("features.layer3.0.conv1.kernel"), chosen.selects("features.conv1.kernel")
    (True, False)
    """
    return _selection(model, patterns, inside=True)


def layerwise_rates(model: Any, decay: float = 0.8, *, start: int = 1) -> list[Group]:
    """Learning rates that fall towards the input: the last layer has the whole one.

    Args:
        model: The network.
        decay: Factor from one layer to the one before. A normalisation goes with the layer before
            it, dropout with the layer after it, and a block with branches counts as one layer.
        start: The epoch, counted from 1, from which all but the last layer are trained.

    Returns:
        Groups for `jaxcnn.training.fit`, the last layer first.

    Raises:
        ValueError: ``decay`` is not above 0 and at most 1, or nothing can be trained.

    Source: J. Howard, S. Ruder, *Universal language model fine-tuning for text classification*,
    2018, section 3.2.

    >>> from jaxcnn.models import create_model
    >>> for group in layerwise_rates(create_model("resnet8", seed=0), 0.5):
    ...     print(group.rate, *group.paths)
    1.0 classifier.fc
    0.5 features.layer3.0
    0.25 features.layer2.0
    0.125 features.layer1.0
    0.0625 features.conv1 features.bn1
    """
    if isinstance(decay, bool) or not 0 < decay <= 1:
        raise ValueError(f"decay (={decay!r}) must be above 0 and at most 1")
    units = _units(model, layer_names(model))[::-1]
    return [Group(unit, decay**depth, start if depth else 1) for depth, unit in enumerate(units)]


def gradual_unfreezing(model: Any, every: int = 1, *, decay: float = 1.0) -> list[Group]:
    """Trains the head first, and then one more part of the features every few epochs, from the top.

    Args:
        model: A network of features and a classifier. The parts are those of ``features``, as its
            `jaxcnn.nn.Sequential` has them: of a residual network its stages.
        every: Number of epochs between two parts.
        decay: Factor of the learning rate from one part to the one before.

    Returns:
        Groups for `jaxcnn.training.fit`.

    Raises:
        ValueError: An argument is out of range, or the model has other parts.

    Source: J. Howard, S. Ruder, *Universal language model fine-tuning for text classification*,
    2018, section 3.3.

    >>> from jaxcnn.models import create_model
    >>> for group in gradual_unfreezing(create_model("resnet8", seed=0), 2):
    ...     print(group.start, *group.paths)
    1 classifier
    3 features.layer3
    5 features.layer2
    7 features.layer1
    9 features.conv1 features.bn1
    """
    an_int("every", every, 1)
    parts = dict(children(model))
    if "features" not in parts:
        raise ValueError("model must have features and a classifier")
    if isinstance(decay, bool) or not 0 < decay <= 1:
        raise ValueError(f"decay (={decay!r}) must be above 0 and at most 1")
    names = [f"features.{name}" for name, _ in children(parts["features"])]
    units = [("classifier",), *_units(model, names)[::-1]]
    return [Group(unit, decay**number, 1 + number * every) for number, unit in enumerate(units)]


def matches(name: str, patterns: Sequence[str]) -> bool:
    """Whether a path, or the beginning of one, is one of the patterns."""
    parts = name.split(".")
    starts = [".".join(parts[: number + 1]) for number in range(len(parts))]
    return any(fnmatchcase(start, pattern) for pattern in patterns for start in starts)


def has_match(model: Any, pattern: str) -> bool:
    """Whether something in a model has such a path."""
    return any(matches(name, (pattern,)) for name in _paths(model))


def check_patterns(argument: str, model: Any, patterns: Iterable[str]) -> None:
    """Raises ``ValueError`` for a pattern that nothing in the model has."""
    for pattern in patterns:
        if not has_match(model, pattern):
            near = difflib.get_close_matches(pattern, sorted(_paths(model)), n=3, cutoff=0.5)
            hint = f"near: {', '.join(near)}" if near else "see jaxcnn.models.layer_names"
            raise ValueError(
                f"{argument} (={pattern!r}) must be paths of the model or match some; {hint}"
            )


def _paths(model: Any) -> set[str]:
    parts = {name_of(path) for path, _ in nnx.iter_modules(model) if path}
    return parts | {name_of(path) for path in variables(model)}


def _selection(model: Any, patterns: str | Iterable[str], *, inside: bool) -> Selection:
    texts = _texts("patterns", patterns)
    check_patterns("patterns", model, texts)
    chosen = Selection(texts, inside)
    if not any(chosen(path, value) for path, value in variables(model).items()):
        raise ValueError(f"patterns (={texts}) must leave a parameter to train")
    return chosen


def _units(model: Any, names: Iterable[str]) -> list[tuple[str, ...]]:
    """Layers that have parameters, each with the normalisations that follow it and the dropout before it."""
    kernels = [
        name_of(path) for path, value in variables(model).items() if _is_parameter(path, value)
    ]
    dropout = [
        name_of(path) for path, part in nnx.iter_modules(model) if isinstance(part, nnx.Dropout)
    ]
    units: list[tuple[str, ...]] = []
    waiting: list[str] = []
    for name in names:
        inside = [kernel for kernel in kernels if matches(kernel, (name,))]
        has_kernel = any(kernel.rpartition(".")[2] == "kernel" for kernel in inside)
        if inside and units and not has_kernel:
            units[-1] = (*units[-1], name)
        elif inside:
            units.append((name, *waiting))
            waiting = []
        elif any(matches(one, (name,)) for one in dropout):
            waiting.append(name)
    if not units:
        raise ValueError("model has no layer with parameters")
    units[-1] = (*units[-1], *waiting)
    return units


def _texts(argument: str, given: str | Iterable[str]) -> tuple[str, ...]:
    texts = (given,) if isinstance(given, str) else tuple(given)
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise ValueError(f"{argument} (={given!r}) must be a path, or several")
    return texts
