"""A function of the submission as a compiled program."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.debug import print as show

from grader.worker._replies import NotAProgram, fault_of

X = np.arange(12, dtype=np.float32).reshape(3, 4)


def test_a_program_computes_what_the_function_does(exported, reader):
    program = exported(lambda x, y: {"sum": x + y, "parts": [x.sum(), (y,)]}, X, X)
    value = reader.run(program, [2 * X, X])
    np.testing.assert_array_equal(value["sum"], 3 * X)
    assert float(value["parts"][0]) == 2 * X.sum()
    np.testing.assert_array_equal(value["parts"][1][0], X)


def test_what_is_no_array_is_fixed_and_arrays_may_lie_anywhere(exported, reader):
    def function(layers, scale, *, offset, mode):
        x = layers[0]["weights"] * scale + offset
        return x.sum() if mode == "sum" else x

    program = exported(function, [{"weights": X, "stride": 2}], 3, offset=X[0], mode="sum")
    assert float(reader.run(program, [X, X[1]])) == 3 * X.sum() + 3 * X[1].sum()


def test_the_values_of_the_arguments_are_no_part_of_a_program(exported):
    programs = [exported(lambda x: jnp.tanh(x), x) for x in (X, np.zeros_like(X))]
    np.testing.assert_array_equal(*programs)


@pytest.mark.parametrize(
    "inner",
    [
        lambda x: x + 1,
        lambda x: jax.lax.cond(x[0] > 0, _asked, lambda y: y, x),
        lambda x: jax.lax.fori_loop(0, 3, lambda _, y: _asked(y), x),
        lambda x: jax.lax.while_loop(lambda y: y[0] < 9, _asked, x),
        jax.jit(lambda x: jax.lax.map(_asked, x[:, None])[:, 0]),
    ],
)
@pytest.mark.parametrize("around", [lambda f: f, jax.jit, jax.checkpoint])
def test_a_call_back_to_python_is_named_wherever_it_hides(exported, around, inner):
    function = around(lambda x: _asked(inner(x)))
    with pytest.raises(NotAProgram) as caught:
        exported(function, X[0])
    assert (caught.value.reason, caught.value.detail) == ("callback", "pure_callback")


def _asked(x):
    return jax.pure_callback(lambda a: a, jax.ShapeDtypeStruct(x.shape, x.dtype), x)


@jax.jit
def _noisy(x):
    jax.debug.print("x = {}", x)
    jax.debug.callback(lambda a: None, x)
    show("again {}", x)
    return 2 * x


def test_what_is_shown_on_the_way_is_left_out(exported, reader, capsys):
    program = exported(lambda x: _noisy(x) + 1, X)
    np.testing.assert_array_equal(reader.run(program, [X]), 2 * X + 1)
    jax.effects_barrier()
    assert capsys.readouterr().out == ""
    _noisy(X).block_until_ready()
    jax.effects_barrier()
    assert "x = " in capsys.readouterr().out, "and shown again when the function is called"


def test_an_exception_of_the_students_code_stays_what_it_is(exported):
    with pytest.raises(ZeroDivisionError):
        exported(lambda x: x / (1 // 0), X)
    with pytest.raises(NotImplementedError):
        exported(_unwritten, X)
    with pytest.raises(jax.errors.TracerArrayConversionError):
        exported(lambda x: np.asarray(x) + 1, X)
    with pytest.raises(jax.errors.TracerBoolConversionError):
        exported(lambda x: x if x.sum() > 0 else -x, X)


def _unwritten(x):
    raise NotImplementedError


def test_what_no_program_can_return_is_said_and_is_not_an_unwritten_function(exported):
    with pytest.raises(NotAProgram) as caught:
        exported(lambda x: jnp.linalg.svd(x), X)
    facts = fault_of(caught.value, [])
    assert (facts["kind"], facts["reason"]) == ("bad_output", "program")
    assert "SVDResult" in facts["detail"]


def test_64_bits_are_read_back_as_64_bits(exported, reader):
    with jax.enable_x64(True):
        program = exported(lambda x: jnp.asarray(x, jnp.float64) / 3, X)
    value = reader.run(program, [X])
    assert value.dtype == np.float64
    np.testing.assert_allclose(value, X.astype(np.float64) / 3, rtol=1e-15)


def test_a_function_that_is_compiled_already_and_has_static_arguments_is_taken_as_it_is(
    exported, reader
):
    @partial(jax.jit, static_argnames="n")
    def repeated(x, n):
        return sum([x] * n)

    np.testing.assert_array_equal(reader.run(exported(repeated, X, n=3), [X]), 3 * X)
