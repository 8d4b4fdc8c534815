"""The figures of the course, by theme: sizes, convolution, padding, pooling, receptive field, networks.

Each function draws one and returns it; `save_figure` writes one by its name, in French or in English::

    from jaxcnn.plotting import course

    course.cross_correlation(language="fr").savefig("corrélation.png")
    course.save_figure("cross-correlation", "correlation.svg")
    course.list_figures()

>>> len(list_figures()) > 2
True
"""

from ._animation import Animation
from ._channels import channels_and_filters, photo_channels
from ._convolution import cross_correlation, sliding_kernel
from ._equivariance import step_filter
from ._padding import dilations, padding_modes, paddings, pixel_visits, strides
from ._pooling import pooling_and_shifts, pooling_example
from ._registry import draw_figure, figure_title, list_figures, save_figure
from ._sizes import dense_weights, image_sizes
from ._smoothing import blurred_photo, smoothed_walk

__all__ = [
    "Animation",
    "blurred_photo",
    "channels_and_filters",
    "cross_correlation",
    "dense_weights",
    "dilations",
    "draw_figure",
    "figure_title",
    "image_sizes",
    "list_figures",
    "padding_modes",
    "paddings",
    "photo_channels",
    "pixel_visits",
    "pooling_and_shifts",
    "pooling_example",
    "save_figure",
    "sliding_kernel",
    "smoothed_walk",
    "step_filter",
    "strides",
]
