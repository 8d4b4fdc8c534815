"""A compiled function of the submission as the answer."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from grader import wire
from grader.checks import agree, vectorised
from grader.checks._agree import Expectation, Mismatch
from grader.checks._program import operation_name
from grader.results import Verdict
from grader.session import Fault

X = np.arange(12, dtype=np.float32).reshape(3, 4)


def _scaled(x, factor):
    return x * factor


def test_a_program_is_compared_on_fresh_arrays_which_the_students_worker_never_sees(
    compiled_student_of,
):
    seen = []

    def f(x, factor):
        seen.append(x)
        return x * factor

    student = compiled_student_of(f=f)
    program = student.f.program(X, factor=3)
    asked = student._session.calls
    assert agree(program, _scaled, 2 * X, factor=3) is not None
    assert student._session.calls == asked
    assert all(isinstance(x, jax.core.Tracer) for x in seen)


def test_even_the_example_that_a_program_is_made_for_is_not_sent(compiled_student_of):
    sent = []
    student = compiled_student_of(f=lambda tree, key: tree["x"][0] + key[0])
    run = student._session.operations.run
    student._session.operations.run = lambda name, given: (sent.append(given), run(name, given))[1]
    student.f.program({"x": [X + 7, 3]}, jnp.asarray([5, 6]))
    (given,) = sent
    tree, key = given["args"]
    assert not tree["x"][0].any()
    assert not key.any()
    assert tree["x"][1] == 3


def test_a_wrong_program_is_a_mismatch_with_its_call(compiled_student_of):
    student = compiled_student_of(f=lambda x, factor: x + factor)
    with pytest.raises(Mismatch) as caught:
        agree(student.f.program(X, 3), _scaled, X, 3)
    assert caught.value.call.startswith("jit(f)(")
    (attempt,) = student._attempts
    assert (attempt.function, attempt.wrong) == ("f", True)


def test_the_reference_is_transformed_as_the_program_was(compiled_student_of):
    def f(w, x):
        return jnp.sum((w * x) ** 2)

    student = compiled_student_of(f=f)
    agree(student.f.grad().program(X, X), f, X, X + 1)
    agree(student.f.vmap(in_axes=(0, None)).program(X, X[0]), f, X, X[0])
    agree(student.f.grad(argnums=(0, 1)).vmap(in_axes=(0, 0)).program(X, X), f, X, X)


def test_a_program_is_made_once_for_each_set_of_shapes(compiled_student_of):
    student = compiled_student_of(f=_scaled)
    first = student.f.program(X, 3)
    assert student.f.program(X + 1, 3) is first
    assert student.f.program(X, 4) is not first
    assert student.f.program(X[:2], 3) is not first
    assert student.f.jit(static_argnums=1).program(X, 3) is not first


def test_a_program_is_called_like_the_function(compiled_student_of):
    program = compiled_student_of(f=_scaled).f.program(X, 3)
    np.testing.assert_array_equal(program(X, 3).array((3, 4), kind="float"), 3 * X)
    with pytest.raises(TypeError, match="compiled for other shapes"):
        program(X[:2], 3)
    with pytest.raises(TypeError, match="compiled for other shapes"):
        program(X, 4)


def test_what_a_program_consists_of_is_counted(compiled_student_of):
    student = compiled_student_of(f=lambda x: jnp.tanh(x @ x.T) @ x)
    program = student.f.program(X)
    assert program.operations["dot_general"] == 2
    assert program.operations["convolution"] == 0
    assert program.step_count > 3
    assert program.without("convolution", "fft") is program


def _convolved(x):
    return jax.lax.conv(x[None, None], x[None, None, :2, :2], (1, 1), "VALID")[0, 0]


def test_a_forbidden_operation_ends_the_check(compiled_student_of):
    student = compiled_student_of(f=_convolved)
    with pytest.raises(Fault) as caught:
        student.f.program(X).without("fft", "convolution")
    fault = caught.value
    assert fault.verdict is Verdict.FORBIDDEN
    assert fault.final
    assert fault.facts["operation"] == "convolution"
    assert operation_name("convolution", "en").startswith("a ready-made convolution")
    assert "`sort`" in operation_name("sort", "fr")


def test_where_the_question_only_advises_it_is_noted(compiled_student_of):
    student = compiled_student_of(strict=False, f=_convolved)
    program = student.f.program(X).without("convolution")
    agree(program, _convolved, X)
    assert student._advice == ["convolution"]


@pytest.mark.parametrize(
    ("strict", "verdict"), [(True, Verdict.FORBIDDEN), (False, Verdict.BAD_OUTPUT)]
)
def test_a_function_that_calls_python_has_no_program(compiled_student_of, strict, verdict):
    def f(x):
        return jax.pure_callback(np.sort, jax.ShapeDtypeStruct(x.shape, x.dtype), x)

    with pytest.raises(Fault) as caught:
        compiled_student_of(strict=strict, f=f).f.program(X)
    assert (caught.value.verdict, caught.value.facts["operation"]) == (verdict, "callback")


def test_a_callback_in_bytes_that_somebody_else_made_is_found_too(compiled_student_of):
    student = compiled_student_of(f=_scaled)
    facts = {
        "operations": {},
        "calls": {"xla_ffi_python_cpu_callback": 1},
        "steps": 1,
        "unbounded": 0,
    }
    student._reader().forged["read_program"] = facts
    with pytest.raises(Fault) as caught:
        student.f.program(X, 3)
    assert caught.value.verdict is Verdict.FORBIDDEN


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (np.arange(50, dtype=np.uint8), Verdict.BAD_OUTPUT),
        (np.zeros(0, np.uint8), Verdict.BAD_OUTPUT),
        (np.zeros((3, 3), np.uint8), Verdict.BAD_OUTPUT),
        (np.zeros(33 * 2**20, np.uint8), Verdict.BAD_OUTPUT),
        (X, Verdict.BAD_OUTPUT),
        ("a program", Verdict.BAD_OUTPUT),
        (wire.Handle(0), Verdict.BAD_OUTPUT),
    ],
)
def test_what_is_no_program_is_bad_output(compiled_student_of, answer, verdict):
    student = compiled_student_of(f=_scaled)
    student._session.operations.export = lambda **given: answer
    with pytest.raises(Fault) as caught:
        student.f.program(X, 3)
    assert caught.value.verdict is verdict


@pytest.mark.parametrize(
    "facts",
    [
        "passed",
        {"operations": {}},
        {"operations": {"x": "1"}, "calls": {}, "steps": 1, "unbounded": 0},
        {"operations": {}, "calls": {}, "steps": "1", "unbounded": 0},
        {"operations": [], "calls": {}, "steps": 1, "unbounded": 0},
    ],
)
def test_a_reader_that_was_taken_over_is_not_believed_in_form(compiled_student_of, facts):
    student = compiled_student_of(f=_scaled)
    student._reader().forged["read_program"] = facts
    with pytest.raises(Fault) as caught:
        student.f.program(X, 3)
    assert caught.value.verdict is Verdict.BAD_OUTPUT


def test_a_program_that_is_not_of_these_shapes_is_bad_output(compiled_student_of):
    student = compiled_student_of(f=_scaled, g=lambda x: x[:1])
    other = student._session.operations.export(["q01", "g"], [], [X[:2]], {})
    student._session.operations.export = lambda **given: other
    with pytest.raises(Fault) as caught:
        agree(student.f.program(X, 3), _scaled, X, 3)
    assert caught.value.verdict is Verdict.BAD_OUTPUT
    assert "it takes arrays of shapes" in caught.value.facts["detail"]


# ------------------------------------------------------------------------------------ loops over a grid


def _windows(x):
    return jnp.stack(
        [x[i : i + x.shape[0] - 2, j : j + x.shape[1] - 2] for i in range(3) for j in range(3)]
    )


def _position_by_position(x):
    rows, columns = x.shape[0] - 2, x.shape[1] - 2
    sums = [[x[i : i + 3, j : j + 3].sum() for j in range(columns)] for i in range(rows)]
    return jnp.array(sums)


def _turning(x):
    rows, columns = x.shape[0] - 2, x.shape[1] - 2

    def at(position):
        i, j = position // columns, position % columns
        return jax.lax.dynamic_slice(x, (i, j), (3, 3)).sum()

    return jax.lax.map(at, jnp.arange(rows * columns)).reshape(rows, columns)


def _turning_twice(x):
    rows, columns = x.shape[0] - 2, x.shape[1] - 2

    def entry(i, j, y):
        return y.at[i, j].set(jax.lax.dynamic_slice(x, (i, j), (3, 3)).sum())

    def row(i, y):
        return jax.lax.fori_loop(0, columns, lambda j, z: entry(i, j, z), y)

    return jax.lax.fori_loop(0, rows, row, jnp.zeros((rows, columns)))


def _row_by_row(x):
    rows, columns = x.shape[0] - 2, x.shape[1] - 2
    return jnp.stack(
        [sum(x[i : i + 3, j : j + columns].sum(axis=0) for j in range(3)) for i in range(rows)]
    )


def _by_vmap(x):
    rows, columns = jnp.arange(x.shape[0] - 2), jnp.arange(x.shape[1] - 2)
    one = lambda i, j: jax.lax.dynamic_slice(x, (i, j), (3, 3)).sum()  # noqa: E731
    return jax.vmap(lambda i: jax.vmap(lambda j: one(i, j))(columns))(rows)


def _offset_by_offset(x):
    rows, columns = x.shape[0] - 2, x.shape[1] - 2

    def add(offset, y):
        return y + jax.lax.dynamic_slice(x, (offset // 3, offset % 3), (rows, columns))

    return jax.lax.fori_loop(0, 9, add, jnp.zeros((rows, columns)))


def _checked(student):
    def program(rows, columns):
        return student.f.program(np.zeros((rows, columns), np.float32))

    return vectorised(program, rows=(5, 9), columns=(6, 11))


@pytest.mark.parametrize(
    "function", [lambda x: _windows(x).sum(axis=0), _row_by_row, _by_vmap, _offset_by_offset]
)
def test_what_treats_all_positions_at_once_is_vectorised(compiled_student_of, function):
    program = _checked(compiled_student_of(f=function))
    x = np.random.default_rng(0).integers(0, 9, (9, 11)).astype(np.float32)
    agree(program, _position_by_position, x)


@pytest.mark.parametrize("function", [_position_by_position, _turning, _turning_twice])
def test_a_loop_over_positions_is_found_written_out_or_turning(compiled_student_of, function):
    with pytest.raises(Expectation, match="visits the positions one by one"):
        _checked(compiled_student_of(f=function))


def test_a_loop_that_does_not_say_how_long_it_turns_is_refused(compiled_student_of):
    def f(x):
        return jax.lax.while_loop(lambda y: y.sum() < x.size, lambda y: y + 1, x)

    with pytest.raises(Expectation, match="not fixed in advance"):
        _checked(compiled_student_of(f=f))
