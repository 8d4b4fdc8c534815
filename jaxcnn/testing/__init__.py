"""Hypothesis strategies for convolution and pooling problems.

>>> from hypothesis import find, settings
>>> find(integer_arrays((2, 2)), lambda x: x.any(), settings=settings(database=None)).tolist()
[[0.0, 0.0], [0.0, 1.0]]
"""

from jaxcnn.testing._strategies import (
    ConvProblem,
    PoolProblem,
    conv_problems,
    integer_arrays,
    pool_problems,
)

__all__ = ["ConvProblem", "PoolProblem", "conv_problems", "integer_arrays", "pool_problems"]
