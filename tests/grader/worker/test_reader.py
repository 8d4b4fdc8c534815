"""What is read off a compiled program, and what is never run."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export as exporting
from jax.interpreters import mlir
from jaxlib.mlir import ir
from jaxlib.mlir.dialects import stablehlo

from grader.worker._reader import PURE, Reader
from grader.worker._replies import NotAProgram

X = np.arange(30, dtype=np.float32).reshape(5, 6)


def _convolved(x):
    return jax.lax.conv(x[None, None], x[None, None, :2, :2], (1, 1), "VALID")[0, 0, :2, :2]


@jax.custom_jvp
def _with_a_rule(x):
    return _convolved(x)


@jax.custom_vjp
def _with_another(x):
    return _convolved(x)


_with_a_rule.defjvp(lambda primals, tangents: (_with_a_rule(*primals), tangents[0][:2, :2]))
_with_another.defvjp(lambda x: (_with_another(x), x), lambda x, g: (jnp.zeros_like(x),))


@pytest.mark.parametrize(
    "function",
    [
        _convolved,
        jax.jit(jax.jit(_convolved)),
        jax.checkpoint(_convolved),
        _with_a_rule,
        _with_another,
        lambda x: jax.lax.cond(x[0, 0] > 0, _convolved, lambda y: y[:2, :2], x),
        lambda x: jax.lax.switch(2, [lambda y: y[:2, :2], lambda y: y[1:3, :2], _convolved], x),
        lambda x: jax.lax.fori_loop(0, 2, lambda _, y: y + _convolved(x), x[:2, :2]),
        lambda x: jax.lax.while_loop(lambda y: y[0, 0] < 9, lambda y: _convolved(x), x[:2, :2]),
        lambda x: jax.lax.map(_convolved, jnp.stack([x, x])),
        lambda x: jax.grad(lambda y: _convolved(y).sum())(x),
        lambda x: jnp.convolve(x[0], x[1]),
        lambda x: jax.scipy.signal.convolve2d(x, x),
        lambda x: jax.lax.composite(_convolved, "my.own")(x),
        lambda x: jax.lax.platform_dependent(x, cpu=_convolved, default=lambda y: y[:2, :2]),
    ],
)
def test_a_convolution_is_found_wherever_it_hides(exported, reader, function):
    assert reader.read(exported(function, X))["operations"]["stablehlo.convolution"] > 0


def test_a_convolution_written_out_is_none(exported, reader):
    def function(x):
        windows = jnp.stack([x[i : i + 4, j : j + 5] for i in range(2) for j in range(2)], axis=-1)
        return jnp.einsum("ijk,k->ij", windows, x[:2, :2].reshape(-1))

    facts = reader.read(exported(function, X))
    assert "stablehlo.convolution" not in facts["operations"]
    assert facts["operations"]["stablehlo.dot_general"] == 1
    assert facts["calls"] == {}


def test_linear_algebra_is_evaluated(exported, reader):
    def function(x):
        square = x[:, :5] @ x[:, :5].T + jnp.eye(5)
        parts = jnp.linalg.qr(square), jnp.linalg.eigh(square), jnp.linalg.svd(square)
        return (jnp.linalg.inv(square) @ square, [list(part) for part in parts])

    program = exported(function, X)
    assert set(reader.read(program)["calls"]) <= PURE
    inverse, _ = reader.run(program, [X / 30])
    np.testing.assert_allclose(inverse, np.eye(5), atol=1e-3)


def _by_hand(text: str) -> np.ndarray:
    """A program around a module that somebody wrote: bytes of this kind need no JAX on their side."""
    exported = exporting.export(jax.jit(lambda x: x), platforms=["cpu"])(X)
    with mlir.make_ir_context():
        module = ir.Module.parse(text)
        artifact = stablehlo.serialize_portable_artifact(module, "1.9.0")
    object.__setattr__(exported, "mlir_module_serialized", bytes(artifact))
    return np.frombuffer(exported.serialize(), np.uint8)


_FORGED = """
module {{
  func.func public @main(%arg0: tensor<5x6xf32>) -> tensor<5x6xf32> {{
    {body}
    return %0 : tensor<5x6xf32>
  }}
}}
"""
_CALL = "%0 = stablehlo.custom_call @{target}(%arg0) : (tensor<5x6xf32>) -> tensor<5x6xf32>"


@pytest.mark.parametrize(
    "target",
    [
        "xla_ffi_python_cpu_callback",
        "xla_python_cpu_callback",
        '"__onednn$convolution"',
        "anything",
    ],
)
def test_a_custom_call_that_is_not_known_to_be_harmless_never_runs(reader, target):
    program = _by_hand(_FORGED.format(body=_CALL.format(target=target)))
    assert reader.read(program)["calls"] == {target.strip('"'): 1}
    with pytest.raises(NotAProgram, match="a custom call to"):
        reader.run(program, [X])


@pytest.mark.parametrize("size", [0, 3, 10, 100, 10_000])
def test_bytes_that_are_no_program_are_said_to_be_none(reader, size):
    noise = np.random.default_rng(size).integers(0, 256, size).astype(np.uint8)
    with pytest.raises(NotAProgram):
        reader.read(noise)


def test_half_a_program_is_none(exported, reader):
    program = exported(lambda x: x @ x.T, X)
    for cut in (10, len(program) // 2):
        with pytest.raises(NotAProgram):
            reader.read(program[:cut])


def test_arrays_of_other_shapes_are_refused(exported, reader):
    program = exported(lambda x: x + 1, X)
    for arrays in ([], [X, X], [X[:2]]):
        with pytest.raises(NotAProgram, match="it takes arrays of shapes"):
            reader.run(program, arrays)


def test_only_a_few_programs_stay_compiled(exported):
    reader = Reader()
    for number in range(12):
        program = exported(lambda x, n: x + n, X, number)
        np.testing.assert_array_equal(reader.run(program, [X]), X + number)
    assert len(reader._lowered) == 8
