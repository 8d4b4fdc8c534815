"""What the tests of the native kernels start from."""

import pytest

from jaxcnn import runtime

from .kernels import KIND, choose, playable


@pytest.fixture(params=playable())
def kind(request):
    """The kernels of one kind in place of this processor's own."""
    assert choose(request.param)
    yield request.param
    choose(KIND)


@pytest.fixture
def switched_off():
    """No native kernels."""
    runtime.use_native_kernels(False)
    yield
    runtime.use_native_kernels(True)
