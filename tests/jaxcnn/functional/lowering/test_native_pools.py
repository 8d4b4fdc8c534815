"""The native pools equal windows that NumPy looks at one by one, and the rules in JAX."""

import random

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn.functional as F
from jaxcnn import runtime
from jaxcnn.functional._lowering import _native_pools, _windows
from jaxcnn.functional._lowering._windows import Pool, PoolCase
from jaxcnn.native import MAX_POOL, MAX_POOL_SCATTER, SUM_POOL, SUM_POOL_BACK

from .kernels import in_a_process, needs_kernels, program_of, pure

# --- an independent look at every window


def reference(pool, x, g):
    """Maximum, what goes back to it, average, what goes back from a sum: the last three in float64."""
    maximum, total = np.full(g.shape, -np.inf, np.float32), np.zeros(g.shape)
    to_maximum, back = np.zeros(x.shape), np.zeros(x.shape)
    for window in np.ndindex(*g.shape[1:-1]):
        at = (slice(None), *window)
        best, winner = maximum[at], np.zeros(maximum[at].shape, int)
        pixels = {}
        for number, tap in enumerate(np.ndindex(*pool.window_shape)):
            pixel = tuple(
                q * s - low + k * d
                for q, s, (low, _), k, d in zip(
                    window, pool.strides, pool.padding, tap, pool.dilation, strict=True
                )
            )
            if any(not 0 <= p < n for p, n in zip(pixel, x.shape[1:-1], strict=True)):
                continue
            pixels[number] = (slice(None), *pixel)
            value = x[pixels[number]]
            wins = (value > best) | (np.isnan(value) & ~np.isnan(best))
            winner = np.where(wins, number, winner)
            wins |= (value == best) & np.signbit(best)  # 0 is more than -0
            best = np.where(wins, value, best)
            total[at] += value
        maximum[at] = best
        for number, pixel in pixels.items():
            to_maximum[pixel] += np.where(winner == number, g[at], 0)
            back[pixel] += g[at]
    return maximum, to_maximum, total / pool.taps, back


CHANNELS = (1, 2, 3, 5, 8, 15, 16, 17, 20, 32, 33, 50, 64, 70)


def draw(rng):
    """A random pool of any kind, and the shape of its input."""
    rank = rng.choice([1, 2, 2, 3])
    window = tuple(rng.choice([1, 2, 3, 3, 5]) for _ in range(rank))
    dilation = (1,) * rank
    if rng.random() < 0.4:
        dilation = tuple(rng.choice([1, 2, 3]) for _ in range(rank))
    strides = (
        window if rng.random() < 0.4 else tuple(rng.choice([1, 1, 2, 3, 4]) for _ in range(rank))
    )
    least, most = rng.choice([(0, 0), (0, 3), (0, 3), (-2, 1)])
    padding = tuple((rng.randint(least, most), rng.randint(least, most)) for _ in range(rank))
    size = tuple(rng.randint(3, {1: 70, 2: 15, 3: 7}[rank]) for _ in range(rank))
    pool = Pool(window, strides, padding, dilation)
    cropped = any(n + low + high < 1 for n, (low, high) in zip(size, padding, strict=True))
    if cropped or min(pool.output_size(size)) < 1:
        return draw(rng)
    return pool, (rng.choice([1, 2, 3]), *size, rng.choice(CHANNELS))


def arrays(pool, shape, seed=0):
    """An input and a cotangent: numbers, or whole numbers, zeros of both signs, or what is not finite too."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape).astype(np.float32)
    g = rng.normal(size=(shape[0], *pool.output_size(shape[1:-1]), shape[-1])).astype(np.float32)
    if seed % 3 == 1:  # ties
        x = np.round(x)
        x[rng.random(shape) < 0.3] = -0.0
        x[rng.random(shape) < 0.3] = 0.0
    if seed % 3 == 2:
        for value in (np.nan, -np.nan, np.inf, -np.inf):
            x[rng.random(shape) < 0.05] = value
        g[rng.random(g.shape) < 0.05] = np.nan
        g[rng.random(g.shape) < 0.05] = np.inf
        x[0] = -np.inf  # no pixel is more than the padding
    return x, g


def by(algorithms, pool, x, g):
    """The same four by one module's algorithms, in one program."""
    return jax.jit(
        lambda x, g: (
            algorithms.maximum(pool, x),
            algorithms.select_and_scatter(pool, g, x),
            algorithms.total(pool, x, pool.taps),
            algorithms.total_back(pool, g, x.shape[1:-1]),
        )
    )(x, g)


def assert_equal_bits(found, expected):
    """Equal, zeros by their sign; every NaN is like another."""
    np.testing.assert_array_equal(found, expected)
    numbers = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(found)[numbers], np.signbit(expected)[numbers])


def assert_close(found, expected, what):
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(found[~finite], expected[~finite], err_msg=str(what))
    scale = np.abs(expected[finite]).max(initial=1e-6)
    error = np.abs(found[finite] - expected[finite]).max(initial=0) / scale
    assert error < 1e-5, (error, what)


def check_case(pool, x, g):
    assert _native_pools.scatters(PoolCase.of(pool, x))
    found = [np.asarray(one) for one in by(_native_pools, pool, x, g)]
    with np.errstate(invalid="ignore"):
        expected = reference(pool, x, g)
    assert_equal_bits(found[0], expected[0])
    for one, other in zip(found[1:], expected[1:], strict=True):
        assert_close(one, other, (pool, x.shape))


def check(seed):
    pool, shape = draw(random.Random(seed))
    check_case(pool, *arrays(pool, shape, seed))


@needs_kernels
def test_every_pool_equals_its_windows_one_by_one(kind):
    for seed in range(24):
        check(seed)


@pytest.mark.many
@needs_kernels
@pytest.mark.parametrize("block", range(4))  # 1,600 cases
def test_every_one_of_many_pools_equals_its_windows_one_by_one(kind, block):
    for seed in range(1000 * (block + 1), 1000 * (block + 1) + 400):
        check(seed)
    jax.clear_caches()


LARGE = (
    # (shape, window, strides, padding): long rows, several pieces of work
    ((3, 41, 50, 24), (3, 3), (2, 2), 1),
    ((2, 40, 40, 70), (2, 2), (2, 2), 0),
    ((1, 1200, 16), (5,), (1,), 2),
    ((1, 1300, 3), (3,), (2,), 1),
    ((2, 9, 12, 12, 33), (3, 3, 3), (1, 2, 1), 1),
)


def large(shape, window, strides, padding):
    rank = len(window)
    return Pool(window, strides, ((padding, padding),) * rank, (1,) * rank), shape


@needs_kernels
def test_large_maps_equal_the_windows_one_by_one(kind):
    for number, case in enumerate(LARGE):
        pool, shape = large(*case)
        check_case(pool, *arrays(pool, shape, number))


@needs_kernels
@pytest.mark.parametrize("seed", range(6))
def test_pools_equal_the_rules_in_jax_bit_for_bit(seed):
    pool, shape = draw(random.Random(seed + 500))
    x, g = arrays(pool, shape, seed)
    maximum, to_maximum, *sums = by(_native_pools, pool, x, g)
    expected, expected_to_maximum, *expected_sums = by(_windows, pool, x, g)
    assert_equal_bits(np.asarray(maximum), np.asarray(expected))
    np.testing.assert_array_equal(to_maximum, expected_to_maximum)
    for one, other in zip(sums, expected_sums, strict=True):
        assert_close(np.asarray(one), np.asarray(other), (pool, shape))


_BITS = """
import hashlib
import numpy as np
from tests.jaxcnn.functional.lowering import test_native_pools as t
digest = hashlib.sha256()
for case in t.LARGE:
    pool, shape = t.large(*case)
    for found in t.by(t._native_pools, pool, *t.arrays(pool, shape)):
        digest.update(np.asarray(found).tobytes())
print(digest.hexdigest())
"""


@needs_kernels
def test_one_and_two_threads_give_the_same_bits():
    found = {in_a_process(_BITS, NPROC=str(threads)) for threads in (1, 2)}
    assert len(found) == 1


# --- where the rules take it, and where not

X = jnp.asarray(np.random.default_rng(0).normal(size=(2, 8, 8, 32)), jnp.float32)


def largest(x):
    return F.max_pool(x, 3, 2, 1)


def average(x):
    return F.avg_pool(x, 3, 2, 1)


def loss(x):
    return (largest(x) ** 2).sum() + (average(x) ** 3).sum()


@needs_kernels
def test_a_step_calls_the_kernels_for_outputs_and_gradients():
    text = program_of(jax.grad(loss), X)
    for target in (MAX_POOL, MAX_POOL_SCATTER, SUM_POOL, SUM_POOL_BACK):
        assert text.count(f"@{target}(") == 1


def test_the_switch_and_other_types_stay_pure(switched_off):
    assert "jaxcnn_" not in program_of(jax.grad(loss), X)
    runtime.use_native_kernels(True)
    assert "jaxcnn_" not in program_of(largest, X.astype(jnp.bfloat16))


def test_an_empty_batch_stays_pure():
    assert jax.grad(loss)(X[:0]).shape == (0, *X.shape[1:])


@pytest.mark.parametrize("batch", ["2", "b"])
def test_what_is_exported_holds_no_call_of_this_process(batch):
    x = jax.ShapeDtypeStruct(jax.export.symbolic_shape(f"{batch}, 8, 8, 32"), jnp.float32)
    exported = jax.export.export(jax.jit(jax.grad(loss)))(x)
    assert "jaxcnn_" not in exported.mlir_module()
    np.testing.assert_allclose(exported.call(X), jax.grad(loss)(X), rtol=1e-5, atol=1e-5)


@needs_kernels
def test_a_window_of_more_taps_than_have_numbers_goes_back_by_xla():
    x = jnp.ones((1, 20, 20, 16))
    text = program_of(jax.grad(lambda x: F.max_pool(x, 17, 1).sum()), x)
    assert MAX_POOL_SCATTER not in text


def transformed():
    """Functions of an input, by what is done to the pools in them."""

    def scanned(x):
        return jax.lax.scan(lambda x, _: (x - 0.1 * jax.grad(loss)(x), None), x, None, 3)[0]

    return {
        "vmap": jax.vmap(jax.grad(loss), 1),
        "gradient of a gradient": jax.grad(lambda x: (jax.grad(loss)(x) ** 2).sum()),
        "forward over reverse": lambda x: jax.jvp(jax.grad(loss), (x,), (x,)),
        "remat": jax.grad(jax.checkpoint(loss)),
        "scan": scanned,
    }


@needs_kernels
@pytest.mark.parametrize("name", transformed())
def test_every_transformation_equals_the_pure_rules(name):
    function = transformed()[name]
    x = X.reshape(2, 1, *X.shape[1:]) if name == "vmap" else X
    found = jax.jit(function).lower(x)
    assert MAX_POOL_SCATTER in found.as_text()
    for one, other in zip(
        jax.tree.leaves(found.compile()(x)), jax.tree.leaves(pure(function, x)), strict=True
    ):
        scale = float(jnp.abs(other).max())
        np.testing.assert_allclose(one / scale, other / scale, atol=1e-5)


# --- a wrong call is an error

SIZES = _native_pools._sizes(PoolCase.of(Pool((3, 3), (2, 2), ((1, 1), (1, 1)), (1, 1)), X))
OUT = (2, 4, 4, 32)
COTANGENT = jnp.ones(OUT)


def call(sizes=SIZES, x=X, out=OUT, target=MAX_POOL, **more):
    result = jax.ShapeDtypeStruct(out, jnp.float32)
    run = jax.jit(
        lambda x: jax.ffi.ffi_call(target, result)(x, sizes=np.array(sizes, np.int64), **more)
    )
    return jax.block_until_ready(run(x))


def scatter(sizes=SIZES, x=X, g=COTANGENT, dx=X.shape, winners=OUT):
    results = (jax.ShapeDtypeStruct(dx, jnp.float32), jax.ShapeDtypeStruct(winners, jnp.uint8))
    run = jax.jit(
        lambda g, x: jax.ffi.ffi_call(MAX_POOL_SCATTER, results)(
            g, x, sizes=np.array(sizes, np.int64)
        )[0]
    )
    return jax.block_until_ready(run(g, x))


def with_number(place, value):
    return (*SIZES[:place], value, *SIZES[place + 1 :])


WIDE = jnp.ones((1, 20, 20, 16))
SEVENTEEN = Pool((17, 17), (1, 1), ((0, 0), (0, 0)), (1, 1))
WRONG = {
    "another count of sizes": lambda: call(SIZES[:-1]),
    "arrays of other sizes": lambda: call(x=X[:1]),
    "arrays of other sizes ": lambda: call(target=SUM_POOL_BACK),
    "arrays of other sizes  ": lambda: call(x=X[:1], target=SUM_POOL, divisor=np.float32(9)),
    "an empty or negative size": lambda: call(with_number(0, 0)),
    "an empty or negative size ": lambda: call(with_number(3, -8)),
    "an output size that does not follow": lambda: call(with_number(6, 5)),
    "a step below 1": lambda: call(with_number(12, 0)),
    "a number beyond": lambda: call(with_number(4, 2**40)),
    "a window of more rows": lambda: call(
        _native_pools._sizes(
            PoolCase.of(
                Pool((20, 20, 1), (1, 1, 1), ((0, 0),) * 3, (1, 1, 1)), jnp.ones((1, 20, 20, 1, 1))
            )
        ),
        jnp.ones((1, 20, 20, 1, 1)),
        (1, 1, 1, 1, 1),
    ),
    "results of other sizes": lambda: scatter(dx=OUT),
    "results of other sizes ": lambda: scatter(winners=(1,)),
    "a window of too many taps": lambda: scatter(
        _native_pools._sizes(PoolCase.of(SEVENTEEN, WIDE)),
        WIDE,
        jnp.ones((1, 4, 4, 16)),
        WIDE.shape,
        (1, 4, 4, 16),
    ),
}


@needs_kernels
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_call_is_an_error(what):
    assert call().shape == OUT
    assert scatter().shape == X.shape
    with pytest.raises(jax.errors.JaxRuntimeError, match=what.strip()):
        WRONG[what]()


@needs_kernels
def test_a_window_of_as_many_rows_as_the_table_holds_is_taken_and_one_more_is_not():
    def takes(rows):
        x = jax.ShapeDtypeStruct((1, rows, 2, 4), jnp.float32)
        return _native_pools.takes(PoolCase.of(Pool((rows, 2), (1, 1), ((0, 0),) * 2, (1, 1)), x))

    assert [takes(rows) for rows in (256, 257)] == [True, False]
