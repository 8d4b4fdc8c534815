"""What a convolution computes."""

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from jaxcnn import functional
from jaxcnn.plotting._labels import check_language, label, number

from ._animation import Animation
from ._draw import INK, matrix, outline, page, sign, title

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def cross_correlation(*, language: str = "en") -> "Figure":
    """One image and one kernel, cross-correlated and convolved: they differ by a flip of the kernel.

    The image is a single 1, so the convolution draws the kernel, and the cross-correlation the kernel flipped in
    both axes. Libraries call the first row a convolution.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure: in each row the image ``(5, 5)``, the weights as they are laid on it ``(3, 3)``, the
        result ``(3, 3)``.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    Source: V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, 2016.

    >>> [axes.images[0].get_array().shape for axes in cross_correlation().axes if axes.images][:3]
    [(5, 5), (3, 3), (3, 3)]
    """
    image = np.zeros((5, 5), np.float32)
    image[2, 2] = 1
    kernel = np.arange(1, 10, dtype=np.float32).reshape(3, 3)
    figure = page(4.6)
    rows = figure.subplots(2, 5, width_ratios=[5, 0.8, 5, 0.8, 5])
    for row, flip in zip(rows, (False, True), strict=True):
        result = functional.conv(
            jnp.asarray(image[..., None]),
            jnp.asarray(kernel[..., None, None]),
            padding="valid",
            flip=flip,
        )
        laid = kernel[::-1, ::-1] if flip else kernel
        matrix(row[0], image, label("image", language), room=5, bound=1, language=language)
        sign(row[1], r"$\star$", 22)
        named = label("flipped_kernel" if flip else "kernel", language)
        matrix(row[2], laid, named, room=5, bound=9, language=language)
        sign(row[3], "=")
        matrix(row[4], np.asarray(result)[..., 0], room=5, bound=9, language=language)
        rule = label("convolution_rule" if flip else "correlation_rule", language)
        step = "-" if flip else "+"
        title(row[4], f"{rule}\n$y_{{i,j}}=\\sum_{{a,b}} w_{{a,b}}\\;x_{{i{step}a,\\,j{step}b}}$")
    return figure


_BAR = np.zeros((5, 5), np.float32)
_BAR[2, 1:4] = 1
_EDGES = np.array([[-1, -1, -1], [2, 2, 2], [-1, -1, -1]], np.float32)


def sliding_kernel(*, language: str = "en") -> Animation:
    """A kernel that finds horizontal bars slides over an image with one: nine windows, nine sums.

    In each frame: the image ``(5, 5)`` with the window outlined, the kernel ``(3, 3)``, their products, and the map
    ``(3, 3)`` as far as it is filled. The middle window gives 6, the worked example of the course. The still shows
    all windows beside the kernel and the map.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        An `Animation` of nine frames.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> frame = sliding_kernel().frame(4)
    >>> int(frame.axes[3].images[0].get_array()[1, 1])
    6
    """
    check_language(language)
    found = functional.conv(
        jnp.asarray(_BAR[..., None]), jnp.asarray(_EDGES[..., None, None]), padding="valid"
    )
    result = np.asarray(found)[..., 0]

    def frame(place: int) -> "Figure":
        row, column = divmod(place, 3)
        products = _BAR[row : row + 3, column : column + 3] * _EDGES
        filled = np.where(np.arange(9).reshape(3, 3) <= place, result, np.nan)
        figure = page(2.3)
        image, kernel, product, output = figure.subplots(1, 4, width_ratios=[5, 3, 3, 3])
        matrix(image, _BAR, label("image", language), bound=1.5, language=language)
        outline(image, column - 0.5, row - 0.5, 3, 3)
        matrix(kernel, _EDGES, label("kernel", language), bound=3, language=language)
        total = number(float(products.sum()), language)
        matrix(product, products, label("products", language), bound=3, language=language)
        product.text(1, 3.1, label("sum", language, value=total), ha="center", size=9, color=INK)
        matrix(output, filled, label("map", language), bound=6, language=language)
        outline(output, column - 0.5, row - 0.5, 1, 1)
        return figure

    still = page(4.4)
    parts: Any = still.subfigures(1, 2, width_ratios=[1, 2.3])
    left, right = parts
    kernel, output = left.subplots(2, 1)
    matrix(kernel, _EDGES, label("kernel", language), bound=3, language=language)
    matrix(output, result, label("map", language), bound=6, language=language)
    for (row, column), axes in np.ndenumerate(right.subplots(3, 3)):
        text = label("sum", language, value=number(float(result[row, column]), language))
        matrix(axes, _BAR, text, bound=1.5, language=language, size=6)
        outline(axes, column - 0.5, row - 0.5, 3, 3, linewidth=1.5)
    return Animation(frame, 9, still)
