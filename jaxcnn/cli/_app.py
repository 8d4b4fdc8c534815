"""The application: which commands there are, and in which order ``--help`` shows them.

A command is a plain function in the module of its group; it joins by one line in `_COMMANDS`.
"""

import io
import sys
from typing import Annotated

import typer

from ._course_figures import figure
from ._data import data
from ._evaluate import evaluate
from ._export import export, run
from ._finetune import finetune
from ._names import speaks_of_options
from ._predict import predict
from ._summary import models, summary
from ._train import train

_HELP = "Convolutional networks in JAX: look at a network, train it, export it, run it anywhere."
_COMMANDS = (models, summary, train, finetune, evaluate, predict, export, run, figure)

app = typer.Typer(
    help=_HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for _command in _COMMANDS:
    app.command()(speaks_of_options(_command))
app.add_typer(data, name="data")


@app.callback(invoke_without_command=True, help=_HELP)
def version(
    show: Annotated[
        bool,
        typer.Option("--version", help="Show the version, and what computes."),
    ] = False,
) -> None:
    """Shows the version where it is asked for."""
    if show:
        from jaxcnn import __version__, runtime

        typer.echo(f"jaxcnn {__version__}\n{runtime.describe()}")
        raise typer.Exit


def main() -> None:
    """Runs the command line.

    Names of classes and files are printed with codes where a terminal has no letters for them.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app()
