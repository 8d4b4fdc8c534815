"""The command that says what is on a photo."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ._compilation import keep_programs
from ._networks import trained
from ._usage import ClassesOption, WeightsOption, usage_errors

_UNREADABLE = 1


def predict(
    images: Annotated[list[Path], typer.Argument(help="Photos in any format that Pillow reads.")],
    model: Annotated[
        str | None, typer.Option("--model", help="Name of a network, see `jaxcnn models`.")
    ] = None,
    weights: WeightsOption = None,
    top: Annotated[int, typer.Option("--top", help="Classes to show for each photo.", min=1)] = 5,
    classes: ClassesOption = None,
    score_map: Annotated[
        Path | None,
        typer.Option("--score-map", help="Draw where on the photo, in any size, it sees what."),
    ] = None,
) -> None:
    """Print what a trained network sees on photos, with the chances it gives.

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
        network = trained(model, classes, weights)
        prepared, refused = _prepared(images, network)
    for path, why in refused:
        typer.echo(f"jaxcnn: {path}: {why}", err=True)
    from flax import nnx

    run = nnx.jit(lambda network, x: network(x))
    for path, x in prepared:
        typer.echo(f"{path}\n{_ranking(run(network, x)[0], network.class_names, top)}")
    if score_map is not None and prepared:
        with usage_errors():
            _draw_scores(network, images[0], score_map)
    if refused:
        raise typer.Exit(_UNREADABLE)


def _prepared(
    paths: Sequence[Path], network: Any
) -> tuple[list[tuple[Path, Any]], list[tuple[Path, str]]]:
    """Photos as the network takes them, and those that are none with the reason."""
    try:
        from PIL import UnidentifiedImageError
    except ImportError as error:
        raise ValueError("photos need Pillow: pip install pillow") from error
    from jaxcnn.transfer import preprocess

    rule = network.preprocessing or plain(network.input_shape)
    prepared, refused = [], []
    for path in paths:
        try:
            prepared.append((path, preprocess(path, rule)))
        except UnidentifiedImageError:
            refused.append((path, "is no image that Pillow reads"))
        except (OSError, ValueError, SyntaxError) as error:
            refused.append((path, getattr(error, "strerror", None) or str(error)))
    return prepared, refused


def _draw_scores(network: Any, photo: Path, target: Path) -> None:
    from jaxcnn.plotting import plot_score_map
    from jaxcnn.plotting._figure import write_figure
    from jaxcnn.transfer import score_map
    from jaxcnn.transfer._preprocessing import opened

    rule = network.preprocessing
    scores = score_map(network, photo, shorter_side=rule.resize if rule else None)
    picture = opened(photo, network.input_shape[-1])
    write_figure(plot_score_map(picture, scores, network.class_names), target)


def plain(input_shape: Sequence[int]) -> Any:
    """Stretched to the network's size, grey levels from 0 to 1."""
    from jaxcnn.transfer import Preprocessing

    *size, channels = input_shape
    if len(size) != 2 or channels not in (1, 3):
        raise ValueError(f"the network takes inputs of {tuple(input_shape)}, which are no photos")
    return Preprocessing((size[0], size[1]), mean=(0.0,) * channels, std=(1.0,) * channels)


def _ranking(scores: Any, names: Sequence[str] | None, top: int) -> str:
    import numpy as np

    scores = np.asarray(scores, np.float64)
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    order = np.argsort(-scores, kind="stable")[:top]
    return "\n".join(
        f"  {chances[index]:.3f}  {names[index] if names else f'class {index}'}" for index in order
    )
