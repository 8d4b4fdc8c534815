"""Operations behind withheld functions, shut in a worker of its own."""

import subprocess
import sys
import textwrap

import pytest

_SHUT = """
import jax, jax.numpy as jnp, numpy as np
from jax.extend.core import primitives
from grader.worker._replies import Withheld
from grader.worker._withhold import withhold

withhold({withheld!r}, ())

def refused(function, *args):
    try:
        function(*args)
    except Withheld:
        return True
    return False

x = np.arange(12, dtype=np.float32).reshape(3, 4)
"""


def _said(code: str, withheld: list[str]) -> list[str]:
    source = _SHUT.format(withheld=withheld) + textwrap.dedent(code)
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.fixture(scope="module")
def shut() -> list[str]:
    """Which doors to a convolution and a pool are shut, in a process where both are withheld."""
    code = """
    from jax._src.lax import convolution, windowed_reductions

    image, kernel = x[None, None], x[None, None, :2, :2]
    windows = dict(window_dimensions=(2, 2), window_strides=(1, 1), padding="VALID")
    doors = {
        "convolution": lambda: convolution.conv(image, kernel, (1, 1), "VALID"),
        "compiled": lambda: jax.jit(convolution.conv, static_argnums=(2, 3))(image, kernel, (1, 1), "VALID"),
        "traced": lambda: jax.jit(convolution.conv, static_argnums=(2, 3)).lower(image, kernel, (1, 1), "VALID"),
        "pool": lambda: windowed_reductions._reduce_window_max(x, (2, 2), (1, 1), ((0, 0), (0, 0))),
        "sum": lambda: windowed_reductions._reduce_window_sum(x, (2, 2), (2, 2), ((0, 0), (0, 0))),
        "general": lambda: windowed_reductions.reduce_window(x, 0.0, lambda a, b: a * b, (2, 2), (1, 1), "VALID"),
        "row": lambda: windowed_reductions._reduce_window_max(x, (1, 4), (1, 1), ((0, 0), (0, 0))),
    }
    print(*(name for name, door in doors.items() if refused(door)))
    open_ = {
        "cumsum": lambda: np.testing.assert_allclose(jnp.cumsum(x, axis=1), np.cumsum(x, axis=1)),
        "reverse": lambda: jax.lax.cumsum(x, axis=0, reverse=True).block_until_ready(),
        "cummax": lambda: jax.lax.cummax(x, axis=1).block_until_ready(),
        "cumprod": lambda: jnp.cumprod(x, axis=0).block_until_ready(),
        "gradient": lambda: jax.grad(lambda y: jnp.cumsum(y, axis=1).sum())(x).block_until_ready(),
        "batched": lambda: jax.vmap(jnp.cumsum)(x).block_until_ready(),
        "unique": lambda: jnp.unique(x, size=5).block_until_ready(),
        "median": lambda: jnp.median(x).block_until_ready(),
        "einsum": lambda: jnp.einsum("ij,kj->ik", x, x).block_until_ready(),
    }
    print(*(name for name, use in open_.items() if refused(use)))
    """
    return _said(code, ["jax.lax.conv", "jax.lax.conv_*", "jax.lax.reduce_window"])


def test_every_door_to_a_withheld_operation_is_shut_and_no_other(shut):
    assert shut == ["convolution", "compiled", "traced", "pool", "sum", "general", "row"]


def test_only_what_is_withheld_is_shut():
    code = """
    jax.lax.reduce_window(x, 0.0, jax.lax.add, (2, 2), (1, 1), "VALID")
    print(refused(lambda: primitives.conv_general_dilated_p.bind(
        x[None, None], x[None, None, :2, :2], window_strides=(1, 1), padding=((0, 0), (0, 0)),
        lhs_dilation=(1, 1), rhs_dilation=(1, 1), feature_group_count=1, batch_group_count=1,
        dimension_numbers=jax.lax.conv_dimension_numbers((1, 1, 3, 4), (1, 1, 2, 2), None),
        precision=None, preferred_element_type=None)))
    """
    assert _said(code, ["jax.lax.conv_general_dilated"]) == ["True"]
