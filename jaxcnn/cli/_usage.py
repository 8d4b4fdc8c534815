"""What commands are called with, and how they refuse: one line on stderr, status 2."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from ._names import as_options
from ._output import told_on_stderr

USAGE = 2

ModelArgument = Annotated[str, typer.Argument(help="Name of a network, see `jaxcnn models`.")]
TrainedArgument = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="A file of `jaxcnn train -o` or `finetune -o`, or a network with published weights.",
    ),
]
DATA_HELP = (
    "Folder of class folders, or name of a set. Where a folder has no test part, a fifth of each class "
    "is kept for it."
)
DataOption = Annotated[str, typer.Option("--data", help=DATA_HELP)]
ShapeOption = Annotated[
    str | None, typer.Option("--input", help="Sizes and channels, such as 224x224x3 or 128x1.")
]
WeightsOption = Annotated[
    Path | None,
    typer.Option("--weights", help="File of weights: of save_model, PyTorch, Keras, safetensors."),
]
StreamOption = Annotated[
    bool | None,
    typer.Option(
        "--stream/--in-memory",
        help="Read batches when they are needed, or all images first; by default, stream what is "
        "more than 2 GiB of decoded images. Results are equal.",
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers", min=0, help="Processes that read a stream, 0 for threads; default: cores / 2."
    ),
]
SkipBrokenOption = Annotated[
    bool, typer.Option("--skip-broken", help="Leave out images that cannot be decoded.")
]
UprightOption = Annotated[
    bool,
    typer.Option(
        "--upright/--as-stored", help="Turn photographs as their EXIF orientation says, or not."
    ),
]
CheckpointsOption = Annotated[
    Path | None,
    typer.Option("--checkpoints", help="Folder for checkpoints, one after each epoch."),
]
CheckpointStepsOption = Annotated[
    int | None, typer.Option("--checkpoint-steps", help="One also after so many batches.")
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on from the newest checkpoint, if there is one.")
]
JsonOption = Annotated[Path | None, typer.Option("--json", help="Write results as JSON.")]
HistoryOption = Annotated[Path | None, typer.Option("--history", help="Write epochs as CSV.")]
CurvesOption = Annotated[Path | None, typer.Option("--curves", help="Draw loss and accuracy.")]
ConfusionOption = Annotated[
    Path | None, typer.Option("--confusion", help="Draw the test's confusions.")
]
MistakesOption = Annotated[Path | None, typer.Option("--mistakes", help="Draw the worst mistakes.")]
ClassesOption = Annotated[int | None, typer.Option("--classes", help="Number of classes.")]


@contextlib.contextmanager
def usage_errors(prefix: str = "") -> Iterator[None]:
    """Turns what the library raises for bad arguments and files into one line and status 2.

    What it warns of about data is a line, too.

    Args:
        prefix: Put before an error of the operating system, such as ``--json: ``.
    """
    try:
        with told_on_stderr():
            yield
    except ValueError as error:
        raise usage_error(error) from error
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not error.filename:
            raise usage_error(f"{prefix}{error}") from error
        said = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else error
        raise usage_error(f"{prefix}{said}") from error


def usage_error(error: object) -> typer.Exit:
    """Prints the line and returns what to raise."""
    typer.echo(f"jaxcnn: {as_options(str(error))}", err=True)
    return typer.Exit(USAGE)


def parse_shape(text: str) -> tuple[int, ...]:
    """Reads ``224x224x3``, for series ``128x1``, for videos ``16x64x64x3``.

    Raises:
        ValueError: The text is not two to four positive integers joined by x.
    """
    parts = text.lower().split("x")
    if not 2 <= len(parts) <= 4 or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(
            f"--input (={text!r}) must be sizes and channels joined by x, such as 224x224x3 or 128x1"
        )
    shape = tuple(map(int, parts))
    if min(shape) < 1:
        raise ValueError(f"--input (={text!r}) must have sizes of at least 1")
    return shape


def model_options(image: str | None, classes: int | None) -> dict[str, Any]:
    """The arguments of ``create_model`` that ``--input`` and ``--classes`` stand for."""
    shape = None if image is None else parse_shape(image)
    return {"num_classes": classes, "input_shape": shape}
