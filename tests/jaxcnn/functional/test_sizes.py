import subprocess
import sys

import numpy as np
import pytest

from jaxcnn.functional import (
    conv,
    conv_output_size,
    conv_transpose,
    conv_transpose_output_size,
    max_pool,
    pool_output_size,
)

from . import reference
from .helpers import quick_jit


@pytest.mark.parametrize(
    ("size", "kernel", "options", "expected"),
    [
        (7, 3, {}, 5),
        (7, 3, {"padding": 1}, 7),
        (7, 3, {"strides": 2}, 3),
        (32, 5, {"padding": 2}, 32),
        (7, 3, {"padding": "full"}, 9),
        (7, 3, {"padding": "same", "strides": 2}, 4),
        (7, 3, {"kernel_dilation": 3}, 1),
        (3, 2, {"input_dilation": 2}, 4),
    ],
)
def test_the_worked_sizes_of_the_course(size, kernel, options, expected):
    assert conv_output_size(size, kernel, **options) == expected
    assert conv_output_size((size, size), kernel, **options) == (expected, expected)


def test_pool_sizes_equal_walking_over_the_map():
    for size in range(3, 12):
        for window, strides, padding, dilation, ceil in np.ndindex(3, 3, 2, 2, 2):
            window, strides, dilation = window + 1, strides + 1, dilation + 1
            padding = min(padding, window - 1)
            if dilation * (window - 1) + 1 > size:
                continue
            walked = reference.pool_counts(
                (size,), (window,), (strides,), [(padding, padding)], (dilation,), ceil
            )
            found = pool_output_size(size, window, strides, padding, dilation, bool(ceil))
            assert (found,) == tuple(walked)


def test_helpers_agree_with_the_operations():
    x, kernel = np.ones((1, 9, 8, 1), np.float32), np.ones((3, 2, 1, 1), np.float32)

    @quick_jit
    def shapes(x, kernel):
        return (
            conv(x, kernel, strides=2, padding=1, kernel_dilation=2, input_dilation=2),
            conv_transpose(x, kernel, strides=3, padding=1, output_padding=2),
            max_pool(x, (3, 2), 2, 1, ceil_mode=True),
        )

    found = [y.shape[1:3] for y in shapes(x, kernel)]
    assert found == [
        conv_output_size((9, 8), (3, 2), 2, 1, 2, 2),
        conv_transpose_output_size((9, 8), (3, 2), 3, 1, 2),
        pool_output_size((9, 8), (3, 2), 2, 1, ceil_mode=True),
    ]


def test_importing_functional_needs_jax_and_numpy_only():
    code = (
        "import sys, jax.numpy, jax.extend; before = set(sys.modules); import jaxcnn.functional;"
        "print({name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    new = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert new.stdout.strip() == "{'jaxcnn'}"
