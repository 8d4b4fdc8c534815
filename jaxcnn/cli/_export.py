"""The commands that write a network to a file and run such a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._compilation import keep_programs
from ._usage import (
    ClassesOption,
    ShapeOption,
    UprightOption,
    WeightsOption,
    parse_shape,
    usage_errors,
)

if TYPE_CHECKING:
    from jaxcnn.workflows import Scores

_TYPES = ("float32", "bfloat16", "float16")


def export(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A file of `jaxcnn train -o` or `finetune -o`, or a network's name.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="The file to write, such as lenet.jaxcnn; required."),
    ],
    image: ShapeOption = None,
    classes: ClassesOption = None,
    weights: WeightsOption = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", help="Instead of trained weights, random ones of this seed."),
    ] = None,
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
    raw: Annotated[
        bool,
        typer.Option(
            "--raw", help="Leave the preprocessing out: take what the network itself takes."
        ),
    ] = False,
) -> None:
    """Write a trained network to one file for CPU, GPU and TPU, with any batch.

    The file takes pixels from 0 to 1, and photos are resized and cropped as the network says, so that
    `jaxcnn run` answers what `jaxcnn predict` answers. `jaxcnn.export.load` runs it without the
    network's code. Weights are those of the file, of --weights, or the published ones.
    """
    with usage_errors():
        shape = None if image is None else parse_shape(image)
        if dtype is not None and dtype not in _TYPES:
            raise ValueError(f"--dtype (={dtype!r}) must be one of {', '.join(_TYPES)}")
        from ._figures import check_outputs

        check_outputs({"--output": output}, ())

        from jaxcnn import workflows

        made = workflows.export(
            model,
            weights=weights,
            classes=classes,
            input_shape=shape,
            seed=seed,
            dtype=dtype,
            platforms=platforms.split(","),
            any_size=any_size,
            convolutionise=convolutionise,
            raw=raw,
        )
        made.save(output)
    typer.echo(f"{made}\n{output}: {output.stat().st_size / 1e6:.1f} MB")


def run(
    file: Annotated[Path, typer.Argument(help="A file that `jaxcnn export` wrote.")],
    inputs: Annotated[
        list[Path], typer.Argument(help="Images, or arrays (.npy): one example or a batch.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write all scores as one .npy array.")
    ] = None,
    top: Annotated[int, typer.Option("--top", help="Classes to show for each input.", min=1)] = 3,
    upright: UprightOption = True,
) -> None:
    """Run an exported network on images or arrays, and print the likeliest classes.

    Grey levels become 0 to 1. Images are resized where the network has one size.
    """
    keep_programs()
    with usage_errors():
        from jaxcnn import workflows

        found = workflows.run(file, inputs, upright=upright)
        for scores in found:
            typer.echo(f"{scores.input}: {_described(scores, top)}")
        if output is not None:
            _write(output, found)


def _described(scores: "Scores", top: int) -> str:
    import numpy as np

    if scores.values.ndim == 1:
        return ", ".join(f"{name} {chance:.3f}" for name, chance in scores.top(top))
    *place, best = np.unravel_index(scores.values.argmax(), scores.values.shape)
    *sizes, classes = scores.values.shape
    size, where = " x ".join(map(str, sizes)), ", ".join(map(str, place))
    return f"{size} scores of {classes} classes, highest {scores.name_of(int(best))} at ({where})"


def _write(path: Path, found: "Sequence[Scores]") -> None:
    import numpy as np

    from jaxcnn._files import replacing

    shapes = {scores.values.shape for scores in found}
    if len(shapes) > 1:
        raise ValueError(
            f"--output (={path}) takes scores of one shape, but images of several sizes gave "
            f"{', '.join(map(str, sorted(shapes)))}"
        )
    with replacing(path) as stream:
        np.save(stream, np.stack([scores.values for scores in found]))
