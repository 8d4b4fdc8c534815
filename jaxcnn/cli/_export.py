"""The commands that write a network to a file and run such a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._compilation import keep_programs
from ._networks import network as network_of
from ._usage import (
    ClassesOption,
    ModelArgument,
    ShapeOption,
    WeightsOption,
    model_options,
    usage_errors,
)

if TYPE_CHECKING:
    import numpy as np

    from jaxcnn.export import ExportedModel

_TYPES = ("float32", "bfloat16", "float16")


def export(
    model: ModelArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write, such as lenet.jaxcnn.")
    ],
    image: ShapeOption = None,
    classes: ClassesOption = None,
    weights: WeightsOption = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of random weights.")] = 0,
    dtype: Annotated[
        str | None,
        typer.Option("--dtype", help="Type of weights and computation, such as bfloat16."),
    ] = None,
    platforms: Annotated[
        str, typer.Option("--platforms", help="Some of cpu, cuda, rocm, tpu.")
    ] = "cpu,cuda,tpu",
    any_size: Annotated[
        bool, typer.Option("--any-size", help="Accept images of any size, down to the least.")
    ] = False,
    convolutionise: Annotated[
        bool,
        typer.Option(
            "--convolutionise",
            help="Dense head as convolutions: a map of scores, for images of any size.",
        ),
    ] = False,
) -> None:
    """Write a network to one file that runs on CPU, GPU and TPU, with any batch.

    `jaxcnn run` runs it; so does `jaxcnn.export.load`, without the network's code.
    """
    with usage_errors():
        options = model_options(image, classes) | {"seed": seed, **_types(dtype)}
        made = _export(model, options, weights, platforms.split(","), any_size, convolutionise)
        made.save(output)
    typer.echo(f"{made}\n{output}: {output.stat().st_size / 1e6:.1f} MB")


def _types(dtype: str | None) -> dict[str, str]:
    if dtype is None:
        return {}
    if dtype not in _TYPES:
        raise ValueError(f"--dtype (={dtype!r}) must be one of {', '.join(_TYPES)}")
    return {"dtype": dtype, "param_dtype": dtype}


def _export(
    name: str,
    options: dict[str, Any],
    weights: Path | None,
    platforms: list[str],
    any_size: bool,
    as_map: bool,
) -> "ExportedModel":
    from jaxcnn.export import export_model
    from jaxcnn.transfer import convolutionise

    network = network_of(name, options, weights)
    return export_model(
        convolutionise(network) if as_map else network,
        platforms=platforms,
        input_shape=network.input_shape,
        image_size="any" if any_size or as_map else None,
        name=name,
        class_names=network.class_names,
    )


def run(
    file: Annotated[Path, typer.Argument(help="A file that `jaxcnn export` wrote.")],
    inputs: Annotated[
        list[Path], typer.Argument(help="Images, or arrays (.npy): one example or a batch.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write all scores as one .npy array.")
    ] = None,
    top: Annotated[int, typer.Option("--top", help="Classes to show for each input.", min=1)] = 3,
) -> None:
    """Run an exported network on images or arrays, and print what it sees.

    Grey levels become 0 to 1. Images are resized where the network has one size.
    """
    keep_programs()
    with usage_errors():
        from jaxcnn.export import load

        from ._inputs import read_inputs

        model = load(file)
        names, batches = read_inputs(inputs, model)
        scores = [model(batch) for batch in batches]
        _show(model, names, scores, top)
        if output is not None:
            _write(output, scores)


def _show(model: "ExportedModel", names: Sequence[str], scores: Sequence[Any], top: int) -> None:
    import numpy as np

    examples = [example for batch in scores for example in np.asarray(batch, np.float32)]
    for name, example in zip(names, examples, strict=True):
        typer.echo(f"{name}: {_described(example, model.class_names, top)}")


def _described(scores: "np.ndarray", classes: tuple[str, ...] | None, top: int) -> str:
    import numpy as np

    def called(index: Any) -> str:
        return classes[index] if classes else f"class {index}"

    if scores.ndim != 1:
        *place, best = np.unravel_index(scores.argmax(), scores.shape)
        size = " x ".join(map(str, scores.shape[:-1]))
        where = ", ".join(map(str, place))
        return f"{size} scores of {scores.shape[-1]} classes, highest {called(best)} at ({where})"
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    order = np.argsort(-scores, kind="stable")[:top]
    return ", ".join(f"{called(index)} {chances[index]:.3f}" for index in order)


def _write(path: Path, scores: Sequence[Any]) -> None:
    import numpy as np

    from jaxcnn._files import replacing

    shapes = {batch.shape[1:] for batch in scores}
    if len(shapes) > 1:
        raise ValueError(
            f"--output (={path}) takes scores of one shape, but images of several sizes gave "
            f"{', '.join(map(str, sorted(shapes)))}"
        )
    with replacing(path) as stream:
        np.save(stream, np.concatenate([np.asarray(batch, np.float32) for batch in scores]))
