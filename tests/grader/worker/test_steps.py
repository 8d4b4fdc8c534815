"""How many operations of a program run one after the other."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

X = np.arange(30, dtype=np.float32).reshape(5, 6)


@pytest.fixture
def steps(exported, reader):
    """Counts the steps of a function's program; None where a loop has no fixed number of turns."""

    def count(function, *args):
        facts = reader.read(exported(function, *args))
        return None if facts["unbounded"] else facts["steps"]

    return count


def _scan(x, turns):
    return lax.scan(lambda c, _: (c * 2, None), x, None, length=turns)[0]


def _while(x, turns):
    return lax.while_loop(lambda s: s[0] < turns, lambda s: (s[0] + 1, s[1] * 2), (0, x))[1]


def _while_with_its_end_on_board(x, turns):
    return lax.while_loop(
        lambda s: s[0] < s[2], lambda s: (s[0] + 1, s[1] * 2, s[2]), (0, x, jnp.int32(turns))
    )[1]


@pytest.mark.parametrize(
    "looped",
    [
        _scan,
        _while,
        _while_with_its_end_on_board,
        lambda x, turns: lax.fori_loop(0, turns, lambda _, y: y * 2, x),
        lambda x, turns: lax.fori_loop(-2, turns - 2, lambda _, y: y * 2, x),
        lambda x, turns: lax.map(lambda y: y * 2, jnp.stack([x] * 1)) + _scan(x, turns),
        lambda x, turns: jax.grad(lambda y: _scan(y, turns).sum())(x),
        lambda x, turns: jax.jit(lambda y: _scan(y, turns))(x),
        lambda x, turns: lax.cond(x[0, 0] > 0, lambda y: _scan(y, turns), lambda y: y, x),
    ],
)
def test_each_turn_of_a_loop_counts(steps, looped):
    few, more, most = (steps(looped, X, turns) for turns in (3, 5, 9))
    assert more > few
    assert most - more == 2 * (more - few)


def test_loops_in_loops_multiply(steps):
    def nested(x, rows, columns):
        return lax.fori_loop(0, rows, lambda i, y: _scan(y, columns), x)

    corners = [steps(nested, X, rows, columns) for rows in (2, 4) for columns in (3, 6)]
    assert corners[3] - corners[2] - corners[1] + corners[0] > 0


def test_a_loop_written_out_counts_as_one_that_turns(steps):
    def written_out(x, turns):
        for _ in range(turns):
            x = jnp.sin(x)
        return x

    assert steps(written_out, X, 50) - steps(written_out, X, 20) == 30


def test_what_is_done_to_all_entries_at_once_is_one_step(steps):
    for function in (lambda x: x.sum(), lambda x: x @ x.T, jnp.sort, lambda x: jnp.tanh(x) + x):
        assert steps(function, X) == steps(function, np.zeros((50, 60), np.float32))


@pytest.mark.parametrize(
    "endless",
    [
        lambda x: lax.while_loop(lambda y: y.sum() < 1e3, lambda y: y + 1, x),
        lambda x: lax.fori_loop(0, x[0, 0].astype(int), lambda _, y: y + 1, x),
        lambda x: lax.while_loop(lambda s: s[0] != 7, lambda s: (s[0] + 1, s[1] + 1), (0, x))[1],
        lambda x: lax.while_loop(lambda s: s[0] < 7, lambda s: (s[0] * 1, s[1] + 1), (0, x))[1],
        lambda x: lax.while_loop(lambda s: s[0] < 7, lambda s: (s[0] - 1, s[1] + 1), (0, x))[1],
        # Runs over, and so takes more turns than it seems.
        lambda x: lax.while_loop(
            lambda s: s[0] < 126, lambda s: (s[0] + np.int8(50), s[1] + 1), (jnp.int8(0), x)
        )[1],
    ],
)
def test_a_loop_whose_number_of_turns_is_not_fixed_is_said_to_be_one(steps, endless):
    assert steps(endless, X) is None
