"""The command that draws the figures of the course."""

from pathlib import Path
from typing import Annotated

import typer

from ._usage import usage_error, usage_errors

_LIST = "list"


def figure(
    name: Annotated[str, typer.Argument(help=f"A figure, or `{_LIST}` to see which there are.")],
    path: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write: .png, .svg or .pdf; .gif if it moves."),
    ] = None,
    language: Annotated[str, typer.Option("--lang", help="Of the words in it: fr or en.")] = "en",
) -> None:
    """Draw a figure of the course, in French or in English.

    `jaxcnn figure list` names them, with what they show.
    """
    from jaxcnn.plotting import course

    if name == _LIST:
        with usage_errors():
            titles = {
                name: course.figure_title(name, language=language) for name in course.list_figures()
            }
        width = max(map(len, titles))
        for known, title in titles.items():
            typer.echo(f"{known:{width}}  {title}")
        return
    if path is None:
        raise usage_error(f"--output must name a file to write, such as -o {name}.png")
    with usage_errors():
        course.save_figure(name, path, language=language)
    typer.echo(f"{path}: {course.figure_title(name, language=language)}")
