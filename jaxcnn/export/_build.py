"""From a module to a program for every platform, every batch, and images of any size."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import jax
import jax.numpy as jnp

from jaxcnn.functional._arguments import MAX_RANK, a_choice, an_int, per_axis

from ._artifact import ExportedModel
from ._forward import forward_of
from ._lowering import Sizes, lower
from ._metadata import PLATFORMS, Metadata, Preparation, Weight, as_sizes
from ._smallest import smallest_shape

if TYPE_CHECKING:
    from flax import nnx


def export_model(
    model: "nnx.Module",
    *,
    platforms: Sequence[str] = ("cpu", "cuda", "tpu"),
    input_shape: Sequence[int] | None = None,
    batch: int | None = None,
    image_size: int | Sequence[int] | Literal["any"] | None = None,
    dtype: Any = "float32",
    preprocess: Callable[[jax.Array], jax.Array] | None = None,
    preparation: Preparation | None = None,
    raw: bool = False,
    name: str | None = None,
    class_names: Iterable[str] | None = None,
) -> ExportedModel:
    """Turns a network into a program that runs without its code, in evaluation mode.

    One result serves every platform asked for, whatever machine it was made on, and any batch. The
    weights stay beside the program, shared with the model and not copied.

    Args:
        model: Any ``nnx.Module`` from ``(batch, *spatial, channels)`` to one array. It may be
            abstract (``nnx.eval_shape``): its program can then be looked at, not run.
        platforms: Some of ``cpu``, ``cuda``, ``rocm``, ``tpu``.
        input_shape: ``(*spatial, channels)`` of one example; by default the model's own.
        batch: Number of examples; None leaves it free.
        image_size: The spatial sizes: None takes those of the input shape, an int or one per axis
            fixes others, ``"any"`` leaves them free, down to the smallest that the network accepts.
            That takes a network without a dense head on a flattened map; `transfer.convolutionise`
            makes one.
        dtype: Type of the images. That of the computation is the model's.
        preprocess: A function of the images that is compiled in front of the network, such as a
            normalisation.
        preparation: How photos become the images that the program takes, kept in the file.
        raw: Whether these are no pixels from 0 to 1, but what a network wants that has been trained
            on others; `jaxcnn run` then takes no photos.
        name: Name of the network; by default that of its class.
        class_names: Names of the classes, kept in the file.

    Returns:
        An `ExportedModel`, which can be called and saved.

    Raises:
        ValueError: An argument is out of range, the input shape is unknown, or the network does not
            take images of that size.

    Source: ``jax.export``, with shape polymorphism.

    >>> from jaxcnn.models import create_model
    >>> from jaxcnn.transfer import convolutionise
    >>> lenet = create_model("lenet5", seed=0)
    >>> scores = export_model(convolutionise(lenet, (32, 32, 1)), input_shape=(32, 32, 1),
    ...                       image_size="any", name="map of scores")
    >>> scores.input_shape, scores.smallest
    (('batch', 'height', 'width', 1), (1, 32, 32, 1))
    >>> scores(jnp.zeros((2, 40, 48, 1))).shape
    (2, 3, 5, 10)
    """
    kinds = _checked_platforms(platforms)
    images = _checked_dtype(dtype)
    example, free = _example(model, input_shape, image_size)
    batch = None if batch is None else an_int("batch", batch, 1)
    forward = forward_of(model, preprocess)
    smallest = smallest_shape(model, forward, example, images) if free else None
    sizes = Sizes(batch, example, smallest)
    program = lower(forward, sizes, images, kinds)
    output = program.out_avals[0]
    metadata = Metadata(
        name=type(model).__name__ if name is None else str(name),
        class_names=_checked_classes(class_names, output.shape),
        input_shape=as_sizes(program.in_avals[-1].shape),
        smallest=sizes.smallest,
        dtype=str(images),
        output_shape=as_sizes(output.shape),
        output_dtype=str(output.dtype),
        platforms=kinds,
        versions=_versions(),
        weights=tuple(
            Weight(name, tuple(w.shape), str(w.dtype))
            for name, w in zip(forward.names, forward.specs, strict=True)
        ),
        preparation=preparation,
        raw=raw,
    )
    return ExportedModel(program, forward.weights, metadata)


def _checked_platforms(platforms: Sequence[str]) -> tuple[str, ...]:
    given = (platforms,) if isinstance(platforms, str) else tuple(platforms)
    kinds = tuple(dict.fromkeys(a_choice("platforms", p, PLATFORMS) for p in given))
    if not kinds:
        raise ValueError(f"platforms (={platforms!r}) must name at least one of {PLATFORMS}")
    return kinds


def _checked_dtype(dtype: Any) -> Any:
    try:
        known = jnp.dtype(dtype)
    except TypeError:
        known = None
    if known is None or not jnp.issubdtype(known, jnp.number):
        raise ValueError(f"dtype (={dtype!r}) must be a type of numbers, such as 'float32'")
    return known


def _example(
    model: Any, input_shape: Sequence[int] | None, image_size: Any
) -> tuple[tuple[int, ...], bool]:
    """The shape of one example, and whether its spatial sizes are free."""
    given = getattr(model, "input_shape", None) if input_shape is None else input_shape
    if given is None:
        raise ValueError(
            f"input_shape must be given as (*spatial, channels): {type(model).__name__} does not "
            "say its own"
        )
    if not 2 <= len(given) <= MAX_RANK + 1:
        raise ValueError(f"input_shape (={given!r}) must be (*spatial, channels), 1 to 3 spatial")
    *spatial, channels = (an_int(f"input_shape[{i}]", n, 1) for i, n in enumerate(given))
    if isinstance(image_size, str) and image_size != "any":
        raise ValueError(f"image_size (={image_size!r}) must be 'any', None, or sizes in pixels")
    if image_size is not None and image_size != "any":
        spatial = per_axis("image_size", image_size, len(spatial))
    return (*spatial, channels), image_size == "any"


def _checked_classes(
    class_names: Iterable[str] | None, output: Sequence[Any]
) -> tuple[str, ...] | None:
    if class_names is None:
        return None
    names = tuple(map(str, class_names))
    if len(names) != output[-1]:
        raise ValueError(
            f"class_names (={names!r:.60}) must have one name for each of the {output[-1]} scores, "
            f"but has {len(names)}"
        )
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(
            f"class_names must differ, or nobody knows which is meant: {', '.join(repeated[:5])} is "
            "given more than once"
        )
    return names


def _versions() -> dict[str, str]:
    import flax

    import jaxcnn

    return {"jaxcnn": jaxcnn.__version__, "jax": jax.__version__, "flax": flax.__version__}
