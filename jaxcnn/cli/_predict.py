"""The command that says what is on a photo."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._compilation import keep_programs
from ._usage import ClassesOption, UprightOption, WeightsOption, usage_errors

if TYPE_CHECKING:
    from jaxcnn.workflows import Prediction

_UNREADABLE = 1


def predict(
    images: Annotated[list[Path], typer.Argument(help="Photos in any format that Pillow reads.")],
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            help="A file of `jaxcnn train -o` or `finetune -o`, or a network's name; required unless "
            "--weights is such a file.",
        ),
    ] = None,
    weights: WeightsOption = None,
    top: Annotated[int, typer.Option("--top", help="Classes to show for each photo.", min=1)] = 5,
    classes: ClassesOption = None,
    score_map: Annotated[
        Path | None,
        typer.Option(
            "--score-map",
            help="Draw the score map of the photo, in any size: which class is seen where.",
        ),
    ] = None,
    upright: UprightOption = True,
) -> None:
    """Print the likeliest classes of photos, with their probabilities.

    Without --weights, the published weights of the network are taken. A photo that cannot be read
    is named on stderr, and the exit status is then 1.
    """
    keep_programs()
    with usage_errors():
        if score_map is not None:
            from ._figures import check_outputs

            check_outputs({"--score-map": score_map}, ("--score-map",))
            if len(images) != 1:
                raise ValueError(
                    f"--score-map (={score_map}) goes with one photo, not {len(images)}"
                )
        from jaxcnn import workflows

        if model is None and weights is None and len(images) > 1 and _is_network(images[0]):
            raise ValueError(f"{images[0]} is a network, no photo: give it as --model")
        network = workflows.load_network(model, weights=weights, classes=classes)
        found = workflows.predict(network, images, upright=upright)
        _show(found, top)
        refused = any(one.error for one in found)
        if score_map is not None and not refused:
            _draw_scores(network, images[0], score_map, upright)
    if refused:
        raise typer.Exit(_UNREADABLE)


def _is_network(path: Path) -> bool:
    from jaxcnn.transfer._files import is_model_file

    return path.is_file() and is_model_file(path)


def _show(found: "list[Prediction]", top: int) -> None:
    for one in found:
        if one.error:
            typer.echo(f"jaxcnn: {one.image}: {one.error}", err=True)
    for one in found:
        if not one.error:
            lines = (f"  {chance:.3f}  {name}" for name, chance in one.top(top))
            typer.echo("\n".join([one.image, *lines]))


def _draw_scores(network: Any, photo: Path, target: Path, upright: bool) -> None:
    from jaxcnn.plotting import plot_score_map
    from jaxcnn.plotting._figure import write_figure
    from jaxcnn.transfer import score_map
    from jaxcnn.transfer._preprocessing import opened

    rule = network.preprocessing
    picture = opened(photo, network.input_shape[-1], upright)
    scores = score_map(network, picture, shorter_side=rule.resize if rule else None)
    write_figure(plot_score_map(picture, scores, network.class_names), target)
