"""Hypothesis strategies for convolution and pooling problems; Hypothesis is imported on first use.

>>> from hypothesis import find, settings
>>> from jaxcnn.testing import integer_arrays
>>> find(integer_arrays((2, 2)), lambda x: x.any(), settings=settings(database=None)).tolist()
[[0.0, 0.0], [0.0, 1.0]]
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxcnn.testing._strategies import (
        ConvProblem,
        PoolProblem,
        conv_problems,
        integer_arrays,
        pool_problems,
    )

__all__ = ["ConvProblem", "PoolProblem", "conv_problems", "integer_arrays", "pool_problems"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from jaxcnn.testing import _strategies

    return getattr(_strategies, name)


def __dir__() -> list[str]:
    return sorted(__all__)
