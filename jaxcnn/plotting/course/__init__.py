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
from ._augmentation import augmentation_sheet
from ._channels import channel_groups, channels_and_filters, photo_channels
from ._convolution import cross_correlation, sliding_kernel
from ._equivariance import step_filter
from ._networks import lenet_drawing, lenet_table, vgg_pyramid
from ._padding import dilations, padding_modes, paddings, pixel_visits, strides
from ._pooling import pooling_and_shifts, pooling_example
from ._receptive_field import receptive_fields
from ._registry import draw_figure, figure_title, list_figures, save_figure
from ._sizes import dense_weights, image_sizes
from ._smoothing import blurred_photo, smoothed_walk
from ._trained import feature_maps, learning_curves, score_map, trained_filters

__all__ = [
    "Animation",
    "augmentation_sheet",
    "blurred_photo",
    "channel_groups",
    "channels_and_filters",
    "cross_correlation",
    "dense_weights",
    "dilations",
    "draw_figure",
    "feature_maps",
    "figure_title",
    "image_sizes",
    "learning_curves",
    "lenet_drawing",
    "lenet_table",
    "list_figures",
    "padding_modes",
    "paddings",
    "photo_channels",
    "pixel_visits",
    "pooling_and_shifts",
    "pooling_example",
    "receptive_fields",
    "save_figure",
    "score_map",
    "sliding_kernel",
    "smoothed_walk",
    "step_filter",
    "strides",
    "trained_filters",
    "vgg_pyramid",
]
