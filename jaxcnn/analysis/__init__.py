"""Numbers about a network, found by arithmetic alone: nothing is executed.

Works on a model or on a plain list of layer descriptions::

    from jaxcnn import analysis

    print(analysis.summary([analysis.Conv(20, 5), analysis.Pool(2)], (28, 28, 1)))
    analysis.receptive_field([analysis.Conv(64, 3), analysis.Conv(64, 3)]).size    # (5,)
"""

from ._layer import Layer
from ._layers import (
    Activation,
    Attention,
    Branches,
    Chain,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Normalization,
)
from ._modules import as_layers
from ._receptive_field import ReceptiveField
from ._sliding import AdaptivePool, Conv, ConvTranspose, Pool
from ._summary import Summary, count_parameters, output_shapes, receptive_field, summary
from ._walk import LayerError, Row

__all__ = [
    "Activation",
    "AdaptivePool",
    "Attention",
    "Branches",
    "Chain",
    "Conv",
    "ConvTranspose",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalPool",
    "Layer",
    "LayerError",
    "Normalization",
    "Pool",
    "ReceptiveField",
    "Row",
    "Summary",
    "as_layers",
    "count_parameters",
    "output_shapes",
    "receptive_field",
    "summary",
]
