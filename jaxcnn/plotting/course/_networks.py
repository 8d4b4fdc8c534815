"""Networks as drawings and as a table."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from jaxcnn import analysis
from jaxcnn.plotting._labels import label

from ._draw import INK, canvas, page

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MAPS, _DENSE = "#cfe8f7", "#f7dfae"  # pale blue, pale orange


@cache
def numbers_of(name: str) -> analysis.Summary:
    """The numbers of a network of the zoo, found without building it."""
    from flax import nnx

    from jaxcnn.models import create_model

    model = nnx.eval_shape(lambda: create_model(name))
    return analysis.summary(model, model.input_shape)


def lenet_drawing(*, language: str = "en") -> "Figure":
    """The lecture's LeNet: maps as solids, dense layers as columns.

    A solid is as high and deep as its map, and as wide as it has channels; a column is as high as the root of its
    units.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of one drawing.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    Source: after Y. LeCun et al., *Gradient-based learning applied to document recognition*, 1998.

    >>> [text.get_text() for text in lenet_drawing().axes[0].texts][:3]
    ['input', '28 × 28\\n× 1', 'conv 5 × 5']
    """
    found = numbers_of("lenet")
    stages = [(label("input", language), found.input_shape)]
    for row in found.rows:
        if not isinstance(row.layer, analysis.Activation):
            stages.append((_operation(row.layer, language), row.output_shape))
    return _drawing(stages, page(2.2), _Scale(0.6, 0.15, 0.5, 28))


def _operation(layer: Any, language: str) -> str:
    match layer:
        case analysis.Conv():
            return f"conv {_by(layer.kernel_size)}"
        case analysis.Pool():
            return f"max {_by(layer.window_shape)}"
        case analysis.Flatten():
            return label("flatten", language)
        case _:
            return label("dense", language)


def _by(sizes: Any) -> str:
    return " × ".join(map(str, sizes))


def lenet_table(*, language: str = "en") -> "Figure":
    """The lecture's table of LeNet: output size and weight size of every layer, channels first.

    The same table as ``jaxcnn summary lenet --columns layer,output,weights --channels-first``.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of one table.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> lenet_table().axes[0].tables[0][7, 1].get_text().get_text()
    '50 × 7 × 7'
    """
    from matplotlib.transforms import Bbox

    markdown = numbers_of("lenet").to_markdown(["layer", "output", "weights"], channels_first=True)
    lines = [line.strip("|").split("|") for line in markdown.splitlines()]
    rows = [[cell.strip().replace(" x ", " × ") for cell in line] for line in lines[2:]]
    rows[0][0] = label("input_row", language)
    heads = [label(key, language) for key in ("layer", "output_size", "weight_size")]
    figure = page(3.6)
    axes = figure.subplots()
    axes.set_axis_off()
    table = axes.table(
        rows,
        colLabels=heads,
        colWidths=[0.46, 0.27, 0.27],
        cellLoc="left",
        edges="horizontal",
        bbox=Bbox.unit(),
    )
    table.auto_set_font_size(False)
    table.set_fontsize(9)
    for (row, _), cell in table.get_celld().items():
        cell.set(edgecolor="#cccccc", linewidth=0.6)
        cell.set_text_props(ha="left")
        cell.get_text().set(color=INK, weight="bold" if row == 0 else "normal")
    return figure


def vgg_pyramid(*, language: str = "en") -> "Figure":
    """The blocks of VGG16 as solids: as high and deep as their maps, as thick as they have channels.

    A column, of a dense layer, is as high as the root of its units.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of one drawing.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    Source: K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image recognition*, 2015.

    >>> [text.get_text() for text in vgg_pyramid().axes[0].texts][:2]
    ['2 conv', '224 × 224\\n× 64']
    """
    found = numbers_of("vgg16")
    stages: list[tuple[str, tuple[int, ...]]] = []
    count, shape = 0, found.input_shape
    for row in found.rows:
        if isinstance(row.layer, analysis.Pool):
            stages.append((label("convolutions", language, number=count), shape))
            count = 0
        elif isinstance(row.layer, analysis.Conv):
            count, shape = count + 1, row.output_shape
        elif isinstance(row.layer, analysis.Flatten):
            stages.append(("max", row.input_shape))
        elif isinstance(row.layer, analysis.Dense):
            stages.append((label("dense", language), row.output_shape))
    return _drawing(stages, page(2.9), _Scale(0.18, 0.025, 0.25, 54))


class _Scale(NamedTuple):
    """Units of the drawing for a pixel, a channel, and a unit of a dense layer's root; its height."""

    pixel: float
    channel: float
    unit: float
    height: float


def _drawing(
    stages: Sequence[tuple[str, tuple[int, ...]]], figure: "Figure", scale: _Scale
) -> "Figure":
    """Solids beside one another: above each what gave it, below its size."""
    axes = figure.subplots()
    middle, left = scale.height / 2, 1.0
    for text, shape in stages:
        if len(shape) == 3:
            width, height, face = shape[-1] * scale.channel, shape[0] * scale.pixel, _MAPS
            depth = 0.3 * height
            size = f"{shape[0]} × {shape[1]}\n× {shape[2]}"
        else:
            width, height, face, depth = 2.5, shape[0] ** 0.5 * scale.unit, _DENSE, 0.0
            size = str(shape[0])
        room = max(width + depth, 16.0)
        centre = left + room / 2
        corner = centre - (width + depth) / 2, middle - (height - depth) / 2
        _solid(axes, *corner, width, height, depth, face)
        axes.text(centre, -3, text, ha="center", va="center", size=7.5, color=INK)
        axes.text(centre, scale.height + 3, size, ha="center", va="center", size=7.5, color=INK)
        left += room + 2
    canvas(axes, left, scale.height + 8)
    axes.set_ylim(scale.height + 8, -6)
    return figure


def _solid(
    axes: Any, left: float, top: float, width: float, height: float, depth: float, face: str
) -> None:
    """A box seen from the left front: its front, its top and its right side."""
    from matplotlib.patches import Polygon

    right, bottom = left + width, top + height
    front = [(left, top), (right, top), (right, bottom), (left, bottom)]
    lid = [(left, top), (left + depth, top - depth), (right + depth, top - depth), (right, top)]
    side = [
        (right, top),
        (right + depth, top - depth),
        (right + depth, bottom - depth),
        (right, bottom),
    ]
    for corners, shade in ((lid, 0.6), (side, 0.8), (front, 1.0)):
        axes.add_patch(Polygon(corners, facecolor=face, edgecolor=INK, linewidth=0.6, alpha=shade))
