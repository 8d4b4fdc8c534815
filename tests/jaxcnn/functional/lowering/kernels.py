"""What the tests of the native kernels share."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import jax
import pytest

from jaxcnn import runtime
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
