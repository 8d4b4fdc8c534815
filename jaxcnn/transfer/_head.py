"""Another head for a network."""

import itertools
from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from flax import nnx

from jaxcnn import analysis
from jaxcnn.functional._arguments import an_int
from jaxcnn.models import Network, create_model
from jaxcnn.models._initializers import he_uniform, zeros
from jaxcnn.models._intermediates import check_names, children
from jaxcnn.models._maker import Maker
from jaxcnn.models._recipe import Head, Recipe
from jaxcnn.nn import Dropout, GlobalAvgPool, Sequential

from ._cut import assembled, up_to

Layers = list[tuple[str, Any]]


def replace_head(
    model: Network,
    num_classes: int,
    *,
    at: str | None = None,
    hidden: Sequence[int] = (),
    dropout: float = 0.0,
    seed: int = 0,
) -> Any:
    """Gives a network another head, for another task.

    The last layer starts with zeros, all classes alike: what was learnt before is then not
    disturbed by gradients that random weights would send back. Hidden layers start at random.

    Args:
        model: A network; it is left as it is.
        num_classes: Number of classes of the new task.
        at: Path of the last layer that is kept, from `jaxcnn.models.layer_names`, or of a part
            such as ``features.layer2``. What comes after it is replaced by a global average pool,
            where it gives a map, and dense layers. None keeps all but the last dense layer.
        hidden: Sizes of dense layers with ReLU before the last one.
        dropout: Rate of a dropout after each hidden layer or, without any, before the last layer,
            where it takes the place of a dropout that is there; 0 adds none.
        seed: Of the weights of hidden layers.

    Returns:
        A network of the same class, in evaluation mode, with its own copy of the weights, with the
        ``preprocessing`` of ``model`` and no ``class_names``. `save_model` and `load_model` keep it.

    Raises:
        ValueError: ``model`` is no `Network`, the name is unknown, a number is out of range, or the
            classifier has no dense layer and ``at`` is None.

    Source: A. Kolesnikov et al., *Big Transfer: general visual representation learning*, 2020,
    section 3.3, for the zeros.

    >>> from jaxcnn.models import create_model, layer_names
    >>> model = create_model("resnet8", seed=0)
    >>> adapted = replace_head(model, 2, at="features.layer2", hidden=(16,), dropout=0.5)
    >>> layer_names(adapted)[-5:]
    ['classifier.pool', 'classifier.hidden', 'classifier.relu', 'classifier.dropout', 'classifier.fc']
    >>> adapted(jnp.zeros((3, 40, 32, 3))).shape
    (3, 2)
    """
    if not isinstance(model, Network):
        raise ValueError(f"model (={type(model).__name__}) must be a jaxcnn.models.Network")
    head = _checked(num_classes, at, hidden, dropout)
    if at is not None:
        check_names(model, [at], "at")
    made = nnx.clone(model)
    put_head(made, head, an_int("seed", seed, 0))
    made.class_names = None
    if model.recipe is not None:
        made.recipe = model.recipe.with_head(head)
    return made


def build(recipe: Recipe) -> Any:
    """The network of a recipe, with random weights.

    Raises:
        ValueError: There is none.
    """
    model = create_model(recipe.name, **dict(recipe.arguments))
    for head in recipe.heads:
        if head.at is not None:
            check_names(model, [head.at], "at")
        put_head(model, _checked(head.num_classes, head.at, head.hidden, head.dropout), 0)
    if recipe.heads:
        model.recipe = recipe
    return model


def put_head(model: Network, head: Head, seed: int) -> None:
    """Replaces the head of a network in place."""
    kept = _kept(model, head.at)
    shape = analysis.summary([model.features, *(layer for _, layer in kept)], model.input_shape)
    last = last_dense(model)
    make = Maker(
        nnx.Rngs(seed),
        None if last is None else last.dtype,
        jnp.float32 if last is None else last.param_dtype,
    )
    model.classifier = _classifier(make, kept, shape.output_shape, head)
    analysis.summary(model, model.input_shape)
    model.eval()


def last_dense(model: Network) -> nnx.Linear | None:
    """The dense layer of the classifier that gives the scores, if there is one."""
    dense = [layer for _, layer in children(model.classifier) if isinstance(layer, nnx.Linear)]
    return dense[-1] if dense else None


def _kept(model: Network, at: str | None) -> Layers:
    """Shortens the features; the layers of the classifier that stay."""
    if at is not None:
        part, *rest = at.split(".")
        if part == "features":
            model.features = up_to(model.features, rest) if rest else model.features
            return []
        return children(up_to(model.classifier, rest) if rest else model.classifier)
    layers = children(model.classifier)
    last = last_dense(model)
    if last is None:
        raise ValueError("at (=None) must name the last layer to keep: there is no dense layer")
    return layers[: [layer is last for _, layer in layers].index(True)]


def _classifier(make: Maker, kept: Layers, shape: tuple[int, ...], head: Head) -> Sequential:
    new: list[tuple[str, Any]] = [("pool", GlobalAvgPool())] if len(shape) > 1 else []
    if head.dropout and not head.hidden:
        if kept and isinstance(kept[-1][1], Dropout):
            kept = kept[:-1]
        new.append(("dropout", make.dropout(head.dropout)))
    sizes: list[int] = [*shape[-1:], *head.hidden]
    for ins, outs in itertools.pairwise(sizes):
        new += [("hidden", _dense(make, ins, outs, he_uniform)), ("relu", nnx.relu)]
        new += [("dropout", make.dropout(head.dropout))] if head.dropout else []
    new.append(("fc", _dense(make, sizes[-1], head.num_classes, zeros)))
    positional = bool(kept) and kept[0][0] == "0"
    layers = list(kept)
    for name, layer in new:
        taken = [name for name, _ in layers]
        layers.append((str(len(layers)) if positional else _free(name, taken), layer))
    return assembled(layers)


def _dense(make: Maker, ins: int, outs: int, start: Any) -> Any:
    return Maker(make.rngs, make.dtype, make.param_dtype, dense_init=start).linear(ins, outs)


def _free(name: str, taken: Sequence[str]) -> str:
    """The name, or with a number where there is one already."""
    names = itertools.chain([name], (f"{name}{number}" for number in itertools.count(2)))
    return next(candidate for candidate in names if candidate not in taken)


def _checked(num_classes: int, at: str | None, hidden: Sequence[int], dropout: float) -> Head:
    if isinstance(hidden, int):
        raise ValueError(f"hidden (={hidden}) must be a sequence of sizes, such as ({hidden},)")
    sizes = tuple(an_int(f"hidden[{i}]", size, 1) for i, size in enumerate(hidden))
    if not (isinstance(dropout, int | float) and 0 <= dropout < 1):
        raise ValueError(f"dropout (={dropout!r}) must be at least 0 and below 1")
    return Head(an_int("num_classes", num_classes, 1), at, sizes, float(dropout))
