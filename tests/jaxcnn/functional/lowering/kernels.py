"""What the tests of the native kernels share."""

import os
import random
import subprocess
import sys
import textwrap
from pathlib import Path

import jax
import numpy as np
import pytest

from jaxcnn import runtime
from jaxcnn.functional._lowering import _native
from jaxcnn.functional._lowering._convolution import Case
from jaxcnn.functional._padding import span
from jaxcnn.native import _library, native

ROOT = Path(__file__).parents[4]
KIND = native().kind
needs_kernels = pytest.mark.skipif(KIND is None, reason=f"no native kernels: {native().why}")


def choose(kind):
    """Tell whether this processor can run the kernels of a kind, and let them serve if it can."""
    return bool(_library._loaded().jaxcnn_choose(kind.encode()))


def playable():
    """The kinds of kernels that this processor can run, its own first."""
    if KIND is None:
        return [pytest.param("none", marks=needs_kernels)]
    kinds = [kind for kind in _library._KINDS if choose(kind)]
    choose(KIND)
    return kinds


def in_a_process(program, *arguments, **environment):
    """What a program prints, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=600,
        check=False,
        env={
            **os.environ,
            "JAX_PLATFORMS": "cpu",
            "JAX_ENABLE_COMPILATION_CACHE": "0",
            **environment,
        },
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def program_of(function, *operands):
    """The text of the program that a function becomes."""
    return jax.jit(function).lower(*operands).as_text()


def pure(function, *operands):
    """The function's value by the rules in JAX alone."""
    runtime.use_native_kernels(False)
    try:
        return jax.jit(function)(*operands)
    finally:
        runtime.use_native_kernels(True)


# --- an independent sum over taps, in float64


def reference(conv, x, kernel, g):
    """Output and both gradients; padding and spreading are zeros that are multiplied."""
    x, kernel, g = (np.asarray(a, np.float64) for a in (x, kernel, g))
    rank, groups, size = conv.rank, conv.groups, kernel.shape[:-2]
    low = [max(pair[0], 0) for pair in conv.padding]
    spread = [span(n, d) for n, d in zip(x.shape[1:-1], conv.input_dilation, strict=True)]
    room = [n + abs(a) + abs(b) for n, (a, b) in zip(spread, conv.padding, strict=True)]
    wide = np.zeros((x.shape[0], *room, x.shape[-1]))
    where = (
        slice(None),
        *(slice(b, b + n, d) for b, n, d in zip(low, spread, conv.input_dilation, strict=True)),
    )
    wide[where] = x
    wide = wide.reshape(*wide.shape[:-1], groups, -1)
    to_wide = np.zeros_like(wide)
    split = kernel.reshape(*size, -1, groups, kernel.shape[-1] // groups)
    cotangent = g.reshape(*g.shape[:-1], groups, -1)
    y, dk = np.zeros_like(cotangent), np.zeros_like(split)
    with np.errstate(invalid="ignore"):
        for tap in np.ndindex(*size):
            begin = [
                k * d + b - pair[0]
                for k, d, b, pair in zip(tap, conv.kernel_dilation, low, conv.padding, strict=True)
            ]
            met = (
                slice(None),
                *(
                    slice(b, b + (n - 1) * s + 1, s)
                    for b, n, s in zip(begin, g.shape[1:-1], conv.strides, strict=True)
                ),
            )
            axes = tuple(range(rank + 1))
            for group in range(groups):
                weights, seen = split[tap][:, group], wide[met][..., group, :]
                y[..., group, :] += seen @ weights
                to_wide[met][..., group, :] += cotangent[..., group, :] @ weights.T
                dk[tap][:, group] += np.tensordot(seen, cotangent[..., group, :], (axes, axes))
    dx = to_wide.reshape(*to_wide.shape[:-2], -1)[where]
    return y.reshape(g.shape), dx, dk.reshape(kernel.shape)


def arrays(case, shape, seed=0):
    rng = np.random.default_rng(seed)
    features = case.outs * case.conv.groups
    shapes = (shape, (*case.kernel_size, case.ins, features), (shape[0], *case.out_size, features))
    return [rng.normal(size=s).astype(np.float32) for s in shapes]


def by_kernels(case, x, kernel, g, way=_native):
    """Output and both gradients where the kernels take them, in one program; ``None`` where not."""
    conv, size = case.conv, case.kernel_size
    back = conv.of_input_gradient(case.map_size, size)
    to_input = Case.of(back, g, size, x.shape[-1])
    takes = (
        way.convolves(case),
        way.convolves(to_input, turned=True),
        way.sums(case),
    )

    @jax.jit
    def run(x, kernel, g):
        return (
            way.forward(conv, x, kernel) if takes[0] else None,
            way.input_gradient(back, g, kernel, case.map_size) if takes[1] else None,
            way.kernel_gradient(conv, x, g, size) if takes[2] else None,
        )

    return run(x, kernel, g)


def assert_close(found, expected, case):
    found = np.asarray(found, np.float64)
    assert found.shape == expected.shape
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(np.isfinite(found), finite, err_msg=str(case))
    scale = np.abs(expected[finite]).max(initial=1e-6)
    error = np.abs(found[finite] - expected[finite]).max(initial=0) / scale
    assert error < 1e-5, (error, case)


def check_drawn(draw, seed, spoiled, way):
    """Compare what the kernels take of a random convolution with the sums over taps; how many results that was.

    Where it is spoiled, something of the input and of the cotangent is not finite, mostly.
    """
    rng = random.Random(seed)
    case, shape = draw(rng)
    operands = arrays(case, shape, seed)
    for operand in (operands[0], operands[2]) if spoiled else ():
        if rng.random() < 0.7:
            place = tuple(rng.randrange(n) for n in operand.shape)
            operand[place] = rng.choice([np.nan, np.inf, -np.inf])
    found = by_kernels(case, *operands, way=way)
    for one, expected in zip(found, reference(case.conv, *operands), strict=True):
        if one is not None:
            assert_close(one, expected, case)
    return sum(one is not None for one in found)
