"""What the tests of this folder share."""

import numpy as np
from hypothesis import HealthCheck, settings


def examples(count):
    """Limit Hypothesis to ``count`` repeatable examples; they write into one folder."""
    return settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def assert_same(got, wanted):
    """The same names in the same order, the same types, shapes and bits."""
    assert list(got) == list(wanted)
    for name, array in wanted.items():
        assert type(got[name]) is np.ndarray, name
        assert got[name].dtype == array.dtype, name
        assert got[name].shape == array.shape, name
        assert np.ascontiguousarray(got[name]).tobytes() == np.ascontiguousarray(array).tobytes(), (
            name
        )


def rejections(path, data, lengths, read, error):
    """Those lengths of a file cut short at which reading it is no ``error``."""
    silent = []
    for length in lengths:
        path.write_bytes(data[:length])
        try:
            read(path)
        except error:
            continue
        silent.append(length)
    return silent
