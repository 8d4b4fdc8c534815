# ruff: noqa
"""Replaces what the worker hands over as the compiled function: noise, a constant answer, a program that calls Python.

Each is read where there is no code of the submission: noise is no program, constants are wrong on fresh arrays, and
what calls anything unknown is not evaluated.
"""

import functools
import sys

import jax
import jax.numpy as jnp
import numpy as np

export = getattr(sys, "".join(["mod", "ules"]))["grader.worker." + chr(95) + "export"]
honest = export.export
turn = []


def _constant(tools, function, args, kwargs):
    x, kernel, bias = args[:3]
    stride, padding = kwargs.get("stride", 1), kwargs.get("padding", 0)
    rows, columns = ((n + 2 * padding - k) // stride + 1 for n, k in zip(x.shape[:2], kernel.shape))
    return honest(
        tools, lambda x, k, b: jnp.ones((rows, columns, k.shape[3])), [x, kernel, bias], {}
    )


def _calling(tools, function, args, kwargs):
    data = honest(tools, lambda x, k, b: jax.lax.approx_max_k(x[0, 0], 1)[0] + b, args[:3], {})
    text = data.tobytes().replace(b"ApproxTopK", b"PythonCall")
    return np.frombuffer(text, np.uint8)


def _noise(tools, function, args, kwargs):
    return np.frombuffer(np.random.bytes(3000), np.uint8)


def _forged(tools, function, args, kwargs):
    turn.append(0)
    return (_noise, _calling, _constant)[len(turn) % 3](tools, function, args, kwargs)


export.export = _forged


def conv2d(x, kernel, bias, stride=1, padding=0):
    return x


def loss(kernel, x, bias, target):
    return kernel.sum()
