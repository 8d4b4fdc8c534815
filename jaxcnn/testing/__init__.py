"""Hypothesis strategies for convolution and pooling problems, and networks that watch how they are used.

Hypothesis is imported on first use.

>>> from hypothesis import find, settings
>>> from jaxcnn.testing import integer_arrays
>>> find(integer_arrays((2, 2)), lambda x: x.any(), settings=settings(database=None)).tolist()
[[0.0, 0.0], [0.0, 1.0]]
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxcnn.testing._networks import counting_network, limited_network
    from jaxcnn.testing._strategies import (
        ConvProblem,
        PoolProblem,
        conv_problems,
        integer_arrays,
        pool_problems,
    )

__all__ = [
    "ConvProblem",
    "PoolProblem",
    "conv_problems",
    "counting_network",
    "integer_arrays",
    "limited_network",
    "pool_problems",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "_networks" if name.endswith("_network") else "_strategies"
    return getattr(importlib.import_module(f"{__name__}.{module}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
