"""Checks of the second demonstration question."""

import numpy as np

from grader.checks import agree, check, expect, network


@check(points=1, fr="Lissage, compilable et dérivable", en="Smoothing, jittable and differentiable")
def test_smooth(student, reference, rng):
    x = rng.integers(0, 9, 12).astype(np.float32)
    agree(student.smooth, reference.smooth, x, 3)
    agree(student.smooth.jit(static_argnums=(1,)), reference.smooth, x, 3)
    rows = rng.normal(size=(2, 12)).astype(np.float32)
    agree(student.smooth.vmap(in_axes=(0, None)), reference.smooth, rows, 3)
    program = student.smooth.program(x, 3).without("while", "convolution")
    agree(program, reference.smooth, x[::-1].copy(), 3)


@check(points=1, fr="Module", en="Module")
def test_scale(student, rng):
    module = student.Scale.build(4, seed=1)
    weight = rng.normal(size=4).astype(np.float32)
    expect(
        list(module.parameters().entries()) == ["weight"],
        fr="Le paramètre s'appelle weight.",
        en="The parameter is called weight.",
    )
    module.set_parameters({"weight": weight})
    x = rng.normal(size=(2, 4)).astype(np.float32)
    agree(module, lambda x: x * weight, x)
    agree(module.jit(), lambda x: x * weight, x)


@check(points=1, fr="Deux fois", en="Twice")
def test_apply(student, reference, rng):
    x = rng.normal(size=(3, 4)).astype(np.float32)
    agree(student.apply, reference.apply, network("flax.nnx:Linear", 4, 4, seed=3), x)
